import Foundation
import TestSupport
import Testing

@Suite struct TLSServingTests {
    private static func file(_ name: String) -> String { Program.root + "/Tests/Vectors/tls/" + name }

    /// Shakes hands with the program, and asks it whether it is well.
    private func certificate(_ port: UInt16) throws -> [UInt8] {
        let tls = try TLSClient(port: port)
        try tls.send(Array("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(String(decoding: try tls.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        tls.endSending()
        return tls.certificate
    }

    @Test func certificatesAreTakenAnewAtAHangUp() throws {
        let program = try Program()
        func install(_ name: String) throws {
            _ = try program.write(
                try String(contentsOfFile: Self.file(name), encoding: .utf8), to: "live.pem")
        }
        try install("localhost.pem")
        let line = try program.start(
            ["--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--tls-certificates", "live.pem"])
        let mark = try #require(line.range(of: "https://127.0.0.1:"))
        let port = try #require(UInt16(line[mark.upperBound...].prefix { $0.isNumber }))
        #expect(try certificate(port) == TLSClient.certificate(in: Self.file("localhost.pem")))

        _ = try program.write("no certificate\n", to: "live.pem")
        program.hangUp()
        try program.waitForLog("live.pem: holds no certificate")
        #expect(try certificate(port) == TLSClient.certificate(in: Self.file("localhost.pem")))

        try install("renewed.pem")
        program.hangUp()
        try program.waitForLog("certificates reloaded")
        #expect(try certificate(port) == TLSClient.certificate(in: Self.file("renewed.pem")))
        #expect(program.stop() == 0)
    }

    @Test func aFaultyFileIsNamedAtTheStart() throws {
        let program = try Program()
        let outcome = try program.run([
            "serve", "--data", program.data, "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0",
            "--tls-certificates", "none.pem",
        ])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("none.pem: cannot be read"), "\(outcome.errors)")
        let without = try program.run(["serve", "--data", program.data, "--tls-listen", "127.0.0.1:0"])
        #expect(without.status == 2)
        #expect(without.errors.contains("tls.certificates"), "\(without.errors)")
    }
}
