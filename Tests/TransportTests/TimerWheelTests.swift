import TestSupport
import Testing

@testable import Transport

@Suite struct TimerWheelTests {
    private static let tick: Int64 = 1 << TimerWheel.tickShift

    /// Against a dictionary of deadlines: nothing is early, nothing is late by more than a tick, nothing is
    /// lost.
    @Test(arguments: 0..<20 as Range<UInt64>) func agreesWithADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var now = Int64.random(in: 0...1_000_000_000_000, using: &random)
        var wheel = TimerWheel(now: MonotonicTime(nanoseconds: now))
        var model: [Int: Int64] = [:]
        for _ in 0..<200 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let index = Int.random(in: 0..<40, using: &random)
                // Up to five turns of the wheel ahead, and some in the past.
                let deadline = now + Int64.random(in: -Self.tick...5000 * Self.tick, using: &random)
                wheel.set(index, MonotonicTime(nanoseconds: deadline))
                model[index] = deadline
            case 5:
                let index = Int.random(in: 0..<40, using: &random)
                wheel.set(index, .never)
                model[index] = nil
            case 6:
                let index = Int.random(in: 0..<40, using: &random)
                wheel.remove(index)
                model[index] = nil
            default:
                now += Int64.random(in: 0...2000 * Self.tick, using: &random)
                var due: [Int] = []
                wheel.expire(now: MonotonicTime(nanoseconds: now), into: &due)
                #expect(Set(due).count == due.count)
                for index in due {
                    guard let deadline = model.removeValue(forKey: index) else {
                        Issue.record("\(index) was not set")
                        continue
                    }
                    #expect(deadline <= now)
                }
                #expect(model.values.allSatisfy { $0 > now - 2 * Self.tick })
            }
            if let first = model.values.min() {
                let next = wheel.nextExpiry?.nanoseconds ?? .max
                #expect(next <= max(first, now) + 2 * Self.tick)
            }
        }
    }

    @Test func aDeadlineThatIsPutOffStaysWhereItIsUntilThen() {
        var wheel = TimerWheel(now: MonotonicTime(nanoseconds: 0))
        wheel.set(0, MonotonicTime(nanoseconds: 10 * Self.tick))
        let before = wheel.nextExpiry
        wheel.set(0, MonotonicTime(nanoseconds: 20 * Self.tick))
        #expect(wheel.nextExpiry == before)
        var due: [Int] = []
        wheel.expire(now: MonotonicTime(nanoseconds: 15 * Self.tick), into: &due)
        #expect(due.isEmpty)
        wheel.expire(now: MonotonicTime(nanoseconds: 22 * Self.tick), into: &due)
        #expect(due == [0])
        #expect(wheel.nextExpiry == nil)
    }
}
