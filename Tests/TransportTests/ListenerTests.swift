import Foundation
import Testing

@testable import Transport

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1:8080", true), ("8080", "127.0.0.1:8080", true),
        ("localhost:0", "127.0.0.1:0", true), ("[::1]:65535", "[::1]:65535", true),
        ("0.0.0.0:80", "0.0.0.0:80", false), ("[::]:80", "[::]:80", false),
        ("127.1.2.3:80", "127.1.2.3:80", true), ("[2001:db8::1]:80", "[2001:db8::1]:80", false),
        ("unix:/run/sitrep.sock", "unix:/run/sitrep.sock", true), ("unix:s", "unix:s", true),
    ])
    func addressesAreRead(text: String, description: String, isLocal: Bool) {
        let read = ListenAddress(text)
        #expect(read?.description == description && read?.isLocal == isLocal)
    }

    @Test(arguments: [
        "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
        "::1:80", "[::1]", "[::1]80", "[1]:80", "example.org:80", "256.0.0.1:80", "1.2.3:80", "127.0.0.1:80 ",
        "[127.0.0.1]:80", "unix:", "unix:@abstract", "unix:a\u{0}b",
        "unix:" + String(repeating: "a", count: 97),
    ])
    func otherAddressesAreRefused(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}

@Suite struct ListenerTests {
    private func loopback(_ port: UInt16) throws -> ListenAddress {
        .tcp(try #require(SocketAddress("127.0.0.1", port: port)))
    }

    private func temporary() -> String { NSTemporaryDirectory() + UUID().uuidString.prefix(8) + ".sock" }

    private func close(_ listeners: [Listener]) {
        for listener in listeners {
            listener.removePath()
            listener.close()
        }
    }

    @Test(arguments: [1, 3]) func aTakenPortIsNoticed(count: Int) throws {
        let listeners = try Listener.open(try loopback(0), count: count)
        defer { close(listeners) }
        #expect(listeners.count == count)
        #expect(Set(listeners.map(\.address)).count == 1)
        #expect(listeners[0].address.port != 0)
        for other in [1, 3] {
            let error = #expect(throws: SystemError.self) {
                try Listener.open(listeners[0].address, count: other)
            }
            #expect(error?.isAddressInUse == true)
        }
    }

    @Test func aPortIsFreeOnceItIsClosed() throws {
        let first = try Listener.open(try loopback(0), count: 2)
        close(first)
        let second = try Listener.open(first[0].address, count: 2)
        close(second)
        #expect(second[0].address == first[0].address)
    }

    @Test func nothingWaitsAtANewListener() throws {
        let path = temporary()
        for address in [try loopback(0), .unix(path)] {
            let listeners = try Listener.open(address, count: 2)
            defer { close(listeners) }
            for listener in listeners {
                guard case .failed(let code) = listener.accept() else {
                    Issue.record("accepted a connection that nobody made")
                    return
                }
                var policy = AcceptPolicy()
                #expect(policy.failed(code: code, hasReserve: true) == .wait)
            }
        }
    }

    @Test func anIPv6AddressLeavesTheIPv4PortFree() throws {
        guard let any = SocketAddress("::", port: 0), let listeners = try? Listener.open(.tcp(any), count: 1)
        else { return }  // this machine has no IPv6
        defer { close(listeners) }
        let four = try #require(SocketAddress("0.0.0.0", port: listeners[0].address.port))
        close(try Listener.open(.tcp(four), count: 1))
    }

    /// How many connections wait at each of some listeners.
    private func waiting(at listeners: [Listener]) -> [Int] {
        listeners.map { listener in
            var count = 0
            while case .accepted(let socket, _) = listener.accept() {
                count += 1
                socket.close()
            }
            return count
        }
    }

    @Test(arguments: [1, 2]) func aPortIsHandedOver(count: Int) throws {
        let old = try Listener.open(try loopback(0), count: count, sharesPort: true)
        old[0].beShared()
        let new = try Listener.open(old[0].address, count: count, sharesPort: true)
        defer { close(old + new) }
        func connect() throws {
            for _ in 0..<40 { try connectOnce(old[0].address.port) }
        }
        // One that only waits to take over gets nothing.
        try connect()
        #expect(waiting(at: new).allSatisfy { $0 == 0 })
        #expect(waiting(at: old)[0] == 40)
        old[0].handOver(count: count)
        try connect()
        #expect(waiting(at: old).allSatisfy { $0 == 0 })
        #expect(waiting(at: new)[0] == 40)
        new[0].beShared()
        try connect()
        let spread = waiting(at: old + new)
        #expect(spread.reduce(0, +) == 40 && spread.count { $0 > 0 } > 1)
    }

    @Test func aPortIsHandedOverToNobody() throws {
        let old = try Listener.open(try loopback(0), count: 2, sharesPort: true)
        defer { close(old) }
        old[0].handOver(count: 2)
        for _ in 0..<40 { try connectOnce(old[0].address.port) }
        let spread = waiting(at: old)
        #expect(spread[0] > 0 && spread[1] > 0 && spread[0] + spread[1] == 40)
    }

    private func connectOnce(_ port: UInt16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Foundation.close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // SAFETY: the pointer is to a local that outlives the call, and the size is its own.
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(outcome == 0)
    }

    @Test func aPathHasItsPermissionsAndGoesWithItsListener() throws {
        let path = temporary()
        let listeners = try Listener.open(.unix(path), count: 2, mode: 0o602)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o602)
        close(listeners)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aLivePathIsRefusedAndAStaleOneReplaced() throws {
        let path = temporary()
        let first = try Listener.open(.unix(path), count: 1)
        let error = #expect(throws: SystemError.self) { try Listener.open(.unix(path), count: 1) }
        #expect(error?.isAddressInUse == true)
        // As a process leaves it that was killed.
        first[0].close()
        #expect(FileManager.default.fileExists(atPath: path))
        let second = try Listener.open(.unix(path), count: 1)
        // What has taken the path over is not removed by the one before.
        first[0].removePath()
        #expect(FileManager.default.fileExists(atPath: path))
        let third = try Listener.open(.unix(path), count: 1, sharesPort: true)
        close(second)
        #expect(FileManager.default.fileExists(atPath: path))
        close(third)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFileIsNotReplaced() throws {
        let path = temporary()
        try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        for sharesPort in [false, true] {
            let error = #expect(throws: SystemError.self) {
                try Listener.open(.unix(path), count: 1, sharesPort: sharesPort)
            }
            #expect(error?.isNoSocket == true)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
    }

    @Test func aSocketThatDoesNotListenIsNotAdopted() throws {
        // SAFETY: the text outlives the call.
        let null = unsafe open("/dev/null", O_RDONLY)
        #expect(throws: SystemError.self) { try Listener.adopt(null, count: 1) }
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(throws: SystemError.self) { try Listener.adopt(socket, count: 1) }
    }

    @Test func aListeningSocketIsAdoptedWithItsAddress() throws {
        let path = temporary()
        for address in [try loopback(0), .unix(path)] {
            let original = try Listener.open(address, count: 1)[0]
            let listeners = try Listener.adopt(dup(original.descriptor), count: 3)
            #expect(listeners.count == 3 && Set(listeners.map(\.address)).count == 1)
            // A path under which this process has made its socket is that beside the real one.
            #expect(listeners[0].address.description.hasPrefix(original.address.description))
            for listener in listeners { listener.removePath() }
            if case .unix(let path) = address { #expect(FileManager.default.fileExists(atPath: path)) }
            close(listeners)
            close([original])
        }
    }
}

@Suite struct SocketActivationTests {
    private func names(_ environment: [String: String]) -> [String] {
        SocketActivation(environment: environment, processID: 7).sockets.map { "\($0.descriptor) \($0.name)" }
    }

    @Test func socketsAreNumberedFromThree() {
        #expect(
            names(["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:https"]) == [
                "3 http", "4 https",
            ])
        #expect(names(["LISTEN_PID": "7", "LISTEN_FDS": "1"]) == ["3 unknown"])
        #expect(names(["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http"]).count == 2)
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "8", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "7", "LISTEN_FDS": "0"],
        ["LISTEN_PID": "7", "LISTEN_FDS": "-1"], ["LISTEN_PID": "7", "LISTEN_FDS": "x"],
        ["LISTEN_PID": "7", "LISTEN_FDS": "99999999"], ["LISTEN_PID": "7"],
    ])
    func whatIsMeantForOthersIsNotTaken(environment: [String: String]) {
        #expect(names(environment) == [])
    }
}

@Suite struct SupervisorTests {
    /// A service manager that keeps what it is told.
    private final class Manager {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

        init(_ name: String) {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
            // SAFETY: the name is shorter than the path's storage; the sizes given are those of the locals.
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
            let length = socklen_t(2 + bytes.count)
            let outcome = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, length)
                }
            }
            precondition(outcome == 0, "the socket is bound")
        }

        deinit { close(descriptor) }

        func received() -> String? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            // SAFETY: the pointer is the array's storage, and the count is its size.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    @Test(arguments: [true, false]) func isToldOverAPathOrAnAbstractName(isAbstract: Bool) {
        let name = (isAbstract ? "@sitrep-" : NSTemporaryDirectory()) + UUID().uuidString.prefix(8)
        let manager = Manager(name)
        defer { if !isAbstract { try? FileManager.default.removeItem(atPath: name) } }
        let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": name], processID: 7)
        supervisor.ready("serves\n3 articles")
        supervisor.alive()
        supervisor.reloading()
        supervisor.stopping("drains")
        #expect(manager.received() == "READY=1\nSTATUS=serves 3 articles")
        #expect(manager.received() == "WATCHDOG=1")
        #expect(manager.received()?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        #expect(manager.received() == "STOPPING=1\nSTATUS=drains")
        #expect(manager.received() == nil)
    }

    @Test func nobodyIsToldWhereThereIsNobody() {
        Supervisor(environment: [:], processID: 7).alive()
        Supervisor(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"], processID: 7).alive()
        Supervisor(environment: ["NOTIFY_SOCKET": "vsock:2:1"], processID: 7).alive()
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
            (["WATCHDOG_USEC": "5", "WATCHDOG_PID": "7"], .microseconds(5)),
            (["WATCHDOG_USEC": "5", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil), ([:], nil),
        ] as [([String: String], Duration?)])
    func theWatchdogIsReadFromTheEnvironment(environment: [String: String], interval: Duration?) {
        #expect(Supervisor(environment: environment, processID: 7).watchdog == interval)
    }
}
