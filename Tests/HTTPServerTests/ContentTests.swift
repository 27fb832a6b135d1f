import HTTPMessages
import HTTPServer
import HTTPWire
import Testing

@Suite struct ContentTests {
    @Test func readsSizedAndChunkedContent() throws {
        let test = try TestServer()
        let client = try test.client()
        let large = String(repeating: "x", count: 1_000_000)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + large)
        #expect(try client.receive().body.count == 1_000_000)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<100 { try client.send("3e8\r\n" + String(repeating: "y", count: 1000) + "\r\n") }
        try client.send("0\r\n\r\n")
        #expect(try client.receive().body == [UInt8](repeating: UInt8(ascii: "y"), count: 100_000))
    }

    @Test func givesLeaveToSendContent() throws {
        let test = try TestServer()
        let client = try test.client()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.receive().status == 100)
        try client.send("ok")
        #expect(try client.receive().text == "ok")
        // A client that did not wait needs no leave.
        try client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nno")
        #expect(try client.receive().text == "no")
    }

    @Test func refusesBeforeContentIsRead() throws {
        var responder = TestResponder.standard
        responder.refuse = { request in
            guard request.fields[.authorization] == nil else { return nil }
            return Problem(.unauthorized, code: "key-missing", detail: "Send a key.").response
        }
        let test = try TestServer(responder)
        let client = try test.client()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        let answer = try client.receive()
        #expect(answer.status == 401)
        #expect(answer["Connection"] == "close")
        client.endSending()
        #expect(try client.readToEnd() == "")
        let second = try test.client()
        try second.send("POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: k\r\nContent-Length: 2\r\n\r\nok")
        #expect(try second.receive().text == "ok")
    }

    @Test func refusesLargeContentSoThatASendingClientSeesIt() throws {
        let test = try TestServer { $0.limits.wire.bodyBytes = 1000 }
        let client = try test.client()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n")
        let part = [UInt8](repeating: 1, count: 100_000)
        for _ in 0..<80 { try client.send(part) }
        let answer = try client.receive()
        #expect(answer.status == 413)
        #expect(answer["Connection"] == "close")
        #expect(answer.text.contains("content-too-large"))
        let chunked = try test.client()
        try chunked.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                + String(repeating: "z", count: 1001) + "\r\n0\r\n\r\n")
        #expect(try chunked.receive().status == 413)
        let allowed = try test.client()
        try allowed.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
                + String(repeating: "z", count: 1000))
        #expect(try allowed.receive().body.count == 1000)
    }
}
