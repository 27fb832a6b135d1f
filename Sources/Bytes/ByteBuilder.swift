/// An append-only run of bytes with the fixed encodings that files and records are made of.
///
/// Fixed-width integers are little-endian; a varint holds seven bits a byte, lowest first, the high bit set on all
/// but the last (LEB128).
public struct ByteBuilder: Sendable {
    /// What has been appended so far.
    public private(set) var bytes: [UInt8]

    /// Creates an empty builder.
    ///
    /// - Parameter capacity: Bytes to make room for at once.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes have been appended.
    public var count: Int { bytes.count }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a run of bytes as it is.
    public mutating func append(contentsOf run: some Sequence<UInt8>) {
        bytes.append(contentsOf: run)
    }

    /// Appends an integer in little-endian order, as wide as its type.
    public mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        var rest = value
        for _ in 0..<(Integer.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Appends an unsigned integer as a varint, in one to ten bytes.
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed integer as a varint, small magnitudes of either sign in few bytes (zigzag).
    public mutating func append(signedVarint value: Int64) {
        append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Appends the length of a text in UTF-8 as a varint, then its bytes.
    public mutating func append(text: String) {
        append(varint: UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}
