import NewsModel
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2021-12-15", "2021-12-15T00:00:00Z"), ("2021-12", "2021-12-01T00:00:00Z"),
        ("2021", "2021-01-01T00:00:00Z"),
        ("2021-12-15T08:30:00Z", "2021-12-15T08:30:00Z"), ("2021-12-15t08:30z", "2021-12-15T08:30:00Z"),
        ("2021-12-15 08:30:00", "2021-12-15T08:30:00Z"),
        ("2021-12-15T08:30:00.250Z", "2021-12-15T08:30:00.250Z"),
        ("2021-12-15T08:30:00.1239Z", "2021-12-15T08:30:00.123Z"),
        ("2021-12-15T08:30:00+05:30", "2021-12-15T03:00:00Z"),
        ("2021-12-15T23:30:00-0100", "2021-12-16T00:30:00Z"), ("20211215", "2021-12-15T00:00:00Z"),
        ("20211215T083000Z", "2021-12-15T08:30:00Z"), ("20211215083000", "2021-12-15T08:30:00Z"),
        ("1639557000", "2021-12-15T08:30:00Z"), ("1639557000250", "2021-12-15T08:30:00.250Z"),
        ("Wed, 15 Dec 2021 08:30:00 GMT", "2021-12-15T08:30:00Z"),
        ("15 Dec 2021 08:30 EST", "2021-12-15T13:30:00Z"),
        ("December 15, 2021", "2021-12-15T00:00:00Z"), (" 2021-12-15 ", "2021-12-15T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"), ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("1900-03-01", "1900-03-01T00:00:00Z"), ("0001-01-01", "0001-01-01T00:00:00Z"),
    ])
    func reads(text: String, instant: String) {
        #expect(Timestamp(text)?.description == instant)
    }

    @Test(arguments: [
        "", "soon", "2021-13-01", "2021-02-30", "2023-02-29", "1900-02-29", "2021-12-15T24:00:00Z",
        "2021-12-15T08:61:00Z", "2021-12-15T08:30:00+24:00", "2021-12-15T08:30:00Zx", "2021-12-15Q",
        "2021-1-5", "12",
        "32 Dec 2021", "15 Foo 2021", "2021-12-15T", "2021-12-15T08:30:00.Z", "99999999999999999999",
    ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func readsWhatItWrites(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            // Years 1 to 9999.
            let instant = Timestamp(
                milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
            #expect(Timestamp(instant.description) == instant)
            let day = instant.day
            #expect(day.start <= instant)
            #expect(instant.milliseconds - day.start.milliseconds < 86_400_000)
            #expect(Timestamp.Day(year: day.year, month: day.month, day: day.day) == day)
        }
    }

    @Test func countsFromTheEpoch() {
        #expect(Timestamp(year: 1970, month: 1, day: 1).milliseconds == 0)
        #expect(Timestamp(year: 2000, month: 3, day: 1).milliseconds == 951_868_800_000)
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }
}

@Suite struct ArticleIDTests {
    @Test(arguments: ["a", "wire:2021/12/15#1", "Ä–id", "a b", String(repeating: "x", count: 500), "..."])
    func takes(text: String) {
        #expect(ArticleID(text)?.description == text)
    }

    @Test(arguments: [
        "", " a", "a ", "a\nb", "a\u{0}", "a\u{7F}", ".", "..", String(repeating: "x", count: 501),
    ])
    func refuses(text: String) {
        #expect(ArticleID(text) == nil)
    }
}
