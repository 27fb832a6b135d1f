internal import COpenSSL
internal import CTLS

/// Everything that the TLS connections of a server share: certificates, keys, and what is spoken.
///
/// A connection keeps the context that it began with; where the files have changed a new one is made.
public final class TLSContext: Sendable {
    /// How long before its end a certificate is warned of.
    private static let warningSeconds: Int64 = 7 * 86_400

    /// One for each certificate; the first also serves those who ask for no name or an unknown one.
    private let contexts: [ContextHandle]
    private let names: CertificateNames
    /// What is odd: certificates that are not valid any more, or only for some days, each with its file.
    public let warnings: [String]

    /// Reads the files.
    ///
    /// - Throws: `TLSError` that names the file.
    public init(_ options: TLSOptions) throws(TLSError) {
        guard !options.identities.isEmpty else { throw TLSError(reason: "there is no certificate") }
        var contexts: [ContextHandle] = []
        var names = CertificateNames()
        var warnings: [String] = []
        for (number, identity) in options.identities.enumerated() {
            let context = try ContextHandle(options.minimumVersion)
            try context.identify(identity)
            if options.clientCertificates != .off {
                try context.verify(
                    options.clientAuthorities, isRequired: options.clientCertificates == .required)
            }
            names.insert(context.names, number)
            if let warning = Self.warning(context.secondsLeft) {
                warnings.append("\(identity.certificates): \(warning)")
            }
            contexts.append(context)
        }
        self.contexts = contexts
        self.names = names
        self.warnings = warnings
        // SAFETY: this object lives as long as its streams, in whose handshakes alone it is called.
        unsafe tls_context_choose(
            first.pointer, chooseCertificate, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The context that a connection begins with.
    var first: ContextHandle { contexts[0] }

    /// The context with the certificate for a name.
    func find(_ name: String) -> ContextHandle? { names.find(name).map { contexts[$0] } }

    /// Changes the key of tickets, as happens by itself twice a day.
    func rotateTickets() {
        // SAFETY: the context is alive.
        _ = unsafe tls_context_rotate(first.pointer)
    }

    private static func warning(_ seconds: Int64) -> String? {
        guard seconds < warningSeconds else { return nil }
        return seconds < 0
            ? "the certificate is not valid any more"
            : "the certificate is valid for \(seconds / 3600) hours more"
    }
}

/// Called by OpenSSL within a handshake.
private let chooseCertificate: tls_chooser = { stream, _, owner in
    // SAFETY: OpenSSL calls with the stream at hand and with what was set beside this function, a context that the
    // stream holds; the name is ended by a NUL and copied.
    guard let stream = unsafe stream, let owner = unsafe owner,
        let name = unsafe SSL_get_servername(stream, TLSEXT_NAMETYPE_host_name)
    else { return SSL_TLSEXT_ERR_NOACK }
    let context = unsafe Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue()
    guard let found = unsafe context.find(String(cString: name)) else { return SSL_TLSEXT_ERR_NOACK }
    return unsafe SSL_set_SSL_CTX(stream, found.pointer) == nil
        ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK
}
