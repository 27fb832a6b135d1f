internal import Compression

/// An index as it was at one moment; it never changes, and may be searched on any number of threads at once.
///
/// Every answer is made on the caller's thread and takes no lock. Cost grows with the length of the posting lists that
/// a query touches; hits beyond the limit are counted, but neither kept nor sorted.
public final class IndexSnapshot: Sendable {
    /// What the owner said when it applied the last change.
    public let mark: Int64
    /// Grows with each batch of changes.
    public let generation: UInt64
    /// How many documents there are.
    public let documentCount: Int

    let views: [SegmentView]
    let schema: IndexSchema
    private let options: IndexOptions
    private let norms: [[Float]]
    private let slacks: [Float]

    init(
        views: [SegmentView], schema: IndexSchema, options: IndexOptions, mark: Int64, generation: UInt64
    ) {
        self.views = views
        self.schema = schema
        self.options = options
        self.mark = mark
        self.generation = generation
        let documentCount = views.reduce(0) { $0 + $1.liveCount }
        self.documentCount = documentCount
        let means = schema.texts.indices.map { field in
            SegmentBuilder.meanLength(
                total: views.reduce(0) { $0 + $1.liveTotals[field] }, documents: documentCount)
        }
        slacks = views.map { view in
            // A weighted frequency grows with the mean length, and by no more than that.
            zip(means, view.segment.means).reduce(1) { max($0, $1.1 > 0 ? $1.0 / $1.1 : .infinity) }
                * 1.000_01
        }
        norms = zip(schema.texts.indices, means).map { field, mean in
            let longest = views.reduce(0) { max($0, $1.segment.longest[field]) }
            return (0...longest).map { SegmentBuilder.norm(schema.texts[field], length: $0, mean: mean) }
        }
    }

    private var planner: QueryPlanner {
        QueryPlanner(
            schema: schema, options: options, views: views, documentCount: documentCount, norms: norms,
            slacks: slacks)
    }

    /// The first hits of an order, or the first after a position.
    ///
    /// A limit of 0 gives the total alone.
    ///
    /// - Complexity: O(*m* + *m* log *k*) at worst and O(*m*) usually, *m* = matches and *k* = limit.
    public func search(
        _ query: IndexQuery, order: SortOrder, limit: Int, after: SearchPosition? = nil
    ) -> SearchResult {
        let limit = max(0, min(limit, documentCount))
        switch order {
        case .relevance:
            let plan = planner.plan(query)
            if let total = knownTotal(plan), let best = best(plan, limit, after) {
                return SearchResult(hits: best, total: total)
            }
            return byRelevance(plan, limit, after)
        case .column(let name, let descending):
            let column = schema.columns.firstIndex(of: name)
            return byColumn(planner.plan(query), ColumnOrder(column, descending), limit, after)
        }
    }

    /// The first hits by relevance, or the first after a position, without the total.
    ///
    /// Documents that cannot be among them need not be looked at. Hits and scores are those of `search`.
    ///
    /// - Complexity: O(*m*) at worst, *m* = matches; usually a fraction of it.
    public func best(_ query: IndexQuery, limit: Int, after: SearchPosition? = nil) -> [Hit] {
        let limit = max(0, min(limit, documentCount))
        let plan = planner.plan(query)
        return best(plan, limit, after) ?? byRelevance(plan, limit, after).hits
    }

    /// `nil` for plans of a shape that has to be looked at in full.
    private func best(_ plan: QueryPlan, _ limit: Int, _ after: SearchPosition?) -> [Hit]? {
        guard limit > 0, let (ranked, filters) = RankedPlan.split(plan) else { return nil }
        var hits = RankedHits(limit: limit, after: after, tieBreaker: tieBreaker)
        for (index, view) in views.enumerated() {
            ranked.collect(view, at: index, filters: filters, into: &hits)
        }
        return hits.sorted()
    }

    /// How many documents match, where that is known without looking at them.
    private func knownTotal(_ plan: QueryPlan) -> Int? {
        switch plan {
        case .none: 0
        case .all: documentCount
        case .term(let term) where term.scoring.field == nil: term.frequency
        case .keyword(_, _, let frequency): frequency
        default: nil
        }
    }

    private func byRelevance(_ plan: QueryPlan, _ limit: Int, _ after: SearchPosition?) -> SearchResult {
        var hits = RankedHits(limit: limit, after: after, tieBreaker: tieBreaker)
        var total = 0
        forEachWindow(plan, adding: limit > 0) { index, window, matches, scores in
            total += matches.count
            guard limit > 0 else { return }
            let segment = views[index].segment
            let values = scores.values.span
            matches.forEach { place in
                hits.offer(UInt32(4096 &* window &+ place), values[place & 4095], segment, index)
            }
        }
        return SearchResult(hits: hits.sorted(), total: total)
    }

    private func byColumn(
        _ plan: QueryPlan, _ order: ColumnOrder, _ limit: Int, _ after: SearchPosition?
    ) -> SearchResult {
        let bound = after.map { (rank: order.rank(Int64(bitPattern: $0.value)), tie: $0.tie) }
        // Windows are visited the most promising first, so that most of a broad query is counted and not looked at.
        var windows: [(best: UInt64, segment: Int, window: Int, matches: Bits)] = []
        var total = 0
        forEachWindow(plan, adding: false) { index, window, matches, _ in
            let count = matches.count
            total += count
            guard count > 0, limit > 0 else { return }
            windows.append((order.best(views[index].segment, window), index, window, matches))
        }
        windows.sort { ($0.best, $0.segment, $0.window) > ($1.best, $1.segment, $1.window) }
        var top = TopHits(limit: limit)
        for (best, index, window, matches) in windows {
            guard best >= top.leastRank else { break }
            let segment = views[index].segment
            let ties = segment.column(tieBreaker)
            order.forEachRank(segment, window, matches) { doc, rank in
                guard rank >= top.leastRank else { return }
                let tie = ties[doc] ?? .min
                if let bound, (rank, tie) >= (bound.rank, bound.tie) { return }
                top.insert(.init(rank: rank, tie: tie, segment: UInt32(index), doc: UInt32(doc)))
            }
        }
        let hits = top.sorted().map { entry in
            Hit(
                address: DocAddress(segment: entry.segment, doc: entry.doc), score: 0,
                position: SearchPosition(
                    value: UInt64(bitPattern: order.value(ofRank: entry.rank)), tie: entry.tie))
        }
        return SearchResult(hits: hits, total: total)
    }

    private var tieBreaker: Int { schema.columns.firstIndex(of: schema.tieBreaker) ?? 0 }

    /// Calls `body` with the matches and scores of each window that has any.
    private func forEachWindow(
        _ plan: QueryPlan, adding: Bool, _ body: (Int, Int, Bits, borrowing Scores) -> Void
    ) {
        if case .none = plan { return }
        var scores = Scores()
        for (index, view) in views.enumerated() {
            let node = QueryNode.make(plan, view.segment, at: index, adding: adding)
            if node.isEmpty { continue }
            for window in 0..<view.segment.windowCount {
                var matches = Bits()
                scores.clear()
                node.fill(window, mask: view.live(window), into: &matches, scores: &scores)
                if !matches.isEmpty { body(index, window, matches, scores) }
            }
        }
    }

    /// How many documents match.
    public func count(_ query: IndexQuery) -> Int {
        let plan = planner.plan(query)
        if let total = knownTotal(plan) { return total }
        var total = 0
        forEachWindow(plan, adding: false) { _, _, matches, _ in total += matches.count }
        return total
    }

    /// How many matching documents have a column's value in each bucket.
    ///
    /// The boundaries ascend; bucket *i* reaches from boundary *i* to just below boundary *i* + 1. So there is one count
    /// fewer than there are boundaries, and none for fewer than two.
    public func histogram(_ query: IndexQuery, column: String, boundaries: [Int64]) -> [Int] {
        guard let first = boundaries.first, let last = boundaries.last, boundaries.count > 1 else {
            return []
        }
        var counts = [Int](repeating: 0, count: boundaries.count - 1)
        guard let column = schema.columns.firstIndex(of: column) else { return counts }
        // Neighbours mostly fall into the same bucket.
        var bucket = 0
        let inRange = IndexQuery.range(column: schema.columns[column], from: first, to: last)
        forEachWindow(planner.plan(.and([query, inRange])), adding: false) { index, window, matches, _ in
            let segment = views[index].segment
            let values = segment.column(column)
            matches.forEach { place in
                let value = values.present(4096 &* window &+ place)
                if value < boundaries[bucket] || value >= boundaries[bucket + 1] {
                    var low = 0
                    var high = boundaries.count - 1
                    while high - low > 1 {
                        let middle = (low + high) / 2
                        if boundaries[middle] <= value { low = middle } else { high = middle }
                    }
                    bucket = low
                }
                counts[bucket] += 1
            }
        }
        return counts
    }

    /// The least and greatest value of a column among matching documents; `nil` when none has a value.
    public func columnBounds(_ query: IndexQuery, column: String) -> (min: Int64, max: Int64)? {
        guard let column = schema.columns.firstIndex(of: column) else { return nil }
        var bounds: (min: Int64, max: Int64)?
        forEachWindow(planner.plan(query), adding: false) { index, window, matches, _ in
            let segment = views[index].segment
            let values = segment.column(column)
            let known = values.bounds(window)
            guard known.min <= known.max else { return }
            if let bounds, bounds.min <= known.min, bounds.max >= known.max { return }
            matches.forEach { place in
                guard let value = values[4096 &* window &+ place] else { return }
                let old = bounds ?? (value, value)
                bounds = (min(old.min, value), max(old.max, value))
            }
        }
        return bounds
    }

    /// Where the document with a key is.
    public func address(ofKey key: String) -> DocAddress? {
        let bytes = Array(key.utf8)
        let hash = keyHash(bytes)
        for (index, view) in views.enumerated() {
            if let doc = view.doc(ofKey: bytes, hash: hash) {
                return DocAddress(segment: UInt32(index), doc: doc)
            }
        }
        return nil
    }

    private func segment(_ address: DocAddress) -> Segment? {
        guard Int(address.segment) < views.count else { return nil }
        let segment = views[Int(address.segment)].segment
        return address.doc < segment.documentCount ? segment : nil
    }

    /// The stored summary; empty for an address that this snapshot does not have.
    public func summary(_ address: DocAddress) -> [UInt8] {
        guard let segment = segment(address) else { return [] }
        return segment.summaries.bytes(address.doc).array()
    }

    /// The stored content, decompressed; empty for an address that this snapshot does not have.
    ///
    /// - Throws: `IndexError.damaged` when the content cannot be decompressed.
    public func content(_ address: DocAddress) throws(IndexError) -> [UInt8] {
        guard let segment = segment(address) else { return [] }
        let packed = segment.contents.bytes(address.doc)
        guard packed.byteCount > 0 else { return [] }
        var offset = 0
        let count = packed.varint(&offset)
        do throws(CompressionError) {
            let content = try Deflate.decompress(
                packed.part(offset, packed.byteCount - offset), limit: count)
            if content.count == count { return content }
            throw .truncated
        } catch {
            throw .damaged(
                path: Manifest.fileName(segment.id), offset: segment.contentOffset(address.doc),
                reason: "the content of a document: \(error)")
        }
    }

    /// The value of a column.
    public func column(_ name: String, _ address: DocAddress) -> Int64? {
        guard let column = schema.columns.firstIndex(of: name), let segment = segment(address) else {
            return nil
        }
        return segment.column(column)[Int(address.doc)]
    }
}

extension IndexSnapshot {
    /// The most frequent values of a keyword field among matching documents, most first, then by value.
    ///
    /// Only values that begin with `prefix` are counted; all do where it is empty.
    public func keywordCounts(
        _ query: IndexQuery, field: String, prefix: String = "", limit: Int
    ) -> [(value: String, count: Int)] {
        guard limit > 0, let field = schema.keywords.firstIndex(of: field) else { return [] }
        var counts = views.map { view in
            [UInt32](repeating: 0, count: TermDictionary.count(view.segment.keywordDictionary(field)))
        }
        forEachWindow(planner.plan(query), adding: false) { index, window, matches, _ in
            let segment = views[index].segment
            let values = segment.keywordValues(field)
            let view = KeywordValuesView(values, documentCount: segment.documentCount)
            var own: [UInt32] = []
            swap(&own, &counts[index])
            matches.forEach { place in
                view.forEach(4096 &* window &+ place) { ordinal in
                    if ordinal < own.count { own[ordinal] &+= 1 }
                }
            }
            swap(&own, &counts[index])
        }
        if !prefix.isEmpty {
            for (index, view) in views.enumerated() {
                let wanted = TermDictionary.ordinals(
                    beginning: Array(prefix.utf8), view.segment.keywordDictionary(field))
                for ordinal in counts[index].indices where !wanted.contains(ordinal) {
                    counts[index][ordinal] = 0
                }
            }
        }
        return mostFrequent(counts, field, limit).map {
            (String(decoding: $0.value, as: UTF8.self), $0.count)
        }
    }

    /// The most frequent values, by the counts of each ordinal in each segment.
    ///
    /// The most frequent of each segment are added up first. A value that has fewer documents than the last one wanted
    /// of those is out; and one that has more has at least its share of them in some segment, so that most values need
    /// not even be read.
    private func mostFrequent(
        _ counts: [[UInt32]], _ field: Int, _ limit: Int
    ) -> [(value: [UInt8], count: Int)] {
        var totals: [[UInt8]: Int] = [:]
        func add(_ index: Int, _ ordinal: Int) {
            let segment = views[index].segment
            let value = TermDictionary.term(at: ordinal, segment.keywordDictionary(field))
            if totals[value] == nil { totals[value] = total(of: value, counts, field) }
        }
        for (index, own) in counts.enumerated() {
            var top = TopHits(limit: min(limit, own.count))
            for ordinal in own.indices where own[ordinal] > 0 && UInt64(own[ordinal]) >= top.leastRank {
                top.insert(.init(rank: UInt64(own[ordinal]), tie: 0, segment: 0, doc: UInt32(ordinal)))
            }
            for entry in top.sorted() { add(index, Int(entry.doc)) }
        }
        let least = totals.count >= limit ? totals.values.sorted(by: >)[limit - 1] : 0
        let share = max(1, (least + counts.count - 1) / max(1, counts.count))
        for (index, own) in counts.enumerated() {
            for ordinal in own.indices where Int(own[ordinal]) >= share { add(index, ordinal) }
        }
        var found = totals.map { (value: $0.key, count: $0.value) }
        found.sort { left, right in
            if left.count != right.count { return left.count > right.count }
            return left.value.lexicographicallyPrecedes(right.value)
        }
        return Array(found.prefix(limit))
    }

    private func total(of value: [UInt8], _ counts: [[UInt32]], _ field: Int) -> Int {
        var total = 0
        for (view, own) in zip(views, counts) {
            if let entry = TermDictionary.entry(value, view.segment.keywordDictionary(field)) {
                total += entry.ordinal < own.count ? Int(own[entry.ordinal]) : 0
            }
        }
        return total
    }

    /// How many documents have a value in a keyword field.
    public func keywordFrequency(field: String, value: String) -> Int {
        guard let field = schema.keywords.firstIndex(of: field) else { return 0 }
        return planner.keyword(field, Array(value.utf8)).frequency
    }

    /// Calls `body` with each value of a keyword field that a document has, in ascending order of its UTF-8 bytes, and
    /// the number of such documents.
    public func forEachKeyword(field: String, _ body: (String, Int) -> Void) {
        guard let field = schema.keywords.firstIndex(of: field) else { return }
        let gone = views.map { $0.deletedKeywords(field) }
        var cursors = views.map { TermCursor($0.segment.keywordDictionary(field)) }
        func advance(_ index: Int) -> Bool {
            let segment = views[index].segment
            return cursors[index].advance(segment.keywordDictionary(field))
        }
        var open = views.indices.filter(advance)
        while let first = open.first {
            var value = cursors[first].term
            for index in open where cursors[index].term.lexicographicallyPrecedes(value) {
                value = cursors[index].term
            }
            var count = 0
            for index in open where cursors[index].term == value {
                let entry = cursors[index].entry
                count += entry.frequency
                if entry.ordinal < gone[index].count { count -= gone[index][entry.ordinal] }
                if !advance(index) { open.removeAll { $0 == index } }
            }
            if count > 0 { body(String(decoding: value, as: UTF8.self), count) }
        }
    }
}

extension SegmentView {
    /// By ordinal, how many of the documents with a value are not there any more; empty if all are there.
    fileprivate func deletedKeywords(_ field: Int) -> [Int] {
        guard !deleted.isEmpty else { return [] }
        let segment = segment
        var counts = [Int](repeating: 0, count: TermDictionary.count(segment.keywordDictionary(field)))
        let values = KeywordValuesView(
            segment.keywordValues(field), documentCount: segment.documentCount)
        for window in 0..<segment.windowCount {
            dead(window).forEach { place in
                values.forEach(4096 * window + place) { ordinal in
                    if ordinal < counts.count { counts[ordinal] += 1 }
                }
            }
        }
        return counts
    }
}

/// An order by a column, as ranks of which the larger comes first; rank 0 is that of documents without a value.
private struct ColumnOrder {
    // No such column is one in which every value is absent.
    private let column: Int?
    private let descending: Bool

    init(_ column: Int?, _ descending: Bool) {
        self.column = column
        self.descending = descending
    }

    /// The rank of a value; `Int64.min` is the mark of absence, and no value.
    @inline(__always)
    func rank(_ value: Int64) -> UInt64 {
        if value == .min { return 0 }
        let ascending = UInt64(bitPattern: value) ^ 1 << 63
        return descending ? ascending : 0 &- ascending
    }

    func value(ofRank rank: UInt64) -> Int64 {
        if rank == 0 { return .min }
        return Int64(bitPattern: (descending ? rank : 0 &- rank) ^ 1 << 63)
    }

    /// The best rank within a window.
    func best(_ segment: Segment, _ window: Int) -> UInt64 {
        guard let column else { return 0 }
        let bounds = segment.column(column).bounds(window)
        return bounds.min > bounds.max ? 0 : rank(descending ? bounds.max : bounds.min)
    }

    /// Calls `body` with each of some documents of a window, and its rank.
    @inline(__always)
    func forEachRank(_ segment: Segment, _ window: Int, _ matches: Bits, _ body: (Int, UInt64) -> Void) {
        guard let column else {
            matches.forEach { body(4096 &* window &+ $0, 0) }
            return
        }
        let values = segment.column(column)
        matches.forEach { place in
            let doc = 4096 &* window &+ place
            body(doc, values[doc].map(rank) ?? 0)
        }
    }
}
