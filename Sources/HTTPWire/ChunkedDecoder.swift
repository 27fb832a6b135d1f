/// Takes the chunked transfer coding off a request's content.
public struct ChunkedDecoder: Sendable {
    private let limits: WireLimits

    /// Creates a decoder at the start of the content.
    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
    }

    /// Decodes what has come of the content, and appends it to `body`.
    ///
    /// Everything offered is consumed until the content is complete: bytes are offered once, and never again.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes of the connection. May hold later, pipelined messages.
    ///   - body: Takes the decoded content.
    /// - Returns: How many bytes belonged to this content, and whether it is complete.
    /// - Throws: `WireError` at the first offending byte, counted from the start of the content as sent.
    public mutating func decode(
        _ bytes: Span<UInt8>, into body: inout [UInt8]
    ) throws(WireError) -> (consumed: Int, isComplete: Bool) {
        throw WireError(.chunkSize, at: 0)
    }
}
