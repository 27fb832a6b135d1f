import HTTPMessages
import HTTPWire
import Testing

private let date = HTTPDate.format(seconds: 784_111_777)

private func encode(
    _ response: Response, to method: Method = .get, minor: Int = 1, keepsAlive: Bool = true,
    framing: ResponseEncoder.Framing = .length
) -> String {
    var output: [UInt8] = []
    ResponseEncoder.encode(
        response, to: (method, minor), keepsAlive: keepsAlive, date: date,
        id: RequestID(0x0123_4567_89AB_CDEF), framing: framing, into: &output)
    return String(decoding: output, as: UTF8.self)
}

private let page = Response(status: .ok, contentType: "text/plain", body: Array("hello\n".utf8))
private let idLine = "X-Request-Id: 0123456789abcdef\r\n"
private let start =
    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\(idLine)Content-Type: text/plain\r\n"

@Suite("Answers on the wire") struct ResponseEncoderTests {
    @Test func content() {
        #expect(encode(page) == start + "Content-Length: 6\r\n\r\nhello\n")
    }

    @Test func headHasTheLengthOfGet() {
        #expect(encode(page, to: .head) == start + "Content-Length: 6\r\n\r\n")
    }

    @Test("RFC 9112 §7.1") func chunksFollowTheHead() {
        #expect(encode(page, framing: .chunked) == start + "Transfer-Encoding: chunked\r\n\r\n")
        #expect(encode(page, to: .head, framing: .chunked) == start + "Transfer-Encoding: chunked\r\n\r\n")
        var output: [UInt8] = []
        ResponseEncoder.appendChunk([UInt8](repeating: 0x61, count: 17), to: &output)
        ResponseEncoder.appendChunk([], to: &output)
        ResponseEncoder.appendChunk([0x62], to: &output)
        output += ResponseEncoder.lastChunk
        #expect(String(decoding: output, as: UTF8.self) == "11\r\naaaaaaaaaaaaaaaaa\r\n1\r\nb\r\n0\r\n\r\n")
    }

    @Test("RFC 9112 §6.3") func contentUpToTheEndOfTheConnection() {
        #expect(
            encode(page, minor: 0, keepsAlive: false, framing: .close) == start + "Connection: close\r\n\r\n")
    }

    @Test func emptyContentHasALength() {
        #expect(
            encode(Response(status: .notFound))
                == "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + idLine + "Content-Length: 0\r\n\r\n"
        )
    }

    @Test func closing() {
        #expect(
            encode(page, keepsAlive: false) == start + "Content-Length: 6\r\nConnection: close\r\n\r\nhello\n"
        )
    }

    @Test func oldClientsAreAnsweredInTheNewVersion() {
        #expect(
            encode(page, minor: 0)
                == start + "Content-Length: 6\r\nConnection: keep-alive\r\n\r\nhello\n")
        #expect(
            encode(page, minor: 0, keepsAlive: false)
                == start + "Content-Length: 6\r\nConnection: close\r\n\r\nhello\n")
    }

    @Test(arguments: [Status.noContent, .notModified, .continue]) func neverContent(_ status: Status) {
        let response = Response(status: status, fields: Fields([(.entityTag, "\"a\"")]), body: [1, 2, 3])
        #expect(
            encode(response)
                == "HTTP/1.1 \(status.code) \(status.reason)\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\(idLine)"
                + "ETag: \"a\"\r\n\r\n")
    }

    @Test func fieldsOfItsOwnAreNotSentTwice() {
        let fields = Fields([
            (.contentLength, "99"), (.connection, "upgrade"), (.date, "today"),
            (.transferEncoding, "chunked"),
            (.contentType, "text/plain"),
        ])
        let response = Response(status: .ok, fields: fields, body: page.body)
        #expect(encode(response) == encode(page))
    }

    @Test func aValueCannotEndItsLine() {
        let response = Response(status: .ok, fields: Fields([(.contentType, "text/plain\r\nX: y")]), body: [])
        #expect(encode(response).contains("Content-Type: text/plain  X: y\r\n"))
    }

    @Test func receivedFieldsCanBeSent() {
        let head = Array("X: GET \r\nA:b\r\n".utf8)
        let fields = Fields(
            head: head, locations: [Fields.Location(name: 9..<10, value: 11..<12)])
        #expect(
            encode(Response(status: .noContent, fields: fields)).hasSuffix("GMT\r\n\(idLine)A: b\r\n\r\n"))
    }

    @Test func answersFollowEachOther() {
        var output: [UInt8] = []
        for _ in 0..<3 {
            ResponseEncoder.encode(
                page, to: (.get, 1), keepsAlive: true, date: date, id: RequestID(0x0123_4567_89AB_CDEF),
                into: &output)
        }
        let one = encode(page)
        #expect(String(decoding: output, as: UTF8.self) == one + one + one)
    }

    @Test(arguments: [0, 9, 10, 99, 100, 65_535, 1_000_000]) func lengths(_ count: Int) {
        let response = Response(status: .ok, body: [UInt8](repeating: 0x61, count: count))
        #expect(encode(response, to: .head).contains("\r\nContent-Length: \(count)\r\n"))
    }

    @Test func leaveToSend() {
        #expect(ResponseEncoder.continueBytes == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
}
