internal import Glibc

/// A connected, non-blocking socket.
///
/// A plain number that whoever holds it must close once: a connection outlives no event loop, and the loop
/// closes it.
public struct Socket: Sendable {
    package let descriptor: Int32

    /// What a read or a write came to.
    public enum Outcome: Sendable, Equatable {
        /// So many bytes were moved, at least one.
        case moved(Int)
        /// Nothing can be moved now; the event loop tells when it can.
        case wouldBlock
        /// Nothing more will come: the peer has ended its side.
        case ended
        /// The connection is broken.
        case failed(SystemError)
    }

    /// Reads into the front of `buffer`, as much as there is and as fits.
    public func read(into buffer: inout [UInt8]) -> Outcome {
        Self.received(SystemCalls.read(descriptor, into: &buffer), by: "read")
    }

    /// Copies what waits to the front of `buffer`, as far as it fits, and leaves it there.
    public func peek(into buffer: inout [UInt8]) -> Outcome {
        Self.received(SystemCalls.peek(descriptor, into: &buffer), by: "recv")
    }

    private static func received(_ count: Int, by call: String) -> Outcome {
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        return count == -Int(EAGAIN) ? .wouldBlock : .failed(SystemError(call: call, code: Int32(-count)))
    }

    /// Writes what `bytes` holds from `start` on, or the front of it; there must be something.
    public func write(_ bytes: [UInt8], from start: Int) -> Outcome {
        let count = SystemCalls.write(descriptor, bytes, from: start)
        if count >= 0 { return .moved(count) }
        return count == -Int(EAGAIN) ? .wouldBlock : .failed(SystemError(call: "send", code: Int32(-count)))
    }

    /// Tells the peer that nothing more will be sent; reading goes on.
    public func endSending() {
        SystemCalls.endSending(descriptor)
    }

    /// Closes the socket; its number may at once stand for another.
    public func close() {
        SystemCalls.close(descriptor)
    }
}
