import NewsModel
import TestSupport
import Testing

@testable import NewsAPI

@Suite struct IntervalTests {
    @Test(arguments: [
        (Interval.hour, "2024-02-29T23:59:59.999Z", "2024-02-29T23:00:00Z", "2024-03-01T00:00:00Z"),
        (.day, "2024-02-29T23:59:59.999Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        (.week, "2024-03-03T23:00:00Z", "2024-02-26T00:00:00Z", "2024-03-04T00:00:00Z"),
        (.week, "2024-03-04T00:00:00Z", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z"),
        (.month, "2024-12-31T12:00:00Z", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        (.year, "2024-12-31T12:00:00Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        (.hour, "1969-12-31T23:59:59.999Z", "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"),
        (.week, "1969-12-28T12:00:00Z", "1969-12-22T00:00:00Z", "1969-12-29T00:00:00Z"),
        (.year, "0000-06-01", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ])
    func bucketsBeginAtWholeUnits(interval: Interval, instant: String, start: String, next: String) throws {
        let instant = try #require(Timestamp(instant)).milliseconds
        #expect(Timestamp(milliseconds: interval.start(of: instant)).description == start)
        #expect(Timestamp(milliseconds: interval.start(after: instant)).description == next)
    }

    /// The count agrees with walking from bucket to bucket.
    @Test(arguments: 0..<100 as Range<UInt64>) func countsAgreeWithWalking(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let first = Int64.random(in: -4_000_000_000_000...4_000_000_000_000, using: &random)
        for interval in Interval.widths {
            let span: Int64 = interval == .hour ? 10_000_000_000 : 100_000_000_000
            let last = first + Int64.random(in: 0...span, using: &random)
            var start = interval.start(of: first)
            var count = 0
            while start <= last {
                #expect(interval.start(of: start) == start)
                start = interval.start(after: start)
                count += 1
            }
            #expect(interval.buckets(from: first, through: last) == count)
        }
    }
}
