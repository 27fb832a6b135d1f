import HTTPMessages
import TestSupport
import Testing

@Suite("Dates") struct HTTPDateTests {
    static let known: [(Int64, String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    ]

    @Test(arguments: known) func bothWays(_ seconds: Int64, _ text: String) {
        #expect(String(decoding: HTTPDate.format(seconds: seconds), as: UTF8.self) == text)
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test func whatNoDateTellsIsMovedInside() {
        let first = HTTPDate.format(seconds: -62_135_596_800)
        let last = HTTPDate.format(seconds: 253_402_300_799)
        #expect(HTTPDate.format(seconds: .min) == first)
        #expect(HTTPDate.format(seconds: .max) == last)
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func whatIsWrittenIsRead(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &random)
        let text = HTTPDate.format(seconds: seconds)
        #expect(text.count == 29)
        #expect(HTTPDate.parse(String(decoding: text, as: UTF8.self)) == seconds)
    }

    /// RFC 9110 §5.6.7: the two old forms must be read as well.
    @Test func oldForms() {
        #expect(HTTPDate.parse("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.parse("Sun Nov  6 08:49:37 1994") == 784_111_777)
        #expect(HTTPDate.parse("Wed Nov 16 08:49:37 1994") == 784_975_777)
    }

    /// RFC 9110 §5.6.7: a year more than 50 ahead is the last one before that ends in the same two digits.
    @Test func centuries() {
        let now: Int64 = 1_767_225_600  // 2026-01-01
        func year(_ digits: String) -> String? {
            HTTPDate.parse("Monday, 02-Jan-\(digits) 00:00:00 GMT", now: now)
                .map { String(decoding: HTTPDate.format(seconds: $0)[12..<16], as: UTF8.self) }
        }
        #expect(year("26") == "2026")
        #expect(year("76") == "2076")
        #expect(year("77") == "1977")
        #expect(year("00") == "2000")
    }

    @Test func leapSeconds() {
        #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800)
    }

    @Test(arguments: [
        "", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov  6 08:49:37 94", "1994-11-06",
        "784111777", "Sun, 06 Nov +994 08:49:37 GMT",
    ])
    func noDates(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
