internal import Bytes
internal import JSON
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

    /// The articles and quotations of this state alone.
    public var withoutEntities: CatalogSnapshot {
        CatalogSnapshot(articles: articles, quotes: quotes, entities: EntityDirectory())
    }

    /// What the state may share with others.
    public var parts: [SnapshotPart] { articles.parts + quotes.parts }

    /// About how many bytes of memory it holds alone.
    public var ownBytes: Int { articles.ownBytes + quotes.ownBytes + entities.ownBytes }

    /// A quotation as JSON, with what lists show of its article; empty where there is none at that address.
    public func quote(_ address: DocAddress) -> [UInt8] {
        let kept = quotes.summary(address)
        var reader = ByteReader(kept)
        guard let id = try? reader.text(), let own = try? reader.run(reader.remaining) else { return [] }
        let shown = articles.address(ofKey: id).flatMap { address in
            try? JSONParser().parse(articles.summary(address)).object
        }
        var writer = JSONWriter(capacity: own.count + 512)
        writer.beginObject()
        writer.name("article")
        writer.beginObject()
        writer.member("id", id)
        for name in ["title", "source", "url", "published"] {
            writer.name(name)
            writer.value(shown?[name] ?? .null)
        }
        writer.endObject()
        writer.endObject()
        // The quotation's own members come first.
        return own.dropLast() + [UInt8(ascii: ",")] + writer.bytes.dropFirst()
    }

    /// The article of that id with its annotations.
    ///
    /// - Throws: `IndexError` where the segment that holds it is damaged, `ByteReaderError` likewise.
    public func record(_ id: ArticleID) throws -> ArticleRecord? {
        guard let address = articles.address(ofKey: id.description) else { return nil }
        return try ArticleRecord(decoding: try articles.content(address))
    }
}
