internal import Bytes

/// What the documents of an index are made of; every document has every field, possibly empty.
public struct IndexSchema: Sendable, Equatable {
    /// A field of running text, cut into terms by `TermAnalyzer`.
    public struct TextField: Sendable, Equatable {
        /// The name that queries call it by.
        public let name: String
        /// How much more a term counts here than in a field of weight 1.
        public let weight: Double
        /// How far a long field is held against its terms: 0 not at all, 1 in full.
        public let b: Double

        /// Creates a field.
        public init(name: String, weight: Double = 1, b: Double = 0.75) {
            self.name = name
            self.weight = weight
            self.b = b
        }
    }

    /// How many text fields a schema may have.
    public static let textFieldLimit = 8

    /// Fields that are searched by term and phrase, and scored.
    public let texts: [TextField]
    /// Whether words of the text fields can be found by their stems too, in the language of the document.
    public let stems: Bool
    /// Fields of exact values, any number for each document; they filter and are counted, and do not score.
    public let keywords: [String]
    /// Fields of one integer each, possibly absent.
    public let columns: [String]
    /// The column that orders documents of equal rank, larger first; no two documents may have the same value there.
    public let tieBreaker: String

    /// Creates a schema of at most eight text fields, whose tie-breaker is one of the columns.
    ///
    /// Documents with equal values of the tie-breaker may be skipped between pages.
    public init(
        texts: [TextField], stems: Bool = false, keywords: [String], columns: [String], tieBreaker: String
    ) {
        precondition(texts.count <= Self.textFieldLimit, "A schema has at most eight text fields.")
        precondition(columns.contains(tieBreaker), "The tie-breaker is one of the columns.")
        self.texts = texts
        self.stems = stems
        self.keywords = keywords
        self.columns = columns
        self.tieBreaker = tieBreaker
    }
}

extension IndexSchema {
    /// Tells one schema from another in the header of a segment.
    var fingerprint: UInt64 {
        var hash = StableHash()
        for field in texts {
            hash.combine(field.name)
            hash.combine(field.weight.bitPattern)
            hash.combine(field.b.bitPattern)
        }
        hash.combine(UInt64(texts.count))
        hash.combine(TermAnalyzer.version)
        if stems { hash.combine("stems") }
        for name in keywords { hash.combine(name) }
        hash.combine(UInt64(keywords.count))
        for name in columns { hash.combine(name) }
        hash.combine(tieBreaker)
        return hash.value
    }
}
