import NewsCatalog
import NewsModel
import SearchIndex
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
        (.quarter, "2024-06-30T23:59:59Z", "2024-04-01T00:00:00Z", "2024-07-01T00:00:00Z"),
        (.quarter, "2024-12-31T12:00:00Z", "2024-10-01T00:00:00Z", "2025-01-01T00:00:00Z"),
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

    @Test(arguments: [
        (
            Interval.day, "Europe/Kyiv", "2024-03-31T12:00Z", "2024-03-31T00:00:00+02:00",
            "2024-04-01T00:00:00+03:00"
        ),
        (.day, "Europe/Kyiv", "2024-10-27T12:00Z", "2024-10-27T00:00:00+03:00", "2024-10-28T00:00:00+02:00"),
        (
            .day, "America/Sao_Paulo", "2018-11-04T12:00Z", "2018-11-04T01:00:00-02:00",
            "2018-11-05T00:00:00-02:00"
        ),
        // Two midnights: the day begins at the first.
        (
            .day, "America/Havana", "2023-11-05T04:30Z", "2023-11-05T00:00:00-04:00",
            "2023-11-06T00:00:00-05:00"
        ),
        (
            .day, "America/Havana", "2023-11-05T05:30Z", "2023-11-05T00:00:00-04:00",
            "2023-11-06T00:00:00-05:00"
        ),
        // The day that was skipped is no bucket.
        (.day, "Pacific/Apia", "2011-12-29T12:00Z", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"),
        // At a minute past midnight the clocks were put back to the day before.
        (
            .day, "America/St_Johns", "2006-10-29T02:45Z", "2006-10-29T00:00:00-02:30",
            "2006-10-30T00:00:00-03:30"
        ),
        (
            .hour, "America/St_Johns", "2006-10-29T02:30Z", "2006-10-29T00:00:00-02:30",
            "2006-10-28T23:01:00-03:30"
        ),
        (
            .hour, "Australia/Lord_Howe", "2024-04-06T15:10Z", "2024-04-07T01:30:00+10:30",
            "2024-04-07T02:00:00+10:30"
        ),
        (
            .hour, "Asia/Kathmandu", "2024-04-06T15:10Z", "2024-04-06T20:00:00+05:45",
            "2024-04-06T21:00:00+05:45"
        ),
        (
            .week, "Europe/Kyiv", "2024-03-31T20:59:59Z", "2024-03-25T00:00:00+02:00",
            "2024-04-01T00:00:00+03:00"
        ),
        (
            .month, "Europe/Kyiv", "2024-03-31T21:00Z", "2024-04-01T00:00:00+03:00",
            "2024-05-01T00:00:00+03:00"
        ),
        (
            .quarter, "America/New_York", "2024-01-01T04:59Z", "2023-10-01T00:00:00-04:00",
            "2024-01-01T00:00:00-05:00"
        ),
        (.year, "Asia/Tokyo", "2023-12-31T15:00Z", "2024-01-01T00:00:00+09:00", "2025-01-01T00:00:00+09:00"),
    ])
    func bucketsBeginAtWholeUnitsOfTheirZone(
        interval: Interval, name: String, instant: String, start: String, next: String
    ) throws {
        guard let zone = try? ZoneDirectory().zone(name) else {
            return print("passed over: no time zone database")
        }
        let instant = try #require(Timestamp(instant)).milliseconds
        #expect(zone.text(of: interval.start(of: instant, in: zone)) == start)
        #expect(zone.text(of: interval.start(after: instant, in: zone)) == next)
    }

    /// Buckets follow each other without a gap, and each instant is in the one that says so.
    @Test(arguments: [
        "Europe/Kyiv", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana",
        "Asia/Gaza", "+05:30",
    ])
    func bucketsOfZonesAreAPartition(name: String) throws {
        guard let zone = try? ZoneDirectory().zone(name) else {
            return print("passed over: no time zone database")
        }
        var random = SeededGenerator(seed: 5)
        for interval in Interval.widths {
            for _ in 0..<20 {
                let first = Int64.random(in: -1_000_000_000_000...3_000_000_000_000, using: &random)
                let span: Int64 = interval == .hour ? 1_000_000_000 : 40_000_000_000
                let last = first + Int64.random(in: 0...span, using: &random)
                let buckets = interval.buckets(holding: first, through: last, in: zone)
                #expect(buckets.start(of: 0) <= first && buckets.start(of: buckets.count) > last)
                #expect(abs(interval.buckets(from: first, through: last, in: zone) - buckets.count) <= 1)
                for bucket in 0..<buckets.count {
                    let (start, end) = (buckets.start(of: bucket), buckets.start(of: bucket + 1))
                    #expect(start < end)
                    let inside = Int64.random(in: start..<end, using: &random)
                    #expect(interval.start(of: inside, in: zone) == start)
                    #expect(interval.start(after: inside, in: zone) == end)
                }
            }
        }
    }

    @Test func zonesAreRefusedByName() throws {
        let zones = ZoneDirectory()
        guard (try? zones.zone("Europe/Kyiv")) != nil else {
            return print("passed over: no time zone database")
        }
        for (name, near) in [("europe/kyiv", "Europe/Kyiv"), ("Europe/Kyv", "Europe/Kyiv")] {
            do {
                _ = try zones.zone(name)
                Issue.record("\(name) is a zone")
            } catch {
                guard case .unknown(let nearest) = error else { throw error }
                #expect(nearest == near)
            }
        }
        for name in [
            "", "/etc/passwd", "../zoneinfo/UTC", "Europe", "Europe/../UTC", "Europe/", "tzdata.zi", "A\u{0}",
        ] {
            #expect(throws: ZoneError.self) { try zones.zone(name) }
        }
        #expect(throws: ZoneError.self) { try ZoneDirectory(folder: "/nowhere").zone("Europe/Kyiv") }
        #expect(try ZoneDirectory(folder: "/nowhere").zone("+03:00").name == "+03:00")
    }
}
