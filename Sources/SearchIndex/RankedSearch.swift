/// A plan of one of the shapes whose best documents are found without looking at those that cannot be among them.
///
/// Each block of postings carries a bound of what its documents score. Once as many hits are kept as are wanted, the
/// worst of them is a floor, and blocks, windows and documents whose bounds stay below it are passed over. So the number
/// of matches is not known afterwards. Scores are added up in the order of the plan, whatever is passed over: a document
/// has the same score, to the last bit, as when everything is looked at.
///
/// - Source: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995 (MaxScore); Ding and Suel, "Faster
///   top-k document retrieval using block-max indexes", SIGIR 2011.
enum RankedPlan {
    /// Documents with any of these terms.
    case anyOf([QueryPlan.TermPlan])
    /// Documents with all of these terms.
    case allOf([QueryPlan.TermPlan])
    case phrase(QueryPlan.PhrasePlan)
    case expansion([QueryPlan.TermPlan])

    /// The part of a plan that scores, and those that only filter; `nil` for a plan of another shape.
    static func split(_ plan: QueryPlan) -> (ranked: RankedPlan, filters: [QueryPlan])? {
        switch plan {
        case .term(let term): return (.anyOf([term]), [])
        case .phrase(let phrase): return (.phrase(phrase), [])
        case .expansion(let terms): return (.expansion(terms), [])
        case .or(let parts): return terms(parts).map { (.anyOf($0), []) }
        case .and(let parts):
            let scoring = parts.filter(\.scores)
            let filters = parts.filter { !$0.scores }
            if scoring.count == 1 { return split(scoring[0]).map { ($0.ranked, $0.filters + filters) } }
            guard !scoring.isEmpty else { return nil }
            return terms(scoring).map { (.allOf($0), filters) }
        case .none, .all, .keyword, .range, .absent, .not: return nil
        }
    }

    private static func terms(_ plans: [QueryPlan]) -> [QueryPlan.TermPlan]? {
        var terms: [QueryPlan.TermPlan] = []
        for plan in plans {
            guard case .term(let term) = plan else { return nil }
            terms.append(term)
        }
        return terms
    }

    /// Offers the documents of one segment.
    func collect(_ view: SegmentView, at index: Int, filters: [QueryPlan], into hits: inout RankedHits) {
        let segment = view.segment
        func filter() -> DocumentFilter { DocumentFilter(view, at: index, filters) }
        switch self {
        case .anyOf(let plans):
            let scorers = plans.compactMap { TermScorer($0, segment, at: index) }
            if scorers.count == 1 {
                scorers[0].collect(filter(), index, into: &hits)
            } else if !scorers.isEmpty {
                Disjunction(scorers).collect(filter(), index, into: &hits)
            }
        case .allOf(let plans):
            let scorers = plans.compactMap { TermScorer($0, segment, at: index) }
            guard scorers.count == plans.count else { return }
            Conjunction(scorers).collect(filter(), index, into: &hits)
        case .phrase(let plan):
            let entries = plan.terms.compactMap { $0.entries[index] }
            guard entries.count == plan.terms.count else { return }
            var cursor = PhraseCursor(segment, entries, plan, adding: true)
            cursor.collect(filter(), index, into: &hits)
        case .expansion(let plans):
            guard plans.contains(where: { $0.entries[index] != nil }) else { return }
            Expansion(plans, segment, at: index, adding: true).collect(filter(), index, into: &hits)
        }
    }
}

/// One term in one segment, whose blocks are scored as they are needed.
final class TermScorer {
    private let segment: Segment
    private let scoring: PostingsCursor.Scoring
    private let slack: Float
    private var cursor: PostingsCursor
    private var scored = -1
    /// The most that any document scores.
    private(set) lazy var bound = (0..<blockCount).reduce(0) { max($0, bound($1)) }

    /// `nil` if the segment has no document with the term.
    init?(_ plan: QueryPlan.TermPlan, _ segment: Segment, at index: Int) {
        guard let entry = plan.entries[index] else { return nil }
        self.segment = segment
        scoring = plan.scoring
        slack = plan.slacks[index]
        cursor = PostingsCursor(entry, segment)
    }

    var blockCount: Int { cursor.blockCount }

    /// The most that a document of a block scores.
    @inline(__always)
    func bound(_ block: Int) -> Float {
        let segment = segment
        return cursor.bound(block, scoring, slack: slack, segment.postings)
    }

    @inline(__always)
    func firstDoc(_ block: Int) -> UInt32 {
        let segment = segment
        return cursor.firstDoc(block, segment.postings)
    }

    @inline(__always)
    func lastDoc(_ block: Int) -> UInt32 {
        let segment = segment
        return cursor.lastDoc(block, segment.postings)
    }

    /// The blocks that may have documents from `base` to `last`, looked for from block `first` on.
    func blocks(from first: Int, base: UInt32, last: UInt32) -> Range<Int> {
        var low = first
        while low < blockCount, lastDoc(low) < base { low += 1 }
        var high = low
        while high < blockCount, firstDoc(high) <= last { high += 1 }
        return low..<high
    }

    /// Calls `body` with each document of a block and its score.
    @inline(__always)
    func forEach(_ block: Int, _ body: (UInt32, Float) -> Void) {
        let segment = segment
        cursor.go(to: block, segment.postings)
        if scored != block {
            scored = block
            cursor.scoreBlock(scoring, segment)
        }
        for place in 0..<cursor.blockDocs {
            let score = cursor.unpacked.impact(place)
            if score >= 0 { body(cursor.unpacked.doc(place), score) }
        }
    }

    /// Offers all documents, from the most promising blocks on.
    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        var seeds = InlineArray<4, Int>(repeating: -1)
        if blockCount > 4 {
            // The best blocks first, so that the floor is high when the others are looked at.
            var bounds = InlineArray<4, Float>(repeating: -1)
            for block in 0..<blockCount {
                let bound = bound(block)
                guard bound > bounds[3] else { continue }
                var place = 3
                while place > 0, bounds[place - 1] < bound {
                    bounds[place] = bounds[place - 1]
                    seeds[place] = seeds[place - 1]
                    place -= 1
                }
                bounds[place] = bound
                seeds[place] = block
            }
            for seed in 0..<4 where seeds[seed] >= 0 { collect(seeds[seed], filter, index, into: &hits) }
        }
        for block in 0..<blockCount
        where block != seeds[0] && block != seeds[1] && block != seeds[2] && block != seeds[3] {
            collect(block, filter, index, into: &hits)
        }
    }

    private func collect(
        _ block: Int, _ filter: borrowing DocumentFilter, _ index: Int, into hits: inout RankedHits
    ) {
        guard bound(block) >= hits.floor, filter.mayHave(firstDoc(block), lastDoc(block)) else { return }
        forEach(block) { doc, score in hits.offer(doc, score, filter, index) }
    }

    /// What a document scores, not before one that was asked for earlier; `nil` if it has not the term, or cannot
    /// reach `need`.
    func score(_ doc: UInt32, atLeast need: Float) -> Float? {
        let segment = segment
        let postings = segment.postings
        let target = cursor.block(reaching: doc, postings)
        guard target < cursor.blockCount else { return nil }
        if target != cursor.block {
            if need > 0, bound(target) < need { return nil }
            cursor.go(to: target, postings)
        }
        guard let place = cursor.place(ofDoc: doc) else { return nil }
        let frequency = cursor.weightedFrequency(at: place, scoring, segment)
        return frequency < 0 ? nil : PostingsCursor.score(frequency, scoring.weight)
    }
}

/// Documents with all of several terms, in the order of the plan, which begins with the rarest.
private struct Conjunction {
    private let lead: TermScorer
    private let others: [TermScorer]
    // By term behind the lead: the most that it and those behind it score.
    private var rest: [Float]

    init(_ scorers: [TermScorer]) {
        lead = scorers[0]
        others = Array(scorers.dropFirst())
        rest = Array(repeating: 0, count: scorers.count)
        for place in others.indices.reversed() { rest[place] = rest[place + 1] + others[place].bound }
    }

    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        var docs = InlineArray<128, UInt32>(repeating: 0)
        var scores = InlineArray<128, Float>(repeating: 0)
        for block in 0..<lead.blockCount {
            guard (lead.bound(block) + rest[0]) * 1.000_001 >= hits.floor,
                filter.mayHave(lead.firstDoc(block), lead.lastDoc(block))
            else { continue }
            var count = 0
            lead.forEach(block) { doc, score in
                docs[count & 127] = doc
                scores[count & 127] = score
                count &+= 1
            }
            for (place, other) in others.enumerated() {
                let least = hits.floor * 0.999_999
                var kept = 0
                for candidate in 0..<count {
                    let score = scores[candidate & 127]
                    // What this term must score at least.
                    let need = least - score - rest[place + 1]
                    guard need <= other.bound, let own = other.score(docs[candidate & 127], atLeast: need)
                    else { continue }
                    docs[kept & 127] = docs[candidate & 127]
                    scores[kept & 127] = score + own
                    kept &+= 1
                }
                count = kept
                if count == 0 { break }
            }
            for candidate in 0..<count {
                hits.offer(docs[candidate & 127], scores[candidate & 127], filter, index)
            }
        }
    }
}

/// Documents with any of several terms, in the order of the plan, which begins with the rarest.
///
/// Window by window, the last terms are left out as long as they alone cannot reach the floor; only documents that the
/// others bring are then looked up in them.
private struct Disjunction {
    private static let window: UInt32 = 4096
    /// For how many documents a block is scored as a whole, which costs as much as to look so many up.
    private static let scannedCandidates = 12

    private let scorers: [TermScorer]

    init(_ scorers: [TermScorer]) {
        self.scorers = scorers
    }

    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        let count = scorers.count
        var scores = Scores()
        // By term: the blocks that reach into the window, and the most that the term scores in it.
        var blocks = Array(repeating: 0..<0, count: count)
        var bounds = Array(repeating: 0 as Float, count: count)
        // By term: the most that it and those behind it score.
        var rest = Array(repeating: 0 as Float, count: count + 1)
        var docs: [UInt32] = []
        var sums: [Float] = []
        var base: UInt32 = 0
        let end = UInt32(clamping: filter.segment.documentCount)
        while base < end {
            let last = base &+ Self.window &- 1
            for (place, scorer) in scorers.enumerated().reversed() {
                blocks[place] = scorer.blocks(from: blocks[place].lowerBound, base: base, last: last)
                bounds[place] = blocks[place].reduce(0) { max($0, scorer.bound($1)) }
                rest[place] = rest[place + 1] + bounds[place]
            }
            let floor = hits.floor * 0.999_999
            var needed = count
            while needed > 0, rest[needed - 1] < floor { needed -= 1 }
            if needed > 0, rest[0] > 0, filter.mayHave(base, last) {
                var found = Bits()
                for place in 0..<needed {
                    let others = rest[0] - bounds[place]
                    add(scorers[place], blocks[place], base, floor - others, &found, &scores)
                }
                take(found, base, floor - rest[needed], &docs, &sums, &scores)
                for place in needed..<count where !docs.isEmpty {
                    let scorer = scorers[place]
                    if docs.count > Self.scannedCandidates * blocks[place].count {
                        var others = Bits()
                        add(scorer, blocks[place], base, 0, &others, &scores)
                        keep(floor - rest[place], &docs, &sums) { scores.values[Int($0 &- base) & 4095] }
                        scores.isClear = false
                        scores.clear()
                    } else {
                        keep(floor - rest[place], &docs, &sums) { scorer.score($0, atLeast: 0) ?? 0 }
                    }
                }
                for place in docs.indices { hits.offer(docs[place], sums[place], filter, index) }
            }
            base &+= Self.window
        }
    }

    /// Adds up what some blocks of a term score in the window at `base`, but for those that score less than `need`.
    private func add(
        _ scorer: TermScorer, _ blocks: Range<Int>, _ base: UInt32, _ need: Float, _ found: inout Bits,
        _ scores: inout Scores
    ) {
        for block in blocks where scorer.bound(block) >= need {
            var values = scores.values.mutableSpan
            scorer.forEach(block) { doc, score in
                let place = Int(doc &- base)
                guard place < 4096 else { return }
                values[place] += score
                found.insert(place)
            }
        }
    }

    /// Takes the documents that score at least `need` so far, and leaves the scores clear.
    private func take(
        _ found: borrowing Bits, _ base: UInt32, _ need: Float, _ docs: inout [UInt32], _ sums: inout [Float],
        _ scores: inout Scores
    ) {
        docs.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
        var values = scores.values.mutableSpan
        found.forEach { place in
            let score = values[place & 4095]
            values[place & 4095] = 0
            if score >= need {
                docs.append(base &+ UInt32(place))
                sums.append(score)
            }
        }
    }

    /// Drops the documents that score less than `need` so far, and adds to the others what `own` says.
    private func keep(
        _ need: Float, _ docs: inout [UInt32], _ sums: inout [Float], _ own: (UInt32) -> Float
    ) {
        var kept = 0
        for candidate in docs.indices where sums[candidate] >= need {
            docs[kept] = docs[candidate]
            sums[kept] = sums[candidate] + own(docs[candidate])
            kept += 1
        }
        docs.removeLast(docs.count - kept)
        sums.removeLast(sums.count - kept)
    }
}

/// What a prefix or an inexact term was expanded to, in one segment: the terms are added up over all of it, as hundreds of them are too rare to be worth passing
/// over.
struct Expansion {
    /// A bit for each document that has any of the terms.
    private(set) var found: [UInt64]
    /// By document, if scores are wanted.
    private(set) var sums: [Float]

    init(_ terms: [QueryPlan.TermPlan], _ segment: Segment, at index: Int, adding: Bool) {
        found = Array(repeating: 0, count: segment.wordCount)
        sums = Array(repeating: 0, count: adding ? 64 * segment.wordCount : 0)
        var cursor = PostingsCursor(TermEntry(), segment)
        for term in terms {
            guard let entry = term.entries[index] else { continue }
            cursor.reset(entry, segment)
            cursor.accumulate(
                into: &found, scores: &sums, scoring: term.scoring, adding: adding, segment: segment)
        }
    }

    /// Offers all documents.
    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        for word in found.indices {
            var bits = found[word]
            while bits != 0 {
                let doc = word << 6 | bits.trailingZeroBitCount
                bits &= bits - 1
                hits.offer(UInt32(doc), sums[doc], filter, index)
            }
        }
    }
}
