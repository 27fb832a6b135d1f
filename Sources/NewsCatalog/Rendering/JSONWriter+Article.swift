internal import Bytes
public import JSON
public import NewsModel

extension JSONWriter {
    /// Writes a member with an outlet, or null.
    public mutating func member(_ name: String, _ outlet: Outlet?) {
        self.name(name)
        guard let outlet else { return null() }
        beginObject()
        member("name", outlet.name)
        member("domain", outlet.domain)
        member("country", outlet.country)
        endObject()
    }

    /// Writes the members of an article that lists show; the object is open before and after.
    public mutating func summaryMembers(_ stored: StoredArticle, countries: [String]) {
        let article = stored.article
        member("id", article.id.description)
        member("title", article.title)
        member("authors", article.authors)
        member("source", article.source)
        member("url", article.url)
        member("published", article.published?.description)
        member("language", article.language)
        member("countries", countries)
        member("lead", article.lead)
        member("seq", stored.seq)
        member("revision", stored.revision)
        member("ingested_at", stored.ingestedAt.description)
    }

    /// Writes an article as an object: what lists show, and its text.
    public mutating func article(_ stored: StoredArticle, countries: [String]) {
        beginObject()
        summaryMembers(stored, countries: countries)
        member("poster", stored.article.poster)
        member("body", stored.article.body)
        endObject()
    }
}

extension Article {
    /// The first words of the body, cut after a word; empty where there is no body.
    public var lead: String {
        let limit = 280
        let bytes = body.utf8
        let start = bytes.firstIndex { !$0.isWhitespace } ?? bytes.endIndex
        let rest = bytes[start...]
        guard let far = bytes.index(start, offsetBy: limit + 1, limitedBy: bytes.endIndex),
            far < bytes.endIndex
        else {
            return String(Substring(rest)).onOneLine
        }
        let cut = rest[..<far].lastIndex(where: \.isWhitespace)
        guard let cut, cut > start else { return String(body[start...].prefix(limit)).onOneLine + "…" }
        return String(Substring(rest[..<cut])).onOneLine + "…"
    }
}

extension String {
    /// The text with every run of white space made one blank, and none at the ends.
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
