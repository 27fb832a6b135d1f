import Compression
import Dispatch
import HTTPMessages
import Synchronization
import Testing

@testable import HTTPServer

/// Content that a test hands out.
private final class TestSource: ContentSource {
    private struct State {
        var asked = 0
        var wake: (@Sendable () -> Void)?
        var isDraining = false
        var cancelled = 0
    }

    private let state = Mutex(State())
    private let make: @Sendable (_ number: Int, _ isDraining: Bool) -> ContentPiece
    private let end = DispatchSemaphore(value: 0)

    /// Creates a source that makes its pieces by number, from 0 on.
    init(_ make: @escaping @Sendable (_ number: Int, _ isDraining: Bool) -> ContentPiece) {
        self.make = make
    }

    /// Creates a source of some pieces and an end.
    convenience init(_ pieces: [String], then last: ContentPiece = .end) {
        self.init { number, _ in number < pieces.count ? .bytes(Array(pieces[number].utf8)) : last }
    }

    var asked: Int { state.withLock { $0.asked } }
    var cancelled: Int { state.withLock { $0.cancelled } }
    var isStarted: Bool { state.withLock { $0.wake != nil } }

    func wake() { state.withLock { $0.wake }?() }

    /// Waits until the server has no more use for it.
    func waitForCancel() -> Bool { end.wait(timeout: .now() + 20) == .success }

    func start(wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    func next() -> ContentPiece {
        let (number, isDraining) = state.withLock { state in
            state.asked += 1
            return (state.asked - 1, state.isDraining)
        }
        return make(number, isDraining)
    }

    func drain() { state.withLock { $0.isDraining = true } }

    func cancel() {
        state.withLock { state in
            state.cancelled += 1
            // It leads to the server, and the server's responder to this.
            state.wake = nil
        }
        end.signal()
    }
}

/// Answers `/` with "plain", `/slow` by a worker, and all else with the source.
private func server(
    _ source: TestSource, contentType: String = "application/x-ndjson",
    _ change: (inout ServerOptions) -> Void = { _ in }
) throws -> TestServer {
    try TestServer(
        TestResponder { request in
            switch request.target.path {
            case "/": return .ready(TestResponder.text("plain"))
            case "/slow": return .deferred { TestResponder.text("slow") }
            default:
                let fields = Fields([(.contentType, contentType), (.entityTag, "\"v1\"")])
                return .stream(Response(status: .ok, fields: fields), source)
            }
        }, loops: 1, change)
}

private let get = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite("Answers made piece by piece") struct StreamedAnswerTests {
    @Test("RFC 9112 §7.1: chunks and a last one") func chunked() throws {
        let source = TestSource(["first", "", String(repeating: "x", count: 26)])
        let test = try server(source)
        let client = try test.client()
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let head = try client.receive(toHead: true)
        #expect(head["Transfer-Encoding"] == "chunked")
        #expect(head["Content-Length"] == nil)
        #expect(head["Connection"] == "close")
        #expect(
            try client.readToEnd() == "5\r\nfirst\r\n1a\r\n\(String(repeating: "x", count: 26))\r\n0\r\n\r\n")
        #expect(source.cancelled == 1)
    }

    @Test("RFC 9112 §6.3: a client of HTTP/1.0 reads to the end of the connection") func oldClient() throws {
        let test = try server(TestSource(["one", "two"]))
        let client = try test.client()
        try client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let head = try client.receive(toHead: true)
        #expect(head["Transfer-Encoding"] == nil && head["Content-Length"] == nil)
        #expect(head["Connection"] == "close")
        #expect(try client.readToEnd() == "onetwo")
    }

    @Test("RFC 9110 §9.3.2: HEAD makes no piece") func headOnly() throws {
        let source = TestSource(["one"])
        let test = try server(source)
        let client = try test.client()
        try client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive(toHead: true)["Transfer-Encoding"] == "chunked")
        #expect(try client.receive().text == "plain")
        #expect(source.asked == 0 && !source.isStarted)
    }

    @Test func whatIsPipelinedBehindWaits() throws {
        let source = TestSource { number, _ in
            [.bytes(Array("one".utf8)), .later(nil), .bytes(Array("two".utf8)), .end][number]
        }
        let test = try server(source)
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + get + "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive().text == "plain")
        _ = try client.receive(toHead: true)
        #expect(try client.receiveChunk() == Array("one".utf8))
        while source.asked < 2 {}
        source.wake()
        #expect(try client.receiveChunk() == Array("two".utf8))
        #expect(try client.receiveChunk() == nil)
        #expect(try client.receive().text == "slow")
    }

    @Test func aClientThatDoesNotReadHoldsOnePiece() throws {
        let bytes = 65_536
        let source = TestSource { _, _ in .bytes([UInt8](repeating: 0x2E, count: bytes)) }
        let test = try server(source) { $0.limits.writeStallTime = .milliseconds(300) }
        let client = try Client(port: test.server.port, receiveBuffer: 4096)
        try client.send(get)
        #expect(source.waitForCancel())
        let sent = try #require(test.metric("sitrep_http_sent_bytes_total").flatMap { Int($0) })
        // What was made and has not left is less than one piece with its framing; the head is in what was sent.
        #expect(source.asked * bytes - sent <= bytes)
        #expect(test.metric(#"sitrep_http_timeouts_total{phase="write"}"#) == "1")
        #expect(test.metric("sitrep_http_streams") == "0")
    }

    @Test func aSlowReaderGetsAll() throws {
        let bytes = 50_000
        let source = TestSource { number, _ in
            number < 200 ? .bytes([UInt8](repeating: UInt8(number), count: bytes)) : .end
        }
        let test = try server(source)
        let client = try Client(port: test.server.port, receiveBuffer: 4096)
        try client.send(get)
        _ = try client.receive(toHead: true)
        for number in 0..<200 {
            #expect(try client.receiveChunk() == [UInt8](repeating: UInt8(number), count: bytes))
        }
        #expect(try client.receiveChunk() == nil)
    }

    @Test func aClientThatGoesStopsTheSource() throws {
        let source = TestSource { number, _ in number == 0 ? .bytes([0x2E]) : .later(nil) }
        let test = try server(source)
        var client: Client? = try test.client()
        try client?.send(get)
        _ = try client?.receive(toHead: true)
        #expect(try client?.receiveChunk() == [0x2E])
        client = nil
        #expect(source.waitForCancel())
        #expect(source.cancelled == 1)
    }

    @Test func aClientThatHasEndedItsSideGetsAllThatThereIs() throws {
        let source = TestSource { number, _ in number < 3 ? .bytes([0x2E]) : .later(nil) }
        let test = try server(source)
        let client = try test.client()
        try client.send(get)
        client.endSending()
        #expect(try client.readToEnd().hasSuffix("\r\n\r\n1\r\n.\r\n1\r\n.\r\n1\r\n.\r\n0\r\n\r\n"))
        #expect(source.waitForCancel())
    }

    @Test func aFailureCutsOff() throws {
        let test = try server(TestSource(["one"], then: .failure))
        let client = try test.client()
        try client.send(get + get)
        #expect(try client.readToEnd().hasSuffix("\r\n\r\n3\r\none\r\n"))
        #expect(test.metric("sitrep_http_streams_cut_total") == "1")
    }

    @Test func itIsAskedAgainAfterItsTime() throws {
        let source = TestSource { number, _ in
            number < 3 ? .later(.milliseconds(1)) : number == 3 ? .bytes([0x2E]) : .end
        }
        let test = try server(source)
        let client = try test.client()
        try client.send(get)
        _ = try client.receive(toHead: true)
        #expect(try client.receiveChunk() == [0x2E])
        #expect(try client.receiveChunk() == nil)
        #expect(source.asked == 5)
    }

    /// It looks, there is nothing, and before it says so there is: what it calls then must not be lost.
    @Test func aCallWhileItIsAskedIsNotLost() throws {
        let own = Mutex<TestSource?>(nil)
        let source = TestSource { number, _ in
            guard number == 0 else { return .end }
            own.withLock { $0 }?.wake()
            return .later(nil)
        }
        own.withLock { $0 = source }
        let test = try server(source)
        let client = try test.client()
        try client.send(get)
        _ = try client.receive(toHead: true)
        #expect(try client.receiveChunk() == nil)
        own.withLock { $0 = nil }
    }

    @Test func waitingStreamsHoldNoWorker() throws {
        let source = TestSource { _, _ in .later(nil) }
        let test = try server(source) {
            $0.limits.deferredWidth = 1
            $0.limits.deferredBacklog = 1
        }
        let clients = try (0..<20).map { _ in
            let client = try test.client()
            try client.send(get)
            _ = try client.receive(toHead: true)
            return client
        }
        let client = try test.client()
        while source.asked < 20 {}
        try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive().text == "slow")
        #expect(clients.count == 20)
    }

    @Test func moreThanTheLimitAreRefused() throws {
        let source = TestSource { _, _ in .later(nil) }
        let test = try server(source) { $0.limits.streams = 1 }
        var first: Client? = try test.client()
        try first?.send(get)
        #expect(try first?.receive(toHead: true).status == 200)
        let second = try test.client()
        try second.send(get)
        let refusal = try second.receive()
        #expect(refusal.status == 503 && refusal.text.contains("too-many-streams"))
        #expect(refusal["Retry-After"] != nil)
        first = nil
        #expect(source.waitForCancel())
        try second.send(get)
        #expect(try second.receive(toHead: true).status == 200)
    }

    @Test func drainingEndsWhatWouldGoOnForEver() throws {
        let source = TestSource { number, isDraining in
            isDraining ? .end : number == 0 ? .bytes([0x2E]) : .later(nil)
        }
        let test = try server(source) { $0.shutdownGrace = .seconds(3600) }
        let client = try test.client()
        try client.send(get)
        _ = try client.receive(toHead: true)
        #expect(try client.receiveChunk() == [0x2E])
        let drain = Drain(test.server)
        #expect(try client.receiveChunk() == nil)
        #expect(try client.readToEnd() == "")
        #expect(drain.outcome() == .finished)
    }

    @Test func drainingLetsWhatEndsRunOn() throws {
        let gate = DispatchSemaphore(value: 0)
        let source = TestSource { number, _ in
            gate.wait()
            return number < 5 ? .bytes([0x2E]) : .end
        }
        let test = try server(source) { $0.shutdownGrace = .seconds(3600) }
        let client = try test.client()
        try client.send(get)
        _ = try client.receive(toHead: true)
        let drain = Drain(test.server)
        while (try? test.client()) != nil {}
        for _ in 0..<6 { gate.signal() }
        for _ in 0..<5 { #expect(try client.receiveChunk() == [0x2E]) }
        #expect(try client.receiveChunk() == nil)
        #expect(try client.readToEnd() == "")
        #expect(drain.outcome() == .finished)
    }

    @Test func whatTheClientHoldsIsNotMade() throws {
        let source = TestSource(["one"])
        let test = try server(source)
        let client = try test.client()
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n\r\n")
        #expect(try client.receive().status == 304)
        #expect(source.asked == 0 && !source.isStarted)
    }

    @Test func compressedPiecesCanBeReadAsTheyCome() throws {
        let lines = (0..<40).map {
            "{\"line\":\($0),\"text\":\"\(String(repeating: "news ", count: $0))\"}\n"
        }
        let test = try server(TestSource(lines))
        let client = try test.client()
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        let head = try client.receive(toHead: true)
        #expect(head["Content-Encoding"] == "gzip")
        #expect(head["Vary"] == "Accept-Encoding")
        #expect(head["ETag"] == "\"v1-gzip\"")
        var stream = GunzipStream()
        for line in lines {
            let chunk = try #require(try client.receiveChunk())
            #expect(try stream.feed(chunk) == Array(line.utf8))
        }
        let end = try #require(try client.receiveChunk())
        #expect(try stream.feed(end) == [])
        try stream.finish()
        #expect(try client.receiveChunk() == nil)
    }

    @Test func eventsAreSentAsTheyAre() throws {
        let test = try server(TestSource(["data: 1\n\n"]), contentType: "text/event-stream")
        let client = try test.client()
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        #expect(try client.receive(toHead: true)["Content-Encoding"] == nil)
        #expect(try client.receiveChunk() == Array("data: 1\n\n".utf8))
        #expect(try client.receiveChunk() == nil)
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity;q=0, gzip;q=0\r\n\r\n")
        #expect(try client.receive().status == 406)
    }
}
