internal import Bytes
internal import HTTPMessages

/// Takes the chunked transfer coding off a request's content.
///
/// - Source: RFC 9112 §7.1.
public struct ChunkedDecoder: Sendable {
    private enum Phase {
        case sizeStart, size, sizeEnd
        case extensionStart, extensionName, afterName, valueStart, value, quoted, escaped, afterValue
        case beforeSemicolon
        case data, dataReturn, dataEnd
        case trailers, complete
    }

    private let limits: WireLimits
    private var phase = Phase.sizeStart
    /// Bytes of the content as sent that were consumed.
    private var offset = 0
    /// Where the current chunk's first line, or the trailer section, starts.
    private var lineStart = 0
    private var sizeDigits = 0
    /// Bytes of the chunk that are still to come.
    private var remaining = 0
    /// Bytes that all chunks so far were announced to have.
    private var total = 0
    private var extensionBytes = 0
    private var scanner = FieldSectionScanner()

    /// Creates a decoder at the start of the content.
    public init(limits: WireLimits = WireLimits()) {
        precondition(limits.areSound, "no limit is negative")
        self.limits = limits
    }

    /// Decodes what has come of the content, and appends it to `body`.
    ///
    /// Everything offered is consumed until the content is complete: bytes are offered once, and never again.
    /// Extensions and trailers are checked and dropped. After an error the decoder is of no more use.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes of the connection. May hold later, pipelined messages.
    ///   - body: Takes the decoded content.
    /// - Returns: How many bytes belonged to this content, and whether it is complete.
    /// - Throws: `WireError` at the first offending byte, counted from the start of the content as sent.
    public mutating func decode(
        _ bytes: Span<UInt8>, into body: inout [UInt8]
    ) throws(WireError) -> (consumed: Int, isComplete: Bool) {
        let origin = offset
        var index = 0
        while index < bytes.count, phase != .complete {
            switch phase {
            case .data:
                let end = index + min(remaining, bytes.count - index)
                body.append(bytes.extracting(index..<end))
                remaining -= end - index
                index = end
                if remaining == 0 { phase = .dataReturn }
            case .trailers:
                try readTrailers(bytes, &index, origin)
            default:
                offset = origin + index
                try read(bytes[index])
                index += 1
            }
            offset = origin + index
        }
        return (index, phase == .complete)
    }

    private mutating func readTrailers(
        _ bytes: Span<UInt8>, _ index: inout Int, _ origin: Int
    ) throws(WireError) {
        let (limit, overflow) = lineStart.addingReportingOverflow(limits.trailerBytes)
        let end = overflow ? bytes.count : min(bytes.count, limit - origin)
        switch try scanner.scan(bytes, from: &index, to: end, origin: origin) {
        case .line: break
        case .end: phase = .complete
        case .incomplete:
            if index < bytes.count { throw WireError(.trailersTooLarge, at: limit) }
        }
    }

    /// Takes in one byte of what stands around the data.
    private mutating func read(_ byte: UInt8) throws(WireError) {
        switch phase {
        case .sizeStart, .size: try readSize(byte)
        case .sizeEnd:
            guard byte == Mark.lineFeed else { throw WireError(.bareCarriageReturn, at: offset - 1) }
            phase = remaining > 0 ? .data : .trailers
            lineStart = offset + 1
        case .dataReturn:
            guard byte == Mark.carriageReturn else { throw WireError(.chunkEnd, at: offset) }
            phase = .dataEnd
        case .dataEnd:
            guard byte == Mark.lineFeed else { throw WireError(.chunkEnd, at: offset) }
            phase = .sizeStart
            lineStart = offset + 1
            sizeDigits = 0
        case .data, .trailers, .complete:
            preconditionFailure("data and trailers are read in runs")
        default: try readExtension(byte)
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(WireError) {
        if let digit = byte.hexadecimalValue {
            // Zeros in front would let a sender spend bytes without end on no content.
            guard sizeDigits < 16 else { throw WireError(.chunkSize, at: offset) }
            sizeDigits += 1
            let (product, overflow) = remaining.multipliedReportingOverflow(by: 16)
            let (size, carry) = product.addingReportingOverflow(Int(digit))
            guard !overflow, !carry, size <= limits.bodyBytes - total else {
                throw WireError(.contentTooLarge, at: offset)
            }
            remaining = size
            phase = .size
            return
        }
        if byte == Mark.lineFeed { throw WireError(.bareLineFeed, at: offset) }
        guard phase == .size, byte.isBlank || byte == Mark.semicolon || byte == Mark.carriageReturn else {
            throw WireError(.chunkSize, at: offset)
        }
        total += remaining
        phase = .afterValue
        try readExtension(byte)
    }

    /// Reads `;name`, `;name=value` and `;name="value"`, with the white space that old senders put between them.
    ///
    /// - Source: RFC 9112 §7.1.1; RFC 9110 §5.6.4.
    private mutating func readExtension(_ byte: UInt8) throws(WireError) {
        if byte == Mark.lineFeed { throw WireError(.bareLineFeed, at: offset) }
        let endsLine: Bool
        switch phase {
        case .extensionName, .value, .afterValue: endsLine = byte == Mark.carriageReturn
        default: endsLine = false
        }
        if endsLine {
            phase = .sizeEnd
            return
        }
        extensionBytes += 1
        guard offset - lineStart < limits.chunkLineBytes, extensionBytes <= limits.chunkExtensionBytes else {
            throw WireError(.chunkExtensionTooLong, at: offset)
        }
        guard let next = phase(after: byte) else { throw WireError(.chunkExtension, at: offset) }
        phase = next
    }

    private func phase(after byte: UInt8) -> Phase? {
        switch phase {
        case .extensionStart:
            byte.isTokenByte ? .extensionName : byte.isBlank ? phase : nil
        case .extensionName where byte.isTokenByte:
            phase
        case .extensionName, .afterName:
            byte == Mark.equals
                ? .valueStart : byte == Mark.semicolon ? .extensionStart : byte.isBlank ? .afterName : nil
        case .valueStart:
            byte == Mark.quote ? .quoted : byte.isTokenByte ? .value : byte.isBlank ? phase : nil
        case .quoted:
            byte == Mark.quote
                ? .afterValue : byte == Mark.backslash ? .escaped : byte.isValueByte ? phase : nil
        case .escaped:
            byte.isValueByte ? .quoted : nil
        case .value where byte.isTokenByte:
            phase
        default:
            byte == Mark.semicolon ? .extensionStart : byte.isBlank ? .beforeSemicolon : nil
        }
    }
}
