import TestSupport
import Testing

@testable import NewsCatalog

@Suite struct ChunkedArrayTests {
    @Test(arguments: 0..<4 as Range<UInt64>) func copiesAreArraysOfTheirOwn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var arrays = [(chunked: ChunkedArray<Int>(), plain: [Int]())]
        for step in 0..<60 {
            var (chunked, plain) = arrays[Int.random(in: 0..<arrays.count, using: &random)]
            for _ in 0..<Int.random(in: 0..<3_000, using: &random) {
                if plain.isEmpty || Bool.random(using: &random) {
                    chunked.append(step)
                    plain.append(step)
                } else {
                    let position = plain.indices.randomElement(using: &random) ?? 0
                    chunked[position] += 1
                    plain[position] += 1
                }
            }
            arrays.append((chunked, plain))
        }
        for (chunked, plain) in arrays {
            #expect(chunked.count == plain.count)
            #expect(chunked.indices.map { chunked[$0] } == plain)
        }
    }
}
