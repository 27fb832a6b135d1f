public import TLS

/// Where and how the server runs.
public struct ServerOptions: Sendable, Hashable {
    /// Where to listen.
    public var listeners = [ListenerOptions("127.0.0.1:8080")]
    /// The permissions of Unix sockets.
    public var socketMode: UInt32 = 0o660
    /// How TLS is spoken where a listener says so.
    public var tls = TLSOptions()
    /// Whether to listen also where another process of the same user does, to take over from it.
    ///
    /// It goes on to get all connections until this server starts or it drains.
    public var sharesPort = false
    /// Which proxies are believed.
    public var proxies = ProxyOptions()
    /// Event loops; each has its own thread of control, listener and connections.
    public var loops = 2
    /// What clients may ask of the server.
    public var limits = ServerLimits()
    /// Content of fewer bytes is not compressed.
    public var compressesFrom = 1024
    /// How long requests in flight may take to finish when the server drains.
    public var shutdownGrace = Duration.seconds(10)
    /// Whether each request is logged, as a line of JSON.
    public var accessLog = false
    /// The file that these lines are appended to; empty for standard error.
    public var accessLogFile = ""
    /// Whether they have the request-target, with a query that may be private.
    public var accessLogTargets = false

    /// Creates the default options.
    public init() {}
}
