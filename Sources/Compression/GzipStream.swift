/// Compresses in gzip form piece by piece: what has been fed can be read from what has come out, without a wait.
///
/// It looks for repetitions in a window of 8 KiB, where `Deflate.gzip` has 32: so it keeps about 70 KB instead of 270, and
/// comes out a little larger.
///
/// - Source: RFC 1952; RFC 1951 §3.2.4 for the flush.
public struct GzipStream: ~Copyable {
    private var deflater: Deflater

    /// Creates a stream, at a level from 1 (fastest) to 9 (smallest).
    public init(level: Int = 6) {
        deflater = Deflater(.gzip, level: min(9, max(1, level)), windowBits: 13, memoryLevel: 6)
    }

    /// Takes in the next bytes and gives back all that they come to.
    public mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : deflater.deflate(bytes, isLast: false)
    }

    /// Ends the stream and gives back its last bytes; nothing may be fed any more.
    public mutating func finish() -> [UInt8] { deflater.deflate([], isLast: true) }
}
