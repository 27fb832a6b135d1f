internal import HTTPServer
internal import HTTPWire
internal import NewsAPI
internal import TLS

extension Setting {
    private static let bytes = 1...1 << 40
    private static let counts = 1...1 << 30
    private static let seconds = 0.001...86_400.0

    /// Every key, in the order of Config/sitrep.json.
    public static let all: [Setting] = [
        Setting(
            "listen", .texts(\.listen, .words),
            "Where to listen: 127.0.0.1:8080, [::1]:8080, a port of 127.0.0.1 alone, or unix:/run/sitrep.sock"
        ),
        Setting("socket_mode", .text(\.socketMode), "The permissions of Unix sockets, in octal digits"),
        Setting(
            "share_port", .truth(\.server.sharesPort),
            "Whether to listen beside another process of the same user, to take over from it when it ends"),
        Setting(
            "trusted_proxies", .texts(\.trustedProxies, .words),
            "Addresses, networks such as 10.0.0.0/8, or unix: proxies that are believed who the client is"),
        Setting(
            "proxy_protocol", .choice(\.proxyProtocol, ["off", "required"]),
            "Whether trusted proxies begin each connection with a PROXY header (version 1 or 2)"),
        Setting(
            "client_address_field",
            .choice(\.clientAddressField, ["off", "X-Forwarded-For", "Forwarded"]),
            "The field in which trusted proxies say for whom they ask"),
        Setting("data", .text(\.data), "The data folder; it is made if it is not there"),
        Setting(
            "resources", .text(\.resources),
            "The folder that holds gazetteer and lexicon; empty to look for it beside the program"),
        Setting(
            "gazetteers", .texts(\.gazetteers, .paths),
            "Folders of gazetteer files that add to those that come along, and override them by id"),
        Setting(
            "loops", .integer(\.server.loops, 1...256),
            "Event loops, each with its own thread, listener and connections"),
        Setting(
            "compress_from_bytes", .integer(\.server.compressesFrom, 0...1 << 30),
            "Content of fewer bytes is not compressed"),
        Setting(
            "shutdown_grace_seconds", .duration(\.server.shutdownGrace, 0...86_400),
            "How long requests in flight may take to finish when the server is told to end"),

        Setting(
            "tls.listen", .texts(\.tlsListen, .words),
            "Where to listen for HTTP over TLS, written as listen is"),
        Setting(
            "tls.certificates", .texts(\.tlsCertificates, .words),
            "Certificates with their keys: CERTIFICATE.pem:KEY.pem each, or one file that holds both"),
        Setting(
            "tls.minimum_version",
            .choice(\.tlsMinimumVersion, TLSOptions.Version.allCases.map(\.rawValue)),
            "The least version of TLS that is spoken: 1.2 or 1.3"),
        Setting(
            "tls.client_certificates",
            .choice(\.tlsClientCertificates, TLSOptions.ClientCertificates.allCases.map(\.rawValue)),
            "Whether clients are asked for certificates of their own: off, optional or required"),
        Setting(
            "tls.client_ca", .text(\.server.tls.clientAuthorities),
            "The PEM file of the authorities that sign those"),

        Setting("log.level", .level(\.logLevel), "The least level of events that are logged"),
        Setting("log.format", .format(\.logFormat), "text (key=value) or json (an object a line)"),
        Setting(
            "log.access", .truth(\.server.accessLog), "Whether each request is logged, as a line of JSON"),
        Setting(
            "log.access_file", .text(\.server.accessLogFile),
            "The file that these lines go to, opened anew on SIGHUP; empty for standard error"),
        Setting(
            "log.access_target", .truth(\.server.accessLogTargets),
            "Whether these lines have the request-target, whose query may be private"),

        Setting(
            "api.write_needs_key", .truth(\.api.writeNeedsKey),
            "Whether POST, PUT and DELETE need a key of scope ingest or admin"),
        Setting("api.read_needs_key", .truth(\.api.readNeedsKey), "Whether reading needs a key of any scope"),
        Setting(
            "api.allow_unauthenticated_reads", .truth(\.allowsUnauthenticatedReads),
            "Whether to listen beyond this machine although no key exists"),
        Setting(
            "api.default_limit", .integer(\.api.defaultLimit, 1...10_000),
            "Items of a page where the client does not say"),
        Setting("api.maximum_limit", .integer(\.api.maximumLimit, 1...10_000), "The most items of a page"),
        Setting(
            "api.maximum_buckets", .integer(\.api.maximumBuckets, 1...1_000_000),
            "The most buckets of a timeline"),
        Setting(
            "api.decompressed_bytes", .integer(\.api.decompressedBytes, bytes),
            "Bytes that the content of a request may have once it is decompressed"),
        Setting(
            "api.inline_documents", .integer(\.api.inlineDocuments, 0...1 << 30),
            "Up to so many articles in the index a search is answered on the event loop, beyond it by a worker"
        ),
        Setting(
            "api.keep_alive_seconds", .duration(\.api.keepAlive, 1...3_600),
            "How long an event stream may be silent before a comment is sent"),
        Setting(
            "api.kept_snapshots", .integer(\.api.keptSnapshots, 1...100_000),
            "States of the index that are kept at most for clients that are paging through them (410 for others)"
        ),
        Setting(
            "api.kept_seconds", .duration(\.api.keptTime, 1...86_400),
            "How long such a state is kept after a page of it was last asked for"),
        Setting(
            "api.kept_bytes", .integer(\.api.keptBytes, 0...1 << 40),
            "Bytes that such states may hold, in memory and on disk, beside the newest state"),
        Setting(
            "api.result_cache_bytes", .integer(\.api.resultCacheBytes, 0...1 << 40),
            "Bytes of answers that are kept for requests that ask the same in other words; 0 for none"),

        Setting(
            "limits.request_line_bytes", .integer(\.server.limits.wire.requestLineBytes, bytes),
            "Bytes of a request line (414)"),
        Setting(
            "limits.head_bytes", .integer(\.server.limits.wire.headBytes, bytes),
            "Bytes of a request head (431)"),
        Setting("limits.fields", .integer(\.server.limits.wire.fieldCount, counts), "Fields of a head (431)"),
        Setting(
            "limits.body_bytes", .integer(\.server.limits.wire.bodyBytes, bytes), "Bytes of content (413)"),
        Setting(
            "limits.chunk_line_bytes", .integer(\.server.limits.wire.chunkLineBytes, bytes),
            "Bytes of the first line of a chunk"),
        Setting(
            "limits.chunk_extension_bytes", .integer(\.server.limits.wire.chunkExtensionBytes, bytes),
            "Bytes of the extensions of all chunks of one content"),
        Setting(
            "limits.trailer_bytes", .integer(\.server.limits.wire.trailerBytes, bytes),
            "Bytes of a trailer section"),
        Setting(
            "limits.handshake_seconds", .duration(\.server.limits.handshakeTime, seconds),
            "How long a TLS handshake may take"),
        Setting(
            "limits.head_seconds", .duration(\.server.limits.headTime, seconds),
            "How long a whole head may take to arrive (408)"),
        Setting(
            "limits.content_grace_seconds", .duration(\.server.limits.contentGrace, seconds),
            "How long content may arrive at any rate"),
        Setting(
            "limits.content_bytes_per_second", .integer(\.server.limits.contentBytesPerSecond, counts),
            "The least average rate of content after that (408)"),
        Setting(
            "limits.request_seconds", .duration(\.server.limits.requestTime, seconds),
            "How long a whole request may take to arrive, content included (408)"),
        Setting(
            "limits.idle_seconds", .duration(\.server.limits.idleTime, seconds),
            "How long a connection may be silent between two requests"),
        Setting(
            "limits.write_stall_seconds", .duration(\.server.limits.writeStallTime, seconds),
            "How long a client may take no byte of an answer"),
        Setting(
            "limits.answer_bytes_per_second", .integer(\.server.limits.answerBytesPerSecond, counts),
            "The least average rate at which an answer must be taken after that time"),
        Setting(
            "limits.linger_seconds", .duration(\.server.limits.lingerTime, seconds),
            "How long input is thrown away after a last answer, so that the client can see it"),
        Setting(
            "limits.linger_bytes", .integer(\.server.limits.lingerBytes, bytes),
            "How many bytes are thrown away so"),
        Setting(
            "limits.requests_per_connection", .integer(\.server.limits.requestsPerConnection, counts),
            "Requests answered on one connection"),
        Setting(
            "limits.connections", .integer(\.server.limits.connections, counts),
            "Connections open at one time (503)"),
        Setting(
            "limits.connections_per_address", .integer(\.server.limits.connectionsPerAddress, counts),
            "Connections open at one time from one client address (503)"),
        Setting(
            "limits.bounds_loopback", .truth(\.server.limits.boundsLoopbackAddresses),
            "Whether connections_per_address holds for this machine's own addresses too"),
        Setting(
            "limits.workers", .integer(\.server.limits.deferredWidth, 1...1_024),
            "Costly requests worked on at one time"),
        Setting(
            "limits.worker_backlog", .integer(\.server.limits.deferredBacklog, counts),
            "Costly requests that may wait for their turn (503)"),
        Setting(
            "limits.streams", .integer(\.server.limits.streams, counts),
            "Exports and event streams open at one time (503)"),
        Setting(
            "limits.compressed_cache_bytes", .integer(\.server.limits.compressedCacheBytes, 0...1 << 40),
            "Bytes of compressed answers that each event loop keeps"),
        Setting(
            "limits.answer_cache_bytes", .integer(\.server.limits.answerCacheBytes, 0...1 << 40),
            "Bytes of whole answers that each event loop keeps, to give them again to equal requests"),
    ]
}
