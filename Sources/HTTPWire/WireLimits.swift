/// How much of a message is read; every bound is inclusive.
public struct WireLimits: Sendable, Hashable {
    /// Bytes in a request line, its CRLF not counted.
    public var requestLineBytes = 8 * 1024
    /// Bytes in a request head: empty lines before it and the final CRLF CRLF included.
    public var headBytes = 32 * 1024
    /// Fields in a head.
    public var fieldCount = 100
    /// Bytes of content, transfer coding taken off.
    public var bodyBytes = 10 * 1024 * 1024
    /// Bytes in a chunk's first line, extensions included and CRLF not counted.
    public var chunkLineBytes = 4 * 1024
    /// Bytes in the extensions of all chunks of one content; else a sender could keep a server busy without content.
    public var chunkExtensionBytes = 16 * 1024
    /// Bytes in a trailer section, final CRLF included.
    public var trailerBytes = 8 * 1024
    /// Empty lines passed over before a request line.
    public var leadingEmptyLines = 4

    /// Creates the default limits.
    public init() {}

    /// Whether no bound is negative: what the readers of messages ask of whoever configures them.
    var areSound: Bool {
        min(
            requestLineBytes, headBytes, fieldCount, bodyBytes, chunkLineBytes, chunkExtensionBytes,
            trailerBytes, leadingEmptyLines) >= 0
    }
}
