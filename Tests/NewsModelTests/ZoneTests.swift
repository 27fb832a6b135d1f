import Foundation
import TestSupport
import Testing

@testable import NewsModel

/// A zone of the system's database; `nil` where the system has none.
private func zone(_ name: String) throws -> Zone? {
    let path = "/usr/share/zoneinfo/" + name
    guard let file = FileManager.default.contents(atPath: path) else {
        print("passed over: \(path) is not there")
        return nil
    }
    return try Zone(name: name, file: Array(file))
}

@Suite struct ZoneTests {
    @Test(arguments: [
        ("Z", "UTC", 0), ("utc", "UTC", 0), ("+00:00", "UTC", 0), ("+03:00", "+03:00", 180),
        ("-0330", "-03:30", -210), ("+9", "+09:00", 540), ("-12", "-12:00", -720), ("+05:45", "+05:45", 345),
    ])
    func offsetsAreZones(text: String, name: String, minutes: Int64) throws {
        let zone = try #require(Zone(offset: text))
        #expect(zone.name == name && zone.isFixed)
        #expect(zone.offset(at: 1_700_000_000_000) == minutes * 60_000)
        #expect(zone.instant(ofLocal: 0) == -minutes * 60_000)
    }

    @Test(arguments: [
        "", "+", "3", "+24:00", "+03:60", "+03:0", "+030", "+3:00", "Kyiv", "+ab", "--03:00", "+03:00x",
    ])
    func otherTextsAreNot(text: String) {
        #expect(Zone(offset: text) == nil)
    }

    /// Facts of the zones, some of them beyond what the files list one by one.
    @Test(arguments: [
        ("Europe/Kyiv", "2024-01-15", "2024-01-15T02:00:00+02:00"),
        ("Europe/Kyiv", "2024-03-31T00:59:59Z", "2024-03-31T02:59:59+02:00"),
        ("Europe/Kyiv", "2024-03-31T01:00:00Z", "2024-03-31T04:00:00+03:00"),
        ("Europe/Kyiv", "2061-07-01", "2061-07-01T03:00:00+03:00"),
        ("Europe/Kyiv", "2061-12-01", "2061-12-01T02:00:00+02:00"),
        ("America/New_York", "2007-03-11T07:00:00Z", "2007-03-11T03:00:00-04:00"),
        ("America/New_York", "2006-03-12T07:00:00Z", "2006-03-12T02:00:00-05:00"),
        ("Asia/Kathmandu", "2024-05-01", "2024-05-01T05:45:00+05:45"),
        ("Australia/Lord_Howe", "2050-01-01", "2050-01-01T11:00:00+11:00"),
        ("Australia/Lord_Howe", "2050-07-01", "2050-07-01T10:30:00+10:30"),
        ("Europe/Dublin", "2050-01-01", "2050-01-01T00:00:00+00:00"),
        ("Europe/Dublin", "2050-07-01", "2050-07-01T01:00:00+01:00"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"),
        ("Europe/Moscow", "2012-07-01", "2012-07-01T04:00:00+04:00"),
        ("Europe/Moscow", "2024-07-01", "2024-07-01T03:00:00+03:00"),
    ])
    func clocksShowLocalTime(name: String, instant: String, local: String) throws {
        guard let zone = try zone(name) else { return }
        let instant = try #require(Timestamp(instant)).milliseconds
        #expect(zone.text(of: instant) == local)
        #expect(Timestamp(local)?.milliseconds == instant)
    }

    @Test(arguments: [
        ("Europe/Kyiv", "2024-05-01", "2024-05-01T00:00:00+03:00"),
        // The clocks skip the hour from three.
        ("Europe/Kyiv", "2024-03-31T03:30", "2024-03-31T04:00:00+03:00"),
        // The hour from three comes twice.
        ("Europe/Kyiv", "2024-10-27T03:30", "2024-10-27T03:30:00+03:00"),
        // No midnight on that day, and two on this one.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ("America/Havana", "2023-11-05", "2023-11-05T00:00:00-04:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"),
    ])
    func localTimesAreInstants(name: String, local: String, instant: String) throws {
        guard let zone = try zone(name) else { return }
        let local = try #require(Timestamp(local)).milliseconds
        #expect(zone.text(of: zone.instant(ofLocal: local)) == instant)
    }

    @Test(arguments: [
        ("UTC0", "2024-07-01", 0), ("<-03>3", "2024-07-01", -10_800), ("<+0330>-3:30", "2024-07-01", 12_600),
        ("CET-1CEST,J60/0,J300/0", "2024-02-29T12:00", 3_600),
        ("CET-1CEST,J60/0,J300/0", "2024-03-01", 7_200),
        ("CET-1CEST,59/0,J300/0", "2024-02-29", 7_200), ("CET-1CEST,59/0,J300/0", "2024-02-28T12:00", 3_600),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-01-01", 0), ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-07-01", 3_600),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-30T23:59", -7_200 + 0),
        ("AAA3BBB,M1.1.1,M12.5.5", "2024-01-02", -7_200),
    ])
    func yearlyRulesAreRead(text: String, instant: String, offset: Int) throws {
        let rule = try #require(YearlyRule(Array(text.utf8)))
        let instant = try #require(Timestamp(instant)).milliseconds / 1_000
        #expect(rule.offset(at: instant) == offset)
    }

    @Test(arguments: [
        "", "A1", "UTC", "UTC0X", "EET-2EEST", "EET-2EEST,M3.5.0", "EET-2EEST,M13.5.0,M1.1.1", "EET-168",
        "<+03-3",
        "EET-2EEST,M3.5.0/3,M10.6.0", "EET-2EEST,J0,J9", "EET-2EEST,366,1", "EET-2:60",
        "EET-2EEST,M3.5.0/3,M10.5.0/4 ",
    ])
    func otherRulesAreNot(text: String) {
        #expect(YearlyRule(Array(text.utf8)) == nil)
    }

    /// A file is read whole or refused; nothing of it ends the process.
    @Test func damagedFilesAreRefused() throws {
        guard let file = FileManager.default.contents(atPath: "/usr/share/zoneinfo/Europe/Kyiv") else {
            return
        }
        let bytes = Array(file)
        for length in 0..<bytes.count {
            #expect(throws: ZoneFileError.self, "\(length)") {
                try Zone(name: "x", file: Array(bytes[..<length]))
            }
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var broken = bytes
            broken[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            guard let zone = try? Zone(name: "x", file: broken) else { continue }
            for instant in [Int64(-1 << 42), 0, 1_700_000_000_000, 1 << 43] {
                #expect(abs(zone.offset(at: instant)) < 200 * 3_600_000)
            }
        }
    }

    /// What the clocks show at the instant of a local time is that time, but where they skip it.
    @Test(arguments: [
        "Europe/Kyiv", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza",
    ])
    func instantsOfLocalTimesShowThem(name: String) throws {
        guard let zone = try zone(name) else { return }
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let local = Int64.random(in: 0...3_000_000_000, using: &random) * 1_000
            let instant = zone.instant(ofLocal: local)
            let shown = instant + zone.offset(at: instant)
            let isSkipped = zone.offset(at: instant) > zone.offset(at: instant - 1_000)
            #expect(shown == local || isSkipped && shown > local && shown - local < 86_400_000, "\(local)")
            // None before it shows the same.
            for hours in 1...3 {
                let earlier = instant - Int64(hours) * 1_800_000
                #expect(earlier + zone.offset(at: earlier) != local)
            }
        }
    }
}
