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

    @Test func itGoesOnWithoutDescriptors() throws {
        let program = try Program()
        let line = try program.start(["--listen", "127.0.0.1:0", "--loops", "1"], descriptors: 64)
        let port = try #require(
            line.components(separatedBy: "127.0.0.1:").dropFirst().first.flatMap {
                UInt16($0.prefix { $0.isNumber })
            })
        try program.waitForLog("ready")
        let connections = (0..<100).map { _ in connect(port) }
        try program.waitForLog("connections cannot be accepted")
        for connection in connections { close(connection) }
        let client = HTTPClient(port: port)
        // One that comes while the server has not yet noticed that the others left may be closed without an answer.
        var metrics: ClientResponse?
        while metrics == nil { metrics = try? client.send("GET", "/metrics") }
        #expect(metrics?.status == 200)
        let refused = metrics?.text.split(separator: "\n").first { $0.contains("reason=\"no-descriptors\"") }
        #expect(refused?.hasSuffix(" 0") == false)
        #expect(program.stop() == 0)
        // It is said once, not for each of them.
        #expect(try program.log().components(separatedBy: "connections cannot be accepted").count == 2)
    }

    private func connect(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // SAFETY: the pointer is to a local that outlives the call, and the size is its own.
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }

    @Test func aServiceManagerIsTold() throws {
        let program = try Program()
        let manager = try NotifySocket(program.folder + "/notify")
        try program.start(
            ["--listen", "127.0.0.1:0"],
            environment: ["NOTIFY_SOCKET": program.folder + "/notify", "WATCHDOG_USEC": "200000"])
        #expect(try manager.next { $0.hasPrefix("READY=1") } == "READY=1\nSTATUS=serves 0 articles")
        #expect(try manager.next { $0 == "WATCHDOG=1" } != nil)
        program.hangUp()
        #expect(try manager.next { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") } != nil)
        #expect(try manager.next { $0.hasPrefix("READY=1") } != nil)
        #expect(program.stop() == 0)
        #expect(try manager.next { $0.hasPrefix("STOPPING=1") } != nil)
    }
}
