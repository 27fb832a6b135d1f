import HTTPMessages
import TestSupport
import Testing

@testable import HTTPWire

/// Reads a connection's bytes as a server does, and keeps a record of what it made of them.
private struct Reader {
    enum Event: Equatable {
        case request(RequestHead, body: [UInt8])
        case refused(WireError)
    }

    private let limits: WireLimits
    private var parser: RequestHeadParser
    private var head: RequestHead?
    private var decoder: ChunkedDecoder
    private var body: [UInt8] = []
    private var unread: [UInt8] = []
    private(set) var events: [Event] = []

    init(limits: WireLimits) {
        self.limits = limits
        parser = RequestHeadParser(limits: limits)
        decoder = ChunkedDecoder(limits: limits)
    }

    mutating func feed(_ bytes: [UInt8]) {
        if case .refused? = events.last { return }
        unread += bytes
        do throws(WireError) {
            while try step() {}
        } catch {
            events.append(.refused(error))
        }
    }

    private mutating func step() throws(WireError) -> Bool {
        let bytes = unread
        guard let head else {
            guard case .complete(let head, let consumed) = try parser.parse(bytes.span) else { return false }
            unread.removeFirst(consumed)
            self.head = head
            return true
        }
        switch head.framing {
        case .none: break
        case .length(let length):
            let taken = min(length - body.count, unread.count)
            body += unread[..<taken]
            unread.removeFirst(taken)
            guard body.count == length else { return false }
        case .chunked:
            let (consumed, isComplete) = try decoder.decode(bytes.span, into: &body)
            unread.removeFirst(consumed)
            guard isComplete else { return false }
        }
        events.append(.request(head, body: body))
        self.head = nil
        body = []
        decoder = ChunkedDecoder(limits: limits)
        return true
    }
}

private func record(_ parts: [[UInt8]], _ limits: WireLimits) -> [Reader.Event] {
    var reader = Reader(limits: limits)
    for part in parts { reader.feed(part) }
    return reader.events
}

/// A few requests one behind the other.
private func requests(_ random: inout SeededGenerator) -> (bytes: [UInt8], count: Int) {
    let count = Int.random(in: 1...5, using: &random)
    var text = ""
    for _ in 0..<count {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            text +=
                "GET /v1/articles?q=%22xi%22&limit=5 HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\n\r\n"
        case 1:
            text +=
                "\r\nHEAD http://b.example/x HTTP/1.1\r\nHost: [::1]:80\r\nConnection: keep-alive, x\r\n\r\n"
        case 2:
            text += "POST /v1/articles HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"a\":\"\r\n\r\n\"}"
        case 3:
            text +=
                "PUT /v1/articles/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            text += "5;x=\"y\"\r\nab\r\nc\r\n10\r\n0123456789abcdef\r\n0\r\nDigest: z\r\n\r\n"
        default: text += "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        }
    }
    return (latin(text), count)
}

@Suite("Streams of requests") struct StreamTests {
    @Test(arguments: 0..<300 as Range<UInt64>) func cutsDoNotMatter(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (bytes, count) = requests(&random)
        let whole = record([bytes], WireLimits())
        #expect(whole.count == count)
        for event in whole {
            if case .refused(let error) = event { Issue.record("\(error)") }
        }
        #expect(record(cut(bytes, &random), WireLimits()) == whole)
    }

    /// A few bytes are changed, dropped or doubled: whatever is made of that, cuts make no difference to it.
    @Test(arguments: 1000..<3000 as Range<UInt64>) func cutsDoNotMatterToDamage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = requests(&random).bytes
        let likely = latin("\r\n\0 \t:;,%./?#\"[]@-0129afGX\u{80}\u{FF}")
        for _ in 0...Int.random(in: 0...2, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = likely[Int.random(in: 0..<likely.count, using: &random)]
            case 1: bytes.remove(at: index)
            default: bytes.insert(likely[Int.random(in: 0..<likely.count, using: &random)], at: index)
            }
        }
        var limits = WireLimits()
        if Bool.random(using: &random) {
            limits.headBytes = Int.random(in: 40...120, using: &random)
            limits.requestLineBytes = Int.random(in: 20...60, using: &random)
            limits.bodyBytes = Int.random(in: 5...40, using: &random)
        }
        let whole = record([bytes], limits)
        for _ in 0..<3 { #expect(record(cut(bytes, &random), limits) == whole) }
        #expect(record(bytes.map { [$0] }, limits) == whole)
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func noiseIsRefusedOrUnfinished(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = record([bytes], WireLimits())
        #expect(whole.count == 1)
        #expect(record(cut(bytes, &random), WireLimits()) == whole)
    }
}
