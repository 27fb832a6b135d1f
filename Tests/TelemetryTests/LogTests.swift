import Synchronization
import Telemetry
import Testing

/// Keeps the lines of a log.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func log(_ format: Log.Format, level: Log.Level = .debug) -> Log {
        Log(
            level: level, format: format, clock: { WallTime(milliseconds: 784_111_777_007) },
            sink: { line in
                self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            })
    }

    var all: [String] { lines.withLock { $0 } }
}

@Suite("Log") struct LogTests {
    @Test func textLines() {
        let lines = Lines()
        lines.log(.text).info(
            "request", ["method": "GET", "path": "/a?b=c", "empty": "", "agent": "curl 8", "note": "a\"b\\c"])
        #expect(
            lines.all == [
                "time=1994-11-06T08:49:37.007Z level=info event=request method=GET path=\"/a?b=c\" empty=\"\" "
                    + "agent=\"curl 8\" note=\"a\\\"b\\\\c\"\n"
            ])
    }

    @Test func jsonLines() {
        let lines = Lines()
        lines.log(.json).error("store failed", ["reason": "no space\nleft", "naïve": "café"])
        #expect(
            lines.all == [
                "{\"time\":\"1994-11-06T08:49:37.007Z\",\"level\":\"error\",\"event\":\"store failed\","
                    + "\"reason\":\"no space\\nleft\",\"naïve\":\"café\"}\n"
            ])
    }

    /// What a client sends must not be able to forge a line or a field, nor to move a terminal's cursor.
    @Test(arguments: Log.Format.allCases) func valuesCannotForge(_ format: Log.Format) {
        let lines = Lines()
        lines.log(format).info(
            "request", ["a": "x\r\ntime=0 level=error\t\u{1B}[2J\u{9B}\u{202E}\u{2028}\0", "b c=\n": "y"])
        #expect(lines.all.count == 1)
        let line = lines.all.joined()
        #expect(line.unicodeScalars.filter { $0.value < 0x20 } == ["\n"])
        #expect(line.hasSuffix("\n"))
        #expect(line.contains("\\r\\ntime=0 level=error\\t\\u001b[2J\\u009b\\u202e\\u2028\\u0000"))
        if format == .text { #expect(line.contains(" b_c__=y")) }
    }

    @Test func levels() {
        let lines = Lines()
        let log = lines.log(.text, level: .warning)
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")
        #expect(lines.all.map { $0.split(separator: "=").last } == ["c\n", "d\n"])
        #expect(!log.isEnabled(.info))
        #expect(log.isEnabled(.warning))
        #expect(Log.Level.allCases.sorted() == [.debug, .info, .warning, .error])
    }

    /// Fields cost nothing where nobody reads them.
    @Test func fieldsOfWhatIsNotWrittenAreNotMade() {
        func field() -> String {
            Issue.record("asked for")
            return ""
        }
        Lines().log(.text, level: .error).info("a", ["b": field()])
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_001, "2000-02-29T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (1_767_225_599_000, "2025-12-31T23:59:59.000Z"),
    ])
    func times(_ milliseconds: Int64, _ text: String) {
        #expect(WallTime(milliseconds: milliseconds).description == text)
    }

    @Test func thePresentIsNotThePast() {
        #expect(WallTime.now.milliseconds > 1_700_000_000_000)
    }
}
