import Dispatch
import HTTPMessages
import HTTPServer
import Synchronization
import Testing

@Suite struct ExchangeTests {
    @Test func keepsAConnectionAlive() throws {
        let test = try TestServer()
        let client = try test.client()
        for number in 0..<3 {
            try client.send("GET /?n=\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.status == 200)
            #expect(answer.text == "GET /?n=\(number)")
            #expect(answer["Connection"] == nil)
            #expect(answer["Date"]?.hasSuffix(" GMT") == true)
        }
    }

    @Test func tellsTheClientAddress() throws {
        let test = try TestServer()
        let client = try test.client()
        try client.send("GET /client HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive().text == "127.0.0.1")
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let test = try TestServer()
        let client = try test.client()
        let requests = (0..<100).map { "GET /?\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        try client.send(requests)
        for number in 0..<100 { #expect(try client.receive().text == "GET /?\(number)") }
    }

    @Test func answersTheSameHoweverTheInputIsSplit() throws {
        let test = try TestServer()
        let bytes = Array(
            ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                + "GET /?x HTTP/1.1\r\nHost: a\r\n\r\n").utf8)
        var received = 0
        for split in 1..<bytes.count {
            let client = try test.client()
            try client.send(Array(bytes[..<split]))
            test.waitForReceived(received + split)
            try client.send(Array(bytes[split...]))
            #expect(try client.receive().text == "hello")
            #expect(try client.receive().text == "abc")
            #expect(try client.receive().text == "GET /?x")
            received += bytes.count
        }
    }

    @Test func answersAClientThatHasEndedItsSide() throws {
        let test = try TestServer()
        for path in ["/", "/slow"] {
            let client = try test.client()
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.endSending()
            #expect(try client.receive().status == 200)
            #expect(try client.receive().text == "GET /")
            #expect(try client.readToEnd() == "")
        }
    }

    @Test func closesWhenARequestIsCutShort() throws {
        let test = try TestServer()
        for part in ["GET / HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"] {
            let client = try test.client()
            try client.send(part)
            client.endSending()
            #expect(try client.readToEnd() == "")
        }
    }

    @Test func keepsTheOrderAroundDeferredReplies() throws {
        let gate = DispatchSemaphore(value: 0)
        let responder = TestResponder { request in
            guard request.target.path == "/slow" else {
                return .ready(TestResponder.text(request.target.path))
            }
            return .deferred {
                gate.wait()
                return TestResponder.text("/slow")
            }
        }
        let test = try TestServer(responder)
        let client = try test.client()
        let get = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
        try client.send(get("/a") + get("/slow") + get("/b") + get("/slow") + get("/c"))
        #expect(try client.receive().text == "/a")
        // The loop goes on with others while the first client waits.
        let other = try test.client()
        try other.send(get("/other"))
        #expect(try other.receive().text == "/other")
        gate.signal()
        #expect(try client.receive().text == "/slow")
        #expect(try client.receive().text == "/b")
        gate.signal()
        #expect(try client.receive().text == "/slow")
        #expect(try client.receive().text == "/c")
    }

    @Test func refusesWhenTooManyRepliesWait() throws {
        let gate = DispatchSemaphore(value: 0)
        let responder = TestResponder { _ in
            .deferred {
                gate.wait()
                return TestResponder.text("done")
            }
        }
        let test = try TestServer(responder) {
            $0.limits.deferredWidth = 1
            $0.limits.deferredBacklog = 1
        }
        let clients = try (0..<2).map { _ in try test.client() }
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        for (number, client) in clients.enumerated() {
            try client.send(request)
            test.waitForReceived(request.utf8.count * (number + 1))
        }
        let third = try test.client()
        try third.send(request)
        let answer = try third.receive()
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "1")
        #expect(answer.text.contains("overloaded"))
        for client in clients {
            gate.signal()
            #expect(try client.receive().text == "done")
        }
    }

    @Test func sendsMoreThanTheSocketTakesAtOnce() throws {
        let size = 8_000_000
        let responder = TestResponder { _ in
            .ready(Response(status: .ok, contentType: "image/x", body: [UInt8](repeating: 7, count: size)))
        }
        let test = try TestServer(responder)
        let client = try Client(port: test.server.port, receiveBuffer: 65536)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive().body.count == size)
        let second = try client.receive()
        #expect(second.body.count == size && second.body.allSatisfy { $0 == 7 })
    }

    @Test func servesManyClientsOnTwoLoops() throws {
        let test = try TestServer(loops: 2)
        let clients = try (0..<40).map { _ in try test.client() }
        for round in 0..<5 {
            for client in clients { try client.send("GET /?\(round) HTTP/1.1\r\nHost: a\r\n\r\n") }
            for client in clients { #expect(try client.receive().text == "GET /?\(round)") }
        }
    }
}
