internal import COpenSSL
internal import CTLS
internal import Glibc
public import Transport

/// One connection's TLS over its non-blocking socket.
///
/// Reads and writes as a `Socket` does, once the handshake is done. Unlike there, a read that leaves room says
/// nothing: read until it would block.
@safe public final class TLSStream {
    /// What a step of the handshake came to.
    public enum Handshake: Sendable, Equatable {
        /// It is done.
        case done(version: String, isResumed: Bool)
        /// The peer has to go on; the event loop tells when.
        case wouldBlock
        /// The peer speaks HTTP without TLS; nothing of what it sent was taken.
        case plain
        /// There will be no connection; why, for the log.
        case failed(String)
    }

    /// The socket beneath, which the stream closes.
    public let socket: Socket
    private let context: TLSContext
    private let stream: OpaquePointer
    private var hasBegun = false
    private var isBroken = false
    private var hasEnded = false

    /// Puts TLS over a socket that a client has connected to.
    ///
    /// - Returns: `nil` where there is no memory; the socket is still open then.
    public init?(_ socket: Socket, _ context: TLSContext) {
        // SAFETY: the context is held by this stream.
        let created = unsafe tls_stream_create(context.first.pointer, socket.descriptor)
        guard let stream = unsafe created else { return nil }
        self.socket = socket
        self.context = context
        unsafe self.stream = stream
    }

    deinit {
        // SAFETY: made by this object, and freed only here.
        unsafe SSL_free(stream)
    }

    /// Tells that the event loop has found the socket readable.
    ///
    /// - Parameter peerEnded: Whether it also found that the peer has ended its side.
    public func becameReadable(peerEnded: Bool) {
        // SAFETY: the stream is alive.
        unsafe tls_stream_ready(stream, peerEnded ? 1 : 0)
    }

    /// Goes on with the handshake as far as possible.
    public func handshake() -> Handshake {
        if !hasBegun {
            var first: [UInt8] = [0]
            switch socket.peek(into: &first) {
            case .moved:
                if Self.beginsRequest(first[0]) { return .plain }
                hasBegun = true
            case .wouldBlock: return .wouldBlock
            case .ended, .failed: return .failed("the peer has left")
            }
        }
        // SAFETY: the stream is alive.
        let outcome = Int(unsafe tls_stream_handshake(stream))
        if outcome == tls_would_block { return .wouldBlock }
        guard outcome == 0 else {
            isBroken = true
            return .failed(TLSError.takeReason() ?? "the peer has left")
        }
        // SAFETY: the stream is alive, and the text a constant of the library.
        let version = unsafe SSL_get_version(stream).map { unsafe String(cString: $0) } ?? ""
        return .done(version: version, isResumed: unsafe SSL_session_reused(stream) == 1)
    }

    /// Whether a byte can begin an HTTP request and none of a TLS one, that is whether it is a letter or CR or LF.
    private static func beginsRequest(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), 0x0D, 0x0A: true
        default: false
        }
    }

    /// Reads into the front of `buffer`, what one record holds at most.
    public func read(into buffer: inout [UInt8]) -> Socket.Outcome {
        guard !hasEnded else { return socket.read(into: &buffer) }
        // SAFETY: the stream is alive; the pointer is the array's storage, valid until the closure returns, and holds
        // `count` bytes.
        let outcome = unsafe buffer.withUnsafeMutableBytes { raw in
            Int(unsafe tls_stream_read(stream, raw.baseAddress, raw.count))
        }
        return self.outcome(outcome, "SSL_read")
    }

    /// Writes what `bytes` holds from `start` on, or the front of it; there must be something.
    ///
    /// Where it would block, the same bytes must be offered again, with more behind them or not.
    public func write(_ bytes: [UInt8], from start: Int) -> Socket.Outcome {
        // SAFETY: the stream is alive; the pointer is the array's storage, valid until the closure returns; rebasing
        // checks `start`.
        let outcome = unsafe bytes.withUnsafeBytes { raw in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
            return Int(unsafe tls_stream_write(stream, rest.baseAddress, rest.count))
        }
        return self.outcome(outcome, "SSL_write")
    }

    /// Tells the peer that nothing more will be sent.
    ///
    /// What is read after that is not deciphered: it can only be thrown away.
    public func endSending() {
        sayEnd()
        socket.endSending()
    }

    /// Closes the socket.
    public func close() {
        sayEnd()
        socket.close()
    }

    private func sayEnd() {
        hasEnded = true
        // SAFETY: the stream is alive, and not broken.
        if !isBroken { unsafe tls_stream_end(stream) }
    }

    private func outcome(_ outcome: Int, _ call: String) -> Socket.Outcome {
        switch outcome {
        case tls_would_block: return .wouldBlock
        case tls_ended: return .ended
        case tls_failed:
            isBroken = true
            _ = TLSError.takeReason()
            return .failed(SystemError(call: call, code: EPROTO))
        default: return .moved(outcome)
        }
    }
}
