public import HTTPServer
internal import HTTPWire
public import NewsAPI
internal import TLS
public import Telemetry

/// All that can be set, at its default or as it was set.
public struct Configuration: Sendable, Equatable {
    /// Where the server listens: `ADDRESS:PORT`, `[IPV6]:PORT`, a port of 127.0.0.1 alone, or `unix:PATH`.
    public var listen = ["127.0.0.1:8080"]
    /// Where it listens for HTTP over TLS.
    public var tlsListen: [String] = []
    /// Certificates with their keys, `CERTIFICATE:KEY` or one file for both.
    public var tlsCertificates: [String] = []
    /// The least version of TLS, one of `TLSOptions.Version`.
    public var tlsMinimumVersion = TLSOptions.Version.tls12.rawValue
    /// Whether clients show certificates, one of `TLSOptions.ClientCertificates`.
    public var tlsClientCertificates = TLSOptions.ClientCertificates.off.rawValue
    /// The permissions of Unix sockets, in octal digits.
    public var socketMode = "660"
    /// Addresses and networks of proxies that are believed; "unix" for whoever comes over a Unix socket.
    public var trustedProxies: [String] = []
    /// Whether trusted proxies begin a connection with a PROXY header: "off" or "required".
    public var proxyProtocol = "off"
    /// The field in which trusted proxies say for whom they ask.
    public var clientAddressField = ForwardingField.xForwardedFor.rawValue
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
    /// How the server runs; `listeners` and `socketMode` follow from the keys here.
    public var server = ServerOptions()
    /// How the API treats clients.
    public var api = APIOptions()

    /// Creates the default configuration.
    public init() {}

    /// Checks what one value must be whatever the others are, so that it is refused also where a flag overrides it.
    func check(_ key: String) throws(ConfigError) {
        switch key {
        case "listen":
            guard !listen.isEmpty else {
                throw ConfigError(key: key, reason: "expected at least one address")
            }
            try checkAddresses(listen, key)
        case "tls.listen": try checkAddresses(tlsListen, key)
        case "tls.certificates": _ = try identities()
        case "trusted_proxies": _ = try proxies()
        case "socket_mode": _ = try socketPermissions()
        case "data" where data.isEmpty:
            throw ConfigError(key: key, reason: "expected a folder, found nothing")
        default: break
        }
    }

    private func checkAddresses(_ texts: [String], _ key: String) throws(ConfigError) {
        for text in texts where !ListenerOptions(text).isValid {
            throw ConfigError(
                key: key,
                reason:
                    "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, or unix: with a path, "
                    + "found \"\(text)\"")
        }
    }

    private func identities() throws(ConfigError) -> [TLSOptions.Identity] {
        var identities: [TLSOptions.Identity] = []
        for text in tlsCertificates {
            let files = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard (1...2).contains(files.count), files.allSatisfy({ !$0.isEmpty }) else {
                throw ConfigError(
                    key: "tls.certificates",
                    reason: "expected CERTIFICATE.pem:KEY.pem, or one file that holds both, found \"\(text)\""
                )
            }
            identities.append(.init(certificates: files[0], key: files.last))
        }
        return identities
    }

    /// The configuration with what follows from its values, once they have been found to fit together.
    ///
    /// - Throws: `ConfigError` that names the key.
    public func validated() throws(ConfigError) -> Configuration {
        var checked = self
        checked.server.listeners =
            listen.map { ListenerOptions($0) } + tlsListen.map { ListenerOptions($0, isTLS: true) }
        checked.server.tls.identities = try identities()
        if let version = TLSOptions.Version(rawValue: tlsMinimumVersion) {
            checked.server.tls.minimumVersion = version
        }
        if let rule = TLSOptions.ClientCertificates(rawValue: tlsClientCertificates) {
            checked.server.tls.clientCertificates = rule
        }
        checked.server.proxies = try proxies()
        checked.server.socketMode = try socketPermissions()
        func require(_ condition: Bool, _ key: String, _ reason: String) throws(ConfigError) {
            guard condition else { throw ConfigError(key: key, reason: reason) }
        }
        try check("listen")
        try check("data")
        try check("tls.listen")
        try require(
            proxyProtocol == "off" || !trustedProxies.isEmpty, "trusted_proxies",
            "expected at least one, as proxy_protocol is \(proxyProtocol)")
        try require(
            tlsListen.isEmpty || !tlsCertificates.isEmpty, "tls.certificates",
            "expected at least one, as tls.listen has an address")
        try require(
            checked.server.tls.clientCertificates == .off || !server.tls.clientAuthorities.isEmpty,
            "tls.client_ca", "expected a file, as tls.client_certificates is \(tlsClientCertificates)")
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

    private func proxies() throws(ConfigError) -> ProxyOptions {
        var proxies = ProxyOptions()
        for text in trustedProxies {
            if text == "unix" {
                proxies.includesPaths = true
            } else if let network = IPNetwork(text) {
                proxies.networks.append(network)
            } else {
                throw ConfigError(
                    key: "trusted_proxies",
                    reason:
                        "expected an address, a network such as 10.0.0.0/8 or 2001:db8::/32, or unix, found \"\(text)\""
                )
            }
        }
        proxies.usesProxyProtocol = proxyProtocol == "required"
        proxies.field = ForwardingField(rawValue: clientAddressField) ?? .none
        return proxies
    }

    private func socketPermissions() throws(ConfigError) -> UInt32 {
        guard let mode = UInt32(socketMode, radix: 8), mode <= 0o777, socketMode.first != "+" else {
            throw ConfigError(
                key: "socket_mode", reason: "expected octal digits up to 777, found \"\(socketMode)\"")
        }
        return mode
    }

    /// Refuses to serve other machines where nobody has made a key.
    ///
    /// - Parameters:
    ///   - listeners: Where the server listens.
    ///   - keyCount: How many keys the store has.
    /// - Throws: `ConfigError` that says what to do.
    public func checkExposure(of listeners: [ListenerOptions], keyCount: Int) throws(ConfigError) {
        guard let open = listeners.first(where: { !$0.isLocal }), keyCount == 0, !allowsUnauthenticatedReads
        else { return }
        throw ConfigError(
            key: "listen",
            reason:
                "\(open.address) can be reached from other machines and there is no key; make one with "
                + "'sitrep key create', listen at 127.0.0.1, or set api.allow_unauthenticated_reads to true")
    }
}
