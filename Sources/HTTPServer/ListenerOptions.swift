internal import Transport

/// One address that the server listens at.
public struct ListenerOptions: Sendable, Hashable {
    /// `ADDRESS:PORT`, `[IPV6]:PORT`, a port of 127.0.0.1 alone, or `unix:PATH`; port 0 takes any that is free.
    ///
    /// Of a socket that came with the process, any name.
    public var address: String
    /// Whether clients speak TLS.
    public var isTLS: Bool
    /// The listening socket that came with the process, by its number; `nil` to open one.
    public var descriptor: Int32?

    /// Creates the options of an address.
    public init(_ address: String, isTLS: Bool = false, descriptor: Int32? = nil) {
        self.address = address
        self.isTLS = isTLS
        self.descriptor = descriptor
    }

    /// Whether the address is one.
    public var isValid: Bool { ListenAddress(address) != nil }

    /// Whether only this machine can reach it; not so where that is not known.
    public var isLocal: Bool { ListenAddress(address)?.isLocal ?? false }

    /// Where the root of the server is found, or `nil` for a Unix socket.
    public var url: String? {
        guard case .tcp(let address) = ListenAddress(address) else { return nil }
        return "\(isTLS ? "https" : "http")://\(address)"
    }
}
