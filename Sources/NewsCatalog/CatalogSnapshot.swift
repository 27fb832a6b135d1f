public import NewsModel
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

    /// The article of that id with its annotations.
    ///
    /// - Throws: `IndexError` where the segment that holds it is damaged, `ByteReaderError` likewise.
    public func record(_ id: ArticleID) throws -> ArticleRecord? {
        guard let address = articles.address(ofKey: id.description) else { return nil }
        return try ArticleRecord(decoding: try articles.content(address))
    }
}
