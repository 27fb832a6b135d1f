internal import TLS
internal import Transport

/// What the bytes of a connection go through: a socket, or TLS over one.
enum Channel {
    case plain(Socket)
    case secure(TLSStream)

    /// The socket beneath.
    var socket: Socket {
        switch self {
        case .plain(let socket): socket
        case .secure(let stream): stream.socket
        }
    }

    /// Whether a read that leaves room has emptied the channel; TLS hands out a record at a time.
    var readsAll: Bool {
        if case .plain = self { true } else { false }
    }

    /// Reads into the front of `buffer`.
    func read(into buffer: inout [UInt8]) -> Socket.Outcome {
        switch self {
        case .plain(let socket): socket.read(into: &buffer)
        case .secure(let stream): stream.read(into: &buffer)
        }
    }

    /// Writes what `bytes` holds from `start` on, or the front of it.
    func write(_ bytes: [UInt8], from start: Int) -> Socket.Outcome {
        switch self {
        case .plain(let socket): socket.write(bytes, from: start)
        case .secure(let stream): stream.write(bytes, from: start)
        }
    }

    /// Tells the peer that nothing more will be sent.
    func endSending() {
        switch self {
        case .plain(let socket): socket.endSending()
        case .secure(let stream): stream.endSending()
        }
    }

    /// Closes the socket.
    func close() {
        switch self {
        case .plain(let socket): socket.close()
        case .secure(let stream): stream.close()
        }
    }
}
