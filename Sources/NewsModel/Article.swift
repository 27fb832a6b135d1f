/// The name under which an article is kept: its own `id`, or one derived from its URL or from source, title and date.
public struct ArticleID: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 500 bytes of UTF-8 without control characters.
    public let description: String

    /// Creates an id, or returns `nil` where `text` is empty, longer than 500 bytes, begins or ends with white space
    /// or holds a control character, or is `.` or `..`, which no path can name.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 500, first != 0x20, last != 0x20,
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), text != ".", text != ".."
        else { return nil }
        description = text
    }
}

/// The outlet that published an article.
public struct Outlet: Hashable, Sendable {
    /// Its name, as "FISM News"; where only a domain is known, the domain.
    public var name: String
    /// Its domain without "www.", lower case.
    public var domain: String?
    /// ISO 3166-1 alpha-2.
    public var country: String?

    /// Creates an outlet.
    public init(name: String, domain: String? = nil, country: String? = nil) {
        self.name = name
        self.domain = domain
        self.country = country
    }
}

/// One news item as it came in.
///
/// Texts are kept exactly as given.
public struct Article: Hashable, Sendable {
    /// Its name in this store.
    public var id: ArticleID
    /// Its headline; empty where it has none.
    public var title: String
    /// Its paragraphs; empty for a headline alone.
    public var body: String
    /// Who wrote it, from the byline.
    public var authors: [String]
    /// Who put it online, from a line like "by mcardinal" under the title; not an author.
    public var poster: String?
    /// Who published it.
    public var source: Outlet?
    /// Where it stands.
    public var url: String?
    /// When it was published, where known.
    public var published: Timestamp?
    /// ISO 639-1, where given or recognised.
    public var language: String?

    /// Creates an article.
    public init(
        id: ArticleID, title: String, body: String, authors: [String] = [], poster: String? = nil,
        source: Outlet? = nil, url: String? = nil, published: Timestamp? = nil, language: String? = nil
    ) {
        self.id = id
        self.title = title
        self.body = body
        self.authors = authors
        self.poster = poster
        self.source = source
        self.url = url
        self.published = published
        self.language = language
    }
}

/// An article with what the store says of it.
public struct StoredArticle: Hashable, Sendable {
    /// The article.
    public var article: Article
    /// The change number: every write gets a higher one than all before it.
    public var seq: Int64
    /// 1 when first stored, one more at each change.
    public var revision: Int
    /// When this revision was stored.
    public var ingestedAt: Timestamp

    /// Creates a stored article.
    public init(article: Article, seq: Int64, revision: Int, ingestedAt: Timestamp) {
        self.article = article
        self.seq = seq
        self.revision = revision
        self.ingestedAt = ingestedAt
    }
}
