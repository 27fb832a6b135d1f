/// An index as it was at one moment; it never changes, and may be searched on any number of threads at once.
public final class IndexSnapshot: Sendable {
    /// What the owner said when it applied the last change.
    public let mark: Int64
    /// Grows with each batch of changes.
    public let generation: UInt64
    /// How many documents there are.
    public let documentCount: Int

    init() { mark = 0; generation = 0; documentCount = 0 }

    /// The first hits of an order, or the first after a position.
    public func search(
        _ query: IndexQuery, order: SortOrder, limit: Int, after: SearchPosition? = nil
    ) -> SearchResult { SearchResult(hits: [], total: 0) }

    /// How many documents match.
    public func count(_ query: IndexQuery) -> Int { 0 }

    /// How many matching documents have a column's value in each bucket.
    ///
    /// - Parameter boundaries: Ascending; bucket *i* reaches from boundary *i* to just below boundary *i* + 1.
    /// - Returns: One count for each bucket, one fewer than there are boundaries; empty for fewer than two boundaries.
    public func histogram(_ query: IndexQuery, column: String, boundaries: [Int64]) -> [Int] { [] }

    /// The least and greatest value of a column among matching documents; `nil` when none has a value.
    public func columnBounds(_ query: IndexQuery, column: String) -> (min: Int64, max: Int64)? { nil }

    /// The most frequent values of a keyword field among matching documents, most first, then by value.
    public func keywordCounts(
        _ query: IndexQuery, field: String, limit: Int
    ) -> [(value: String, count: Int)] { [] }

    /// Where the document with a key is.
    public func address(ofKey key: String) -> DocAddress? { nil }

    /// The stored summary; empty for an address of another snapshot.
    public func summary(_ address: DocAddress) -> [UInt8] { [] }

    /// The stored content, decompressed; empty for an address of another snapshot.
    public func content(_ address: DocAddress) throws(IndexError) -> [UInt8] { [] }

    /// The value of a column.
    public func column(_ name: String, _ address: DocAddress) -> Int64? { nil }

    /// How many documents have a value in a keyword field.
    public func keywordFrequency(field: String, value: String) -> Int { 0 }

    /// Calls `body` with each value of a keyword field that a document has, in ascending order of its UTF-8 bytes, and
    /// the number of such documents.
    public func forEachKeyword(field: String, _ body: (String, Int) -> Void) {}
}
