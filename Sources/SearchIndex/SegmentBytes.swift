internal import Files

// One of the files of this target with unsafe code: loads of integers from spans of bytes.

/// The bytes of a segment: in memory until they are in a file, then mapped.
@safe
final class SegmentBytes: Sendable {
    /// How many bytes there are.
    let count: Int
    private let mapped: MappedFile?
    // SAFETY: never written to after `init`, so that threads may share it; it is either owned, and freed in `deinit`,
    // or within `mapped`, which lives as long as this object.
    private nonisolated(unsafe) let start: UnsafeRawPointer?

    /// Holds a copy of bytes in memory.
    init(_ bytes: [UInt8]) {
        mapped = nil
        count = bytes.count
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 16)
        // SAFETY: `copy` has room for all the bytes, and overlaps nothing.
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe copy.copyMemory(from: base, byteCount: source.count) }
        }
        unsafe start = UnsafeRawPointer(copy)
    }

    /// Maps a file.
    init(path: String) throws(FileError) {
        let file = try MappedFile(path: path)
        mapped = file
        count = file.count
        // SAFETY: the mapping lasts as long as `mapped`.
        unsafe start = file.bytes.withUnsafeBytes { $0.baseAddress }
    }

    deinit {
        // SAFETY: allocated in `init`; spans of it cannot outlive this object.
        if mapped == nil { unsafe start?.deallocate() }
    }

    /// Gives back the memory that a pass over all of the file has filled.
    func release() {
        mapped?.release()
    }

    /// Whether the bytes take up memory of the process.
    var isInMemory: Bool { mapped == nil }

    fileprivate var buffer: UnsafeRawBufferPointer {
        // SAFETY: `count` bytes from `start` on stay until `deinit`.
        unsafe UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The bytes.
    var raw: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: the buffer stays until `deinit`, and the span borrows `self`.
            unsafe _overrideLifetime(RawSpan(_unsafeBytes: buffer), borrowing: self)
        }
    }
}

extension Segment {
    /// A part of the segment's bytes.
    @_lifetime(borrow self)
    @inline(__always)
    func part(_ offset: Int, _ count: Int) -> RawSpan {
        // SAFETY: `bytes` is a constant of `self`, so that its buffer lives as long.
        unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes.buffer), borrowing: self).part(offset, count)
    }
}

extension RawSpan {
    /// The byte at `offset`; 0 out of bounds, as a damaged file must not end the process.
    @inline(__always)
    func u8(_ offset: Int) -> UInt8 {
        guard offset >= 0, offset < byteCount else { return 0 }
        // SAFETY: in bounds by the line above; every bit pattern is an integer.
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The little-endian integer at `offset`; 0 out of bounds.
    @inline(__always)
    func load<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type, _ offset: Int) -> Integer {
        guard offset >= 0, offset <= byteCount &- MemoryLayout<Integer>.size else { return 0 }
        // SAFETY: in bounds by the line above; every bit pattern is an integer.
        return unsafe Integer(
            littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Integer.self))
    }

    /// The little-endian integer at `offset`; 0 out of bounds.
    @inline(__always)
    func u32(_ offset: Int) -> UInt32 { load(UInt32.self, offset) }

    /// Whether a packed run lies within the span, with as many bytes as follow every run.
    @inline(__always)
    func holds(_ offset: Int, count: Int, width: Int, following: Int = 8) -> Bool {
        offset >= 0 && count >= 0 && width >= 0 && width <= 32
            && offset <= byteCount - following - (count &* width &+ 7) / 8
    }

    /// Appends values of `width` bits each, skipping `first` of them; nothing if they are not there.
    func unpack(_ offset: Int, first: Int, count: Int, width: Int, appendingTo values: inout [UInt32]) {
        guard first >= 0, count > 0, count <= 1 << 28, first <= 1 << 28,
            holds(offset, count: first &+ count, width: width)
        else { return }
        let mask = (1 as UInt64) << UInt64(width) &- 1
        for index in first..<first &+ count {
            let bit = index &* width
            // SAFETY: `holds` has checked that eight bytes can be loaded where any of the values begins.
            let word = unsafe UInt64(
                littleEndian: unsafeLoadUnaligned(
                    fromUncheckedByteOffset: offset &+ bit &>> 3, as: UInt64.self))
            values.append(UInt32(truncatingIfNeeded: word &>> UInt64(bit & 7) & mask))
        }
    }

    /// One of the values of a packed run; 0 if it is not there.
    @inline(__always)
    func unpacked(_ offset: Int, width: Int, at index: Int) -> UInt32 {
        guard width > 0 else { return 0 }
        let bit = index &* width
        let word = load(UInt64.self, offset &+ bit &>> 3) &>> UInt64(bit & 7)
        return UInt32(truncatingIfNeeded: word & ((1 as UInt64) << UInt64(width) &- 1))
    }

    /// One of 128 values that are packed in four lanes; 0 if it is not there.
    @inline(__always)
    func unpackedLane(_ offset: Int, width: Int, at index: Int) -> UInt32 {
        guard width > 0 else { return 0 }
        let bit = (index &>> 2) &* width
        let word = offset &+ (bit &>> 5) &* 16 &+ (index & 3) &* 4
        let pair = UInt64(u32(word)) | UInt64(u32(word &+ 16)) &<< 32
        return UInt32(truncatingIfNeeded: pair &>> UInt64(bit & 31) & ((1 as UInt64) << UInt64(width) &- 1))
    }

    /// Reads a varint and moves `offset` behind it; never beyond the end.
    @inline(__always)
    func varint(_ offset: inout Int) -> Int {
        var byte = u8(offset)
        offset &+= 1
        if byte < 0x80 { return Int(byte) }
        var value = UInt64(byte & 0x7F)
        var shift: UInt64 = 7
        while shift < 63 {
            byte = u8(offset)
            offset &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { break }
            shift &+= 7
        }
        return Int(truncatingIfNeeded: value & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// The bytes of a range; none for one that is not within the span.
    @_lifetime(copy self)
    func part(_ offset: Int, _ count: Int) -> RawSpan {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
            return extracting(0..<0)
        }
        return extracting(offset..<offset + count)
    }

    /// A copy of the bytes.
    func array() -> [UInt8] {
        // SAFETY: the array copies the buffer before the closure returns.
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

extension Array<UInt8> {
    /// The bytes as a raw span.
    var raw: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: marked unsafe for elements with padding; bytes have none.
            unsafe span.bytes
        }
    }

    /// Appends a little-endian integer.
    mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        // SAFETY: the array copies the bytes of the integer before the closure returns.
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends a varint.
    @inline(__always)
    mutating func append(varint value: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends values packed at `width` bits each, filled up to a whole byte.
    mutating func append(packing values: some Sequence<UInt32>, width: Int) {
        guard width > 0 else { return }
        var bits: UInt64 = 0
        var filled = 0
        for value in values {
            bits |= UInt64(value) &<< UInt64(filled)
            filled &+= width
            if filled >= 32 {
                append(littleEndian: UInt32(truncatingIfNeeded: bits))
                bits &>>= 32
                filled &-= 32
            }
        }
        while filled > 0 {
            append(UInt8(truncatingIfNeeded: bits))
            bits &>>= 8
            filled &-= 8
        }
    }

    /// Appends the bytes of a span.
    mutating func append(_ raw: RawSpan) {
        // SAFETY: the array copies the buffer before the closure returns.
        unsafe raw.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// Appends zeros up to a multiple of eight.
    mutating func align() {
        while count & 7 != 0 { append(0) }
    }
}

/// How many bits the largest of some values needs.
@inline(__always)
func bitWidth(of values: UInt32) -> Int { 32 - values.leadingZeroBitCount }
