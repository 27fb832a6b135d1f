/// Compressed forms of content that is asked for again and again, at most so many bytes; the longest unused
/// goes first.
struct CompressedCache {
    /// What names one content: a strong tag promises equal bytes for one target.
    struct Key: Hashable, Sendable {
        let target: String
        let tag: String
    }

    private struct Entry {
        let bytes: [UInt8]
        var lastUse: UInt64
    }

    /// What an entry costs beside its bytes, roughly.
    private static let overhead = 256

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var size = 0
    private var clock: UInt64 = 0

    /// Creates an empty cache of at most `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many contents are kept.
    var count: Int { entries.count }

    /// The compressed form kept under `key`.
    mutating func find(_ key: Key) -> [UInt8]? {
        clock += 1
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].lastUse = clock
        return entries.values[index].bytes
    }

    /// Keeps a compressed form; one that takes more than a quarter of the room is not kept.
    ///
    /// - Complexity: O(*n*) in the entries for each one that must go: there are some thousands at most, and
    ///   making what is kept took far longer.
    mutating func insert(_ key: Key, _ bytes: [UInt8]) {
        let cost = bytes.count + Self.overhead
        guard cost <= limit / 4 else { return }
        clock += 1
        if let old = entries.updateValue(Entry(bytes: bytes, lastUse: clock), forKey: key) {
            size -= old.bytes.count + Self.overhead
        }
        size += cost
        while size > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            size -= oldest.value.bytes.count + Self.overhead
        }
    }
}
