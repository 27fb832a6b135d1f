import HTTPMessages
import HTTPWire
import Synchronization
import Telemetry
import Testing

@testable import HTTPServer

private let series = RequestSeries(requests: Counter(), durations: Histogram(), logged: [])

private func entry(_ head: String, epoch: UInt64 = 1, answer: Int = 10, client: String? = nil)
    -> AnswerCache.Entry
{
    var output: [UInt8] = []
    let response = Response(status: .ok, body: [UInt8](repeating: 0x61, count: answer))
    let stamp = ResponseEncoder.encode(
        response, to: (.get, 1), keepsAlive: true, date: HTTPDate.format(seconds: 0), id: RequestID(0),
        into: &output)
    return AnswerCache.Entry(
        head: Array(head.utf8), epoch: epoch, answer: output, stamp: stamp, series: series, target: nil,
        client: client)
}

private func head(_ path: String, _ field: String = "A: b") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n"
}

extension AnswerCache {
    fileprivate func holds(_ head: String, epoch: UInt64 = 1) -> Bool {
        let bytes = Array(head.utf8)
        guard let (found, length) = find(bytes, from: 0, to: bytes.count, epoch: epoch) else { return false }
        return length == bytes.count && found.head == bytes
    }
}

/// Answers `/n` by how often it was asked, in an epoch that a test moves on.
private final class CountingResponder: Responder {
    let asked = Atomic(0)
    let epoch = Epoch()
    private let bodyBytes: Int

    /// Its answers are filled up to so many bytes.
    init(bodyBytes: Int = 0) {
        self.bodyBytes = bodyBytes
    }

    func reply(to request: Request) -> Reply {
        let number = asked.add(1, ordering: .relaxed).newValue
        var response = TestResponder.text("\(request.target.text) \(number)")
        response.body += [UInt8](repeating: 0x2E, count: max(0, bodyBytes - response.body.count))
        response.isRepeatable = request.target.path != "/fresh"
        guard request.target.path == "/late" else { return .ready(response) }
        return .deferred { [response] in response }
    }
}

private func exchange(_ client: Client, _ request: String) throws -> Client.Answer {
    try client.send(request)
    return try client.receive()
}

private func bodies(_ requests: [String], of responder: CountingResponder) throws -> [String] {
    let server = try TestServer(responder)
    let client = try server.client()
    return try requests.map { try exchange(client, $0).text }
}

@Suite struct AnswerCacheTests {
    @Test func onlyEqualBytesAreFound() {
        let cache = AnswerCache(limit: 1 << 20)
        cache.insert(entry(head("/a")))
        #expect(cache.holds(head("/a")))
        for other in [
            head("/b"), head("/a", "A: c"), head("/a", "A:  b"), head("/A"), "GET /a HTTP/1.1\r\n\r\n",
            String(head("/a").dropLast(1)),
        ] {
            #expect(!cache.holds(other))
        }
        #expect(!cache.holds(head("/a"), epoch: 2))
    }

    @Test func whoIsBelievedIsToldApart() {
        let cache = AnswerCache(limit: 1 << 20)
        let bytes = Array(head("/a").utf8)
        cache.insert(entry(head("/a"), client: "192.0.2.7"))
        #expect(!cache.holds(head("/a")))
        let found = cache.find(bytes, from: 0, to: bytes.count, epoch: 1, isForwarded: true)
        #expect(found?.entry.client == "192.0.2.7")
        cache.insert(entry(head("/a")))
        #expect(cache.holds(head("/a")))
        #expect(cache.find(bytes, from: 0, to: bytes.count, epoch: 1, isForwarded: true) != nil)
    }

    @Test func whatFollowsBelongsToTheNext() {
        let cache = AnswerCache(limit: 1 << 20)
        cache.insert(entry(head("/a")))
        let bytes = Array(("xx" + head("/a") + head("/a")).utf8)
        #expect(
            cache.find(bytes, from: 2, to: bytes.count, epoch: 1)?.headBytes == head("/a").utf8.count)
        for end in 2..<2 + head("/a").utf8.count {
            #expect(cache.find(bytes, from: 2, to: end, epoch: 1) == nil)
        }
    }

    @Test func aNewEpochTakesThePlaceOfTheOld() {
        let cache = AnswerCache(limit: 1 << 20)
        for epoch in 1...20 as ClosedRange<UInt64> { cache.insert(entry(head("/a"), epoch: epoch)) }
        #expect(cache.holds(head("/a"), epoch: 20))
        #expect(!cache.holds(head("/a"), epoch: 19))
    }

    @Test(arguments: [16_000, 64_000, 1 << 20]) func theBoundHolds(limit: Int) {
        let cache = AnswerCache(limit: limit)
        let heads = (0..<2_000).map { head("/\($0)") }
        for text in heads { cache.insert(entry(text, answer: 500)) }
        let kept = heads.filter { cache.holds($0) }
        #expect(!kept.isEmpty)
        #expect(kept.count * 500 <= limit)
        #expect(cache.holds(heads[1_999]))
    }

    @Test func nothingIsKeptWithoutRoom() {
        var cache = AnswerCache(limit: 0)
        cache.insert(entry(head("/a")))
        #expect(!cache.holds(head("/a")))
        cache = AnswerCache(limit: 10_000)
        cache.insert(entry(head("/a"), answer: 5_000))
        #expect(!cache.holds(head("/a")))
    }

    @Test func equalRequestsAreAnsweredAgain() throws {
        let responder = CountingResponder()
        #expect(
            try bodies(
                [head("/a"), head("/a"), head("/b"), head("/a"), head("/late"), head("/late")],
                of: responder) == ["/a 1", "/a 1", "/b 2", "/a 1", "/late 3", "/late 3"])
    }

    @Test func othersAreNot() throws {
        for text in [
            head("/fresh"), head("/a", "Authorization: Bearer k"), head("/a", "x-api-key: k"),
            head("/a", "X-Request-Id: 7"), head("/a", "traceparent: 00"),
            "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
        ] {
            let path = text.contains("/fresh") ? "/fresh" : "/a"
            #expect(
                try bodies([text, text], of: CountingResponder()) == ["\(path) 1", "\(path) 2"], "\(text)")
        }
    }

    @Test func behindAProxyTheFieldTellsWhoAsks() throws {
        let responder = CountingResponder()
        let server = try TestServer(responder) {
            $0.proxies.networks = [IPNetwork("127.0.0.0/8")].compactMap { $0 }
        }
        let client = try server.client()
        let heads = ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 192.0.2.8", "A: b"].map {
            head("/a", $0)
        }
        let texts = try (heads + heads).map { try exchange(client, $0).text }
        #expect(texts == ["/a 1", "/a 2", "/a 3", "/a 1", "/a 2", "/a 4"])
    }

    @Test func aNewEpochIsAskedAnew() throws {
        let responder = CountingResponder()
        let server = try TestServer(responder)
        let client = try server.client()
        #expect(try exchange(client, head("/a")).text == "/a 1")
        responder.epoch.advance()
        #expect(try exchange(client, head("/a")).text == "/a 2")
        #expect(try exchange(client, head("/a")).text == "/a 2")
    }

    @Test func eachHasAnIDOfItsOwn() throws {
        let server = try TestServer(CountingResponder())
        let client = try server.client()
        var ids: Set<String> = []
        for _ in 0..<50 { ids.insert(try exchange(client, head("/a"))["X-Request-Id"] ?? "") }
        #expect(ids.count == 50)
        #expect(ids.allSatisfy { $0.utf8.count == 16 && UInt64($0, radix: 16) != nil })
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let server = try TestServer(CountingResponder())
        let client = try server.client()
        let paths = ["/a", "/a", "/fresh", "/a", "/late", "/a", "/b", "/b"]
        try client.send(paths.map { head($0) }.joined())
        let answers = try paths.map { _ in try client.receive().text }
        #expect(answers == ["/a 1", "/a 1", "/fresh 2", "/a 1", "/late 3", "/a 1", "/b 4", "/b 4"])
    }

    @Test func longAnswersLeaveFromWhereTheyAreKept() throws {
        let responder = CountingResponder(bodyBytes: 300_000)
        let server = try TestServer(responder)
        let client = try server.client()
        let paths = ["/a", "/a", "/a", "/fresh", "/a", "/a"]
        for _ in 0..<3 { try client.send(paths.map { head($0) }.joined()) }
        var ids: Set<String> = []
        for path in paths + paths + paths {
            let answer = try client.receive()
            let start = String(decoding: answer.body.prefix(4), as: UTF8.self)
            #expect(path == "/a" ? start == "/a 1" : start == "/fre")
            #expect(answer.body.count == 300_000)
            ids.insert(answer["X-Request-Id"] ?? "")
        }
        #expect(ids.count == 18)
        #expect(responder.asked.load(ordering: .relaxed) == 4)
    }

    @Test func repetitionsCountForTheLimitOfAConnection() throws {
        let server = try TestServer(CountingResponder()) { $0.limits.requestsPerConnection = 5 }
        let client = try server.client()
        try client.send(String(repeating: head("/a"), count: 9))
        for number in 1...5 {
            let answer = try client.receive()
            #expect((answer["Connection"] == "close") == (number == 5))
        }
        #expect(try client.readToEnd() == "")
    }
}
