/// A run of bytes that ended too early, or does not hold what its format says.
public struct ByteReaderError: Error, Hashable, Sendable {
    /// Where in the bytes the fault lies.
    public let offset: Int
    /// What was expected there.
    public let expected: String

    /// Creates an error at `offset`.
    public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
}

/// Reads what `ByteBuilder` wrote, refusing to read past the end.
public struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Creates a reader at the start of `bytes`.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Creates a reader at the start of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Bytes read so far.
    public var offset: Int { position - bytes.startIndex }

    /// Bytes left to read.
    public var remaining: Int { bytes.endIndex - position }

    /// Reads one byte.
    public mutating func byte() throws(ByteReaderError) -> UInt8 {
        guard position < bytes.endIndex else { throw error("one more byte") }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads an integer in little-endian order, as wide as its type.
    public mutating func littleEndian<Integer: FixedWidthInteger>(
        _ type: Integer.Type
    ) throws(ByteReaderError) -> Integer {
        let width = Integer.bitWidth / 8
        guard remaining >= width else { throw error("\(width) bytes of an integer") }
        var value: Integer = 0
        for index in 0..<width {
            value |= Integer(truncatingIfNeeded: bytes[position + index]) << Integer(8 * index)
        }
        position += width
        return value
    }

    /// Reads a varint.
    public mutating func varint() throws(ByteReaderError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw error("a varint of at most 64 bits") }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a varint that counts something: it must fit in what is left, at one byte or more for each.
    public mutating func count() throws(ByteReaderError) -> Int {
        let value = try varint()
        guard value <= UInt64(remaining) else {
            throw error("a count no larger than the bytes that are left")
        }
        return Int(value)
    }

    /// Reads a signed varint (zigzag).
    public mutating func signedVarint() throws(ByteReaderError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a run of bytes.
    public mutating func run(_ length: Int) throws(ByteReaderError) -> ArraySlice<UInt8> {
        guard length >= 0, remaining >= length else { throw error("\(length) more bytes") }
        defer { position += length }
        return bytes[position..<position + length]
    }

    /// Reads a text that has its length before it.
    public mutating func text() throws(ByteReaderError) -> String {
        let length = try count()
        guard let text = String(validating: try run(length), as: UTF8.self) else {
            throw error("valid UTF-8")
        }
        return text
    }

    private func error(_ expected: String) -> ByteReaderError {
        ByteReaderError(offset: offset, expected: expected)
    }
}
