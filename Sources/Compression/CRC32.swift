/// The checksum that gzip and PNG use.
///
/// - Source: RFC 1952 §8, polynomial 0xEDB88320.
public enum CRC32 {
    /// The checksum of `bytes`, or of those whose checksum is `continuing` and `bytes` after them.
    public static func of(_ bytes: RawSpan, continuing: UInt32 = 0) -> UInt32 {
        checksum(bytes, continuing: continuing)
    }

    /// The checksum of `bytes`, or of those whose checksum is `continuing` and `bytes` after them.
    public static func of(_ bytes: [UInt8], continuing: UInt32 = 0) -> UInt32 {
        checksum(bytes.span.raw, continuing: continuing)
    }
}
