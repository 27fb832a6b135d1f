import Dispatch
import HTTPMessages
import HTTPServer
import Synchronization
import Telemetry
import Testing

/// Begun here and waited for with `outcome`: an `async let` would need a thread of the pool that blocking
/// tests occupy.
final class Drain: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Mutex<HTTPServer.DrainOutcome?>(nil)

    init(_ server: HTTPServer) {
        server.drain { [self] outcome in
            result.withLock { $0 = outcome }
            done.signal()
        }
    }

    func outcome() -> HTTPServer.DrainOutcome? {
        _ = done.wait(timeout: .now() + 20)
        return result.withLock { $0 }
    }
}

@Suite struct DrainTests {
    @Test func finishesWhatIsInFlightAndClosesTheRest() throws {
        let gate = DispatchSemaphore(value: 0)
        let responder = TestResponder { request in
            guard request.target.path == "/slow" else { return .ready(TestResponder.text("fast")) }
            return .deferred {
                gate.wait()
                return TestResponder.text("slow")
            }
        }
        let test = try TestServer(responder, loops: 2)
        let busy = try test.client()
        let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
        try busy.send(slow)
        test.waitForReceived(slow.utf8.count)
        let idle = try test.client()
        try idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try idle.receive()["Connection"] == nil)
        let drain = Drain(test.server)
        #expect(try idle.readToEnd() == "")
        gate.signal()
        let answer = try busy.receive()
        #expect(answer.text == "slow")
        #expect(answer["Connection"] == "close")
        #expect(try busy.readToEnd() == "")
        #expect(drain.outcome() == .finished)
        #expect(throws: Client.Failure.self) { try test.client() }
        #expect(Drain(test.server).outcome() == .finished)
    }

    @Test func answersARequestThatWasOnItsWay() throws {
        let test = try TestServer {
            $0.shutdownGrace = .seconds(3600)
            $0.limits.drainIdleTime = .seconds(3600)
        }
        let client = try test.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receive()["Connection"] == nil)
        let drain = Drain(test.server)
        // The listener closes as soon as draining has begun.
        while (try? test.client()) != nil {}
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try client.receive()
        #expect(answer.status == 200)
        #expect(answer["Connection"] == "close")
        #expect(try client.readToEnd() == "")
        #expect(drain.outcome() == .finished)
    }

    @Test func answersAllThatWaitToBeAccepted() throws {
        let gate = DispatchSemaphore(value: 0)
        let responder = TestResponder { request in
            if request.target.path == "/hold" { gate.wait() }
            return .ready(TestResponder.text("done"))
        }
        let test = try TestServer(responder)
        let holder = try test.client()
        let hold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"
        try holder.send(hold)
        test.waitForReceived(hold.utf8.count)
        let drain = Drain(test.server)
        // More than are accepted in one turn.
        let clients = try (0..<300).map { _ in
            let client = try test.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return client
        }
        gate.signal()
        #expect(try holder.receive().text == "done")
        for client in clients {
            let answer = try client.receive()
            #expect(answer.text == "done")
            #expect(answer["Connection"] == "close")
        }
        #expect(drain.outcome() == .finished)
    }

    @Test func cutsOffWhatOutlivesTheGrace() throws {
        let test = try TestServer { $0.shutdownGrace = .milliseconds(50) }
        let client = try test.client()
        try client.send("GET / HT")
        test.waitForReceived(8)
        #expect(Drain(test.server).outcome() == .forced)
        #expect(throws: Never.self) { try client.readToEnd() }
    }

    @Test func aSecondCallCutsOff() throws {
        let test = try TestServer { $0.shutdownGrace = .seconds(3600) }
        let client = try test.client()
        try client.send("GET / HT")
        test.waitForReceived(8)
        let first = Drain(test.server)
        // The listener closes as soon as draining has begun.
        while (try? test.client()) != nil {}
        let second = Drain(test.server)
        #expect(first.outcome() == .forced)
        #expect(second.outcome() == .forced)
    }

    @Test func drainsBeforeItWasStarted() throws {
        let server = try HTTPServer(
            options: {
                var options = ServerOptions(); options.listeners = [ListenerOptions("127.0.0.1:0")];
                return options
            }(),
            responder: TestResponder.standard, log: Log(), metrics: Metrics())
        #expect(Drain(server).outcome() == .finished)
    }
}
