import SearchIndex
import TestSupport
import Testing

@Suite struct BucketsTests {
    /// The bucket of a value by looking at all of them.
    private func slowly(_ value: Int64, _ buckets: Buckets) -> Int? {
        (0..<buckets.count).first { value >= buckets.start(of: $0) && value < buckets.start(of: $0 + 1) }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func valuesAreFoundInTheirBuckets(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
        let magnitude = Int64(1) << number(1...62)
        let count = Int(number(0...200))
        let boundaries = Set((0...count).map { _ in number(-magnitude...magnitude) }).sorted()
        // A few wide ones among narrow ones, so that guesses are far off.
        let skewed = (0...Int64(count)).map { $0 < 50 ? $0 : 50 + ($0 - 50) * (magnitude / 1000) }
        for buckets in [
            Buckets(from: number(-magnitude...magnitude), width: number(1...magnitude), count: count),
            Buckets(from: number(-1000...1000), width: 86_400_000, count: count),
            Buckets(from: number(-1000...1000), width: 1 << number(0...40), count: count),
            Buckets(boundaries: boundaries), Buckets(boundaries: Set(skewed).sorted()),
        ] {
            #expect(buckets.count <= count)
            var values: [Int64] =
                [.min, .max, 0, -1, 1] + (0..<20).map { _ in number(-magnitude...magnitude) }
            for bucket in 0...buckets.count where buckets.count > 0 {
                values += [buckets.start(of: bucket) - 1, buckets.start(of: bucket)]
            }
            for value in values { #expect(buckets.index(of: value) == slowly(value, buckets), "\(value)") }
        }
    }

    @Test func bucketsEndBeforeTheLargestInteger() {
        let buckets = Buckets(from: .max - 10, width: 4, count: 1000)
        #expect(buckets.count == 2)
        #expect(buckets.index(of: .max - 3) == 1 && buckets.index(of: .max) == nil)
        #expect(Buckets(from: .min, width: .max, count: 9).count == 2)
        #expect(Buckets(boundaries: [7]).index(of: 7) == nil)
    }
}
