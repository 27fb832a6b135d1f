/// The best of many hits, in a heap whose root is the worst that is kept.
struct TopHits {
    /// A document and its rank; larger is better.
    struct Entry {
        var rank: UInt64
        var tie: Int64
        var segment: UInt32
        var doc: UInt32
        /// What is told of the hit, where that is not its rank.
        var score: Float = 0

        /// Whether this comes after `other` in the order.
        @inline(__always)
        func isWorse(than other: Entry) -> Bool {
            if rank != other.rank { return rank < other.rank }
            if tie != other.tie { return tie < other.tie }
            return (segment, doc) > (other.segment, other.doc)
        }
    }

    private var heap: [Entry] = []
    private let limit: Int
    /// The rank below which nothing is kept any more.
    private(set) var leastRank: UInt64 = 0

    init(limit: Int) {
        self.limit = limit
        leastRank = limit > 0 ? 0 : .max
        heap.reserveCapacity(min(limit, 1024))
    }

    /// Keeps an entry if it is among the best.
    mutating func insert(_ entry: Entry) {
        if heap.count < limit {
            heap.append(entry)
            var child = heap.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard heap[child].isWorse(than: heap[parent]) else { break }
                heap.swapAt(child, parent)
                child = parent
            }
            if heap.count == limit { leastRank = heap[0].rank }
            return
        }
        guard limit > 0, heap[0].isWorse(than: entry) else { return }
        heap[0] = entry
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < limit else { break }
            if child + 1 < limit, heap[child + 1].isWorse(than: heap[child]) { child += 1 }
            guard heap[child].isWorse(than: heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        leastRank = heap[0].rank
    }

    /// The kept entries, the best first.
    func sorted() -> [Entry] {
        heap.sorted { $1.isWorse(than: $0) }
    }
}
