import HTTPMessages
import HTTPServer
import Synchronization
import Telemetry

/// Answers by closures.
struct TestResponder: Responder {
    var answer: @Sendable (Request) -> Reply
    var refuse: @Sendable (Request) -> Response? = { _ in nil }

    func reply(to request: Request) -> Reply { answer(request) }

    func refusal(ofHead request: Request) -> Response? { refuse(request) }

    /// `/echo` gives the content back, `/big` 20,000 bytes of JSON with a tag, `/dated` a modified content,
    /// `/own304` its own 304, `/slow` a deferred reply, and `/` says what was asked.
    static let standard = TestResponder { request in
        switch request.target.path {
        case "/": return .ready(text(request.method.rawValue + " " + request.target.text))
        case "/echo": return .ready(Response(status: .ok, contentType: "text/plain", body: request.body))
        case "/client": return .ready(text(request.clientAddress))
        case "/big": return .ready(big())
        case "/weak": return .ready(big(tag: "W/\"w\""))
        case "/own304":
            guard request.fields[.ifNoneMatch] == "\"v1\"" else { return .ready(big()) }
            return .ready(Response(status: .notModified, fields: Fields([(.entityTag, "\"v1\"")])))
        case "/dated":
            var response = text("dated")
            response.fields.append(.lastModified, "Sun, 06 Nov 1994 08:49:37 GMT")
            return .ready(response)
        case "/slow": return .deferred { text("slow") }
        default:
            return .ready(
                Problem(.notFound, code: "not-found", detail: "There is no such resource.").response)
        }
    }

    static func text(_ text: String) -> Response {
        Response(status: .ok, contentType: "text/plain", body: Array(text.utf8))
    }

    static let bigBody = Array(("[" + (0..<4000).map { "\($0 % 1000)" }.joined(separator: ", ") + "]").utf8)

    static func big(tag: String = "\"v1\"") -> Response {
        var response = Response(status: .ok, contentType: "application/json", body: bigBody)
        response.fields.append(.entityTag, tag)
        response.fields.append(.cacheControl, "max-age=5")
        return response
    }
}

/// A server at a free port of the loopback address.
struct TestServer {
    let server: HTTPServer
    let metrics = Metrics()
    let lines = Lines()

    final class Lines: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func append(_ bytes: [UInt8]) { texts.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    init(
        _ responder: any Responder = TestResponder.standard, loops: Int = 1,
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws {
        var options = ServerOptions()
        options.listeners = [ListenerOptions("127.0.0.1:0")]
        options.loops = loops
        change(&options)
        server = try HTTPServer(
            options: options, responder: responder, log: Log(sink: lines.append), metrics: metrics)
        server.start()
    }

    func client() throws -> Client { try Client(port: server.port) }

    /// Waits until the server has read so many bytes from its clients.
    func waitForReceived(_ count: Int) {
        let counter = metrics.counter("sitrep_http_received_bytes_total", help: "", labels: [:])
        while counter.value < UInt64(count) {}
    }

    /// What the metrics say of one series.
    func metric(_ series: String) -> String? {
        String(decoding: metrics.prometheus(), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(series + " ") }.map { String($0.dropFirst(series.count + 1)) }
    }
}
