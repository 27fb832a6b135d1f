import Foundation
import Synchronization
import TestSupport
import Testing

/// Clients that ask without a pause: over connections for one request, and over such that carry twenty.
private final class Visitors: Sendable {
    private static let requests = 20

    private let answers = Atomic(0)
    private let isOver = Atomic(false)
    private let failures = Mutex<[String]>([])
    private let group = DispatchGroup()

    init(_ client: HTTPClient, _ target: String) {
        for number in 0..<6 {
            let group = group
            group.enter()
            Thread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    do {
                        try visit(client, target, requests: number % 2 == 0 ? 1 : Self.requests)
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
                group.leave()
            }.start()
        }
    }

    private func visit(_ client: HTTPClient, _ target: String, requests: Int) throws {
        let request = "GET \(target) HTTP/1.1\r\nHost: a\r\n"
        let bytes =
            String(repeating: request + "\r\n", count: requests - 1) + request + "Connection: close\r\n\r\n"
        let text = String(decoding: try client.exchange(Array(bytes.utf8)), as: UTF8.self)
        let heads = text.components(separatedBy: "HTTP/1.1 ").dropFirst()
        // A server that drains says with the last answer that there will be no more.
        guard heads.allSatisfy({ $0.hasPrefix("200 ") }),
            heads.last?.contains("\r\nConnection: close\r\n") == true,
            heads.dropLast().allSatisfy({ !$0.contains("\r\nConnection: close\r\n") })
        else { throw ClientError(description: "\(heads.count) answers: \(text.suffix(600))") }
        answers.add(heads.count, ordering: .relaxed)
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

@Suite struct HandOverProcessTests {
    private static let target = "/v1/articles?q=talks&limit=1"

    @Test func anotherProcessTakesOverThePort() throws {
        let program = try Program()
        let client = try program.serve(["--share-port", "true"])
        let visitors = Visitors(client, Self.target)
        for _ in 0..<3 {
            visitors.wait(for: 200)
            let old = program.letGo()
            try program.start(["--listen", "127.0.0.1:\(client.port)", "--share-port", "true"])
            // The new one waits for the index, which the old one has until it ends.
            try program.waitForLog("waiting")
            visitors.wait(for: 200)
            old?.terminate()
            old?.waitUntilExit()
            #expect(old?.terminationReason == .exit && old?.terminationStatus == 0)
        }
        visitors.wait(for: 200)
        #expect(visitors.end() == [])
        #expect(program.stop() == 0)
    }

    /// As a service manager does it that keeps the socket.
    @Test func theNextProcessFindsWhatWaitsAtTheSocket() throws {
        let program = try Program()
        let socket = try ServiceSocket()
        try program.start([], socket: socket.descriptor)
        let visitors = Visitors(HTTPClient(port: socket.port), Self.target)
        for _ in 0..<3 {
            visitors.wait(for: 200)
            #expect(program.stop() == 0)
            try program.start([], socket: socket.descriptor)
        }
        visitors.wait(for: 200)
        #expect(visitors.end() == [])
        #expect(program.stop() == 0)
    }

    @Test func aServiceManagerIsTold() throws {
        let program = try Program()
        let manager = try NotifySocket(program.folder + "/notify")
        try program.start(
            ["--listen", "127.0.0.1:0"],
            environment: ["NOTIFY_SOCKET": program.folder + "/notify", "WATCHDOG_USEC": "200000"])
        #expect(try manager.next { $0.hasPrefix("READY=1") } == "READY=1\nSTATUS=serves 0 articles")
        #expect(try manager.next { $0 == "WATCHDOG=1" } != nil)
        #expect(program.stop() == 0)
        #expect(try manager.next { $0.hasPrefix("STOPPING=1") } != nil)
    }
}
