internal import NewsModel

/// Which fields a query may name, and what they stand for in the index it is put to.
public struct QueryScope: Sendable {
    /// What the value of a field is.
    enum Meaning: Sendable {
        /// Words in one text field.
        case text(String)
        /// The name or domain of an outlet, in any of the keyword fields.
        case outlet([String])
        /// A country, in a keyword field.
        case country(String)
        /// A language, in a keyword field.
        case language(String)
        /// Entities of these types (any for none) with that name, in any of the keyword fields.
        case entity([EntityType], [String])
    }

    /// The fields by the name that queries use.
    let fields: [String: Meaning]

    /// The names that queries can use, in order.
    public var names: [String] { fields.keys.sorted() }

    /// Queries for articles.
    public static let articles = QueryScope(
        fields: [
            "title": .text("title"), "body": .text("body"),
            "source": .outlet([ArticleFields.source, ArticleFields.domain]),
            "domain": .outlet([ArticleFields.domain]),
            "country": .country(ArticleFields.country), "lang": .language(ArticleFields.language),
            "person": .entity([.person], [ArticleFields.entity]),
            "org": .entity([.organisation], [ArticleFields.entity]),
            "place": .entity([.place, .region, .country], [ArticleFields.entity]),
            "entity": .entity([], [ArticleFields.entity]),
        ])

    /// Queries for quotations; an entity is the speaker or is named in the words.
    public static let quotes = QueryScope(
        fields: [
            "source": .outlet([QuoteFields.source, QuoteFields.domain]),
            "domain": .outlet([QuoteFields.domain]),
            "country": .country(QuoteFields.country),
            "speaker": .entity([], [QuoteFields.speaker]), "about": .entity([], [QuoteFields.about]),
            "person": .entity([.person], [QuoteFields.speaker, QuoteFields.about]),
            "org": .entity([.organisation], [QuoteFields.speaker, QuoteFields.about]),
            "place": .entity([.place, .region, .country], [QuoteFields.speaker, QuoteFields.about]),
            "entity": .entity([], [QuoteFields.speaker, QuoteFields.about]),
        ])
}
