internal import Bytes
internal import JSON
public import NewsModel
public import SearchIndex
internal import TextAnalysis

/// What of an article goes where in the index of articles.
public enum ArticleFields {
    /// The fields that queries can name.
    public static let schema = IndexSchema(
        texts: [.init(name: "title", weight: 5, b: 0.4), .init(name: "body", weight: 1, b: 0.75)],
        stems: true, keywords: [source, domain, country, entity, entityName, language, sourceCountry],
        columns: [published, seq, words], tieBreaker: seq)

    /// The outlet's name in lower case.
    public static let source = "source"
    /// The outlet's domain.
    public static let domain = "domain"
    /// ISO 3166-1 alpha-2 codes in upper case.
    public static let country = "country"
    /// Entity ids.
    public static let entity = "entity"
    /// The entities that are not in the gazetteer, so that the index alone can list them: `id TAB name` of the
    /// provisional ones, `id TAB name TAB country` of those that are named after a country.
    public static let entityName = "entity_name"
    /// ISO 639-1 codes.
    public static let language = "language"
    /// Where the outlet is: ISO 3166-1 alpha-2 in upper case.
    public static let sourceCountry = "source_country"
    /// Milliseconds since 1970; absent where unknown.
    public static let published = "published"
    /// The change number.
    public static let seq = "seq"
    /// How many words the body has.
    public static let words = "words"

    /// The article as a document of the index.
    static func document(
        _ stored: StoredArticle, _ annotations: Annotations, _ gazetteer: Gazetteer
    ) -> IndexDocument {
        var stored = stored
        if stored.article.language == nil { stored.article.language = annotations.language }
        let article = stored.article
        var summary = JSONWriter(capacity: 700)
        summary.beginObject()
        summary.summaryMembers(stored, countries: annotations.countries)
        summary.endObject()
        return IndexDocument(
            key: article.id.description, texts: [Array(article.title.utf8), Array(article.body.utf8)],
            language: annotations.language,
            keywords: outlet(article.source) + [
                annotations.countries, annotations.entities.map(\.id.description),
                annotations.entities.filter { gazetteer.entity($0.id) == nil }.map(named),
                [LanguageCodes.code(annotations.language) ?? annotations.language],
                article.source?.country.map { [CountryCodes.alpha2(ofAlpha3: $0) ?? $0] } ?? [],
            ],
            columns: [
                article.published?.milliseconds, stored.seq, Int64(wordCount(Array(article.body.utf8).span)),
            ],
            summary: summary.bytes,
            content: ArticleRecord(stored: stored, annotations: annotations).encoded())
    }

    /// The runs of bytes without ASCII white space between them.
    private static func wordCount(_ text: Span<UInt8>) -> Int {
        var count = 0
        var isInWord = false
        for index in text.indices {
            let isWord = !text[index].isWhitespace
            if isWord, !isInWord { count += 1 }
            isInWord = isWord
        }
        return count
    }

    private static func named(_ entity: ArticleEntity) -> String {
        "\(entity.id)\t\(entity.name)" + (entity.isProvisional ? "" : "\t\(entity.country ?? "")")
    }

    /// The keyword values of an outlet: its name, then its domain.
    static func outlet(_ outlet: Outlet?) -> [[String]] {
        guard let outlet else { return [[], []] }
        return [outlet.name.isEmpty ? [] : [outlet.name.lowercased()], outlet.domain.map { [$0] } ?? []]
    }
}

/// What of a quotation goes where in the index of quotations.
public enum QuoteFields {
    /// The fields that queries can name.
    public static let schema = IndexSchema(
        texts: [.init(name: "text", weight: 1, b: 0.75)], stems: true,
        keywords: [speaker, about, kind, article, source, domain, country], columns: [published, seq, order],
        tieBreaker: order)

    /// The speaker's entity id.
    public static let speaker = "speaker"
    /// Entity ids of those named within the quotation.
    public static let about = "about"
    /// `direct`, `indirect` or `mixed`.
    public static let kind = "kind"
    /// The article's id.
    public static let article = "article"
    /// As for articles.
    public static let source = "source"
    /// As for articles.
    public static let domain = "domain"
    /// As for articles.
    public static let country = "country"
    /// As for articles.
    public static let published = "published"
    /// The article's change number.
    public static let seq = "seq"
    /// The change number and the place in the article.
    public static let order = "order"

    /// The id of an article's quotation.
    public static func key(_ article: ArticleID, _ number: Int) -> String {
        "\(article)#q\(number + 1)"
    }

    /// The quotations of an article as documents of the index.
    static func documents(_ stored: StoredArticle, _ annotations: Annotations) -> [IndexDocument] {
        guard !annotations.quotes.isEmpty else { return [] }
        let article = stored.article
        let offsets = AnnotationOffsets(article)
        return annotations.quotes.enumerated().map { number, quote in
            let text = offsets.text(quote.span)
            let about = Set(annotations.mentions.filter { quote.span.contains($0.span) }.map(\.entity))
                .sorted().map { annotations.entities[$0] }
            let speaker = quote.speaker.map { annotations.entities[$0] }
            var summary = JSONWriter(capacity: 600)
            summary.beginObject()
            summary.member("id", key(article.id, number))
            summary.member("text", text)
            summary.member("kind", quote.kind.name)
            summary.name("speaker")
            if let speaker {
                summary.beginObject()
                summary.member("id", speaker.id.description)
                summary.member("type", speaker.type.name)
                summary.member("name", speaker.name)
                summary.member("role", speaker.role)
                summary.endObject()
            } else {
                summary.null()
            }
            summary.member("cue", quote.cue)
            summary.member("rule", quote.rule)
            summary.member("confidence", quote.confidence)
            summary.name("span")
            offsets.write(quote.span, to: &summary)
            summary.member("about", about.map(\.id.description))
            summary.endObject()
            // What lists show of the article is taken from the article's own entry, so that it is kept once.
            var kept = ByteBuilder(capacity: summary.bytes.count + 40)
            kept.append(text: article.id.description)
            kept.append(contentsOf: summary.bytes)
            return IndexDocument(
                key: key(article.id, number), texts: [Array(text.utf8)], language: annotations.language,
                keywords: [
                    speaker.map { [$0.id.description] } ?? [], about.map(\.id.description), [quote.kind.name],
                    [article.id.description],
                ] + ArticleFields.outlet(article.source) + [annotations.countries],
                columns: [
                    article.published?.milliseconds, stored.seq, stored.seq << 12 | Int64(min(number, 4_095)),
                ],
                summary: kept.bytes, content: [])
        }
    }
}

/// An article with its annotations, as the index keeps them.
public struct ArticleRecord: Sendable {
    /// The article.
    public let stored: StoredArticle
    /// What the analysis found in it.
    public let annotations: Annotations
}
