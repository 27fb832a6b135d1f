import Dispatch
import Telemetry
import Testing
import TestSupport

@Suite struct ByteRingTests {
    private func drain(_ ring: ByteRing) -> [UInt8] {
        var output: [UInt8] = []
        ring.drain(into: &output)
        return output
    }

    @Test func keepsOrderAndRefusesWhatHasNoRoom() {
        let ring = ByteRing(capacity: 5)
        #expect(ring.append([1, 2]) && ring.append([3, 4, 5]))
        #expect(!ring.append([6]) && ring.append([]))
        #expect(drain(ring) == [1, 2, 3, 4, 5])
        #expect(drain(ring) == [])
        // Round the end.
        #expect(ring.append([7, 8]) && drain(ring) == [7, 8])
        #expect(ring.append([1, 2, 3, 4, 5]) && !ring.append([6]))
        #expect(drain(ring) == [1, 2, 3, 4, 5])
        #expect(!ring.append([0, 1, 2, 3, 4, 5]))
        #expect(drain(ring) == [])
    }

    @Test func drainingAppends() {
        let ring = ByteRing(capacity: 4)
        var output: [UInt8] = [9]
        #expect(ring.append([1]))
        ring.drain(into: &output)
        #expect(output == [9, 1])
    }

    @Test func tellsWhenHalfOfTheRoomIsTaken() {
        let ring = ByteRing(capacity: 4)
        #expect(ring.append([1]) && !ring.isHalfFull)
        #expect(ring.append([2]) && ring.isHalfFull)
        // Also after it has been emptied.
        #expect(drain(ring) == [1, 2])
        #expect(!ring.isHalfFull && ring.append([3]) && !ring.isHalfFull)
    }

    /// Against an array that does the same.
    @Test(arguments: 0..<100 as Range<UInt64>) func agreesWithAModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let capacity = Int.random(in: 1...64, using: &random)
        let ring = ByteRing(capacity: capacity)
        var model: [UInt8] = []
        for _ in 0..<500 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                #expect(drain(ring) == model)
                model = []
            } else {
                let record = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let fits = model.count + record.count <= capacity
                #expect(ring.append(record) == fits)
                if fits { model += record }
            }
        }
        #expect(drain(ring) == model)
    }

    /// A producer and a consumer at the same time: what went in comes out, in order and in whole records.
    @Test func twoThreadsAgree() {
        let ring = ByteRing(capacity: 100)
        let records = 100_000
        var output: [UInt8] = []
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            for number in 0..<records {
                let record = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 7 + 1)
                while !ring.append(record) {}
            }
        }
        let expected = (0..<records).reduce(0) { $0 + $1 % 7 + 1 }
        while output.count < expected { ring.drain(into: &output) }
        group.wait()
        var position = 0
        for number in 0..<records {
            let count = number % 7 + 1
            let isWhole = output[position..<position + count].allSatisfy {
                $0 == UInt8(truncatingIfNeeded: number)
            }
            guard isWhole else {
                Issue.record("record \(number) is broken")
                return
            }
            position += count
        }
        #expect(position == output.count)
    }
}
