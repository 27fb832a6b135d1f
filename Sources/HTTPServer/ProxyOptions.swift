internal import HTTPMessages
public import HTTPWire

/// Which peers are proxies whose word is taken for who the client is.
public struct ProxyOptions: Sendable, Hashable {
    /// Their addresses.
    public var networks: [IPNetwork] = []
    /// Whether everybody who comes over a Unix socket is one.
    public var includesPaths = false
    /// Whether they begin each connection with a PROXY header; one that does not is closed.
    public var usesProxyProtocol = false
    /// In which field of a request they say for whom they ask.
    public var field = ForwardingField.xForwardedFor

    /// Creates options by which no proxy is trusted.
    public init() {}

    private var areNone: Bool { networks.isEmpty && !includesPaths }

    func isTrusted(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    private func isTrusted(_ peer: String) -> Bool {
        guard !areNone else { return false }
        guard peer != "unix" else { return includesPaths }
        return IPAddress(peer).map { isTrusted($0) } ?? false
    }

    /// Whether a connection from there begins with a PROXY header.
    func greets(_ peer: String) -> Bool { usesProxyProtocol && isTrusted(peer) }

    /// Whether requests on a connection from there say who their client is.
    func forwards(_ peer: String) -> Bool { field != .none && isTrusted(peer) }

    /// Who asked the first of the proxies, or `nil` where they do not say.
    func client(of fields: Fields) -> String? {
        ForwardedChain.client(fields, field, isTrusted: { isTrusted($0) })?.description
    }
}
