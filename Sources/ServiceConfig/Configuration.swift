public import HTTPServer
internal import HTTPWire
public import NewsAPI
public import Telemetry

/// All that can be set, at its default or as it was set.
public struct Configuration: Sendable, Equatable {
    /// Where the server listens: `ADDRESS:PORT`, `[IPV6]:PORT`, or a port of 127.0.0.1 alone.
    public var listen = "127.0.0.1:8080"
    /// The data folder.
    public var data = "data"
    /// The folder that holds `gazetteer` and `lexicon`; empty to look for it beside the program.
    public var resources = ""
    /// Folders of gazetteer files that add to those that come along, and override them by id.
    public var gazetteers: [String] = []
    /// The least level of events that are logged.
    public var logLevel = Log.Level.info
    /// How a line of the log is written.
    public var logFormat = Log.Format.text
    /// Whether to listen beyond this machine although no key exists, so that anybody can read.
    public var allowsUnauthenticatedReads = false
    /// How the server runs; `address` and `port` follow from `listen`.
    public var server = ServerOptions()
    /// How the API treats clients.
    public var api = APIOptions()

    /// Creates the default configuration.
    public init() {}

    /// Checks what one value must be whatever the others are, so that it is refused also where a flag overrides it.
    func check(_ key: String) throws(ConfigError) {
        switch key {
        case "listen": _ = try ListenAddress(listen)
        case "data" where data.isEmpty:
            throw ConfigError(key: key, reason: "expected a folder, found nothing")
        default: break
        }
    }

    /// The configuration with what follows from its values, once they have been found to fit together.
    ///
    /// - Throws: `ConfigError` that names the key.
    public func validated() throws(ConfigError) -> Configuration {
        var checked = self
        let endpoint = try ListenAddress(listen)
        checked.server.address = endpoint.address
        checked.server.port = endpoint.port
        func require(_ condition: Bool, _ key: String, _ reason: String) throws(ConfigError) {
            guard condition else { throw ConfigError(key: key, reason: reason) }
        }
        try check("data")
        try require(
            api.defaultLimit <= api.maximumLimit, "api.default_limit",
            "expected no more than api.maximum_limit (\(api.maximumLimit)), found \(api.defaultLimit)")
        let wire = server.limits.wire
        try require(
            wire.requestLineBytes <= wire.headBytes, "limits.request_line_bytes",
            "expected no more than limits.head_bytes (\(wire.headBytes)), found \(wire.requestLineBytes)")
        try require(
            server.limits.connectionsPerAddress <= server.limits.connections,
            "limits.connections_per_address",
            "expected no more than limits.connections (\(server.limits.connections)), found "
                + "\(server.limits.connectionsPerAddress)")
        return checked
    }

    /// Refuses to serve other machines where nobody has made a key.
    ///
    /// - Parameter keyCount: How many keys the store has.
    /// - Throws: `ConfigError` that says what to do.
    public func checkExposure(keyCount: Int) throws(ConfigError) {
        let endpoint = try ListenAddress(listen)
        guard !endpoint.isLoopback, keyCount == 0, !allowsUnauthenticatedReads else { return }
        throw ConfigError(
            key: "listen",
            reason:
                "\(endpoint.address) can be reached from other machines and there is no key; make one with "
                + "'sitrep key create', listen at 127.0.0.1, or set api.allow_unauthenticated_reads to true")
    }
}

/// An address and a port.
struct ListenAddress: Hashable, Sendable {
    let address: String
    let port: UInt16

    /// Whether only this machine can reach the address.
    var isLoopback: Bool { address == "::1" || address.hasPrefix("127.") }

    /// Reads `ADDRESS:PORT`, `[IPV6]:PORT` or `PORT`; `localhost` is 127.0.0.1.
    init(_ text: String) throws(ConfigError) {
        let refusal = ConfigError(
            key: "listen",
            reason: "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, found \"\(text)\"")
        let host: Substring
        let digits: Substring
        if let end = text.lastIndex(of: "]"), text.hasPrefix("[") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":"), host.contains(":") else { throw refusal }
            digits = rest.dropFirst()
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            switch parts.count {
            case 1:
                host = "127.0.0.1"
                digits = parts[0]
            case 2:
                host = parts[0] == "localhost" ? "127.0.0.1" : parts[0]
                digits = parts[1]
                let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
                guard numbers.count == 4, numbers.allSatisfy({ UInt8($0) != nil && $0.first != "+" }) else {
                    throw refusal
                }
            default: throw refusal
            }
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { throw refusal }
        address = String(host)
        self.port = port
    }
}
