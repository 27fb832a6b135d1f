/// How the API treats its clients.
public struct APIOptions: Sendable, Hashable {
    /// Whether `POST`, `PUT` and `DELETE` need a key of scope `ingest` or `admin`.
    public var writeNeedsKey = true
    /// Whether reading articles, entities, quotations and timelines needs a key of any scope.
    public var readNeedsKey = false
    /// Items of a page where the client does not say.
    public var defaultLimit = 20
    /// The most items that a client can ask for in a page.
    public var maximumLimit = 1_000
    /// The most buckets of a timeline.
    public var maximumBuckets = 5_000
    /// Bytes that the content of a request may have once it is decompressed.
    public var decompressedBytes = 100 * 1024 * 1024
    /// Up to so many articles in the index a search is answered on the event loop, beyond it by a worker.
    public var inlineDocuments = 50_000
    /// States of the index that are kept at most for clients that are paging through them.
    public var keptSnapshots = 1_000
    /// How long a state is kept after a page of it was last asked for.
    public var keptTime = Duration.seconds(300)
    /// Bytes that kept states may hold, in memory and on disk, beside the newest state.
    public var keptBytes = 256 << 20

    /// Bytes of answers that are kept to be given again to requests that ask the same; 0 for none.
    public var resultCacheBytes = 64 << 20

    /// How long an event stream may be silent before a comment is sent, so that nobody on the way takes it for dead.
    public var keepAlive = Duration.seconds(15)

    /// Creates the default options.
    public init() {}
}

/// What the program says of itself.
public struct VersionInfo: Sendable, Hashable {
    /// Its version, as "1.2.0".
    public var version: String
    /// The commit that it was built from, where known.
    public var commit: String?

    /// Creates the information.
    public init(version: String, commit: String? = nil) {
        self.version = version
        self.commit = commit
    }
}
