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
        /// Where an outlet is, in a keyword field.
        case outletCountry(String)
        /// Days or instants, in a column of milliseconds since 1970.
        case date(String)
        /// Whole numbers from 0 on, in a column.
        case number(String)
        /// Entities of these types (any for none) with that name, in any of the keyword fields.
        case entity([EntityType], [String])
    }

    /// The fields by the name that queries use.
    let fields: [String: Meaning]

    /// Fields of other query languages, and what there is to say to those who use them here.
    static let refused: [String: String] = {
        let pictures = "asks for what is seen in pictures, which are not kept here"
        return [
            "imagetag": pictures, "imagewebtag": pictures, "imagewebcount": pictures,
            "imagenumfaces": pictures,
            "imagefacetone": pictures, "imageocrmeta": pictures,
            "theme": "asks for a theme of GDELT, which articles do not have here",
            "tone": "asks for the tone of articles, which is not worked out here",
            "toneabs": "asks for the tone of articles, which is not worked out here",
            "topic": "asks for the topics of articles, which are not worked out here",
            "event": "asks for the events in articles, which are not worked out here",
            "near": "needs a number, as in near5:\"a b\"", "repeat": "needs a number, as in repeat3:\"a\"",
        ]
    }()

    /// The names that can be compared, in order.
    var comparable: [String] {
        fields.filter {
            if case .date = $0.value { true } else if case .number = $0.value { true } else { false }
        }
        .keys.sorted()
    }

    /// The names that queries can use, in order.
    public var names: [String] { fields.keys.sorted() }

    /// Queries for articles.
    public static let articles = QueryScope(
        fields: [
            "title": .text("title"), "body": .text("body"),
            "source": .outlet([ArticleFields.source, ArticleFields.domain]),
            "domain": .outlet([ArticleFields.domain]),
            "country": .country(ArticleFields.country), "lang": .language(ArticleFields.language),
            "sourcecountry": .outletCountry(ArticleFields.sourceCountry),
            "published": .date(ArticleFields.published), "words": .number(ArticleFields.words),
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
            "country": .country(QuoteFields.country), "published": .date(QuoteFields.published),
            "speaker": .entity([], [QuoteFields.speaker]), "about": .entity([], [QuoteFields.about]),
            "person": .entity([.person], [QuoteFields.speaker, QuoteFields.about]),
            "org": .entity([.organisation], [QuoteFields.speaker, QuoteFields.about]),
            "place": .entity([.place, .region, .country], [QuoteFields.speaker, QuoteFields.about]),
            "entity": .entity([], [QuoteFields.speaker, QuoteFields.about]),
        ])
}
