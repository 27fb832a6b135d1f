public import HTTPWire

/// What clients may ask of the server; every bound is inclusive.
public struct ServerLimits: Sendable, Hashable {
    /// How much of a message is read.
    public var wire = WireLimits()
    /// How long a TLS handshake may take.
    public var handshakeTime = Duration.seconds(10)
    /// How long a whole head may take to arrive, from its first byte on.
    ///
    /// Further bytes do not extend it. A new connection has as long to send the first.
    public var headTime = Duration.seconds(10)
    /// How long content may arrive at any rate.
    public var contentGrace = Duration.seconds(10)
    /// The least average rate of content after that.
    public var contentBytesPerSecond = 1024
    /// How long a whole request may take to arrive, from the first byte of its head to the last of its content.
    public var requestTime = Duration.seconds(300)
    /// How long a connection may be silent between two requests.
    public var idleTime = Duration.seconds(75)
    /// How long a connection that is silent while the server drains is kept: a request may be on its way.
    public var drainIdleTime = Duration.milliseconds(200)
    /// How long a client may take no byte of an answer.
    public var writeStallTime = Duration.seconds(30)
    /// The least average rate at which a client must take what waits for it, once it has waited for `writeStallTime`.
    public var answerBytesPerSecond = 1024
    /// How long what a client still sends is read and thrown away after a last answer, so that it can see
    /// that answer.
    public var lingerTime = Duration.seconds(5)
    /// How many bytes are thrown away so.
    public var lingerBytes = 64 * 1024 * 1024
    /// Requests answered on one connection.
    public var requestsPerConnection = 1_000_000
    /// Connections open at one time.
    public var connections = 16_384
    /// Connections open at one time from one client address.
    public var connectionsPerAddress = 256
    /// Whether `connectionsPerAddress` holds for this machine's own addresses too, such as that of a reverse
    /// proxy.
    public var boundsLoopbackAddresses = false
    /// Deferred replies worked on at one time.
    public var deferredWidth = 2
    /// Deferred replies that may wait for their turn.
    public var deferredBacklog = 256
    /// Answers at one time that are made piece by piece, such as exports and event streams.
    public var streams = 1024
    /// Bytes of compressed content that each event loop keeps.
    public var compressedCacheBytes = 8 * 1024 * 1024
    /// Bytes of whole answers that each event loop keeps, to give them again to equal requests; 0 keeps none.
    public var answerCacheBytes = 8 * 1024 * 1024

    /// Creates the default limits.
    public init() {}
}
