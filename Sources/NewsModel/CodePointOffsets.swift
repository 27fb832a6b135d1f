/// Turns byte offsets into a text into offsets in Unicode code points, which is what clients count in.
///
/// Made once for a text; every answer takes the same short time then, whatever the order of the questions.
public struct CodePointOffsets: Sendable {
    /// For every 64 bytes, how many code points begin before them; empty where the text is all ASCII.
    private var counts: [UInt32]
    /// For every 64 bytes, which of them begin a code point, the first in the lowest bit.
    private var masks: [UInt64]
    /// How many bytes the text has.
    public let byteCount: Int
    /// How many code points the text has.
    public let count: Int

    /// Creates the offsets of a text.
    ///
    /// - Complexity: O(*n*), *n* = bytes of the text; an eighth of a byte and a half of memory for each, and none for
    ///   a text that is all ASCII.
    public init(_ text: String) {
        let utf8 = text.utf8.span
        byteCount = utf8.count
        counts = []
        masks = []
        guard let first = (0..<utf8.count).first(where: { utf8[$0] >= 0x80 }) else {
            count = utf8.count
            return
        }
        let blocks = utf8.count / 64 + 1
        counts.reserveCapacity(blocks)
        masks.reserveCapacity(blocks)
        var total = 0
        for block in 0..<blocks {
            let start = block * 64
            let end = min(start + 64, utf8.count)
            counts.append(UInt32(truncatingIfNeeded: total))
            if end <= first {
                masks.append(.max)
                total += end - start
                continue
            }
            var mask: UInt64 = 0
            for index in start..<end where utf8[index] & 0xC0 != 0x80 { mask |= 1 << UInt64(index - start) }
            masks.append(mask)
            total += mask.nonzeroBitCount
        }
        count = total
    }

    /// How many code points begin before a byte.
    ///
    /// What lies before the text counts as its start, what lies behind it as its end.
    public subscript(byte: Int) -> Int {
        let byte = min(max(0, byte), byteCount)
        guard !masks.isEmpty else { return byte }
        let before = masks[byte / 64] & (1 << UInt64(byte % 64) - 1)
        return Int(counts[byte / 64]) + before.nonzeroBitCount
    }

    /// The same range in code points.
    public subscript(bytes: Range<Int>) -> Range<Int> {
        self[bytes.lowerBound]..<self[bytes.upperBound]
    }
}
