internal import COpenSSL
internal import Glibc

/// The client's side of TLS over a connected, blocking socket; trusts whatever it is shown.
@safe public final class TLSClient {
    /// What the client asks for.
    public struct Options: Sendable {
        /// The least and the greatest version, as on the wire: 0x0303 is TLS 1.2.
        public var versions: ClosedRange<Int> = 0x0303...0x0304
        /// The name that it asks for.
        public var serverName: String?
        /// The protocols that it offers (ALPN).
        public var protocols: [String] = []
        /// A PEM file with a certificate of its own and the key.
        public var identity: String?
        /// Ciphers of TLS 1.2, in OpenSSL's words.
        public var ciphers: String?
        /// A session to resume.
        public var session: Session?

        /// Creates options that ask for nothing in particular.
        public init() {}
    }

    /// What a connection can be resumed by.
    @safe public final class Session: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
        // SAFETY: counted for this object when it was made.
        deinit { unsafe SSL_SESSION_free(pointer) }
    }

    private let context: OpaquePointer
    private let stream: OpaquePointer
    /// A socket of its own, closed at the end.
    private var ownDescriptor: Int32?

    /// Connects to a port of the loopback address and shakes hands.
    public convenience init(port: UInt16, _ options: Options = Options()) throws(ClientError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // SAFETY: the pointer is to `address`, which is as long as it says, for the call only.
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else { throw ClientError(description: "connect: \(errno)") }
        try self.init(descriptor, options)
        ownDescriptor = descriptor
    }

    /// Shakes hands; the socket stays the caller's.
    public init(_ descriptor: Int32, _ options: Options = Options()) throws(ClientError) {
        _ = signal(SIGPIPE, SIG_IGN)
        // SAFETY: what is made here is checked, held by this object, and freed in `deinit`; texts outlive the calls.
        guard let context = unsafe SSL_CTX_new(TLS_client_method()), let stream = unsafe SSL_new(context)
        else { throw ClientError(description: "OpenSSL cannot be set up") }
        unsafe self.context = context
        unsafe self.stream = stream
        unsafe SSL_set_security_level(stream, 0)
        unsafe SSL_ctrl(stream, SSL_CTRL_SET_MIN_PROTO_VERSION, options.versions.lowerBound, nil)
        unsafe SSL_ctrl(stream, SSL_CTRL_SET_MAX_PROTO_VERSION, options.versions.upperBound, nil)
        if let ciphers = options.ciphers { unsafe SSL_set_cipher_list(stream, ciphers) }
        if var name = options.serverName.map({ Array($0.utf8CString) }) {
            unsafe SSL_ctrl(stream, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name)
        }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty { unsafe SSL_set_alpn_protos(stream, protocols, UInt32(protocols.count)) }
        if let identity = options.identity {
            guard unsafe SSL_use_certificate_file(stream, identity, SSL_FILETYPE_PEM) == 1,
                unsafe SSL_use_PrivateKey_file(stream, identity, SSL_FILETYPE_PEM) == 1
            else { throw ClientError(description: "\(identity) is no identity") }
        }
        if let session = options.session { unsafe SSL_set_session(stream, session.pointer) }
        unsafe SSL_set_fd(stream, descriptor)
        ERR_clear_error()
        guard unsafe SSL_connect(stream) == 1 else { throw failure("handshake") }
    }

    deinit {
        // SAFETY: made by this object and freed only here.
        unsafe SSL_free(stream)
        unsafe SSL_CTX_free(context)
        if let ownDescriptor { close(ownDescriptor) }
    }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) throws(ClientError) {
        ERR_clear_error()
        guard !bytes.isEmpty else { return }
        // SAFETY: the stream is alive, and as many bytes are read as there are.
        guard unsafe SSL_write(stream, bytes, Int32(bytes.count)) == bytes.count else {
            throw failure("send")
        }
    }

    /// Reads once; empty at the end that the server has announced.
    public func receive() throws(ClientError) -> [UInt8] {
        ERR_clear_error()
        var buffer = [UInt8](repeating: 0, count: 32768)
        // SAFETY: the stream is alive, and the buffer has the size that is said.
        let count = unsafe SSL_read(stream, &buffer, Int32(buffer.count))
        if count > 0 { return Array(buffer[..<Int(count)]) }
        guard unsafe SSL_get_error(stream, count) == SSL_ERROR_ZERO_RETURN else { throw failure("receive") }
        return []
    }

    /// Says that no more will be sent.
    public func endSending() {
        // SAFETY: the stream is alive.
        unsafe SSL_shutdown(stream)
    }

    /// Asks both sides to use new keys from now on (TLS 1.3).
    public func updateKeys() {
        // SAFETY: the stream is alive.
        unsafe SSL_key_update(stream, SSL_KEY_UPDATE_REQUESTED)
    }

    /// The version that is spoken, such as "TLSv1.3".
    public var version: String {
        // SAFETY: the stream is alive, and the text a constant of the library.
        unsafe String(cString: SSL_get_version(stream))
    }

    /// Whether the server knew the session.
    public var isResumed: Bool {
        // SAFETY: the stream is alive.
        unsafe SSL_session_reused(stream) == 1
    }

    /// The protocol that the server chose; empty where there is none.
    public var chosenProtocol: String {
        var bytes: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        // SAFETY: the bytes are the stream's, and copied at once.
        unsafe SSL_get0_alpn_selected(stream, &bytes, &count)
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }

    /// The cipher in use, in OpenSSL's words.
    public var cipher: String {
        // SAFETY: the stream is alive, and the text a constant of the library.
        unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(stream)).map { unsafe String(cString: $0) } ?? ""
    }

    /// What the connection can be resumed by; with TLS 1.3 only once an answer has been read.
    public var session: Session? {
        // SAFETY: the stream is alive, and the session counted for its object.
        unsafe SSL_get1_session(stream).map { unsafe Session($0) }
    }

    /// The SHA-256 of the certificate that the server has shown.
    public var certificate: [UInt8] {
        // SAFETY: the stream is alive.
        unsafe Self.hash(SSL_get1_peer_certificate(stream))
    }

    /// The SHA-256 of the first certificate in a PEM file.
    public static func certificate(in file: String) -> [UInt8] {
        // SAFETY: the text outlives the call; what is opened is freed.
        let bio = unsafe BIO_new_file(file, "r")
        defer { unsafe BIO_free(bio) }
        return unsafe hash(PEM_read_bio_X509(bio, nil, nil, nil))
    }

    private static func hash(_ certificate: OpaquePointer?) -> [UInt8] {
        guard let certificate = unsafe certificate else { return [] }
        // SAFETY: the certificate is the caller's gift; the buffer has room for any hash.
        defer { unsafe X509_free(certificate) }
        var bytes = [UInt8](repeating: 0, count: 64)
        var count: UInt32 = 0
        unsafe X509_digest(certificate, EVP_sha256(), &bytes, &count)
        return Array(bytes[..<Int(count)])
    }

    private func failure(_ step: String) -> ClientError {
        // SAFETY: the text is a constant of the library.
        let reason = unsafe ERR_reason_error_string(ERR_get_error()).map { unsafe String(cString: $0) }
        return ClientError(description: "\(step): \(reason ?? "errno \(errno)")")
    }
}
