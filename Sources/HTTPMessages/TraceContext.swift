internal import Bytes

/// Where a request stands in a distributed trace, as its client says in `traceparent`.
///
/// - Source: W3C Trace Context, Recommendation of 23 November 2021, §3.2.
public struct TraceContext: Hashable, Sendable {
    /// The number that all requests of one trace share, 128 bits wide and not 0: its upper half.
    public let traceHigh: UInt64
    /// The lower half of that number.
    public let traceLow: UInt64
    /// The client's own part of the trace, which asked; not 0.
    public let parent: UInt64
    /// Whether the client may have recorded its part.
    public let isSampled: Bool

    /// The value of `traceresponse` that tells a client by what the server calls its own part of the trace.
    ///
    /// - Parameter span: The server's part; not 0.
    /// - Returns: The value, in version 00.
    /// - Source: W3C Trace Context Level 2, editor's draft, `traceresponse`.
    public func response(span: UInt64) -> String {
        "00-" + traceID + "-" + RequestID(span).description + (isSampled ? "-01" : "-00")
    }

    /// The number of the trace, as 32 hexadecimal digits.
    public var traceID: String { RequestID(traceHigh).description + RequestID(traceLow).description }

    /// Reads the value of `traceparent`.
    ///
    /// A version that is not known yet is read as far as version 00 goes.
    ///
    /// - Returns: `nil` where the value breaks the grammar, or a number is 0; the request then begins a trace of its own.
    public init?(traceparent text: String) {
        var rest = text.utf8[...]
        /// Takes digits off, which must be in lower case, as the grammar has them.
        func number(_ digits: Int) -> UInt64? {
            guard rest.count >= digits else { return nil }
            var value: UInt64 = 0
            for byte in rest.prefix(digits) {
                guard !byte.isUppercaseLetter, let digit = byte.hexadecimalValue else { return nil }
                value = value << 4 | UInt64(digit)
            }
            rest = rest.dropFirst(digits)
            return value
        }
        let dash = UInt8(ascii: "-")
        guard let version = number(2), version != 0xFF, rest.popFirst() == dash,
            let high = number(16), let low = number(16), high | low != 0, rest.popFirst() == dash,
            let parent = number(16), parent != 0, rest.popFirst() == dash,
            let flags = number(2), rest.isEmpty || version > 0 && rest.first == dash
        else { return nil }
        traceHigh = high
        traceLow = low
        self.parent = parent
        isSampled = flags & 1 == 1
    }
}
