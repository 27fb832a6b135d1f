import Synchronization
import Testing

@testable import Transport

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("localhost", "127.0.0.1:80"),
        ("::1", "[::1]:80"), ("[2001:db8::1]", "[2001:db8::1]:80"), ("::", "[::]:80"),
        ("::ffff:192.0.2.1", "192.0.2.1:80"),
    ]) func readsAddresses(text: String, description: String) {
        #expect(SocketAddress(text, port: 80)?.description == description)
    }

    @Test(arguments: [
        "", "example.org", "127.0.0", "1.2.3.4.5", "[127.0.0.1]", "::1::", "[::1", "::1%none0", "1\u{0}",
    ])
    func refusesOthers(text: String) {
        #expect(SocketAddress(text, port: 80) == nil)
    }

    @Test func knowsLoopback() {
        #expect(SocketAddress("127.8.9.1", port: 1)?.isLoopback == true)
        #expect(SocketAddress("::1", port: 1)?.isLoopback == true)
        #expect(SocketAddress("192.0.2.1", port: 1)?.isLoopback == false)
    }
}

@Suite struct EventLoopTests {
    private final class Recorder: EventHandler {
        let report: (String) -> Void
        init(_ report: @escaping (String) -> Void) { self.report = report }
        func becameReady(_ readiness: Readiness) { report(readiness.isEmpty ? "again" : "ready") }
        func deadlinePassed() { report("deadline") }
    }

    @Test func runsBlocksInOrder() async throws {
        let loop = try EventLoop(label: "test")
        loop.start()
        let seen = Mutex<[Int]>([])
        for number in 0..<1000 { loop.enqueue { seen.withLock { $0.append(number) } } }
        await withCheckedContinuation { continuation in loop.enqueue { continuation.resume() } }
        #expect(seen.withLock { $0 } == Array(0..<1000))
        loop.stop()
    }

    @Test func tellsOfDeadlinesAndCallsAgain() async throws {
        let loop = try EventLoop(label: "test")
        let listener = try Listener.open(try #require(ListenAddress("127.0.0.1:0")), count: 1)[0]
        loop.start()
        let events = await withCheckedContinuation { (continuation: CheckedContinuation<[String], Never>) in
            loop.enqueue {
                var events: [String] = []
                let recorder = Recorder { event in
                    events.append(event)
                    if event == "deadline" { continuation.resume(returning: events) }
                }
                guard let token = try? loop.register(listener, recorder) else {
                    return continuation.resume(returning: ["not registered"])
                }
                loop.setDeadline(token, loop.now.advanced(by: 1_000_000))
                loop.callAgain(token)
            }
        }
        #expect(events == ["again", "deadline"])
        await withCheckedContinuation { continuation in
            loop.enqueue {
                #expect(loop.handlers.count == 1)
                continuation.resume()
            }
        }
        loop.stop()
        listener.close()
    }

    @Test func aNameIsNotUsedAgain() async throws {
        let loop = try EventLoop(label: "test")
        let listener = try Listener.open(try #require(ListenAddress("127.0.0.1:0")), count: 1)[0]
        loop.start()
        let isForgotten = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            loop.enqueue {
                guard let token = try? loop.register(listener, Recorder { _ in }) else {
                    return continuation.resume(returning: false)
                }
                loop.unregister(token)
                loop.unregister(token)
                continuation.resume(returning: loop.handler(token) == nil && loop.handlers.isEmpty)
            }
        }
        #expect(isForgotten)
        loop.stop()
        listener.close()
    }
}
