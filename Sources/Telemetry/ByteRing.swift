internal import Synchronization

/// A bounded run of records from one thread to another, neither of which ever waits for the other.
///
/// Putting a record in is two copies at most and one atomic store: no lock, no allocation, no system call. A record for
/// which there is no room is refused; what is in the ring is never overwritten.
///
/// - Invariant: `taken <= put <= taken + capacity`. Only the producer stores `put` and only the consumer stores `taken`;
///   bytes in `taken..<put` belong to the consumer and all others to the producer, which is what `@unchecked Sendable`
///   rests on.
@safe public final class ByteRing: @unchecked Sendable {
    /// How many bytes there is room for.
    public let capacity: Int
    private let storage: UnsafeMutableRawBufferPointer
    /// Bytes put in and taken out since the beginning; where they lie is the remainder by the capacity.
    private let put = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)
    /// The producer's last look at `taken`, which saves it the other thread's cache line.
    private var takenAsSeen = 0

    /// Creates an empty ring.
    ///
    /// - Parameter capacity: Bytes to have room for, at least one.
    public init(capacity: Int) {
        precondition(capacity > 0, "a ring has room")
        self.capacity = capacity
        unsafe storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Puts a record in; for the producer alone.
    ///
    /// - Returns: `false` where there was no room for all of it, and nothing was put in.
    public func append(_ record: [UInt8]) -> Bool {
        let end = put.load(ordering: .relaxed)
        if record.count > capacity - (end - takenAsSeen) {
            takenAsSeen = taken.load(ordering: .acquiring)
            guard record.count <= capacity - (end - takenAsSeen) else { return false }
        }
        let start = end % capacity
        let first = min(record.count, capacity - start)
        // SAFETY: `start + first <= capacity` and the rest is shorter than `start`, so both copies stay within the
        // storage; the consumer does not read there before the store to `put`, nor has it still to, by `takenAsSeen`.
        unsafe record.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress, let target = unsafe storage.baseAddress else { return }
            unsafe (target + start).copyMemory(from: source, byteCount: first)
            unsafe target.copyMemory(from: source + first, byteCount: bytes.count - first)
        }
        put.store(end + record.count, ordering: .releasing)
        return true
    }

    /// Whether at least half of the room is taken; for the producer alone.
    public var isHalfFull: Bool {
        let end = put.load(ordering: .relaxed)
        guard end - takenAsSeen >= capacity / 2 else { return false }
        takenAsSeen = taken.load(ordering: .acquiring)
        return end - takenAsSeen >= capacity / 2
    }

    /// Moves everything that is in the ring, which is whole records, to the end of `output`; for the consumer alone.
    public func drain(into output: inout [UInt8]) {
        let start = taken.load(ordering: .relaxed)
        let end = put.load(ordering: .acquiring)
        guard end > start else { return }
        let position = start % capacity
        let first = min(end - start, capacity - position)
        // SAFETY: both ranges lie within the storage, and hold what the producer had written before its store to `put`;
        // it does not write there again before the store to `taken`.
        unsafe output.append(
            contentsOf: UnsafeRawBufferPointer(rebasing: storage[position..<position + first]))
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(rebasing: storage[..<(end - start - first)]))
        taken.store(end, ordering: .releasing)
    }
}
