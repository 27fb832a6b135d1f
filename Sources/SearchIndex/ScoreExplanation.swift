/// A term that a part of a query is looked up by.
public struct QueryTerm: Sendable, Hashable {
    /// The term as the dictionary has it; a stem without the mark of its language.
    public let text: String
    /// The language whose stem it is, in ISO 639-1, or `-` for all languages that have no stemmer; `nil` for a word as it
    /// is written.
    public let language: String?
    /// How many edits it is away from what was asked for.
    public let edits: Int
    /// How many documents have it in any text field.
    public let documents: Int
}

/// How a term or phrase came to what it adds to a document's score.
///
/// The score is `weight × frequency / (1.2 + frequency)`, where `frequency` adds up, by field, how often the term stands
/// there times the field's `norm`, and `weight` is `2.2 × idf / (1 + edits)`.
///
/// - Source: Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009 (BM25F).
public struct ScorePart: Sendable, Hashable {
    /// What a text field adds to the frequency.
    public struct Field: Sendable, Hashable {
        /// The name of the field.
        public let name: String
        /// How often the term or phrase stands there.
        public let count: Int
        /// How many terms the field has in this document.
        public let length: Int
        /// The field's weight, divided by how long it is against the mean.
        public let norm: Double
    }

    /// The term, or the terms of the phrase, each once.
    public let terms: [QueryTerm]
    /// The inverse document frequency; of a phrase the sum over its words.
    public let idf: Double
    /// What a document with very many occurrences would score.
    public let weight: Double
    /// The fields that it stands in.
    public let fields: [Field]
    /// The weighted frequency.
    public let frequency: Double
    /// What it adds to the score.
    public let score: Double
}

/// What a part of a query that scores comes to in the index.
enum ScoringLeaf {
    /// Any of these terms.
    case terms([ExpandedTerm])
    case phrase(QueryPlan.PhrasePlan, [ExpandedTerm])

    var terms: [ExpandedTerm] {
        switch self {
        case .terms(let terms), .phrase(_, let terms): terms
        }
    }
}

extension QueryTerm {
    init(_ expanded: ExpandedTerm) {
        let isStem = expanded.term.first == StemLanguage.marker && expanded.term.count > 3
        let language = isStem ? String(decoding: expanded.term[1..<3], as: UTF8.self) : nil
        self.init(
            text: String(decoding: expanded.term.dropFirst(isStem ? 3 : 0), as: UTF8.self),
            language: language.map { $0 == "--" ? "-" : $0 }, edits: expanded.distance,
            documents: expanded.plan.frequency)
    }
}

/// A part of a query made ready to be asked what it comes to in single documents of a snapshot.
public struct QueryProbe {
    private let snapshot: IndexSnapshot
    // What matches where there is no leaf.
    private let plan: QueryPlan
    private let leaf: ScoringLeaf?

    /// The terms that a single word, phrase, prefix or inexact word is looked up by, in the order in which they are taken;
    /// none for other queries, and for phrases of which a term is in no document.
    public let terms: [QueryTerm]
    /// Whether there are as many terms as a prefix or an inexact word may have, so that some may be left out.
    public let isAtLimit: Bool

    init(_ query: IndexQuery, _ snapshot: IndexSnapshot) {
        self.snapshot = snapshot
        leaf = snapshot.planner.leaf(query)
        plan = leaf == nil ? snapshot.planner.plan(query) : .none
        terms = leaf?.terms.map(QueryTerm.init) ?? []
        isAtLimit =
            switch query {
            case .prefix: terms.count >= snapshot.planner.options.prefixTerms
            case .fuzzy: terms.count >= snapshot.planner.options.fuzzyTerms
            default: false
            }
    }

    /// Whether a document matches.
    public func matches(_ address: DocAddress) -> Bool {
        guard leaf == nil else { return scoreParts(address) != nil }
        guard let segment = snapshot.segment(address) else { return false }
        let node = QueryNode.make(plan, segment, at: Int(address.segment), adding: false)
        if node.isEmpty { return false }
        var mask = Bits()
        mask.insert(Int(address.doc) % 4096)
        var matches = Bits()
        var scores = Scores.none
        node.fill(Int(address.doc) / 4096, mask: mask, into: &matches, scores: &scores)
        return !matches.isEmpty
    }

    /// What of a single word, phrase, prefix or inexact word adds up to the score of a document, by term.
    ///
    /// - Returns: `nil` if the document does not match, or the query is none of these.
    public func scoreParts(_ address: DocAddress) -> [ScorePart]? {
        guard let leaf, let segment = snapshot.segment(address) else { return nil }
        let parts =
            switch leaf {
            case .phrase(let plan, let terms):
                snapshot.part(plan, terms, segment, address).map { [$0] } ?? []
            case .terms(let terms): terms.compactMap { snapshot.part($0, segment, address) }
            }
        return parts.isEmpty ? nil : parts
    }
}

extension IndexSnapshot {
    /// Makes a part of a query ready to be asked about single documents.
    public func probe(_ query: IndexQuery) -> QueryProbe { QueryProbe(query, self) }

    fileprivate func part(_ term: ExpandedTerm, _ segment: Segment, _ address: DocAddress) -> ScorePart? {
        guard let entry = term.plan.entries[Int(address.segment)] else { return nil }
        var cursor = PostingsCursor(entry, segment)
        guard let place = cursor.seek(address.doc, segment.postings) else { return nil }
        var scoring = term.plan.scoring
        let fields = searchedFields(scoring.field).compactMap { field -> (Int, Int, Float)? in
            scoring.field = field
            let count = cursor.frequency(at: place, field: field, segment.postings)
            guard count > 0 else { return nil }
            return (field, count, cursor.weightedFrequency(at: place, scoring, segment))
        }
        guard !fields.isEmpty else { return nil }
        return part(
            [term], weight: scoring.weight, idfScale: Double(1 + term.distance),
            fields: fields.map { field($0, $1, Double($2) / Double($1), segment, address) })
    }

    fileprivate func part(
        _ plan: QueryPlan.PhrasePlan, _ terms: [ExpandedTerm], _ segment: Segment, _ address: DocAddress
    ) -> ScorePart? {
        let entries = plan.terms.compactMap { $0.entries[Int(address.segment)] }
        guard entries.count == plan.terms.count else { return nil }
        var cursor = PhraseCursor(segment, entries, plan, adding: true)
        let counts = cursor.counts(address.doc, segment)
        guard counts.reduce(0, +) >= plan.least else { return nil }
        let fields = counts.indices.filter { counts[$0] > 0 }.map { number in
            let length = segment.length(number, of: Int(address.doc))
            let norms = plan.scoring.norms[number]
            return field(
                number, counts[number], Double(norms[min(length, norms.count - 1)]), segment, address)
        }
        return part(terms, weight: plan.scoring.weight, idfScale: 1, fields: fields)
    }

    private func part(
        _ terms: [ExpandedTerm], weight: Float, idfScale: Double, fields: [ScorePart.Field]
    ) -> ScorePart {
        let frequency = fields.reduce(0) { $0 + Double($1.count) * $1.norm }
        let saturation = Double(PostingsCursor.saturation)
        return ScorePart(
            terms: terms.map(QueryTerm.init), idf: Double(weight) * idfScale / (saturation + 1),
            weight: Double(weight), fields: fields, frequency: frequency,
            score: Double(weight) * frequency / (saturation + frequency))
    }

    private func field(
        _ number: Int, _ count: Int, _ norm: Double, _ segment: Segment, _ address: DocAddress
    ) -> ScorePart.Field {
        .init(
            name: schema.texts[number].name, count: count,
            length: segment.length(number, of: Int(address.doc)), norm: norm)
    }

    private func searchedFields(_ field: Int?) -> Range<Int> {
        field.map { $0..<$0 + 1 } ?? schema.texts.indices
    }
}
