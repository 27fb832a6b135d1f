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
                var disjunction = Disjunction(scorers)
                disjunction.collect(filter(), index, into: &hits)
            }
        case .allOf(let plans):
            let scorers = plans.compactMap { TermScorer($0, segment, at: index) }
            guard scorers.count == plans.count else { return }
            Conjunction(scorers).collect(filter(), index, into: &hits)
        case .phrase(let plan):
            let entries = plan.terms.compactMap { $0.entries[index] }
            guard entries.count == plan.terms.count else { return }
            var cursor = PhraseCursor(segment, entries, plan, adding: true)
            cursor.collect(filter(), plan.terms[0].slacks[index], index, into: &hits)
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
    // What `bound` said last, as it is asked for one block again and again.
    private var bounded = (block: -1, score: 0 as Float)

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
        if bounded.block != block {
            let segment = segment
            bounded = (block, cursor.bound(block, scoring, slack: slack, segment.postings))
        }
        return bounded.score
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
        open(block)
        for place in 0..<cursor.blockDocs {
            let score = cursor.unpacked.impact(place)
            if score >= 0 { body(cursor.unpacked.doc(place), score) }
        }
    }

    /// The four most promising blocks, the best first; -1 where there are no more.
    private func seeds() -> InlineArray<4, Int> {
        var seeds = InlineArray<4, Int>(repeating: -1)
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
        return seeds
    }

    /// Offers all documents, from the most promising blocks on.
    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        var seeds = InlineArray<4, Int>(repeating: -1)
        if blockCount > 4 {
            // The best blocks first, so that the floor is high when the others are looked at.
            seeds = self.seeds()
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

    /// Unpacks and scores a block.
    @inline(__always)
    private func open(_ block: Int) {
        let segment = segment
        cursor.go(to: block, segment.postings)
        guard scored != block else { return }
        scored = block
        cursor.scoreBlock(scoring, segment)
    }

    @inline(__always)
    func stretch(reaching doc: UInt32, from first: Int) -> PostingsCursor.Stretch? {
        let segment = segment
        return cursor.stretch(reaching: doc, from: first, segment.postings)
    }

    /// Makes candidates of the documents of a block from `first` to `last` that score at least `need`.
    func begin(
        _ candidates: Candidates, _ block: Int, _ first: UInt32, _ last: UInt32, atLeast need: Float
    ) {
        open(block)
        let places = cursor.places(first, last)
        candidates.take(
            cursor.unpacked, places.lowerBound, places.upperBound, atLeast: max(need, 0), term: 0)
    }

    /// Adds to the chosen of some candidates what they score, and lets go of those that a block does not have.
    ///
    /// `missing` is added for those of the block that lack the field that is searched.
    func add(to candidates: Candidates, _ block: Int, term: Int, missing: Float) {
        let segment = segment
        cursor.go(to: block, segment.postings)
        candidates.find(in: cursor.unpacked, term: term)
        cursor.score(candidates, term: term, missing: missing, scoring, segment)
    }

    /// Adds what the documents of a block within the window at `base` score.
    func add(to scores: WindowScores, _ block: Int, base: UInt32) {
        open(block)
        let places = cursor.places(base, base &+ 4095)
        scores.add(cursor.unpacked, places.lowerBound, places.upperBound, base: base)
    }
}

/// Documents for which each of several terms has one block.
struct BlockRun {
    private(set) var first: UInt32 = 0
    private(set) var last: UInt32 = 0
    /// By term, in the order in which they are given, its block.
    private(set) var blocks: [Int]
    private var next: UInt32? = 0

    /// Stands before the first run of so many terms.
    init(terms: Int) {
        blocks = Array(repeating: 0, count: terms)
    }

    /// Goes to the next run; `false` when a term has no more blocks.
    mutating func advance(_ scorers: [TermScorer]) -> Bool {
        advance { scorers[$0].stretch(reaching: $1, from: $2) }
    }

    /// Goes to the next run; `false` when a term has no more blocks.
    mutating func advance(_ cursors: [PostingsCursor], _ order: [Int], _ postings: RawSpan) -> Bool {
        advance { cursors[order[$0]].stretch(reaching: $1, from: $2, postings) }
    }

    /// Goes by what is known of blocks without unpacking them: `stretch` says of a term which block is the first to
    /// reach a document, and from which document to which it goes.
    @inline(__always)
    private mutating func advance(_ stretch: (Int, UInt32, Int) -> PostingsCursor.Stretch?) -> Bool {
        guard var first = next else { return false }
        while true {
            var last = UInt32.max
            for place in blocks.indices {
                guard let stretch = stretch(place, first, blocks[place]) else { return false }
                blocks[place] = stretch.block
                first = max(first, stretch.first)
                last = min(last, stretch.last)
            }
            guard first <= last else { continue }
            (self.first, self.last) = (first, last)
            next = last == .max ? nil : last + 1
            return true
        }
    }
}

/// Documents with all of several terms, in the order of the plan, which begins with the rarest.
private struct Conjunction {
    private let scorers: [TermScorer]

    init(_ scorers: [TermScorer]) {
        self.scorers = scorers
    }

    func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        let candidates = Candidates(terms: scorers.count)
        var run = BlockRun(terms: scorers.count)
        // By term: the most that those behind it score within the run.
        var rest = Array(repeating: 0 as Float, count: scorers.count)
        while run.advance(scorers) {
            var sum: Float = 0
            for place in scorers.indices.reversed() {
                rest[place] = sum
                sum += scorers[place].bound(run.blocks[place])
            }
            let least = hits.floor * 0.999_999
            guard sum >= least, filter.mayHave(run.first, run.last) else { continue }
            scorers[0].begin(candidates, run.blocks[0], run.first, run.last, atLeast: least - rest[0])
            for place in 1..<scorers.count where candidates.chosenCount > 0 {
                scorers[place].add(to: candidates, run.blocks[place], term: place, missing: -.infinity)
                candidates.keep(atLeast: max(least - rest[place], 0))
            }
            for number in 0..<candidates.chosenCount {
                let candidate = candidates.chosen(number)
                hits.offer(candidates.doc(candidate), candidates.sum(candidate), filter, index)
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

    private let scorers: [TermScorer]
    private let candidates = Candidates(terms: 1)
    // By term: the blocks that reach into the window, the most that the term scores in it, and the most that it and
    // those behind it score.
    private var blocks: [Range<Int>]
    private var bounds: [Float]
    private var rest: [Float]

    init(_ scorers: [TermScorer]) {
        self.scorers = scorers
        blocks = Array(repeating: 0..<0, count: scorers.count)
        bounds = Array(repeating: 0, count: scorers.count)
        rest = Array(repeating: 0, count: scorers.count + 1)
    }

    mutating func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        let scores = WindowScores()
        var base: UInt32 = 0
        let end = UInt32(clamping: filter.segment.documentCount)
        while base < end {
            defer { base &+= Self.window }
            enter(base)
            let floor = hits.floor * 0.999_999
            var needed = scorers.count
            while needed > 0, rest[needed - 1] < floor { needed -= 1 }
            guard needed > 0, rest[0] > 0, filter.mayHave(base, base &+ Self.window &- 1) else { continue }
            let need = max(floor - rest[needed], .leastNormalMagnitude)
            if needed == 1 {
                for block in blocks[0] where rest[0] - bounds[0] + scorers[0].bound(block) >= floor {
                    scorers[0].begin(
                        candidates, block, base, base &+ Self.window &- 1, atLeast: need)
                    offer(1, filter, index, into: &hits)
                }
                continue
            }
            for place in 0..<needed {
                let others = rest[0] - bounds[place]
                for block in blocks[place] where others + scorers[place].bound(block) >= floor {
                    scorers[place].add(to: scores, block, base: base)
                }
            }
            while scores.drain(into: candidates, base: base, atLeast: need) {
                offer(needed, filter, index, into: &hits)
            }
        }
    }

    /// Finds out what the terms can score in the window at `base`.
    private mutating func enter(_ base: UInt32) {
        for (place, scorer) in scorers.enumerated().reversed() {
            let own = scorer.blocks(
                from: blocks[place].lowerBound, base: base, last: base &+ Self.window &- 1)
            blocks[place] = own
            bounds[place] = own.reduce(0) { max($0, scorer.bound($1)) }
            rest[place] = rest[place + 1] + bounds[place]
        }
    }

    /// Offers the candidates, when what the terms from `first` on score has been added.
    private func offer(
        _ first: Int, _ filter: borrowing DocumentFilter, _ index: Int, into hits: inout RankedHits
    ) {
        for place in first..<scorers.count where candidates.count > 0 {
            let scorer = scorers[place]
            var low = 0
            for block in blocks[place] {
                low = candidates.index(notBefore: scorer.firstDoc(block), from: low)
                let need = hits.floor * 0.999_999 - rest[place + 1] - scorer.bound(block)
                low = candidates.choose(from: low, through: scorer.lastDoc(block), atLeast: max(need, 0))
                if candidates.chosenCount > 0 {
                    scorer.add(to: candidates, block, term: 0, missing: 0)
                }
            }
        }
        for candidate in 0..<candidates.count {
            hits.offer(candidates.doc(candidate), candidates.sum(candidate), filter, index)
        }
    }
}

/// What a prefix or an inexact term was expanded to, in one segment: the terms are added up over all of it, as hundreds
/// of them are too rare to be worth passing over.
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
