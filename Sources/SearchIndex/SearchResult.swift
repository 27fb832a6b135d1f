/// What hits are ordered by; ties are broken by the schema's tie-breaker, larger first.
public enum SortOrder: Sendable, Hashable {
    /// The best score first.
    case relevance
    /// By a column; documents without a value come last either way.
    case column(String, descending: Bool)
    /// By score and age together.
    case recency(Recency)
}

/// Where a hit stands in an order, so that a later search can go on after it.
///
/// Any two numbers make a position: those of another order or out of thin air give a page that means little, but
/// never a fault.
public struct SearchPosition: Sendable, Hashable {
    /// The bits of the score as a `Double`, or of the column's value, or the rank by recency; an absent value counts as
    /// `Int64.min`.
    public var value: UInt64
    /// The tie-breaker of the document; `Int64.min` if it has none.
    public var tie: Int64

    /// Creates a position.
    public init(value: UInt64, tie: Int64) {
        self.value = value
        self.tie = tie
    }
}

/// Where a document lies in the snapshot that gave the address, and in no other.
public struct DocAddress: Sendable, Hashable {
    let segment: UInt32
    let doc: UInt32
}

/// One document that matches.
public struct Hit: Sendable, Hashable {
    /// Where the document is, in the snapshot that was searched.
    public let address: DocAddress
    /// BM25F; 0 for a query that only filters, and for orders by a column.
    public let score: Double
    /// Where to go on from.
    public let position: SearchPosition
}

/// A page of hits.
public struct SearchResult: Sendable, Hashable {
    /// In order, no more than asked for.
    public let hits: [Hit]
    /// How many documents match in all, those before and after this page included.
    public let total: Int
}
