/// Compressed bytes that cannot be read.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// They are not what their format says, or a checksum differs; the offset is of the compressed bytes, counted
    /// from the first, and lies at or shortly after the fault.
    case damaged(offset: Int)
    /// They end too early.
    case truncated
    /// They decode to more bytes than were allowed.
    case tooLarge(limit: Int)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .damaged(let offset): "the compressed data is damaged near byte \(offset)"
        case .truncated: "the compressed data ends too early"
        case .tooLarge(let limit): "the compressed data holds more than \(limit) bytes"
        }
    }
}

/// Compresses and decompresses whole runs of bytes.
///
/// - Source: RFC 1950 (zlib), RFC 1951 (deflate), RFC 1952 (gzip).
public enum Deflate {
    /// Compresses `bytes` in gzip form, at a level from 0 (stored) to 9 (smallest).
    ///
    /// The same bytes always give the same outcome.
    public static func gzip(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        deflated(bytes, format: .gzip, level: level)
    }

    /// Compresses `bytes` in zlib form, at a level from 0 (stored) to 9 (smallest).
    public static func compress(_ bytes: [UInt8], level: Int) -> [UInt8] {
        deflated(bytes, format: .zlib, level: level)
    }

    /// Decompresses one stream in zlib form that fills `bytes` exactly and holds at most `limit` bytes.
    public static func decompress(
        _ bytes: ArraySlice<UInt8>, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span.raw, limit: limit)
    }

    /// Decompresses one stream in zlib form that fills `bytes` exactly and holds at most `limit` bytes.
    public static func decompress(_ bytes: RawSpan, limit: Int) throws(CompressionError) -> [UInt8] {
        let limit = min(max(0, limit), .max - 1)
        var inflater = Inflater(.zlib)
        var output: [UInt8] = []
        var position = 0
        while true {
            // One byte of room beyond the limit tells "just fits" from "too large".
            let guess = output.isEmpty ? 4 * bytes.byteCount + 64 : output.count
            let room = min(guess, limit - output.count + 1)
            let step = inflater.inflate(bytes.extracting(position...), appendingTo: &output, room: room)
            position += step.consumed
            guard output.count <= limit else { throw .tooLarge(limit: limit) }
            switch step.outcome {
            case .ended:
                guard position == bytes.byteCount else { throw .damaged(offset: position) }
                return output
            case .damaged: throw .damaged(offset: position)
            case .going:
                if step.consumed == 0, step.produced == 0 { throw .truncated }
            }
        }
    }
}
