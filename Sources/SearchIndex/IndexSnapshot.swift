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
    let norms: [[Float]]
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

    var planner: QueryPlanner {
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
        case .recency(let order): return byRecency(planner.plan(query), order, limit, after)
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

    private func byRecency(
        _ plan: QueryPlan, _ order: Recency, _ limit: Int, _ after: SearchPosition?
    ) -> SearchResult {
        let column = schema.columns.firstIndex(of: order.column)
        let (hasScores, bound) = (plan.scores, after.map { ($0.value, $0.tie) })
        var top = TopHits(limit: limit)
        var (floor, total) = (-Double.infinity, 0)
        forEachWindow(plan, adding: hasScores && limit > 0) { index, window, matches, scores in
            total += matches.count
            guard limit > 0 else { return }
            let segment = views[index].segment
            let ties = segment.column(tieBreaker)
            let values = segment.column(column ?? tieBreaker)
            let scores = scores.values.span
            matches.forEach { place in
                let doc = 4096 &* window &+ place
                let (score, value) = (hasScores ? scores[place & 4095] : 0, column == nil ? nil : values[doc])
                if let value, order.bound(score: score, value: value) < floor { return }
                let (rank, tie) = (order.rank(score: score, value: value), ties[doc] ?? .min)
                guard rank >= top.leastRank, bound.map({ (rank, tie) < $0 }) ?? true else { return }
                top.insert(
                    .init(rank: rank, tie: tie, segment: UInt32(index), doc: UInt32(doc), score: score))
                floor = Recency.heat(ofRank: top.leastRank)
            }
        }
        let hits = top.sorted().map { entry in
            Hit(
                address: DocAddress(segment: entry.segment, doc: entry.doc), score: Double(entry.score),
                position: SearchPosition(value: entry.rank, tie: entry.tie))
        }
        return SearchResult(hits: hits, total: total)
    }

    private var tieBreaker: Int { schema.columns.firstIndex(of: schema.tieBreaker) ?? 0 }

    /// Calls `body` with the matches and scores of each window that has any.
    private func forEachWindow(
        _ plan: QueryPlan, adding: Bool, _ body: (Int, Int, Bits, borrowing Scores) -> Void
    ) {
        if case .none = plan { return }
        var scores = adding ? Scores() : Scores.none
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

    /// How telling it is of a document that it meets a word, phrase or value: rarer ones weigh more.
    public func weight(of query: IndexQuery) -> Double { planner.weight(of: planner.plan(query)) }

    /// How many documents match.
    public func count(_ query: IndexQuery) -> Int {
        let plan = planner.plan(query)
        if let total = knownTotal(plan) { return total }
        return Matches(matchSets(plan), of: self).count
    }

    /// By segment a bit for each document that matches, filled up to whole windows.
    func matchSets(_ query: IndexQuery) -> [[UInt64]] { matchSets(planner.plan(query)) }

    private func matchSets(_ plan: QueryPlan) -> [[UInt64]] {
        if let terms = plan.union { return views.indices.map { matchSet(of: terms, in: $0) } }
        var sets = views.map { _ in [UInt64]() }
        forEachWindow(plan, adding: false) { index, window, matches, _ in
            if sets[index].isEmpty {
                sets[index] = Array(repeating: 0, count: 64 * views[index].segment.windowCount)
            }
            let words = matches.words.span
            var set = sets[index].mutableSpan
            for word in 0..<64 { set[64 &* window &+ word] = words[word] }
        }
        return sets
    }

    /// The documents of a segment that have any of some terms; postings are looked at once, without regard to windows.
    private func matchSet(of terms: [QueryPlan.TermPlan], in index: Int) -> [UInt64] {
        let (view, entries) = (views[index], terms.map { $0.entries[index] })
        guard entries.contains(where: { $0 != nil }) else { return [] }
        var set = [UInt64](repeating: 0, count: 64 * view.segment.windowCount)
        for (term, entry) in zip(terms, entries) {
            guard let entry else { continue }
            var cursor = PostingsCursor(entry, view.segment)
            cursor.collect(into: &set, field: term.scoring.field, view.segment.postings)
        }
        for word in view.deleted.indices { set[word] &= ~view.deleted[word] }
        return set
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

    func segment(_ address: DocAddress) -> Segment? {
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
                count -= gone[index]?[entry.ordinal] ?? 0
                if !advance(index) { open.removeAll { $0 == index } }
            }
            if count > 0 { body(String(decoding: value, as: UTF8.self), count) }
        }
    }
}

extension SegmentView {
    /// By ordinal, how many of the documents with a value are not there any more; `nil` if all are there.
    fileprivate func deletedKeywords(_ field: Int) -> OrdinalCounts? {
        guard !deleted.isEmpty else { return nil }
        let segment = segment
        let all = 0..<TermDictionary.count(segment.keywordDictionary(field))
        return OrdinalCounts(
            field, of: segment, in: all, deleted.span, matches: segment.documentCount - liveCount)
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
