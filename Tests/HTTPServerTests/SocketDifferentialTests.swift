import Glibc
import HTTPMessages
import Telemetry
import TestSupport
import Testing

/// The same bytes get the same answers over a socket, however they are cut; the tests of `Tests/Fuzz` try many more
/// streams without one.
@Suite struct SocketDifferentialTests {
    /// Answers of every kind: made at once, made elsewhere, kept for equal requests.
    private static let responder = TestResponder { request in
        let reply = TestResponder.standard.answer(request)
        guard case .ready(var response) = reply, request.method == .get else { return reply }
        response.isRepeatable = true
        return .ready(response)
    }

    /// All that comes back, without what differs from one answer to the next by its nature.
    private static func answers(_ test: TestServer, _ parts: [ArraySlice<UInt8>], _ sent: inout Int) throws
        -> String
    {
        let client = try test.client()
        let received = test.metrics.counter("sitrep_http_received_bytes_total", help: "", labels: [:])
        for part in parts {
            // Once the last answer has been given the rest need not be taken.
            guard (try? client.send(Array(part))) != nil else { break }
            sent += part.count
            // Mostly each part is read alone; how often it is, does not matter.
            for _ in 0..<200 where received.value < UInt64(sent) { sched_yield() }
        }
        sent = Int(received.value)
        client.endSending()
        let text = client.readWhatComes()
        return text.split(separator: "\r\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("Date: ") && !$0.hasPrefix("X-Request-Id: ") }.joined(separator: "\r\n")
            // Whether leave is given depends on what has come with the head.
            .replacing("HTTP/1.1 100 Continue\r\n\r\n", with: "")
    }

    @Test func cutsDoNotMatter() throws {
        let test = try TestServer(Self.responder)
        var streams = RequestStreams(seed: 7)
        var sent = 0
        for _ in 0..<300 {
            let bytes = streams.next()
            let whole = try Self.answers(test, [bytes[...]], &sent)
            for _ in 0..<2 {
                var parts: [ArraySlice<UInt8>] = []
                for cut in streams.cuts(of: bytes.count).suffix(12) {
                    parts.append(bytes[(parts.last?.endIndex ?? 0)..<cut])
                }
                #expect(
                    try Self.answers(test, parts, &sent) == whole, "\(String(decoding: bytes, as: UTF8.self))"
                )
            }
        }
    }
}
