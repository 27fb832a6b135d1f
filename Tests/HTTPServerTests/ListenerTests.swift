import Foundation
import HTTPMessages
import HTTPServer
import Telemetry
import Testing

@Suite struct ServerListenerTests {
    private func temporary() -> String { NSTemporaryDirectory() + UUID().uuidString.prefix(8) + ".sock" }

    private static let request = "GET /client HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(arguments: [1, 3]) func listensAtSeveralAddresses(loops: Int) throws {
        let path = temporary()
        let test = try TestServer(loops: loops) {
            $0.listeners = ["127.0.0.1:0", "127.0.0.2:0", "unix:" + path].map { ListenerOptions($0) }
        }
        let listeners = test.server.listeners
        #expect(listeners.map(\.isLocal) == [true, true, true])
        #expect(listeners[0].url == "http://127.0.0.1:\(test.server.port)")
        #expect(listeners[2].address == "unix:" + path && listeners[2].url == nil)
        // More than there are loops, so that each of them is told of one.
        for _ in 0..<2 * loops {
            let near = try test.client()
            try near.send(Self.request)
            #expect(try near.receive().text == "127.0.0.1")
            let local = try Client(path: path)
            try local.send(Self.request)
            #expect(try local.receive().text == "unix")
        }
        #expect(Drain(test.server).outcome() == .finished)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: Client.Failure.self) { try Client(path: path) }
    }

    @Test func manyAtOnceComeOverOnePath() throws {
        let path = temporary()
        let test = try TestServer(loops: 3) { $0.listeners = [ListenerOptions("unix:" + path)] }
        #expect(test.server.port == 0)
        let clients = try (0..<200).map { _ in try Client(path: path) }
        for client in clients { try client.send(Self.request) }
        for client in clients { #expect(try client.receive().text == "unix") }
    }

    @Test func aBadAddressLeavesNothingBehind() throws {
        let path = temporary()
        #expect(throws: ServerError.addressInvalid("nowhere")) {
            try TestServer { $0.listeners = ["unix:" + path, "nowhere"].map { ListenerOptions($0) } }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [("203.0.113.7:80", "no address"), ("unix:/dev/null", "no socket")])
    func addressesThatCannotBeHadAreReported(text: String, part: String) {
        let error = #expect(throws: ServerError.self) {
            try TestServer { $0.listeners = [ListenerOptions(text)] }
        }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(text) == true)
    }

    @Test func listensAtIPv6() throws {
        let test: TestServer
        do {
            test = try TestServer { $0.listeners = [ListenerOptions("[::1]:0")] }
        } catch ServerError.addressUnavailable {
            return  // this machine has no IPv6
        }
        #expect(test.server.listeners[0].address == "[::1]:\(test.server.port)")
    }

    @Test func aSocketThatCameWithTheProcessMustListen() {
        // SAFETY: the text outlives the call.
        let null = unsafe open("/dev/null", O_RDONLY)
        let error = #expect(throws: ServerError.self) {
            try TestServer { $0.listeners = [ListenerOptions("http", descriptor: null)] }
        }
        #expect(error?.description.contains("socket http") == true)
    }
}
