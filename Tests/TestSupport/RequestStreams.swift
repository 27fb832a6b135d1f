/// Streams of requests as clients, good and bad, send them on one connection; the same for the same seed.
public struct RequestStreams: Sendable {
    private var random: SeededGenerator

    /// Creates the streams that follow from a seed.
    public init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// The next stream: one to six requests one behind the other, in half of the streams damaged at a few places.
    public mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<number(1...6) { bytes += request() }
        if number(0...1) == 1 {
            for _ in 0..<number(1...3) { damage(&bytes) }
        }
        return bytes
    }

    /// Where a run of bytes may be cut, its end included: into two parts, several, many or single bytes.
    public mutating func cuts(of count: Int) -> [Int] {
        let longest = pick([1, 2, 7, 40, 300, count])
        var cuts: [Int] = []
        while cuts.last ?? 0 < count {
            cuts.append(min(count, (cuts.last ?? 0) + number(1...max(1, longest))))
        }
        return cuts
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0...items.count - 1)] }

    private mutating func request() -> [UInt8] {
        let method = pick([
            "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH",
        ])
        var text = number(0...9) == 0 ? "\r\n" : ""
        text +=
            method + " " + target(method) + " HTTP/1." + pick(["1", "1", "1", "1", "1", "1", "0", "7"])
            + "\r\n"
        text += pick(["Host: a\r\n", "host:\ta.example:80 \r\n", "Host: [::1]:80\r\n", "HOST:\r\n"])
        for _ in 0..<number(0...3) { text += pick(Self.fields) }
        if number(0...9) == 0 { text += pick(Self.badFields) }
        guard ["POST", "PUT", "PATCH"].contains(method) || number(0...9) == 0 else {
            return Array((text + "\r\n").utf8)
        }
        let content = pick([
            "", "x", "hello", "{\"a\":\"\\r\\n\"}", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: b\r\n\r\n",
            "0\r\n\r\n",
        ])
        return Array((text + body(content)).utf8)
    }

    private mutating func target(_ method: String) -> String {
        if method == "OPTIONS", number(0...1) == 0 { return "*" }
        if number(0...19) == 0 {
            return pick(["/a/../b", "/%2e%2E/", "/%zz", "/a#b", "*", "a", "http://u@b/", "ftp://b/"])
        }
        return pick([
            "/", "/echo", "/big", "/own304", "/dated", "/weak", "/slow", "/none", "/client",
            "/?q=%22a%20b%22&c", "/a%2Fb/%C3%BC", "http://b.example/echo", "http://b.example", "//x/", "/%00",
            "/%ff",
        ])
    }

    /// The fields that tell of the content, the empty line, and the content.
    private mutating func body(_ content: String) -> String {
        switch number(0...5) {
        case 0, 1, 2: return "Content-Length: \(content.utf8.count)\r\n\r\n" + content
        case 3: return "Transfer-Encoding: gzip, chunked\r\n\r\n" + content
        case 4: return "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(content)
        default: return "Transfer-Encoding: chunked\r\n\r\n" + chunks(content)
        }
    }

    private mutating func chunks(_ content: String) -> String {
        var text = ""
        var rest = Array(content.utf8)[...]
        while !rest.isEmpty {
            let size = number(1...rest.count)
            text += pick(["", "0", "00"]) + String(size, radix: 16, uppercase: number(0...1) == 1)
            text += pick(["", "", "", ";a", ";a=b", " ; a = \"b;\\\"\"", ";=", " "]) + "\r\n"
            text += String(decoding: rest.prefix(size), as: UTF8.self) + "\r\n"
            rest = rest.dropFirst(size)
        }
        return text + "0\r\n" + pick(["", "", "", "Digest: x\r\n", "A: b\r\nContent-Length: 9\r\n"]) + "\r\n"
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let likely = Array("\r\n\0 \t:;,%./?#\"[]@-0129afGX".utf8) + [0x80, 0xFF]
        let index = number(0...bytes.count - 1)
        switch number(0...5) {
        case 0: bytes[index] = pick(likely)
        case 1: bytes[index] ^= UInt8(1 << number(0...7))
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(pick(likely), at: index)
        case 4:
            let end = min(bytes.count, index + number(1...30))
            bytes.insert(contentsOf: bytes[index..<end], at: index)
        default: bytes.removeSubrange(index..<min(bytes.count, index + number(1...8)))
        }
        if bytes.isEmpty { bytes = [0x0A] }
    }

    private static let fields = [
        "Accept: */*\r\n", "Accept-Encoding: gzip\r\n", "Accept-Encoding: br;q=1, *;q=0.1, identity;q=0\r\n",
        "Accept-Encoding: *;q=0\r\n", "Connection: keep-alive\r\n", "Connection: x, close\r\n",
        "If-None-Match: \"v1\"\r\n", "If-None-Match: W/\"v1-gzip\", *\r\n", "If-None-Match: *\r\n",
        "If-Match: \"v1\"\r\n", "If-Match: \"x\"\r\n", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "If-Unmodified-Since: Sunday, 06-Nov-94 08:49:36 GMT\r\n", "Range: bytes=0-1\r\n", "TE: trailers\r\n",
        "Upgrade: h2c\r\n", "X-Empty:\r\n", "X-Text: caf\u{E9}\t \r\n", "Cookie: a=b; c=\"d\"\r\n",
    ]

    private static let badFields = [
        "Host: b\r\n", "Host : b\r\n", " folded\r\n", "X: a\r\n b\r\n", ": x\r\n", "X\r\n", "X: \0\r\n",
        "X: a\nY: b\r\n",
        "X: a\rb\r\n", "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: +1\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n", "Expect: tea\r\n", "Content-Length: 99999999999999999999\r\n",
    ]
}
