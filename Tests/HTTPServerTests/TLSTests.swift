import Foundation
import HTTPMessages
import HTTPServer
import HTTPWire
import Synchronization
import TLS
import Telemetry
import TestSupport
import Testing

/// A folder of its own for one test, gone afterwards.
private final class Folder {
    private let base = FileManager.default.temporaryDirectory.path + "/sitrep-tls-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: base) }

    func path(_ name: String) -> String { base + "/" + name }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func copy(_ file: String, to name: String) throws {
        try write(try String(contentsOfFile: file, encoding: .utf8), to: name)
    }
}

@Suite struct ServerTLSTests {
    private static func file(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return parts.joined(separator: "/") + "/Vectors/tls/" + name
    }

    private static func server(
        _ files: [String] = ["localhost.pem"], _ responder: TestResponder = .standard, loops: Int = 1,
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(responder, loops: loops) { options in
            var tls = TLSOptions()
            tls.identities = files.map {
                TLSOptions.Identity(
                    certificates: file($0), key: $0 == "wildcard.pem" ? file("wildcard-key.pem") : nil)
            }
            options.tls = tls
            options.listeners = [ListenerOptions("127.0.0.1:0", isTLS: true)]
            change(&options)
        }
    }

    private func client(
        _ test: TestServer, _ change: (inout TLSClient.Options) -> Void = { _ in }
    ) throws -> Client {
        var options = TLSClient.Options()
        change(&options)
        return try Client(port: test.server.port, tls: options)
    }

    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: [(0x0303, "TLSv1.2"), (0x0304, "TLSv1.3")]) func answers(version: Int, name: String)
        throws
    {
        let test = try Self.server()
        let client = try client(test) { $0.versions = version...version }
        #expect(client.tls?.version == name)
        #expect(client.tls?.certificate == TLSClient.certificate(in: Self.file("localhost.pem")))
        for _ in 0..<3 {
            try client.send(Self.request)
            #expect(try client.receive().text == "GET /")
        }
        try client.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.receive().body == TestResponder.bigBody)
        // The end is announced: `readToEnd` would fail if the socket had just been closed.
        #expect(try client.readToEnd() == "")
        let series = "sitrep_tls_handshakes_total{result=\"full\",version=\"\(name)\"}"
        #expect(test.metric(series) == "1")
    }

    @Test(arguments: [(0x0301, 0x0302), (0x0300, 0x0302)]) func refusesOldVersions(least: Int, most: Int)
        throws
    {
        let test = try Self.server()
        let error = #expect(throws: ClientError.self) { try client(test) { $0.versions = least...most } }
        #expect(error?.description.contains("protocol version") == true, "\(String(describing: error))")
        // And goes on serving.
        let other = try client(test)
        try other.send(Self.request)
        #expect(try other.receive().status == 200)
        #expect(test.metric("sitrep_tls_handshakes_total{result=\"failed\",version=\"\"}") == "1")
    }

    @Test func theLeastVersionCanBeRaised() throws {
        let test = try Self.server { $0.tls.minimumVersion = .tls13 }
        #expect(throws: ClientError.self) { try client(test) { $0.versions = 0x0303...0x0303 } }
        #expect(try client(test).tls?.version == "TLSv1.3")
    }

    @Test(arguments: ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256"])
    func refusesWeakCiphers(cipher: String) throws {
        let test = try Self.server()
        #expect(throws: ClientError.self) {
            try client(test) {
                $0.versions = 0x0303...0x0303
                $0.ciphers = cipher
            }
        }
    }

    @Test func theServerChoosesTheCipher() throws {
        let test = try Self.server()
        let offered = [
            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
            // A client that puts ChaCha20 first has no fast AES.
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
        ]
        for (ciphers, chosen) in offered {
            let client = try client(test) {
                $0.versions = 0x0303...0x0303
                $0.ciphers = ciphers
            }
            #expect(client.tls?.cipher == chosen)
        }
    }

    @Test func speaksOfHTTP11Alone() throws {
        let test = try Self.server()
        #expect(try client(test) { $0.protocols = ["h2", "http/1.1"] }.tls?.chosenProtocol == "http/1.1")
        #expect(try client(test).tls?.chosenProtocol == "")
        let error = #expect(throws: ClientError.self) { try client(test) { $0.protocols = ["h2"] } }
        #expect(error?.description.contains("no application protocol") == true)
    }

    @Test(arguments: [0x0303, 0x0304]) func sessionsAreResumed(version: Int) throws {
        let test = try Self.server(["wildcard.pem", "localhost.pem"])
        let first = try client(test) {
            $0.versions = version...version
            $0.serverName = "localhost"
        }
        #expect(first.tls?.isResumed == false)
        try first.send(Self.request)
        #expect(try first.receive().status == 200)
        let session = try #require(first.tls?.session)
        let second = try client(test) {
            $0.versions = version...version
            $0.serverName = "localhost"
            $0.session = session
        }
        #expect(second.tls?.isResumed == true)
        try second.send(Self.request)
        #expect(try second.receive().status == 200)
        let name = version == 0x0303 ? "TLSv1.2" : "TLSv1.3"
        #expect(test.metric("sitrep_tls_handshakes_total{result=\"resumed\",version=\"\(name)\"}") == "1")
    }

    @Test(arguments: [
        ("localhost", "localhost.pem"), ("api.example.org", "localhost.pem"),
        ("API.Example.ORG", "localhost.pem"),
        ("www.example.net", "wildcard.pem"), ("a.b.example.net", "localhost.pem"),
        ("example.net", "localhost.pem"), ("rsa.example", "rsa.pem"), ("unknown.example", "localhost.pem"),
        // The common name counts only without others.
        ("other.example", "localhost.pem"), (nil, "localhost.pem"),
    ]) func theNameChoosesTheCertificate(name: String?, file: String) throws {
        let test = try Self.server(["localhost.pem", "wildcard.pem", "rsa.pem"])
        let client = try client(test) { $0.serverName = name }
        #expect(client.tls?.certificate == TLSClient.certificate(in: Self.file(file)))
        try client.send(Self.request)
        #expect(try client.receive().status == 200)
    }

    @Test(arguments: [
        (TLSOptions.ClientCertificates.off, "stranger.pem" as String?, true), (.optional, "client.pem", true),
        (.optional, nil, true), (.optional, "stranger.pem", false), (.required, "client.pem", true),
        (.required, nil, false), (.required, "stranger.pem", false),
    ]) func clientCertificatesAreJudged(
        rule: TLSOptions.ClientCertificates, identity: String?, isServed: Bool
    ) throws {
        let test = try Self.server {
            $0.tls.clientCertificates = rule
            $0.tls.clientAuthorities = Self.file("authority.pem")
        }
        for version in [0x0303, 0x0304] {
            // With TLS 1.3 the client's handshake is done before the server has looked at the certificate.
            func exchange() throws -> Int {
                let client = try client(test) {
                    $0.versions = version...version
                    $0.identity = identity.map(Self.file)
                }
                try client.send(Self.request)
                return try client.receive().status
            }
            if isServed {
                #expect(try exchange() == 200)
            } else {
                #expect(throws: ClientError.self) { try exchange() }
            }
        }
    }

    @Test func newCertificatesAreTakenAndConnectionsKept() throws {
        let folder = try Folder()
        try folder.copy(Self.file("localhost.pem"), to: "live.pem")
        let test = try Self.server([]) { $0.tls.identities = [.init(certificates: folder.path("live.pem"))] }
        let old = try client(test)
        try old.send(Self.request)
        #expect(try old.receive().status == 200)

        // A file that cannot be used changes nothing, and is named.
        try folder.write("-----BEGIN CERTIFICATE-----\nnonsense\n", to: "live.pem")
        let error = #expect(throws: TLSError.self) { try test.server.reloadCertificates() }
        #expect(error?.file == folder.path("live.pem"))
        #expect(try client(test).tls?.certificate == TLSClient.certificate(in: Self.file("localhost.pem")))

        try folder.copy(Self.file("renewed.pem"), to: "live.pem")
        try test.server.reloadCertificates()
        let new = try client(test)
        #expect(new.tls?.certificate == TLSClient.certificate(in: Self.file("renewed.pem")))
        for client in [old, new] {
            try client.send(Self.request)
            #expect(try client.receive().status == 200)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST /", "\r\n", "h"])
    func plainRequestsAreToldToUseTLS(text: String) throws {
        let test = try Self.server()
        let client = try test.client()
        try client.send(text)
        let answer = try client.receive()
        #expect(answer.status == 400)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer["Connection"] == "close")
        #expect(answer["Date"]?.hasSuffix("GMT") == true)
        #expect(answer.text.contains("tls-required") && answer.text.contains("https"))
        client.endSending()
        #expect(try client.readToEnd() == "")
        #expect(test.metric("sitrep_tls_handshakes_total{result=\"plain_http\",version=\"\"}") == "1")
    }

    @Test(
        arguments: [
            [0x80, 0x2E, 0x01, 0x00, 0x02], [0x16, 0x03, 0x01, 0xFF, 0xFF, 0x00],
            [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28],
            [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00],
            [UInt8](repeating: 0, count: 70_000),
        ] as [[UInt8]]) func nonsenseEndsTheConnectionAlone(bytes: [UInt8]) throws
    {
        let test = try Self.server()
        let broken = try test.client()
        // The server may have closed before all has been sent.
        try? broken.send(bytes)
        broken.endSending()
        _ = try? broken.readToEnd()
        let other = try client(test)
        try other.send(Self.request)
        #expect(try other.receive().status == 200)
    }

    @Test func aHandshakeMustBeDoneInTime() throws {
        let test = try Self.server {
            $0.limits.handshakeTime = .milliseconds(50)
            $0.limits.headTime = .seconds(1000)
            $0.limits.idleTime = .seconds(1000)
        }
        // The first sends nothing, the second a part of its hello.
        let silent = try test.client()
        let slow = try test.client()
        try slow.send([0x16, 0x03, 0x01, 0x01, 0x00, 0x01])
        #expect(try silent.readToEnd() == "")
        #expect(try slow.readToEnd() == "")
        #expect(test.metric("sitrep_http_timeouts_total{phase=\"handshake\"}") == "2")
        // One that is done has the time of heads.
        let client = try client(test)
        try client.send(Self.request)
        #expect(try client.receive().status == 200)
    }

    @Test(arguments: [0x0303, 0x0304], [true, false])
    func largeAnswersWaitForTheirReader(version: Int, isKept: Bool) throws {
        let body = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        let responder = TestResponder { request in
            let content = request.target.path == "/" ? [1] : body
            var response = Response(status: .ok, contentType: "image/x", body: content)
            response.isRepeatable = isKept
            return .ready(response)
        }
        let test = try Self.server(["localhost.pem"], responder) { $0.limits.answerCacheBytes = 100_000_000 }
        var options = TLSClient.Options()
        options.versions = version...version
        let client = try Client(port: test.server.port, receiveBuffer: 4096, tls: options)
        try client.send(
            String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + Self.request, count: 3))
        for _ in 0..<3 {
            #expect(try client.receive().body == body)
            #expect(try client.receive().body == [1])
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let test = try Self.server()
        let client = try client(test)
        let count = 2_000
        // More than one record, and records that end within a request.
        try client.send(
            (0..<count).map { "GET /?n=\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for number in 0..<count { #expect(try client.receive().text == "GET /?n=\(number)") }
    }

    @Test func largeContentIsRead() throws {
        let test = try Self.server()
        let client = try client(test)
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.count)\r\n\r\n")
        try client.send(content)
        #expect(try client.receive().body == content)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.receive().status == 100)
        try client.send("abc")
        #expect(try client.receive().text == "abc")
    }

    @Test(arguments: [true, false]) func aClientThatHasEndedItsSideIsAnswered(isDeferred: Bool) throws {
        let test = try Self.server()
        let client = try client(test)
        try client.send(Self.request + "GET \(isDeferred ? "/slow" : "/") HTTP/1.1\r\nHost: a\r\n\r\n")
        client.endSending()
        #expect(try client.receive().text == "GET /")
        #expect(try client.receive().text == (isDeferred ? "slow" : "GET /"))
        #expect(try client.readToEnd() == "")
    }

    @Test func keysMayBeChangedMidway() throws {
        let test = try Self.server()
        let client = try client(test)
        for _ in 0..<3 {
            try client.send(Self.request)
            #expect(try client.receive().status == 200)
            client.tls?.updateKeys()
        }
    }

    @Test func aRefusalIsSeenByAClientThatIsStillSending() throws {
        let test = try Self.server { $0.limits.wire.bodyBytes = 1000 }
        let client = try client(test)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
        try client.send([UInt8](repeating: 7, count: 2_000_000))
        #expect(try client.receive().status == 413)
        #expect(try client.readToEnd() == "")
    }

    @Test func drainingEndsHandshakesAndConnections() throws {
        let test = try Self.server()
        let open = try client(test)
        try open.send(Self.request)
        #expect(try open.receive().status == 200)
        let waiting = try test.client()
        try waiting.send([0x16])
        let accepted = test.metrics.counter("sitrep_http_connections_accepted_total", help: "", labels: [:])
        while accepted.value < 2 {}
        let drain = Drain(test.server)
        #expect(try open.readToEnd() == "")
        _ = try waiting.readToEnd()
        #expect(drain.outcome() == .finished)
    }

    @Test func whatIsOneTooManyIsClosed() throws {
        let test = try Self.server { $0.limits.connections = 1 }
        let first = try client(test)
        try first.send(Self.request)
        #expect(try first.receive().status == 200)
        #expect(throws: ClientError.self) { try client(test) }
        #expect(test.metric("sitrep_http_refusals_total{reason=\"too-many-connections-silent\"}") == "1")
    }

    @Test func filesAreNamed() {
        for (name, part) in [
            ("none.pem", "cannot be read"), ("README.md", "no certificate"), ("authority.pem", "no key"),
        ] {
            do {
                _ = try Self.server([name])
                Issue.record("serves with \(name)")
            } catch {
                #expect("\(error)".hasPrefix(Self.file(name)) && "\(error)".contains(part), "\(error)")
            }
        }
    }
}
