internal import Glibc

/// A query made ready for one snapshot: names are numbers, terms have been looked up and weighed.
indirect enum QueryPlan {
    case none
    case all
    case term(TermPlan)
    case phrase(PhrasePlan)
    /// Any of these terms, which a prefix or an inexact term was expanded to.
    case expansion([TermPlan])
    case keyword(field: Int, entries: [TermEntry?], frequency: Int)
    /// Both ends inclusive.
    case range(column: Int, from: Int64, through: Int64)
    case absent(column: Int)
    case and([QueryPlan])
    case or([QueryPlan])
    case not(QueryPlan)

    /// One term of the text fields.
    struct TermPlan {
        /// By segment, what its dictionary says.
        var entries: [TermEntry?]
        /// How many documents have the term.
        var frequency: Int
        var scoring: PostingsCursor.Scoring
        /// By segment, how much larger weighted frequencies may be than the bounds of blocks say.
        var slacks: [Float]
    }

    /// Terms that stand together.
    struct PhrasePlan {
        /// The terms, each once.
        var terms: [TermPlan]
        /// For each place in the phrase, which of the terms it is.
        var slots: [Int]
        var slop: Int
        /// Whether the order of the terms matters.
        var isOrdered = true
        /// How often the phrase must occur in a document.
        var least = 1
        var scoring: PostingsCursor.Scoring
    }
}

extension QueryPlan {
    /// Whether its matches can have scores above 0.
    var scores: Bool {
        switch self {
        case .none, .all, .keyword, .range, .absent, .not: false
        case .term, .phrase, .expansion: true
        case .and(let parts), .or(let parts): parts.contains(where: \.scores)
        }
    }
}

/// One of the terms that a part of a query stands for.
struct ExpandedTerm {
    let term: [UInt8]
    /// How many edits it is away.
    var distance = 0
    var plan: QueryPlan.TermPlan

    /// Whether it is taken first where not all can be.
    func isTaken(before other: ExpandedTerm) -> Bool {
        if distance != other.distance { return distance < other.distance }
        if plan.frequency != other.plan.frequency { return plan.frequency > other.plan.frequency }
        return term.lexicographicallyPrecedes(other.term)
    }
}

/// Makes plans; a plan is the same, in the same order, however the documents are spread over segments, so that sums of
/// scores are too.
struct QueryPlanner {
    let schema: IndexSchema
    let options: IndexOptions
    let views: [SegmentView]
    let documentCount: Int
    let norms: [[Float]]
    let slacks: [Float]
    private let stemmers = Stemmers()

    init(
        schema: IndexSchema, options: IndexOptions, views: [SegmentView], documentCount: Int,
        norms: [[Float]], slacks: [Float]
    ) {
        self.schema = schema
        self.options = options
        self.views = views
        self.documentCount = documentCount
        self.norms = norms
        self.slacks = slacks
    }

    func plan(_ query: IndexQuery) -> QueryPlan {
        switch query {
        case .all: return .all
        case .none: return .none
        case .term(let field, let term):
            guard let field = textField(field) else { return .none }
            let plan = termPlan(Array(term.utf8), field)
            return plan.frequency == 0 ? .none : .term(plan)
        case .stem:
            guard case .terms(let terms) = leaf(query) else { return .none }
            return terms.count == 1 ? .term(terms[0].plan) : or(terms.map { .term($0.plan) })
        case .phrase, .near, .repeated:
            guard case .phrase(let plan, _) = leaf(query) else { return .none }
            return plan.slots.count == 1 && plan.least == 1 ? .term(plan.terms[0]) : .phrase(plan)
        case .prefix, .fuzzy:
            guard case .terms(let terms) = leaf(query), !terms.isEmpty else { return .none }
            return .expansion(terms.map(\.plan))
        case .keyword(let field, let value):
            guard let field = schema.keywords.firstIndex(of: field) else { return .none }
            let (entries, frequency) = keyword(field, Array(value.utf8))
            return frequency == 0 ? .none : .keyword(field: field, entries: entries, frequency: frequency)
        case .range(let column, let from, let to):
            guard let column = schema.columns.firstIndex(of: column), to != .min else { return .none }
            let (from, through) = (from ?? .min, to.map { $0 - 1 } ?? .max)
            return from <= through ? .range(column: column, from: from, through: through) : .none
        case .absent(let column):
            return schema.columns.firstIndex(of: column).map { .absent(column: $0) } ?? .none
        case .and(let queries): return and(queries.map(plan))
        case .or(let queries): return or(queries.map(plan))
        case .not(let query):
            switch plan(query) {
            case .none: return .all
            case .all: return .none
            case .not(let inner): return withoutScores(inner)
            case let plan: return .not(plan)
            }
        }
    }

    /// What a part of a query that scores comes to; `nil` for other queries, for fields that are not there, and for
    /// phrases of which a term is in no document.
    func leaf(_ query: IndexQuery) -> ScoringLeaf? {
        switch query {
        case .term(let field, let term):
            return textField(field).map { .terms(known([Array(term.utf8)], $0)) }
        case .stem(let field, let term):
            return textField(field).map { .terms(stems(Array(term.utf8), $0)) }
        case .phrase(let field, let terms, let slop):
            return phrase(terms, field) { $0.slop = max(0, min(slop, 1 << 24)) }
        case .near(let field, let terms, let within):
            guard within > 0 || terms.count == 1 else { return nil }
            return phrase(terms, field) {
                $0.slop = min(within, 1 << 24)
                $0.isOrdered = false
            }
        case .repeated(let field, let terms, let least):
            return phrase(terms, field) { $0.least = max(1, least) }
        case .prefix(let field, let prefix):
            return textField(field).map { .terms(terms(beginning: Array(prefix.utf8), $0)) }
        case .fuzzy(let field, let term, let distance):
            return textField(field).map { .terms(terms(near: Array(term.utf8), distance, $0)) }
        default: return nil
        }
    }

    /// Entries of a keyword's value, by segment, and how many documents have it.
    func keyword(_ field: Int, _ value: [UInt8]) -> (entries: [TermEntry?], frequency: Int) {
        let entries = views.map { TermDictionary.entry(value, $0.segment.keywordDictionary(field)) }
        var frequency = 0
        for (view, entry) in zip(views, entries) {
            if let entry { frequency += view.liveFrequency(entry, keywordField: field) }
        }
        return (entries, frequency)
    }

    /// A double negation matches what is inside, but what is negated never scores.
    private func withoutScores(_ plan: QueryPlan) -> QueryPlan { .not(.not(plan)) }

    /// The number of a text field, `.some(nil)` for all of them, `nil` if there is none of this name.
    private func textField(_ name: String?) -> Int?? {
        guard let name else { return .some(nil) }
        return schema.texts.firstIndex { $0.name == name }.map { .some($0) }
    }

    private func termPlan(_ term: [UInt8], _ field: Int?) -> QueryPlan.TermPlan {
        let entries = views.map { TermDictionary.entry(term, $0.segment.dictionary) }
        return termPlan(entries, field)
    }

    private func termPlan(_ entries: [TermEntry?], _ field: Int?) -> QueryPlan.TermPlan {
        var frequency = 0
        for (view, entry) in zip(views, entries) {
            if let entry { frequency += view.liveFrequency(entry) }
        }
        return .init(
            entries: entries, frequency: frequency,
            scoring: .init(field: field, weight: Float(weight(frequency)), norms: norms), slacks: slacks)
    }

    /// Those of some terms that documents have.
    private func known(_ terms: [[UInt8]], _ field: Int?) -> [ExpandedTerm] {
        terms.map { ExpandedTerm(term: $0, plan: termPlan($0, field)) }.filter { $0.plan.frequency > 0 }
    }

    /// The stems that a word has in the languages of the index; a document has stems of one language only.
    private func stems(_ word: [UInt8], _ field: Int?) -> [ExpandedTerm] {
        // Abbreviations have no stems.
        let hasStems = schema.stems && !TermAnalyzer.isAbbreviation(word)
        var terms = known(hasStems ? stemLanguages.map { $0.term(word, stemmers[$0]) } : [word], field)
        guard terms.count > 1 else { return terms }
        let weight = Float(weight(terms.reduce(0) { $0 + $1.plan.frequency }))
        for index in terms.indices { terms[index].plan.scoring.weight = weight }
        return terms
    }

    /// The languages in which words of the index were stemmed, by their codes.
    private var stemLanguages: [StemLanguage] {
        let found = views.reduce(into: Set<StemLanguage>()) { $0.formUnion($1.segment.stemLanguages) }
        return found.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    }

    /// The inverse document frequency, times k1 + 1.
    private func weight(_ frequency: Int) -> Double {
        let (count, with) = (Double(documentCount), Double(frequency))
        return log(1 + (count - with + 0.5) / (with + 0.5)) * Double(PostingsCursor.saturation + 1)
    }

    /// How telling it is of a document that it meets a plan: the inverse document frequency of its words or its value,
    /// times k1 + 1; 0 for what is no matter of either.
    func weight(of plan: QueryPlan) -> Double {
        switch plan {
        case .term(let term): Double(term.scoring.weight)
        case .phrase(let phrase): Double(phrase.scoring.weight)
        case .expansion(let terms): terms.first.map { Double($0.scoring.weight) } ?? 0
        case .keyword(_, _, let frequency): weight(frequency)
        case .and(let parts), .or(let parts): parts.map(weight(of:)).max() ?? 0
        case .none, .all, .range, .absent, .not: 0
        }
    }

    private func phrase(
        _ terms: [String], _ field: String?, _ adjust: (inout QueryPlan.PhrasePlan) -> Void
    ) -> ScoringLeaf? {
        guard let field = textField(field), !terms.isEmpty else { return nil }
        var distinct: [String] = []
        var slots: [Int] = []
        for term in terms {
            if let known = distinct.firstIndex(of: term) {
                slots.append(known)
            } else {
                slots.append(distinct.count)
                distinct.append(term)
            }
        }
        let found = known(distinct.map { Array($0.utf8) }, field)
        guard found.count == distinct.count else { return nil }
        let sum = slots.reduce(0) { $0 + weight(found[$1].plan.frequency) }
        var plan = QueryPlan.PhrasePlan(
            terms: found.map(\.plan), slots: slots, slop: 0,
            scoring: .init(field: field, weight: Float(sum), norms: norms))
        adjust(&plan)
        return .phrase(plan, found)
    }

    /// The terms near to one, the nearest first, then the most frequent, then by their bytes, up to the limit.
    private func terms(near term: [UInt8], _ distance: Int, _ field: Int?) -> [ExpandedTerm] {
        let automaton = EditAutomaton(term, distance: distance)
        var found: [[UInt8]: (distance: Int, entries: [TermEntry?])] = [:]
        for (index, view) in views.enumerated() {
            let segment = view.segment
            // Stems stand before all words.
            automaton.forEachWord(of: segment.dictionary, from: [StemLanguage.marker + 1]) {
                term, distance, entry in
                found[term, default: (distance, Array(repeating: nil, count: views.count))].entries[index] =
                    entry
            }
        }
        var terms: [ExpandedTerm] = []
        for (term, (distance, entries)) in found {
            var plan = termPlan(entries, field)
            guard plan.frequency > 0 else { continue }
            plan.scoring.weight /= Float(1 + distance)
            terms.append(ExpandedTerm(term: term, distance: distance, plan: plan))
        }
        terms.sort { $0.isTaken(before: $1) }
        return Array(terms.prefix(options.fuzzyTerms))
    }

    /// The terms that begin so, the most frequent first and then by their bytes, up to the limit.
    private func terms(beginning prefix: [UInt8], _ field: Int?) -> [ExpandedTerm] {
        var cursors = views.map { TermDictionary.cursor(before: prefix, $0.segment.dictionary) }
        func advance(_ index: Int) -> Bool {
            let segment = views[index].segment
            while cursors[index].advance(segment.dictionary) {
                if cursors[index].term.starts(with: prefix) { return true }
                if prefix.lexicographicallyPrecedes(cursors[index].term) { return false }
            }
            return false
        }
        var open = views.indices.filter(advance)
        var found: [ExpandedTerm] = []
        while let first = open.first {
            var term = cursors[first].term
            for index in open where cursors[index].term.lexicographicallyPrecedes(term) {
                term = cursors[index].term
            }
            var entries = [TermEntry?](repeating: nil, count: views.count)
            for index in open where cursors[index].term == term {
                entries[index] = cursors[index].entry
                if !advance(index) { open.removeAll { $0 == index } }
            }
            let plan = termPlan(entries, field)
            if plan.frequency > 0 { found.append(ExpandedTerm(term: term, plan: plan)) }
        }
        found.sort { $0.isTaken(before: $1) }
        return Array(found.prefix(options.prefixTerms))
    }

    private func and(_ plans: [QueryPlan]) -> QueryPlan {
        var parts: [QueryPlan] = []
        for plan in plans {
            switch plan {
            case .none: return .none
            case .all: break
            case .and(let inner): parts += inner
            default: parts.append(plan)
            }
        }
        if parts.count <= 1 { return parts.first ?? .all }
        // What follows the rarest has only its documents left to look at.
        return .and(rarestFirst(parts))
    }

    private func or(_ plans: [QueryPlan]) -> QueryPlan {
        var parts: [QueryPlan] = []
        for plan in plans {
            switch plan {
            case .none: break
            case .or(let inner): parts += inner
            default: parts.append(plan)
            }
        }
        if parts.count <= 1 { return parts.first ?? .none }
        // The rarest score most.
        return .or(rarestFirst(parts))
    }

    private func rarestFirst(_ parts: [QueryPlan]) -> [QueryPlan] {
        let costs = parts.map(cost)
        return parts.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }.map { parts[$0] }
    }

    /// Roughly how many documents have to be looked at.
    private func cost(_ plan: QueryPlan) -> Int {
        switch plan {
        case .none: 0
        case .all, .range, .absent, .not: documentCount
        case .term(let term): term.frequency
        case .phrase(let phrase): 4 * (phrase.terms.map(\.frequency).min() ?? 0)
        case .expansion(let terms): terms.reduce(0) { $0 + $1.frequency }
        case .keyword(_, _, let frequency): frequency
        case .and(let parts): parts.map(cost).min() ?? documentCount
        case .or(let parts): parts.reduce(0) { $0 + cost($1) }
        }
    }
}
