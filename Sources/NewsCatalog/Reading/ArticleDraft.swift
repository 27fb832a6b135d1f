public import NewsModel
internal import Bytes
internal import Cryptography

/// An item as a reader found it, before it has an id.
public struct ArticleDraft: Hashable, Sendable {
    /// The item's own id, if it brought one.
    public var id: ArticleID?
    /// The headline.
    public var title = ""
    /// The text.
    public var body = ""
    /// The names in its byline.
    public var authors: [String] = []
    /// Who put it online.
    public var poster: String?
    /// Who published it.
    public var source: Outlet?
    /// Where it stands.
    public var url: String?
    /// When it was published.
    public var published: Timestamp?
    /// ISO 639-1.
    public var language: String?

    /// Creates an empty draft.
    public init() {}

    /// The article: its own id, or one derived from its URL, or else from source, title and date.
    ///
    /// An item with neither URL nor title is told by its text. Derived ids are the first 80 bits of a SHA-256 in
    /// base 32, so that the same item gets the same id wherever it is imported.
    public var article: Article {
        Article(
            id: id ?? derivedID, title: title, body: body, authors: authors, poster: poster, source: source,
            url: url,
            published: published, language: language)
    }

    private var derivedID: ArticleID {
        let parts: [String]
        if let url {
            parts = ["url", url]
        } else if !title.isEmpty {
            parts = ["title", source?.name ?? "", title, published?.description ?? ""]
        } else {
            parts = ["body", body]
        }
        let digest = SHA256.hash(Array(parts.joined(separator: "\n").utf8))
        guard let id = ArticleID(Base32.encode(digest.prefix(10))) else {
            preconditionFailure("base 32 letters make an id")
        }
        return id
    }
}

extension Article {
    /// A hash of all that the article says: the same in every run, and another one after any change.
    public var fingerprint: UInt64 {
        var hash = StableHash()
        let texts: [String?] = [
            title, body, authors.joined(separator: "\n"), poster, source?.name, source?.domain,
            source?.country, url,
            published?.description, language,
        ]
        for text in texts { hash.combine(text ?? "") }
        return hash.value
    }
}

/// Letters and digits for bytes, five bits each, lower case.
///
/// - Source: RFC 4648 §6, without padding.
enum Base32 {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count) & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
