internal import Glibc

/// Where a server listens: an address with a port, or a path of this machine.
public enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address with a port; an IPv6 address takes no IPv4 connections, so that `[::]:80` and
    /// `0.0.0.0:80` can be listened at together and a client has one address only.
    case tcp(SocketAddress)
    /// The path of a Unix socket.
    case unix(String)

    /// The bytes that a path may have, with room for the name under which the socket is made.
    private static let pathBytes = 96

    /// Reads `ADDRESS:PORT`, `[IPV6]:PORT`, a port of 127.0.0.1 alone, or `unix:PATH`.
    ///
    /// - Returns: `nil` where `text` is none of these; names but `localhost` are not looked up.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(5)
            guard (1...Self.pathBytes).contains(path.utf8.count), !path.utf8.contains(0), path.first != "@"
            else {
                return nil
            }
            self = .unix(String(path))
            return
        }
        let colon = text.lastIndex(of: ":")
        let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        let host = colon.map { String(text[..<$0]) } ?? "127.0.0.1"
        // Without its brackets an IPv6 address has a last group that looks like a port.
        guard host.hasPrefix("[") || !host.utf8.contains(UInt8(ascii: ":")),
            let address = SocketAddress(host, port: port)
        else { return nil }
        self = .tcp(address)
    }

    /// As it is read: `127.0.0.1:80`, `[::1]:80`, `unix:/run/sitrep.sock`.
    public var description: String {
        switch self {
        case .tcp(let address): address.description
        case .unix(let path): "unix:" + path
        }
    }

    /// The port; 0 for a path.
    public var port: UInt16 {
        if case .tcp(let address) = self { address.port } else { 0 }
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool {
        if case .tcp(let address) = self { address.isLoopback } else { true }
    }
}
