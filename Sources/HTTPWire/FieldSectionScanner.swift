internal import HTTPMessages

/// Reads field lines and the empty line after them; goes on where it stopped when more bytes have come.
///
/// Heads and trailers share it, so that there is one reading of the grammar. All positions that it tells are offsets
/// from the start of the message.
///
/// - Source: RFC 9112 §2.2, §5.
struct FieldSectionScanner: Sendable {
    enum Step {
        /// One line was read: `name` and `value` say where.
        case line
        /// The empty line was read.
        case end
        /// All bytes were read.
        case incomplete
    }

    private enum Phase { case lineStart, name, blanks, value, lineFeed, lastLineFeed }

    private var phase = Phase.lineStart
    private(set) var nameStart = 0
    private(set) var nameEnd = 0
    private(set) var valueStart = 0
    private(set) var valueEnd = 0

    var name: Range<Int> { nameStart..<nameEnd }
    /// Without white space around it.
    var value: Range<Int> { valueStart..<valueEnd }

    /// Reads on to the end of a line.
    ///
    /// - Parameters:
    ///   - bytes: What has come.
    ///   - position: The first byte that was not read yet; moved on.
    ///   - end: Where to stop reading.
    ///   - origin: Offset of `bytes[0]` from the start of the message.
    /// - Returns: What was read.
    /// - Throws: `WireError` at the first byte that breaks the grammar.
    mutating func scan(
        _ bytes: Span<UInt8>, from position: inout Int, to end: Int, origin: Int
    ) throws(WireError) -> Step {
        // One bound serves the loops and the checks of each access.
        let bytes = bytes.extracting(..<end)
        var index = position
        while index < bytes.count {
            switch phase {
            case .lineStart:
                nameStart = origin + index
                let byte = bytes[index]
                if byte == Mark.carriageReturn {
                    index += 1
                    phase = .lastLineFeed
                } else {
                    if byte.isBlank { throw WireError(.obsoleteFolding, at: origin + index) }
                    phase = .name
                }
            case .name:
                while index < bytes.count, bytes[index].isTokenByte { index += 1 }
                guard index < bytes.count else { break }
                nameEnd = origin + index
                guard bytes[index] == Mark.colon, nameEnd > nameStart else {
                    throw nameError(bytes[index])
                }
                index += 1
                phase = .blanks
            case .blanks:
                while index < bytes.count, bytes[index].isBlank { index += 1 }
                guard index < bytes.count else { break }
                valueStart = origin + index
                phase = .value
            case .value:
                while index < bytes.count, bytes[index].isValueByte { index += 1 }
                guard index < bytes.count else { break }
                guard bytes[index] == Mark.carriageReturn else {
                    throw WireError(
                        bytes[index] == Mark.lineFeed ? .bareLineFeed : .fieldValue, at: origin + index)
                }
                // What lies before `bytes` is looked at no more: only trailers do without it, and they are dropped.
                let first = max(valueStart - origin, 0)
                var last = index
                while last > first, bytes[last - 1].isBlank { last -= 1 }
                valueEnd = max(valueStart, origin + last)
                index += 1
                phase = .lineFeed
            case .lineFeed, .lastLineFeed:
                guard bytes[index] == Mark.lineFeed else {
                    throw WireError(.bareCarriageReturn, at: origin + index - 1)
                }
                position = index + 1
                let isLast = phase == .lastLineFeed
                phase = .lineStart
                return isLast ? .end : .line
            }
        }
        position = index
        return .incomplete
    }

    private func nameError(_ byte: UInt8) -> WireError {
        switch byte {
        case Mark.lineFeed: WireError(.bareLineFeed, at: nameEnd)
        case Mark.space, Mark.tab: WireError(.spaceBeforeColon, at: nameEnd)
        default: WireError(.fieldName, at: nameEnd)
        }
    }
}
