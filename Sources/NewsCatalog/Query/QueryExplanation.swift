public import SearchIndex

/// How a query was read, what each part of it finds in an index, and what may be wrong with it.
public struct QueryExplanation {
    /// A part of the query.
    public struct Clause {
        /// The part in normal form.
        public let tree: QueryTree
        /// How many documents the index has that it finds, whatever the rest of the query says.
        public let documents: Int
        /// What it is looked up by.
        public let probe: QueryProbe
        /// The parts of it.
        public let parts: [Clause]
    }

    /// Something that a query may not mean.
    public struct Warning: Sendable, Hashable {
        /// What kind of warning it is.
        public enum Code: String, Sendable, CaseIterable {
            /// No document has the word.
            case unknownWord = "unknown-word"
            /// A part finds nothing, though its words are known.
            case nothingFound = "nothing-found"
            /// Each part is met by some documents, but all together by none.
            case nothingTogether = "nothing-together"
            /// A word with `*` or `~` may stand for more terms than are searched.
            case expansionCut = "expansion-cut"
            /// A name is that of several entities, all of which are searched.
            case severalEntities = "several-entities"
        }

        /// What kind of warning it is.
        public let code: Code
        /// The part of the query, in normal form.
        public let clause: String
        /// The warning in a sentence.
        public let detail: String
        /// What may have been meant instead.
        public var suggestions: [String] = []
    }

    /// What a part adds to the score of a document.
    public struct ClauseScore: Sendable {
        /// The part, in normal form.
        public let clause: String
        /// How it comes to what it adds.
        public let parts: [ScorePart]

        /// What it adds.
        public var score: Double { parts.reduce(0) { $0 + $1.score } }
    }

    /// The whole query.
    public let root: Clause
    /// Whether some matches can score higher than others.
    public let scores: Bool
    /// What may be wrong, in the order of the parts.
    public let warnings: [Warning]

    /// Explains a query over an index.
    public init(_ tree: QueryTree, in index: IndexSnapshot) {
        root = Clause(tree, in: index)
        scores = tree.scores
        var warnings: [Warning] = []
        root.forEach { warnings += $0.warnings(in: index) }
        self.warnings = warnings
    }

    /// What adds up to the score of a document; empty for one that does not match.
    public func score(_ address: DocAddress) -> [ClauseScore] { root.score(address) ?? [] }
}

extension QueryExplanation.Clause {
    init(_ tree: QueryTree, in index: IndexSnapshot) {
        self.tree = tree
        let query = tree.indexQuery
        documents = index.count(query)
        probe = index.probe(query)
        parts =
            switch tree {
            case .and(let trees), .or(let trees): trees.map { Self($0, in: index) }
            case .not(let inner): [Self(inner, in: index)]
            default: []
            }
    }

    fileprivate func forEach(_ body: (Self) -> Void) {
        body(self)
        for part in parts { part.forEach(body) }
    }

    /// `nil` if the document does not match.
    fileprivate func score(_ address: DocAddress) -> [QueryExplanation.ClauseScore]? {
        switch tree {
        case .and:
            var scores: [QueryExplanation.ClauseScore] = []
            for part in parts {
                guard let own = part.score(address) else { return nil }
                scores += own
            }
            return scores
        case .or:
            let found = parts.compactMap { $0.score(address) }
            return found.isEmpty ? nil : found.flatMap { $0 }
        case .not: return parts[0].score(address) == nil ? [] : nil
        default:
            guard tree.scores else { return probe.matches(address) ? [] : nil }
            return probe.scoreParts(address).map { [.init(clause: tree.text, parts: $0)] }
        }
    }

    fileprivate func warnings(in index: IndexSnapshot) -> [QueryExplanation.Warning] {
        func warning(
            _ code: QueryExplanation.Warning.Code, _ detail: String, _ suggestions: [String] = []
        ) -> QueryExplanation.Warning {
            .init(code: code, clause: tree.text, detail: detail, suggestions: suggestions)
        }
        if probe.isAtLimit {
            return [
                warning(
                    .expansionCut,
                    "Only the \(probe.terms.count) words that come first are searched; there may be more.")
            ]
        }
        if case .named(let name, let value, let keywords) = tree {
            let ids = Set(keywords.map(\.value)).count
            if ids > 1 {
                return [
                    warning(
                        .severalEntities,
                        "'\(value)' is the name of \(ids) entities, any of which will do; \(name): takes an id as well.",
                        Set(keywords.map(\.value)).sorted())
                ]
            }
        }
        guard documents == 0 else { return [] }
        if case .and = tree, parts.allSatisfy({ $0.documents > 0 }) {
            return [warning(.nothingTogether, "Each part is met by some articles, all together by none.")]
        }
        switch tree {
        case .and, .or, .not, .all: return []
        case .prefix(_, let start):
            return [warning(.unknownWord, "No article has a word that begins with '\(start)'.")]
        default: break
        }
        let unknown = words.filter { !$0.isKnown(in: index) }
        if unknown.isEmpty { return [warning(.nothingFound, "No article has this.")] }
        return unknown.map {
            warning(.unknownWord, "No article has the word '\($0.text)'.", $0.suggestions(in: index))
        }
    }

    /// The words that the part asks for.
    private var words: [QueriedWord] {
        switch tree {
        case .term(_, let word): [QueriedWord(text: word, query: .stem(field: nil, word))]
        case .fuzzy(_, let word, let distance):
            [QueriedWord(text: word, query: .fuzzy(field: nil, word, distance: distance))]
        case .phrase(_, let words, _), .near(_, let words, _), .repeated(_, let words, _):
            words.map { QueriedWord(text: $0, query: .term(field: nil, $0)) }
        default: []
        }
    }
}

/// A word of a query.
private struct QueriedWord {
    let text: String
    /// What finds it in any field.
    let query: IndexQuery

    func isKnown(in index: IndexSnapshot) -> Bool { !index.probe(query).terms.isEmpty }

    /// The nearest words of the index.
    func suggestions(in index: IndexSnapshot) -> [String] {
        let letters = text.unicodeScalars.count
        guard letters > 2 else { return [] }
        let near = index.probe(.fuzzy(field: nil, text, distance: letters < 5 ? 1 : 2)).terms
        return near.prefix(3).map(\.text)
    }
}
