/// How many documents have each value of a range of a segment's dictionary.
struct OrdinalCounts {
    private let range: Range<Int>
    // By place in the range; or, where few documents have few of many values, ascending ordinals with a count each.
    private var dense: [UInt32] = []
    private var ordinals: [UInt32] = []
    private var counts: [UInt32] = []

    /// Counts the values of the documents of a set.
    init(_ field: Int, of segment: Segment, in range: Range<Int>, _ words: Span<UInt64>, matches: Int) {
        self.range = range
        let values = KeywordValuesView(
            segment.keywordValues(field), documentCount: segment.documentCount)
        if range.count <= 1024 {
            countAll(values, words, lanes: 4)
        } else if range.count <= 4096 || range.count / 16 <= matches {
            countAll(values, words, lanes: 1)
        } else {
            countFew(values, words)
        }
    }

    /// Counts by place; in several lanes by turns, as neighbours often have one value, and each addition would wait for the
    /// one before it.
    @inline(__always)
    private mutating func countAll(
        _ values: borrowing KeywordValuesView, _ words: Span<UInt64>, lanes: Int
    ) {
        let (first, count) = (range.lowerBound, range.count)
        dense = Array(repeating: 0, count: lanes * count)
        var sums = dense.mutableSpan
        var lane = 0
        values.forEach(in: words) { ordinal in
            let place = ordinal &- first
            if place >= 0, place < count { sums[lane &* count &+ place] &+= 1 }
            lane = (lane &+ 1) & (lanes &- 1)
        }
        for lane in 1..<max(lanes, 1) {
            for place in 0..<count { sums[place] &+= sums[lane &* count &+ place] }
        }
        dense.removeLast((lanes - 1) * count)
    }

    private mutating func countFew(_ values: borrowing KeywordValuesView, _ words: Span<UInt64>) {
        var found: [UInt32] = []
        let range = range
        values.forEach(in: words) { if range.contains($0) { found.append(UInt32($0)) } }
        found.sort()
        for ordinal in found {
            if ordinals.last == ordinal {
                counts[counts.count - 1] += 1
            } else {
                ordinals.append(ordinal)
                counts.append(1)
            }
        }
    }

    /// How many documents have a value.
    subscript(ordinal: Int) -> Int {
        guard range.contains(ordinal) else { return 0 }
        if !dense.isEmpty { return Int(dense[ordinal - range.lowerBound]) }
        var (low, high) = (0, ordinals.count)
        while low < high {
            let middle = (low + high) / 2
            if ordinals[middle] < ordinal { low = middle + 1 } else { high = middle }
        }
        return low < ordinals.count && ordinals[low] == ordinal ? Int(counts[low]) : 0
    }

    /// Calls `body` with each value that some document has, and how many have it, ascending.
    @inline(__always)
    func forEach(_ body: (_ ordinal: Int, _ count: Int) -> Void) {
        for place in dense.indices where dense[place] > 0 {
            body(range.lowerBound &+ place, Int(dense[place]))
        }
        for place in ordinals.indices { body(Int(ordinals[place]), Int(counts[place])) }
    }

    /// The most frequent values, most first, then by their bytes.
    func mostFrequent(_ limit: Int) -> [(ordinal: Int, count: Int)] {
        var top = TopHits(limit: min(limit, range.count))
        forEach { ordinal, count in
            if UInt64(count) >= top.leastRank {
                top.insert(.init(rank: UInt64(count), tie: 0, segment: 0, doc: UInt32(ordinal)))
            }
        }
        return top.sorted().map { (Int($0.doc), Int($0.rank)) }
    }
}
