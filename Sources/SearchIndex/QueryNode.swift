/// A query at work on one segment, window by window, in ascending order.
class QueryNode {
    let segment: Segment
    /// Whether scores are wanted.
    let adding: Bool

    init(_ segment: Segment, adding: Bool) {
        self.segment = segment
        self.adding = adding
    }

    /// Whether no document of the segment can match.
    var isEmpty: Bool { false }

    /// Adds the matches among `mask` to `result`, and their scores to `scores`.
    ///
    /// Scores of documents that do not match may be changed as well, as long as they are outside the mask.
    func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {}
}

extension QueryNode {
    /// A node for each part of a plan; `isShared` where another branch adds to the same scores.
    static func make(
        _ plan: QueryPlan, _ segment: Segment, at index: Int, adding: Bool, isShared: Bool = false
    ) -> QueryNode {
        switch plan {
        case .none: return EmptyNode(segment, adding: adding)
        case .all: return AllNode(segment, adding: adding)
        case .term(let term):
            guard let entry = term.entries[index] else { return EmptyNode(segment, adding: adding) }
            return TermNode(segment, entry, term.scoring, adding: adding)
        case .phrase(let phrase):
            let entries = phrase.terms.compactMap { $0.entries[index] }
            guard entries.count == phrase.terms.count else { return EmptyNode(segment, adding: adding) }
            return PhraseNode(segment, entries, phrase, adding: adding)
        case .expansion(let terms): return ExpansionNode(segment, at: index, terms, adding: adding)
        case .keyword(let field, let entries, _):
            guard let entry = entries[index] else { return EmptyNode(segment, adding: adding) }
            return KeywordNode(segment, field, entry)
        case .range(let column, let from, let through):
            return RangeNode(segment, column, from, through)
        case .absent(let column): return AbsentNode(segment, column)
        case .and(let parts):
            let nodes = parts.map { make($0, segment, at: index, adding: adding) }
            if nodes.contains(where: \.isEmpty) { return EmptyNode(segment, adding: adding) }
            return AndNode(segment, nodes, adding: adding, isShared: isShared)
        case .or(let parts):
            let nodes = parts.map { make($0, segment, at: index, adding: adding, isShared: true) }
                .filter { !$0.isEmpty }
            if nodes.isEmpty { return EmptyNode(segment, adding: adding) }
            return OrNode(segment, nodes, adding: adding)
        case .not(let plan):
            return NotNode(segment, make(plan, segment, at: index, adding: false))
        }
    }
}

private final class EmptyNode: QueryNode {
    override var isEmpty: Bool { true }
}

private final class AllNode: QueryNode {
    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        result.formUnion(mask)
    }
}

private final class TermNode: QueryNode {
    private var cursor: PostingsCursor
    private let scoring: PostingsCursor.Scoring

    init(_ segment: Segment, _ entry: TermEntry, _ scoring: PostingsCursor.Scoring, adding: Bool) {
        cursor = PostingsCursor(entry, segment)
        self.scoring = scoring
        super.init(segment, adding: adding)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        cursor.fill(
            window, mask: mask, into: &result, scores: &scores, scoring: scoring, adding: adding,
            segment: segment)
    }
}

private final class KeywordNode: QueryNode {
    private var cursor: PostingsCursor
    private let field: Int

    init(_ segment: Segment, _ field: Int, _ entry: TermEntry) {
        cursor = PostingsCursor(entry, segment, keywordField: field)
        self.field = field
        super.init(segment, adding: false)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        let segment = segment
        cursor.fill(window, mask: mask, into: &result, postings: segment.keywordPostings(field))
    }
}

/// The terms that a prefix or an inexact term was expanded to, which are worked out when the first window is asked for, as opening each of hundreds of rare terms for each
/// window would cost more.
private final class ExpansionNode: QueryNode {
    private let terms: [QueryPlan.TermPlan]
    private let index: Int
    private lazy var expansion = Expansion(terms, segment, at: index, adding: adding)

    init(_ segment: Segment, at index: Int, _ terms: [QueryPlan.TermPlan], adding: Bool) {
        self.terms = terms
        self.index = index
        super.init(segment, adding: adding)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        var matches = Bits()
        for word in 0..<64 where 64 * window + word < expansion.found.count {
            matches.set(word: word, to: expansion.found[64 * window + word])
        }
        matches.formIntersection(mask)
        result.formUnion(matches)
        guard adding, !matches.isEmpty else { return }
        scores.isClear = false
        matches.forEach { doc in scores.values[doc & 4095] += expansion.sums[4096 * window + doc] }
    }
}

private final class RangeNode: QueryNode {
    private let column: Int
    private let from: Int64
    private let through: Int64

    init(_ segment: Segment, _ column: Int, _ from: Int64, _ through: Int64) {
        self.column = column
        self.from = from
        self.through = through
        super.init(segment, adding: false)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        let segment = segment
        let values = segment.column(column)
        let bounds = values.bounds(window)
        guard bounds.min <= bounds.max, bounds.min <= through, bounds.max >= from else { return }
        let isWhole = bounds.min >= from && bounds.max <= through
        let masked = mask.words.span
        for index in 0..<64 {
            var word = masked[index]
            guard word != 0 else { continue }
            word &= values.presence(word: 64 &* window &+ index)
            if !isWhole {
                var rest = word
                while rest != 0 {
                    let bit = rest.trailingZeroBitCount
                    rest &= rest &- 1
                    let value = values.present(4096 &* window &+ 64 &* index &+ bit)
                    if value < from || value > through { word &= ~(1 &<< UInt64(bit)) }
                }
            }
            result.insert(word: index, word)
        }
    }
}

private final class AbsentNode: QueryNode {
    private let column: Int

    init(_ segment: Segment, _ column: Int) {
        self.column = column
        super.init(segment, adding: false)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        let segment = segment
        let values = segment.column(column)
        let masked = mask.words.span
        for index in 0..<64 {
            result.insert(
                word: index, masked[index] & ~values.presence(word: 64 &* window &+ index))
        }
    }
}

private final class AndNode: QueryNode {
    private let parts: [QueryNode]
    // A part may score documents that a later part rejects. Where another branch may yet take them in, the scores are
    // first added up apart.
    private let own: OwnScores?

    private final class OwnScores {
        var scores = Scores()
    }

    init(_ segment: Segment, _ parts: [QueryNode], adding: Bool, isShared: Bool) {
        self.parts = parts
        own = adding && isShared ? OwnScores() : nil
        super.init(segment, adding: adding)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        guard let own else {
            result.formUnion(intersection(window, mask, &scores))
            return
        }
        own.scores.clear()
        let matches = intersection(window, mask, &own.scores)
        scores.isClear = false
        matches.forEach { doc in scores.values[doc & 4095] += own.scores.values[doc & 4095] }
        result.formUnion(matches)
    }

    private func intersection(_ window: Int, _ mask: borrowing Bits, _ scores: inout Scores) -> Bits {
        var matches = copy mask
        for part in parts {
            var next = Bits()
            part.fill(window, mask: matches, into: &next, scores: &scores)
            matches = next
            if matches.isEmpty { break }
        }
        return matches
    }
}

private final class OrNode: QueryNode {
    private let parts: [QueryNode]

    init(_ segment: Segment, _ parts: [QueryNode], adding: Bool) {
        self.parts = parts
        super.init(segment, adding: adding)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        guard !adding else {
            for part in parts { part.fill(window, mask: mask, into: &result, scores: &scores) }
            return
        }
        var rest = copy mask
        for part in parts {
            var matches = Bits()
            part.fill(window, mask: rest, into: &matches, scores: &scores)
            result.formUnion(matches)
            rest.subtract(matches)
            if rest.isEmpty { break }
        }
    }
}

private final class NotNode: QueryNode {
    private let part: QueryNode

    init(_ segment: Segment, _ part: QueryNode) {
        self.part = part
        super.init(segment, adding: false)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        var matches = Bits()
        part.fill(window, mask: mask, into: &matches, scores: &scores)
        var rest = copy mask
        rest.subtract(matches)
        result.formUnion(rest)
    }
}
