import Dispatch
import Foundation
import HTTPMessages
import HTTPServer
import Synchronization
import Telemetry
import Testing

@testable import Transport

/// Clients that ask without a pause, over connections for one request and over such that are kept.
///
/// A failure is a connection that is refused or reset, or one that ends before an answer without having been announced
/// to end.
final class Load: Sendable {
    let answers = Atomic(0)
    private let isOver = Atomic(false)
    private let failures = Mutex<[String]>([])
    private let group = DispatchGroup()

    init(threads: Int, target: String = "/", connect: @escaping @Sendable () throws -> Client) {
        for number in 0..<threads {
            let group = group
            group.enter()
            Thread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    do {
                        try ask(connect(), target, requests: number % 2 == 0 ? 1 : 50)
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
                group.leave()
            }.start()
        }
    }

    private func ask(_ client: Client, _ target: String, requests: Int) throws {
        for left in (0..<requests).reversed() {
            let close = left == 0 ? "Connection: close\r\n" : ""
            try client.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\(close)\r\n")
            let answer = try client.receive()
            guard answer.status == 200 else { throw Client.Failure(description: "status \(answer.status)") }
            answers.add(1, ordering: .relaxed)
            if answer["Connection"] == "close" { return }
        }
    }

    /// Waits for so many answers more.
    func wait(for count: Int) {
        let end = answers.load(ordering: .relaxed) + count
        while answers.load(ordering: .relaxed) < end, failures.withLock({ $0.isEmpty }) { sched_yield() }
    }

    /// Lets the clients end.
    ///
    /// - Returns: What went wrong, in words.
    func end() -> [String] {
        isOver.store(true, ordering: .relaxed)
        group.wait()
        return failures.withLock { $0 }
    }
}

@Suite struct HandOverTests {
    @Test(arguments: [1, 2]) func anotherServerTakesOverThePort(loops: Int) throws {
        var servers = [try TestServer(loops: loops) { $0.sharesPort = true }]
        let port = servers[0].server.port
        let load = Load(threads: 8) { try Client(port: port) }
        for _ in 0..<3 {
            load.wait(for: 300)
            let next = try TestServer(loops: loops) {
                $0.sharesPort = true
                $0.listeners = servers[0].server.listeners
            }
            servers.append(next)
            load.wait(for: 300)
            #expect(Drain(servers.removeFirst().server).outcome() == .finished)
        }
        load.wait(for: 300)
        #expect(load.end() == [])
        #expect(servers[0].metric("sitrep_http_connections_accepted_total") != "0")
    }

    @Test func anotherServerTakesOverThePath() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString.prefix(8) + ".sock"
        let listeners = [ListenerOptions("unix:" + path)]
        var server = try TestServer { ($0.sharesPort, $0.listeners) = (true, listeners) }
        let load = Load(threads: 4) { try Client(path: path) }
        for _ in 0..<3 {
            load.wait(for: 300)
            let next = try TestServer { ($0.sharesPort, $0.listeners) = (true, listeners) }
            #expect(Drain(server.server).outcome() == .finished)
            server = next
        }
        load.wait(for: 300)
        #expect(load.end() == [])
    }

    /// As a service manager does it that keeps the sockets: the server that is replaced has ended before the next one
    /// begins.
    @Test func theNextServerFindsWhatWaitsAtTheSocket() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString.prefix(8) + ".sock"
        let addresses = [try #require(ListenAddress("127.0.0.1:0")), .unix(path)]
        let sockets = try addresses.map { try Listener.open($0, count: 1)[0] }
        defer { for socket in sockets { socket.removePath() } }
        func serve() throws -> TestServer {
            try TestServer(loops: 2) { options in
                options.listeners = sockets.map { ListenerOptions("http", descriptor: dup($0.descriptor)) }
            }
        }
        var server = try serve()
        let port = server.server.port
        #expect(server.server.listeners[0].url == "http://127.0.0.1:\(port)")
        let counter = Atomic(0)
        let load = Load(threads: 8) {
            // Number by number, over the port or over the path.
            counter.add(1, ordering: .relaxed).newValue % 3 > 0
                ? try Client(port: port) : try Client(path: path)
        }
        for _ in 0..<3 {
            load.wait(for: 300)
            #expect(Drain(server.server).outcome() == .finished)
            server = try serve()
        }
        load.wait(for: 300)
        #expect(load.end() == [])
    }

    /// Before it starts, a server that is to take over gets nothing, and what it gets then it answers.
    @Test func nothingGoesToAServerThatHasNotStarted() throws {
        let first = try TestServer(loops: 2) { $0.sharesPort = true }
        let metrics = Metrics()
        var options = ServerOptions()
        (options.sharesPort, options.listeners) = (true, first.server.listeners)
        let second = try HTTPServer(
            options: options, responder: TestResponder.standard, log: Log(sink: { _ in }), metrics: metrics)
        for _ in 0..<50 {
            let client = try first.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.receive().status == 200)
        }
        let drain = Drain(first.server)
        #expect(drain.outcome() == .finished)
        let waiting = try (0..<10).map { _ in try first.client() }
        second.start()
        for client in waiting {
            try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.receive().status == 200)
        }
        #expect(Drain(second).outcome() == .finished)
    }
}

@Suite struct HeartbeatTests {
    @Test func aLoopThatIsStuckIsNoticed() throws {
        let gate = DispatchSemaphore(value: 0)
        let responder = TestResponder { _ in
            gate.wait()
            return .ready(TestResponder.text("late"))
        }
        let test = try TestServer(responder, loops: 2)
        let beats = DispatchSemaphore(value: 0)
        test.server.watch(every: .milliseconds(1)) { beats.signal() }
        for _ in 0..<3 { beats.wait() }
        let client = try test.client()
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        try client.send(request)
        test.waitForReceived(request.utf8.count)
        // One more may have been on its way; none comes after it.
        while beats.wait(timeout: .now() + .milliseconds(200)) == .success {}
        gate.signal()
        #expect(try client.receive().text == "late")
        beats.wait()
    }
}
