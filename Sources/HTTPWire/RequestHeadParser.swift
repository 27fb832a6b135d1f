public import HTTPMessages

/// Reads request heads off the front of a connection's unread input.
public struct RequestHeadParser: Sendable {
    private let limits: WireLimits
    private var progress = Progress()

    /// Creates a parser at the start of a message.
    public init(limits: WireLimits = WireLimits()) {
        precondition(limits.areSound, "no limit is negative")
        self.limits = limits
    }

    /// What has been read of one head.
    private struct Progress: Sendable {
        /// The first byte that was not read yet.
        var position = 0
        var line = RequestLine()
        var isPastLine = false
        var scanner = FieldSectionScanner()
        /// Where the first field starts; the locations count from here.
        var fieldsStart = 0
        var locations: [Fields.Location] = []
        var control = ControlFields()
    }

    /// The method of the head being read; GET until it has been read.
    ///
    /// After an error it tells whether the answer to that may have content, which an answer to HEAD never has.
    public var method: Method { progress.line.method }

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
        // Locations are 32 bits wide.
        let limit = min(limits.headBytes, Int(Int32.max))
        let end = min(bytes.count, limit)
        if !progress.isPastLine {
            guard
                try progress.line.read(bytes, from: &progress.position, to: end, limits: limits)
            else { return try stop(at: limit, of: bytes) }
            progress.isPastLine = true
            progress.fieldsStart = progress.position
            progress.control.isOldVersion = progress.line.minorVersion == 0
            progress.locations.reserveCapacity(16)
        }
        while true {
            switch try progress.scanner.scan(bytes, from: &progress.position, to: end, origin: 0) {
            case .line:
                guard progress.locations.count < limits.fieldCount else {
                    throw WireError(.fieldCount, at: progress.scanner.name.lowerBound)
                }
                let (name, value) = (progress.scanner.name, progress.scanner.value)
                try progress.control.take(bytes, name, value, bodyLimit: limits.bodyBytes)
                progress.locations.append(
                    Fields.Location(name: relative(name), value: relative(value)))
            case .end:
                return try finish(bytes)
            case .incomplete:
                return try stop(at: limit, of: bytes)
            }
        }
    }

    private func stop(at limit: Int, of bytes: Span<UInt8>) throws(WireError) -> DecodeStep<RequestHead> {
        if bytes.count > limit { throw WireError(.headTooLarge, at: limit) }
        return .incomplete
    }

    private func relative(_ range: Range<Int>) -> Range<Int32> {
        let start = progress.fieldsStart
        return Int32(range.lowerBound - start)..<Int32(range.upperBound - start)
    }

    private mutating func finish(_ bytes: Span<UInt8>) throws(WireError) -> DecodeStep<RequestHead> {
        let (line, control, end) = (progress.line, progress.control, progress.position)
        guard control.hasHost || control.isOldVersion else { throw WireError(.hostMissing, at: end - 2) }
        let head = RequestHead(
            method: line.method,
            target: line.target(in: bytes),
            minorVersion: line.minorVersion,
            fields: Fields(head: bytes.copy(progress.fieldsStart..<end), locations: progress.locations),
            framing: control.framing,
            keepsAlive: control.keepsAlive,
            expectsContinue: control.expectsContinue,
            targetAuthority: line.authority.map { bytes.text($0) })
        progress = Progress()
        return .complete(head, consumed: end)
    }
}
