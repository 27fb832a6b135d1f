import HTTPMessages
import HTTPServer
import HTTPWire
import Synchronization
import Testing

/// One rule of HTTP: what a client sends, and what it must see.
struct ConformanceRow: Sendable, CustomTestStringConvertible {
    /// One answer as it must be.
    struct Answer: Sendable, ExpressibleByIntegerLiteral {
        var status: Int
        /// The content, where it matters.
        var body: String?
        /// Values by names in lower case; `nil` for what must not be there.
        var fields: [String: String?] = [:]
        var isToHead = false

        init(integerLiteral status: Int) { self.status = status }

        init(_ status: Int, body: String? = nil, _ fields: [String: String?] = [:], isToHead: Bool = false) {
            self.status = status
            self.body = body
            self.fields = fields
            self.isToHead = isToHead
        }
    }

    /// The section that has the rule.
    let section: String
    let name: String
    let bytes: [UInt8]
    let answers: [Answer]
    /// Whether the last answer is the end of the connection, so that whatever stands behind is no request.
    let closes: Bool

    var testDescription: String { "\(section): \(name)" }

    /// A message, or several, that are answered; the connection goes on.
    static func keeps(
        _ section: String, _ name: String, _ text: String, _ answers: Answer...
    ) -> ConformanceRow {
        ConformanceRow(
            section: section, name: name, bytes: latin(text), answers: answers.isEmpty ? [200] : answers,
            closes: false)
    }

    /// A message, or several, of which the last one is answered and nothing after it.
    static func closes(
        _ section: String, _ name: String, _ text: String, _ answers: Answer...
    ) -> ConformanceRow {
        ConformanceRow(
            section: section, name: name, bytes: latin(text), answers: answers.isEmpty ? [400] : answers,
            closes: true)
    }
}

/// The bytes of a text whose characters are all below U+0100.
func latin(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// A byte as it is named in the table.
func named(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (byte < 16 ? "0" : "") + digits
}

/// Bytes as characters, one for each.
func characters(_ bytes: some Sequence<UInt8>) -> [(name: String, text: String)] {
    bytes.map { (named($0), String(Character(Unicode.Scalar($0)))) }
}

/// A GET of `/`, with some fields.
func getRequest(_ fields: String = "", _ target: String = "/", version: String = "1.1") -> String {
    "GET \(target) HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n"
}

/// A POST to `/echo` that ends after its fields; what follows is content.
func postRequest(_ fields: String, version: String = "1.1") -> String {
    "POST /echo HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n"
}

/// A POST to `/echo` with content in chunks.
func chunkedRequest(_ content: String) -> String { postRequest("Transfer-Encoding: chunked\r\n") + content }

let controls = Array(0x00...0x1F as ClosedRange<UInt8>) + [0x7F]

/// Every row over a real socket, each with another request behind it: that is answered where the connection goes on,
/// and is otherwise never seen by anyone.
@Suite struct ConformanceTests {
    private static let seen = Mutex<Set<String>>([])
    private static let number = Atomic(0)

    private static let server = Result {
        var responder = TestResponder.standard
        responder.answer = { request in
            if request.target.path == "/canary" {
                seen.withLock { _ = $0.insert(request.target.query ?? "") }
                return .ready(TestResponder.text("canary"))
            }
            if request.target.path == "*" {
                return .ready(TestResponder.text(request.method.rawValue + " *"))
            }
            let reply = TestResponder.standard.answer(request)
            guard case .ready(var response) = reply, request.method == .get || request.method == .head else {
                return reply
            }
            response.isRepeatable = true
            return .ready(response)
        }
        return try TestServer(responder) { options in
            options.limits.wire.bodyBytes = 1000
            options.limits.lingerTime = .seconds(20)
        }
    }

    static let rows =
        lineRows + targetRows + fieldRows + hostRows + lengthRows + codingRows + chunkRows + connectionRows
        + limitRows + methodRows + conditionRows + contentCodingRows

    /// Each twice: what is asked again may be answered in another way, and must be answered the same.
    @Test(arguments: rows) func holds(_ row: ConformanceRow) throws {
        for _ in 0..<2 { try run(row) }
    }

    private func run(_ row: ConformanceRow) throws {
        let id = "\(Self.number.add(1, ordering: .relaxed).newValue)"
        let client = try Self.server.get().client()
        try client.send(row.bytes + latin("GET /canary?\(id) HTTP/1.1\r\nHost: a\r\n\r\n"))
        for (index, wanted) in row.answers.enumerated() {
            let answer = try client.receive(toHead: wanted.isToHead)
            check(answer, wanted)
            let isLast = row.closes && index == row.answers.count - 1
            #expect((answer["Connection"]?.lowercased() == "close") == isLast)
        }
        if row.closes {
            #expect(try client.readToEnd() == "")
        } else {
            #expect(try client.receive().text == "canary")
        }
        #expect(Self.seen.withLock { $0.contains(id) } == !row.closes)
    }

    private func check(_ answer: Client.Answer, _ wanted: ConformanceRow.Answer) {
        #expect(answer.status == wanted.status, "\(answer.text)")
        if let body = wanted.body { #expect(answer.text == body) }
        for (name, value) in wanted.fields { #expect(answer[name] == value, "\(name)") }
        // RFC 9110 §6.6.1: on every answer, also to what could not be read.
        let date = answer["Date"] ?? ""
        let seconds = HTTPDate.parse(date)
        #expect(seconds.map { HTTPDate.format(seconds: $0) } == Array(date.utf8))
        #expect(answer.fields.filter { $0.name == "date" }.count == 1)
        #expect(answer.fields.filter { $0.name == "x-request-id" }.count == 1)
        if answer.status >= 400 {
            #expect(answer["Content-Type"] == "application/problem+json")
            #expect(wanted.isToHead || answer.text.contains("\"status\":\(answer.status)"))
            if let code = Self.codes[answer.status], !wanted.isToHead {
                #expect(answer.text.contains("\"code\":\"\(code)\""))
            }
        }
        let hasLength = answer.status != 304 && answer.status != 204
        #expect((answer["Content-Length"] != nil) == hasLength)
        #expect(answer["Transfer-Encoding"] == nil)
    }

    private static let codes = [
        400: "malformed-request", 406: "not-acceptable", 412: "precondition-failed", 413: "content-too-large",
        414: "target-too-long", 417: "expectation-unknown", 431: "head-too-large",
        505: "version-not-supported",
    ]

    @Test func theTableIsLarge() {
        #expect(Self.rows.count >= 1100)
        #expect(Set(Self.rows.map(\.testDescription)).count == Self.rows.count)
        #expect(Self.rows.allSatisfy { $0.section.hasPrefix("RFC ") })
    }
}
