public import NewsModel

/// An article on its way into the store.
public struct ArticleWrite: Sendable {
    /// The article.
    public var article: Article
    /// What the analysis found in it.
    public var annotations: Annotations
    /// A hash of the article's content, by which a second delivery is recognised.
    public var fingerprint: UInt64
    /// The version of the analysis.
    public var analyzer: Int

    /// Creates a write.
    public init(article: Article, annotations: Annotations, fingerprint: UInt64, analyzer: Int) {
        self.article = article
        self.annotations = annotations
        self.fingerprint = fingerprint
        self.analyzer = analyzer
    }
}

/// What became of one write.
public struct WriteOutcome: Sendable, Hashable {
    /// What happened to the article.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It was not there before.
        case created
        /// Its content or its analysis differed from what was there.
        case updated
        /// The same fingerprint and version of the analysis were there; nothing was written.
        case unchanged
    }

    /// What happened.
    public let status: Status
    /// The change number of the article as it is stored now.
    public let seq: Int64
    /// The revision that is stored now.
    public let revision: Int
    /// When that revision was stored.
    public let ingestedAt: Timestamp

    /// Creates an outcome.
    public init(status: Status, seq: Int64, revision: Int, ingestedAt: Timestamp) {
        self.status = status
        self.seq = seq
        self.revision = revision
        self.ingestedAt = ingestedAt
    }
}

/// The newest state of one id in the store.
public enum StoreChange: Sendable, Hashable {
    /// The article is there.
    case article(StoredArticle, Annotations)
    /// The article was taken away.
    case removed(ArticleID, seq: Int64)

    /// The change number.
    public var seq: Int64 {
        switch self {
        case .article(let stored, _): stored.seq
        case .removed(_, let seq): seq
        }
    }
}

/// The durable home of all articles; what is indexed can be made again from it.
///
/// Every write gets a change number (seq) that is higher than all given before, whichever process gave them. Any
/// thread may call, and every call may wait for the disk.
public protocol ArticleStore: Sendable {
    /// Stores articles in order; all of them are durable when this returns, or none is stored.
    ///
    /// An id may come twice in a batch: the later one then finds the earlier one stored. Callers that come at the same
    /// time share a transaction.
    func append(_ batch: [ArticleWrite]) throws(StoreError) -> [WriteOutcome]

    /// Takes articles away, content and all; gives each removal's seq, or `nil` where there was nothing of that id.
    func remove(_ ids: [ArticleID]) throws(StoreError) -> [Int64?]

    /// The fingerprints under which articles are stored, `nil` where there is none or it was removed.
    func fingerprints(of ids: [ArticleID]) throws(StoreError) -> [UInt64?]

    /// One article with its annotations.
    func article(_ id: ArticleID) throws(StoreError) -> (StoredArticle, Annotations)?

    /// Up to `limit` changes with a higher seq than the one given, ascending; each id once, in its newest state.
    func changes(after seq: Int64, limit: Int) throws(StoreError) -> [StoreChange]

    /// Up to `limit` removals with a higher seq than the one given and none above the other, ascending.
    func removals(after seq: Int64, through last: Int64, limit: Int) throws(StoreError) -> [StoredRemoval]

    /// The highest seq ever given; 0 in a new store.
    func highestSeq() throws(StoreError) -> Int64

    /// How many articles there are.
    func articleCount() throws(StoreError) -> Int

    /// A value that changes whenever another process has written; it may change at this process's writes too.
    ///
    /// Values of two instances, or from before and after a restart, cannot be compared.
    func changeMarker() throws(StoreError) -> Int64

    /// A random word made together with the store, by which it differs from every other.
    func identity() -> String

    /// Reads everything and says in words what is wrong; nothing where all is well.
    func check() throws(StoreError) -> [String]

    /// Adds a key by its hash, or gives a key that is there another scope.
    func addKey(hash: [UInt8], scope: String, createdAt: Timestamp) throws(StoreError)

    /// What a key may do; `nil` where there is no such key.
    func keyScope(hash: [UInt8]) throws(StoreError) -> String?

    /// Takes a key away.
    ///
    /// - Returns: Whether it was there.
    func removeKey(hash: [UInt8]) throws(StoreError) -> Bool

    /// All keys, the oldest first.
    func keys() throws(StoreError) -> [StoredKey]

    /// How many keys there are.
    func keyCount() throws(StoreError) -> Int
}

/// That an article was taken away, as long as none of its id came again.
public struct StoredRemoval: Hashable, Sendable {
    /// The change number.
    public let seq: Int64
    /// The article.
    public let id: ArticleID
}

/// A key as the store knows it: never the key itself.
public struct StoredKey: Hashable, Sendable {
    /// The SHA-256 of the key.
    public let hash: [UInt8]
    /// What it allows.
    public let scope: String
    /// When it was made.
    public let createdAt: Timestamp

    /// What it is called in lists and logs; see `id(hash:)`.
    public var id: String { Self.id(hash: hash) }

    /// What the key of a hash is called: the first eight digits of the hash.
    public static func id(hash: [UInt8]) -> String {
        hash.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
