import Foundation
import HTTPServer
import HTTPWire
import Testing

@Suite struct ProxyTests {
    private static let request = "GET /client HTTP/1.1\r\nHost: a\r\n\r\n"

    private func server(
        _ networks: [String] = ["127.0.0.0/8"], greets: Bool = false, field: ForwardingField = .xForwardedFor,
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer {
            $0.proxies.networks = networks.compactMap { IPNetwork($0) }
            $0.proxies.usesProxyProtocol = greets
            $0.proxies.field = field
            change(&$0)
        }
    }

    private func answer(_ client: Client, _ request: String = request) throws -> String {
        try client.send(request)
        return try client.receive().text
    }

    @Test func aTrustedProxySaysWhoAsks() throws {
        let client = try server().client()
        func ask(_ value: String) throws -> String {
            try answer(client, "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(value)\r\n\r\n")
        }
        // One connection carries requests of many clients, equal ones too.
        #expect(try ask("192.0.2.7") == "192.0.2.7")
        #expect(try ask("192.0.2.8") == "192.0.2.8")
        #expect(try ask("192.0.2.8") == "192.0.2.8")
        #expect(try ask("192.0.2.9, 127.0.0.9") == "192.0.2.9")
        #expect(try ask("unknown") == "127.0.0.1")
        #expect(try answer(client) == "127.0.0.1")
    }

    @Test func othersSayNothing() throws {
        let spoof =
            "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\n\r\n"
        for test in [
            try server([]), try server(["10.0.0.0/8"]), try server(field: .none),
            try server(["10.0.0.0/8"], greets: true),
        ] {
            #expect(try answer(try test.client(), spoof) == "127.0.0.1")
        }
        #expect(try answer(try server(field: .forwarded).client(), spoof) == "192.0.2.7")
    }

    @Test func aPathIsTrustedByItsName() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString.prefix(8) + ".sock"
        let request = "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"
        for isTrusted in [true, false] {
            let test = try server {
                $0.listeners = [ListenerOptions("unix:" + path)]
                $0.proxies.includesPaths = isTrusted
            }
            #expect(try answer(try Client(path: path), request) == (isTrusted ? "192.0.2.7" : "unix"))
            #expect(Drain(test.server).outcome() == .finished)
        }
    }

    static let line = Array("PROXY TCP4 192.0.2.7 127.0.0.1 40000 80\r\n".utf8)
    static let binary: [UInt8] =
        [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, 15]
        + [192, 0, 2, 7, 127, 0, 0, 1, 1, 2, 3, 4, 4, 0, 0]

    @Test(arguments: [line, binary]) func aHeaderSaysWhoTheClientIs(header: [UInt8]) throws {
        let test = try server(greets: true)
        // At once with the request, and byte by byte.
        let whole = try test.client()
        try whole.send(header + Array(Self.request.utf8) + Array(Self.request.utf8))
        #expect(try whole.receive().text == "192.0.2.7")
        #expect(try whole.receive().text == "192.0.2.7")
        let slow = try test.client()
        for byte in header + Array(Self.request.utf8) { try slow.send([byte]) }
        #expect(try slow.receive().text == "192.0.2.7")
        #expect(test.metric("sitrep_http_connections") == "2")
    }

    @Test func aProxyMaySpeakForItself() throws {
        let test = try server(greets: true)
        #expect(try answer(try test.client(), "PROXY UNKNOWN\r\n" + Self.request) == "127.0.0.1")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PROXY TCP4 a b c d\r\nGET / HTTP/1.1\r\n", "\r\n\r\n\r\n",
    ])
    func anythingElseIsClosed(bytes: String) throws {
        let test = try server(greets: true)
        let client = try test.client()
        try client.send(bytes)
        // It is reset, as what it has sent was not read.
        #expect((try? client.readToEnd()) ?? "" == "")
        while test.metric("sitrep_http_connections") != "0" {}
        #expect(test.metric(#"sitrep_http_refusals_total{reason="proxy-header"}"#) == "1")
    }

    @Test func aHeaderMustComeInTime() throws {
        let test = try server(greets: true) { $0.limits.headTime = .milliseconds(50) }
        let client = try test.client()
        try client.send("PROXY TCP4")
        #expect((try? client.readToEnd()) ?? "" == "")
        while test.metric("sitrep_http_connections") != "0" {}
        #expect(test.metric(#"sitrep_http_timeouts_total{phase="head"}"#) == "1")
    }

    @Test func theBoundForEachAddressIsTheClients() throws {
        let test = try server(greets: true) {
            $0.limits.connectionsPerAddress = 1
            $0.limits.boundsLoopbackAddresses = true
        }
        let clients = try (1...3).map { number in
            let client = try test.client()
            try client.send("PROXY TCP4 192.0.2.\(number) 127.0.0.1 1 2\r\n" + Self.request)
            #expect(try client.receive().text == "192.0.2.\(number)")
            return client
        }
        let second = try test.client()
        try second.send("PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n" + Self.request)
        #expect(try second.receive().status == 503)
        withExtendedLifetime(clients) {}
    }

    @Test func drainingWaitsForNoHeader() throws {
        let test = try server(greets: true) { $0.limits.drainIdleTime = .milliseconds(20) }
        let client = try test.client()
        try client.send("PROX")
        while test.metric("sitrep_http_connections") != "1" {}
        #expect(Drain(test.server).outcome() == .finished)
    }
}
