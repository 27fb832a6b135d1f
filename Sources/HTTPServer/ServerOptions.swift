/// Where and how the server runs.
public struct ServerOptions: Sendable, Hashable {
    /// The IPv4 or IPv6 address to listen at.
    public var address = "127.0.0.1"
    /// The port; 0 takes any that is free.
    public var port: UInt16 = 8080
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
