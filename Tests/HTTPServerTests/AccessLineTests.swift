import HTTPMessages
import Testing

@testable import HTTPServer

private let time: Int64 = 784_111_777_007

private func line(
    _ record: AccessLine.Record, _ shared: [UInt8]? = nil, nanoseconds: Int64 = 0, milliseconds: Int64 = time
) -> String {
    var line = AccessLine()
    line.write(
        record, shared ?? AccessLine.shared("/", .get, .ok), nanoseconds: nanoseconds,
        milliseconds: milliseconds)
    return String(decoding: line.bytes, as: UTF8.self)
}

@Suite struct AccessLineTests {
    private let id = RequestID(0x0123_4567_89AB_CDEF)

    @Test func allThatAlwaysIsThere() {
        let record = AccessLine.Record(id: id, bytes: 12_340, client: "127.0.0.1")
        #expect(
            line(record, AccessLine.shared("/v1/articles/{id}", .get, .ok), nanoseconds: 87_999)
                == #"{"time":"1994-11-06T08:49:37.007Z","event":"request","id":"0123456789abcdef","method":"GET","#
                + #""route":"/v1/articles/{id}","status":200,"bytes":12340,"micros":87,"client":"127.0.0.1"}"#
                + "\n")
    }

    @Test func allThatCanBeThere() {
        let trace = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        let record = AccessLine.Record(
            id: RequestID(id.number, name: "a/b:c=1"), bytes: 0, client: "::1", keyID: "0badcafe",
            trace: trace, target: "/v1/articles?q=oil")
        #expect(
            line(record, AccessLine.shared("/v1/articles", .post, .created), nanoseconds: 5_000_000_000)
                == #"{"time":"1994-11-06T08:49:37.007Z","event":"request","id":"a/b:c=1","method":"POST","#
                + #""route":"/v1/articles","status":201,"bytes":0,"micros":5000000,"client":"::1","#
                + #""key":"0badcafe","trace":"4bf92f3577b34da6a3ce929d0e0e4736","parent":"00f067aa0ba902b7","#
                + #""span":"0123456789abcdef","target":"/v1/articles?q=oil"}"# + "\n")
    }

    @Test func whatCouldNotBeRead() {
        let record = AccessLine.Record(id: id, bytes: 300, client: "")
        #expect(
            line(record, AccessLine.shared(nil, nil, .badRequest), nanoseconds: -1)
                == #"{"time":"1994-11-06T08:49:37.007Z","event":"request","id":"0123456789abcdef","method":null,"#
                + #""route":null,"status":400,"bytes":300,"micros":0,"client":""}"# + "\n")
    }

    /// What comes from outside can neither end a line nor a member, nor move a terminal's cursor.
    @Test func hostileValues() {
        let hostile = "a\"b\\c\r\n{}\u{1B}[2J\u{7F}é\u{202E}\u{2028}😀\0"
        let text = line(AccessLine.Record(id: id, bytes: 1, client: hostile, keyID: hostile, target: hostile))
        let escaped =
            #"a\"b\\c\u000d\u000a{}\u001b[2J\u007f\u00e9\u202e\u2028\ud83d\ude00\u0000"#
        #expect(
            text.hasSuffix(",\"client\":\"\(escaped)\",\"key\":\"\(escaped)\",\"target\":\"\(escaped)\"}\n"))
        #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
        #expect(text.utf8.count { $0 == 0x0A } == 1)
    }

    /// The start of a line is kept for a second, and no longer.
    @Test func timesGoOn() {
        var line = AccessLine()
        let shared = AccessLine.shared("/", .get, .ok)
        let times: [(Int64, String)] = [
            (time, "37.007"), (time + 992, "37.999"), (time + 993, "38.000"), (time + 100_000, "17.007"),
            (time, "37.007"),
        ]
        for (milliseconds, shown) in times {
            let record = AccessLine.Record(id: id, bytes: 1, client: "")
            line.write(record, shared, nanoseconds: 0, milliseconds: milliseconds)
            let text = String(decoding: line.bytes, as: UTF8.self)
            #expect(text.contains(":\(shown)Z\",\"event\""), "\(text)")
        }
    }

    @Test(arguments: [0, 9, 10, 99, 100, 999_999, 1_000_000, Int(Int64.max)]) func numbers(_ number: Int) {
        let text = line(AccessLine.Record(id: id, bytes: number, client: ""))
        #expect(text.contains("\"bytes\":\(number),"))
    }
}
