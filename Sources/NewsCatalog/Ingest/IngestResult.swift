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
    /// Whether snapshots that are taken from now on have it; `false` where nobody waited for that, or it was waited for
    /// and the index could not take it in, which is then tried again.
    public let isIndexed: Bool

    /// Creates a result.
    public init(id: ArticleID, status: WriteOutcome.Status, seq: Int64?, isIndexed: Bool) {
        self.id = id
        self.status = status
        self.seq = seq
        self.isIndexed = isIndexed
    }
}

/// What became of one article that was to be taken down.
public enum RemovalResult: Hashable, Sendable {
    /// It is gone from the store, and from snapshots that are taken from now on.
    case removed
    /// It is gone from the store; snapshots still have it, as the index could not be changed, which is tried again.
    case removedFromStore
    /// There was none of that id.
    case absent
    /// It was in another state than was asked for.
    case refused
}

/// In which state an article must be for a write to be made.
public enum Expectation: Hashable, Sendable {
    /// It is there, and its change number is this one.
    case revision(seq: Int64)
    /// It is not there.
    case absent
}
