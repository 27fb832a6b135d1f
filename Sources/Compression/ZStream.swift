internal import CZlib

/// The container around a deflated stream.
enum ZFormat {
    case zlib
    case gzip

    var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : MAX_WBITS }
}

/// What inflating one piece of input came to.
struct InflateStep {
    var consumed: Int
    var produced: Int
    var outcome: Outcome

    enum Outcome: Equatable {
        /// More input or more room is needed.
        case going
        /// The stream, its checksum with it, is complete.
        case ended
        case damaged
    }
}

/// A decoder of zlib's; all its unsafe calls are here.
///
/// The state lies on the heap, as zlib keeps a pointer to it.
@safe
struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    init(_ format: ZFormat) {
        // SAFETY: one `z_stream` is allocated and initialised here and freed in `deinit`.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(
            stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(
            status == Z_OK, "zlib has no memory for a decoder or is of another version than its header")
    }

    deinit {
        // SAFETY: initialised in `init`, and nothing else holds the pointer.
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Decodes from `input` to the end of `output`, which grows by at most `room` bytes.
    mutating func inflate(_ input: RawSpan, appendingTo output: inout [UInt8], room: Int) -> InflateStep {
        let offered = min(input.byteCount, 1 << 30)
        let room = min(room, 1 << 30)
        var step = InflateStep(consumed: 0, produced: 0, outcome: .going)
        // SAFETY: zlib reads at most `offered` bytes of the input and writes at most `room` bytes into a buffer of
        // that size; both live until the closures return. It does not write to the input.
        unsafe input.withUnsafeBytes { source in
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.pointee.avail_in = UInt32(offered)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                step.consumed = unsafe offered - Int(stream.pointee.avail_in)
                step.produced = unsafe room - Int(stream.pointee.avail_out)
                step.outcome =
                    switch status {
                    case Z_OK, Z_BUF_ERROR: .going
                    case Z_STREAM_END: .ended
                    default: .damaged
                    }
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
                count = step.produced
            }
            if output.isEmpty { output = piece } else { output.append(contentsOf: piece) }
        }
        return step
    }

    /// Makes ready for the next stream.
    mutating func reset() {
        // SAFETY: initialised in `init`.
        _ = unsafe inflateReset(stream)
    }
}

/// An encoder of zlib's that is fed piece by piece; all its unsafe calls are here.
///
/// The state lies on the heap, as zlib keeps a pointer to it.
@safe
struct Deflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Creates an encoder that looks for repetitions in the last 2^`windowBits` bytes, which takes four times as many, and
    /// has 2^(`memoryLevel` + 9) bytes of tables.
    init(_ format: ZFormat, level: Int, windowBits: Int32, memoryLevel: Int32) {
        // SAFETY: one `z_stream` is allocated and initialised here and freed in `deinit`.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, Int32(level), Z_DEFLATED, format.windowBits - MAX_WBITS + windowBits, memoryLevel,
            Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(
            status == Z_OK, "zlib has no memory for an encoder or is of another version than its header")
    }

    deinit {
        // SAFETY: initialised in `init`, and nothing else holds the pointer.
        _ = unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Encodes `bytes` so that all of it can be decoded from what has come out so far; `isLast` ends the stream.
    mutating func deflate(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        var output: [UInt8] = []
        let flush = isLast ? Z_FINISH : Z_SYNC_FLUSH
        // Half of it is seldom too little; the flush takes some bytes more.
        let room = min(max(256, bytes.count / 2 + 64), 1 << 30)
        precondition(bytes.count <= 1 << 30, "a piece is far smaller")
        // SAFETY: zlib reads the `bytes.count` bytes of the input and writes at most `room` bytes into a buffer of that
        // size; both live until the closures return. It does not write to the input.
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(source.count)
            var isDone = false
            while !isDone {
                let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room)
                    let status = unsafe CZlib.deflate(stream, flush)
                    // Room that is left over says that all has come out.
                    isDone = unsafe status == Z_STREAM_END || stream.pointee.avail_out > 0
                    count = unsafe room - Int(stream.pointee.avail_out)
                }
                if output.isEmpty { output = piece } else { output.append(contentsOf: piece) }
            }
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
        }
        return output
    }
}

/// Encodes `bytes` as one stream.
func deflated(_ bytes: [UInt8], format: ZFormat, level: Int) -> [UInt8] {
    // SAFETY: `stream` stays where it is between init and end: both are inside this one access to it.
    var stream = unsafe z_stream()
    return unsafe withUnsafeMutablePointer(to: &stream) { stream in
        let status = unsafe deflateInit2_(
            stream, Int32(min(9, max(0, level))), Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(
            status == Z_OK, "zlib has no memory for an encoder or is of another version than its header")
        defer { _ = unsafe deflateEnd(stream) }
        let bound = unsafe Int(deflateBound(stream, UInt(bytes.count)))
        // SAFETY: zlib reads `bytes.count` bytes and writes at most `bound`, which it has said is enough.
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                var (read, written, status) = (0, 0, Z_OK)
                while status == Z_OK {
                    // Lengths are 32 bits wide in zlib, so that a huge input goes piece by piece.
                    let (offered, room) = (min(source.count - read, 1 << 30), min(bound - written, 1 << 30))
                    unsafe stream.pointee.next_in = source.baseAddress.map {
                        unsafe UnsafeMutablePointer(mutating: $0 + read)
                    }
                    unsafe stream.pointee.avail_in = UInt32(offered)
                    unsafe stream.pointee.next_out = target.baseAddress.map { unsafe $0 + written }
                    unsafe stream.pointee.avail_out = UInt32(room)
                    status = unsafe deflate(stream, read + offered == source.count ? Z_FINISH : Z_NO_FLUSH)
                    read += unsafe offered - Int(stream.pointee.avail_in)
                    written += unsafe room - Int(stream.pointee.avail_out)
                }
                precondition(status == Z_STREAM_END, "zlib wrote more than the bound that it gave")
                count = written
            }
        }
    }
}

/// Goes on with a CRC-32 over `bytes`.
func checksum(_ bytes: RawSpan, continuing: UInt32) -> UInt32 {
    // SAFETY: zlib reads `count` bytes, and the buffer lives until the closure returns.
    unsafe bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return continuing }
        return unsafe UInt32(
            truncatingIfNeeded: crc32_z(
                UInt(continuing), start.assumingMemoryBound(to: UInt8.self), buffer.count))
    }
}

extension Span<UInt8> {
    /// The same bytes.
    var raw: RawSpan {
        @_lifetime(copy self)
        get {
            // SAFETY: marked unsafe for elements with padding; single bytes have none.
            unsafe bytes
        }
    }
}
