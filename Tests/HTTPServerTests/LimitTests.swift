import Dispatch
import HTTPMessages
import HTTPServer
import Telemetry
import Testing

@Suite struct LimitTests {
    @Test func aHeadMustArriveInTime() throws {
        let test = try TestServer { $0.limits.headTime = .milliseconds(50) }
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHo")
        let answer = try client.receive()
        #expect(answer.status == 408)
        #expect(answer.text.contains("request-timeout"))
        client.endSending()
        #expect(try client.readToEnd() == "")
        // One that sends nothing at all is closed without a word.
        #expect(try test.client().readToEnd() == "")
    }

    @Test func contentMustArriveAtTheLeastRate() throws {
        let test = try TestServer {
            $0.limits.contentGrace = .milliseconds(50)
            $0.limits.contentBytesPerSecond = 1_000_000
        }
        let client = try test.client()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        #expect(try client.receive().status == 408)
    }

    @Test func idleConnectionsClose() throws {
        let test = try TestServer { $0.limits.idleTime = .milliseconds(50) }
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive().status == 200)
        #expect(try client.readToEnd() == "")
    }

    @Test func aClientThatTakesNothingIsCutOff() throws {
        let responder = TestResponder { _ in
            .ready(
                Response(status: .ok, contentType: "image/x", body: [UInt8](repeating: 7, count: 30_000_000)))
        }
        let test = try TestServer(responder) { $0.limits.writeStallTime = .milliseconds(50) }
        let client = try Client(port: test.server.port, receiveBuffer: 4096)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let timeouts = test.metrics.counter(
            "sitrep_http_timeouts_total", help: "", labels: ["phase": "write"])
        while timeouts.value == 0 {}
        #expect(throws: Client.Failure.self) { try client.receive() }
    }

    @Test func requestsPerConnectionAreBounded() throws {
        let test = try TestServer { $0.limits.requestsPerConnection = 2 }
        let client = try test.client()
        try client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
        #expect(try client.receive()["Connection"] == nil)
        #expect(try client.receive()["Connection"] == "close")
        client.endSending()
        #expect(try client.readToEnd() == "")
    }

    @Test(arguments: [true, false]) func connectionsAreBounded(byAddress: Bool) throws {
        let test = try TestServer(loops: 2) {
            $0.limits.connections = byAddress ? 100 : 2
            $0.limits.connectionsPerAddress = 2
            $0.limits.boundsLoopbackAddresses = byAddress
        }
        var clients = try (0..<2).map { _ in try test.client() }
        for client in clients {
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive().status == 200)
        }
        let third = try test.client()
        let answer = try third.receive()
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "1")
        #expect(answer.text.contains("too-many-connections"))
        third.endSending()
        #expect(try third.readToEnd() == "")
        // Room again once one has left.
        try clients[0].send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try clients[0].receive().status == 200)
        #expect(try clients[0].readToEnd() == "")
        clients.removeFirst()
        let fourth = try test.client()
        try fourth.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try fourth.receive().status == 200)
    }

    @Test(arguments: [1, 2]) func aPortThatIsTakenIsReported(loops: Int) throws {
        let first = try TestServer(loops: loops)
        do {
            _ = try TestServer(loops: loops) {
                $0.listeners = first.server.listeners
            }
            Issue.record("two servers listen at one port")
        } catch let error as ServerError {
            guard case .addressInUse = error else { throw error }
            #expect(error.description.contains("127.0.0.1:\(first.server.port)"))
            #expect(error.description.contains("choose another port"))
        }
    }
}
