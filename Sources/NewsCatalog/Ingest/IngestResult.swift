public import NewsModel
public import NewsStore

/// What became of one article that was handed in.
public struct IngestResult: Hashable, Sendable {
    /// The article's id.
    public let id: ArticleID
    /// Whether it was new, changed, or known already.
    public let status: WriteOutcome.Status
    /// Its change number now.
    public let seq: Int64?

    /// Creates a result.
    public init(id: ArticleID, status: WriteOutcome.Status, seq: Int64?) {
        self.id = id
        self.status = status
        self.seq = seq
    }
}
