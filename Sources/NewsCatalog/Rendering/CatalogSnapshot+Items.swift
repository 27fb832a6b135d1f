internal import Bytes
public import JSON
public import NewsModel
public import SearchIndex

extension CatalogSnapshot {
    /// The members that an article can be shown with, in the order in which they are written.
    public static let articleFields =
        [
            "id", "title", "authors", "source", "url", "published", "language", "countries", "lead", "seq",
            "revision", "ingested_at",
        ] + packedArticleFields
    /// Those of them that are written from an article's content, which has to be unpacked for them.
    public static let packedArticleFields = ["poster", "body"]
    /// The members that a quotation can be shown with.
    public static let quoteFields = [
        "id", "text", "kind", "speaker", "cue", "rule", "confidence", "span", "about", "article",
    ]

    /// Writes the members of an article, then `highlight` if that is shown; the object is open before and after.
    ///
    /// An article is unpacked only where a member of its text is shown, or what met the query.
    ///
    /// - Parameters:
    ///   - address: Where it is; nothing is written where there is none.
    ///   - fields: The members that are shown; `nil` for all that are kept ready, the text not among them.
    ///   - highlighter: Writes what met the query, if that is shown.
    ///   - writer: What it is written to.
    /// - Throws: `IndexError` where the segment that holds it is damaged, `ByteReaderError` likewise.
    public func writeArticle(
        _ address: DocAddress, fields: FieldSelection?, highlighter: inout Highlighter?,
        to writer: inout JSONWriter
    ) throws {
        writer.members(articles.summary(address)[...], fields)
        let content = fields?.names.filter(Self.packedArticleFields.contains) ?? []
        guard !content.isEmpty || highlighter != nil else { return }
        let record = try record(at: address)
        if content.contains("poster") { writer.member("poster", record.stored.article.poster) }
        if content.contains("body") { writer.member("body", record.stored.article.body) }
        highlighter?.highlight(of: record, to: &writer)
    }

    /// Writes the members of a quotation, with what lists show of its article, then `highlight` if that is shown; the
    /// object is open before and after.
    ///
    /// - Parameters:
    ///   - address: Where it is; nothing is written where there is none.
    ///   - fields: The members that are shown; `nil` for all. Its article is looked up only where it is shown.
    ///   - highlighter: Writes what met the query, if that is shown.
    ///   - writer: What it is written to.
    public func writeQuote(
        _ address: DocAddress, fields: FieldSelection?, highlighter: inout Highlighter?,
        to writer: inout JSONWriter
    ) {
        var reader = ByteReader(quotes.summary(address))
        guard let id = try? reader.text(), let own = try? reader.run(reader.remaining) else { return }
        writer.members(own, fields)
        let showsArticle = fields?.contains("article") ?? true
        guard showsArticle || highlighter != nil else { return }
        let article = articles.address(ofKey: id).flatMap { address in
            try? JSONParser().parse(articles.summary(address)).object
        }
        if showsArticle {
            writer.name("article")
            writer.beginObject()
            writer.member("id", id)
            for name in ["title", "source", "url", "published"] {
                writer.name(name)
                writer.value(article?[name] ?? .null)
            }
            writer.endObject()
        }
        guard highlighter != nil, let text = try? JSONParser().parse(own).object?["text"]?.string else {
            return
        }
        highlighter?.highlight(ofQuote: text, language: article?["language"]?.string, to: &writer)
    }

    /// The article of that id with its annotations.
    ///
    /// - Throws: `IndexError` where the segment that holds it is damaged, `ByteReaderError` likewise.
    public func record(_ id: ArticleID) throws -> ArticleRecord? {
        guard let address = articles.address(ofKey: id.description) else { return nil }
        return try record(at: address)
    }

    /// The article at an address with its annotations.
    ///
    /// - Throws: `IndexError` where the segment that holds it is damaged, `ByteReaderError` likewise.
    public func record(at address: DocAddress) throws -> ArticleRecord {
        try ArticleRecord(decoding: try articles.content(address))
    }
}
