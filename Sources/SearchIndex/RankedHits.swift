/// The best-scoring documents so far, and what else a document must be to be one of them.
struct RankedHits {
    private var top: TopHits
    // The position that hits must come after.
    private let bound: (rank: UInt64, tie: Int64)?
    private let tieBreaker: Int
    /// The score below which nothing is kept any more.
    private(set) var floor: Float = 0

    init(limit: Int, after: SearchPosition?, tieBreaker: Int) {
        top = TopHits(limit: limit)
        bound = after.map { position in
            let score = Double(bitPattern: position.value)
            return (score > 0 ? UInt64(Float(score).bitPattern) : 0, position.tie)
        }
        self.tieBreaker = tieBreaker
    }

    /// Keeps a document, if a filter lets it through and it is among the best.
    @inline(__always)
    mutating func offer(_ doc: UInt32, _ score: Float, _ filter: borrowing DocumentFilter, _ index: Int) {
        guard score >= floor, filter.contains(doc) else { return }
        insert(doc, score, filter.segment, index)
    }

    /// Keeps a document that matches, if it is among the best.
    @inline(__always)
    mutating func offer(_ doc: UInt32, _ score: Float, _ segment: Segment, _ index: Int) {
        guard score >= floor else { return }
        insert(doc, score, segment, index)
    }

    @inline(never)
    private mutating func insert(_ doc: UInt32, _ score: Float, _ segment: Segment, _ index: Int) {
        let rank = UInt64(score.bitPattern)
        let tie = segment.column(tieBreaker)[Int(doc)] ?? .min
        if let bound, (rank, tie) >= (bound.rank, bound.tie) { return }
        top.insert(.init(rank: rank, tie: tie, segment: UInt32(index), doc: doc))
        floor = Float(bitPattern: UInt32(truncatingIfNeeded: top.leastRank))
    }

    /// The kept documents, the best first.
    func sorted() -> [Hit] {
        top.sorted().map { entry in
            let score = Double(Float(bitPattern: UInt32(truncatingIfNeeded: entry.rank)))
            return Hit(
                address: DocAddress(segment: entry.segment, doc: entry.doc), score: score,
                position: SearchPosition(value: score.bitPattern, tie: entry.tie))
        }
    }
}

/// Which documents of a segment may be hits at all: those that are there, and that the parts of a query let through
/// which do not score.
struct DocumentFilter {
    /// A range of a column, both ends inclusive.
    struct Range {
        var column: Int
        var from: Int64
        var through: Int64
    }

    let segment: Segment
    private let ranges: [Range]
    // A bit for each document; empty where all are let through.
    private var words: [UInt64] = []

    /// A filter of a segment by the parts of a query that do not score.
    init(_ view: SegmentView, at index: Int, _ plans: [QueryPlan]) {
        segment = view.segment
        var ranges: [Range] = []
        var others: [QueryPlan] = []
        for plan in plans {
            if case .range(let column, let from, let through) = plan {
                ranges.append(.init(column: column, from: from, through: through))
            } else {
                others.append(plan)
            }
        }
        self.ranges = ranges
        guard !others.isEmpty || !view.deleted.isEmpty else { return }
        words.reserveCapacity(64 * segment.windowCount)
        let node = others.isEmpty ? nil : QueryNode.make(.and(others), segment, at: index, adding: false)
        var scores = Scores.none
        for window in 0..<segment.windowCount {
            var bits = view.live(window)
            if let node {
                var matches = Bits()
                node.fill(window, mask: bits, into: &matches, scores: &scores)
                bits = matches
            }
            for word in 0..<64 { words.append(bits.words[word]) }
        }
    }

    /// Whether a document is let through.
    @inline(__always)
    func contains(_ doc: UInt32) -> Bool {
        if words.isEmpty && ranges.isEmpty { return true }
        return contains(slowly: doc)
    }

    @inline(never)
    private func contains(slowly doc: UInt32) -> Bool {
        let word = Int(doc >> 6)
        if !words.isEmpty, word >= words.count || words[word] >> UInt64(doc & 63) & 1 == 0 { return false }
        for range in ranges {
            guard let value = segment.column(range.column)[Int(doc)], value >= range.from,
                value <= range.through
            else { return false }
        }
        return true
    }

    /// Whether a document from `first` to `last` may be let through, as far as can be told without looking at each.
    func mayHave(_ first: UInt32, _ last: UInt32) -> Bool {
        if words.isEmpty && ranges.isEmpty { return true }
        let last = min(last, UInt32(clamping: segment.documentCount - 1))
        guard first <= last else { return false }
        for range in ranges {
            let values = segment.column(range.column)
            let isReached = (Int(first >> 12)...Int(last >> 12)).contains { window in
                let bounds = values.bounds(window)
                return bounds.min <= range.through && bounds.max >= range.from
            }
            if !isReached { return false }
        }
        guard !words.isEmpty else { return true }
        return words.span.hasAny(Int(first), Int(last))
    }
}
