internal import COpenSSL
internal import CTLS
internal import Glibc
internal import Transport

/// One of OpenSSL's contexts, with at most one certificate.
///
/// - Invariant: Nothing changes once it is made, and OpenSSL lets several threads use it at once, which is what
///   `@unchecked Sendable` rests on.
@safe final class ContextHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Makes a context that has no certificate yet.
    init(_ minimum: TLSOptions.Version) throws(TLSError) {
        let version = minimum == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        // SAFETY: a new context, or NULL.
        guard let pointer = unsafe tls_context_create(version) else {
            throw TLSError(reason: TLSError.takeReason() ?? "OpenSSL cannot be set up")
        }
        unsafe self.pointer = pointer
    }

    deinit {
        // SAFETY: made by this object and freed only here; OpenSSL counts the streams that still use it.
        unsafe SSL_CTX_free(pointer)
    }

    /// Takes a certificate and its key.
    func identify(_ identity: TLSOptions.Identity) throws(TLSError) {
        try Self.checkReadable(identity.certificates)
        try Self.checkReadable(identity.key)
        // SAFETY: the context is alive, and the texts outlive the call.
        switch Int(unsafe tls_context_identify(pointer, identity.certificates, identity.key)) {
        case 0: return
        case tls_no_certificate:
            throw TLSError(file: identity.certificates, reason: "holds no certificate in PEM form")
        case tls_key_mismatch:
            throw TLSError(
                file: identity.key,
                reason: "the key is not that of the certificate in \(identity.certificates)")
        default:
            throw TLSError(file: identity.key, reason: "holds no key in PEM form without a passphrase")
        }
    }

    /// Asks clients for certificates.
    func verify(_ authorities: String, isRequired: Bool) throws(TLSError) {
        try Self.checkReadable(authorities)
        // SAFETY: the context is alive, and the text outlives the call.
        guard unsafe tls_context_verify(pointer, authorities, isRequired ? 1 : 0) != 0 else { return }
        throw TLSError(file: authorities, reason: "holds no certificate in PEM form")
    }

    /// The DNS names that the certificate is for.
    var names: [String] {
        // SAFETY: the context is alive and has a certificate; the text is ended by a NUL, copied, and freed once.
        guard let text = unsafe tls_context_names(pointer) else { return [] }
        defer { unsafe tls_free(text) }
        return unsafe String(cString: text).split(separator: "\n").map(String.init)
    }

    /// How long the certificate is still valid, in seconds; negative once it is not.
    var secondsLeft: Int64 {
        // SAFETY: the context is alive and has a certificate.
        unsafe tls_context_seconds_left(pointer)
    }

    /// OpenSSL's words do not tell a file that cannot be read from one that is no PEM.
    private static func checkReadable(_ file: String) throws(TLSError) {
        // SAFETY: the text outlives the call.
        guard unsafe access(file, R_OK) != 0 else { return }
        throw TLSError(file: file, reason: "cannot be read: \(SystemError(call: "open", code: errno).words)")
    }
}
