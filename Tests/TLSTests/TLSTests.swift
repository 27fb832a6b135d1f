import Testing

@testable import TLS

@Suite struct CertificateNamesTests {
    private let names: CertificateNames = {
        var names = CertificateNames()
        names.insert(["example.org", "www.example.org", "*.example.org", "."], 0)
        names.insert(["api.example.org", "Www.Example.org", "*.example.net", "*.*.example.com", "*"], 1)
        return names
    }()

    @Test(arguments: [
        ("example.org", 0), ("EXAMPLE.org", 0), ("example.org.", 0),
        // The first that has a name keeps it; an exact name goes before an asterisk.
        ("www.example.org", 0), ("api.example.org", 1), ("other.example.org", 0), ("a.example.net", 1),
        // An asterisk stands for one label, no less and no more, and alone for nothing.
        ("example.net", nil), ("a.b.example.net", nil), (".example.net", nil), (".example.org", nil),
        ("a.b.example.com", nil), ("a.example.com", nil), ("localhost", nil), ("", nil), (".", nil), ("*", 1),
    ]) func find(name: String, number: Int?) {
        #expect(names.find(name) == number)
    }
}

@Suite struct TLSContextTests {
    static func file(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return parts.joined(separator: "/") + "/Vectors/tls/" + name
    }

    private func options(_ certificates: String, key: String? = nil) -> TLSOptions {
        var options = TLSOptions()
        options.identities = [.init(certificates: Self.file(certificates), key: key.map(Self.file))]
        return options
    }

    @Test(arguments: [
        ("localhost.pem", nil), ("wildcard.pem", "wildcard-key.pem"), ("rsa.pem", "rsa.pem"),
    ]) func readsCertificates(certificates: String, key: String?) throws {
        #expect(try TLSContext(options(certificates, key: key)).warnings == [])
    }

    @Test(arguments: [
        ("none.pem", nil, "none.pem", "cannot be read: No such file"),
        ("localhost.pem", "none.pem", "none.pem", "cannot be read: No such file"),
        ("README.md", nil, "README.md", "no certificate"), ("", nil, "", "no certificate"),
        ("wildcard-key.pem", nil, "wildcard-key.pem", "no certificate"),
        ("authority.pem", nil, "authority.pem", "no key"),
        ("localhost.pem", "encrypted-key.pem", "encrypted-key.pem", "without a passphrase"),
        ("localhost.pem", "renewed.pem", "renewed.pem", "not that of the certificate"),
        ("localhost.pem", "rsa.pem", "rsa.pem", "not that of the certificate"),
    ]) func saysWhatIsWrong(certificates: String, key: String?, file: String, words: String) {
        let error = #expect(throws: TLSError.self) { try TLSContext(options(certificates, key: key)) }
        #expect(error?.file == Self.file(file))
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func needsACertificate() {
        #expect(throws: TLSError.self) { try TLSContext(TLSOptions()) }
    }

    @Test(arguments: ["", "none.pem", "wildcard-key.pem"]) func needsAuthoritiesOfClients(file: String) {
        var options = options("localhost.pem")
        options.clientCertificates = .optional
        options.clientAuthorities = file.isEmpty ? "" : Self.file(file)
        let error = #expect(throws: TLSError.self) { try TLSContext(options) }
        #expect(error?.file == options.clientAuthorities)
    }

    @Test func warnsOfCertificatesThatHaveEnded() throws {
        let warnings = try TLSContext(options("expired.pem")).warnings
        #expect(warnings == [Self.file("expired.pem") + ": the certificate is not valid any more"])
    }
}
