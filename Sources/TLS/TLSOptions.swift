/// How TLS is spoken, and with which certificates.
public struct TLSOptions: Sendable, Hashable {
    /// A certificate, with those that lead to its authority behind it, and its key.
    public struct Identity: Sendable, Hashable {
        /// The file of the certificates, in PEM form.
        public var certificates: String
        /// The file of the key, in PEM form and without a passphrase; may be the same.
        public var key: String

        /// Creates an identity whose key lies in a file of its own, or in that of the certificates.
        public init(certificates: String, key: String? = nil) {
            self.certificates = certificates
            self.key = key ?? certificates
        }
    }

    /// Whether clients show certificates of their own.
    public enum ClientCertificates: String, Sendable, CaseIterable {
        /// They are not asked.
        case off
        /// They are asked; who has none is served, who has a wrong one is not.
        case optional
        /// Only those are served that have one.
        case required
    }

    /// A version of the protocol.
    public enum Version: String, Sendable, CaseIterable {
        /// TLS 1.2 (RFC 5246).
        case tls12 = "1.2"
        /// TLS 1.3 (RFC 8446).
        case tls13 = "1.3"
    }

    /// The certificates, of which a client gets the one for the name that it asks for, or the first.
    public var identities: [Identity] = []
    /// The least version that is spoken.
    public var minimumVersion = Version.tls12
    /// Whether clients show certificates.
    public var clientCertificates = ClientCertificates.off
    /// The file of the authorities that sign those, in PEM form.
    public var clientAuthorities = ""

    /// Creates options without a certificate.
    public init() {}
}
