public import SearchIndex

/// All that requests read, as it was after one change; never altered.
public struct CatalogSnapshot: Sendable {
    /// The articles.
    public let articles: IndexSnapshot
    /// The quotations.
    public let quotes: IndexSnapshot
    /// The entities.
    public let entities: EntityDirectory

    /// The change number of the newest change that is in here.
    ///
    /// Two snapshots of one store with the same generation
    /// answer alike.
    public var generation: Int64 { articles.mark }

    /// The articles and quotations of this state alone.
    public var withoutEntities: CatalogSnapshot {
        CatalogSnapshot(articles: articles, quotes: quotes, entities: EntityDirectory())
    }

    /// What the state may share with others.
    public var parts: [SnapshotPart] { articles.parts + quotes.parts }

    /// About how many bytes of memory it holds alone.
    public var ownBytes: Int { articles.ownBytes + quotes.ownBytes + entities.ownBytes }
}
