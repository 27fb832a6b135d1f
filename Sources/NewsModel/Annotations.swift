/// How a mention names its entity.
public enum MentionKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The whole name: "Vladimir Putin".
    case name
    /// A part of it: "Putin".
    case part
    /// An office: "the Russian president".
    case title
    /// A word for the people or the adjective: "Russian".
    case demonym
    /// A common noun: "the foreign ministry", "the treaty".
    case nominal
    /// "he", "she", "they".
    case pronoun

    /// The name in JSON.
    public var name: String { String(describing: self) }
}

/// A span that names an entity.
public struct Mention: Hashable, Sendable {
    /// Where.
    public var span: TextSpan
    /// The entity's place in `Annotations.entities`.
    public var entity: Int
    /// How.
    public var kind: MentionKind
    /// The rule that found it.
    public var rule: String

    /// Creates a mention.
    public init(span: TextSpan, entity: Int, kind: MentionKind, rule: String) {
        self.span = span
        self.entity = entity
        self.kind = kind
        self.rule = rule
    }
}

/// An entity as one article shows it.
public struct ArticleEntity: Hashable, Sendable {
    /// Its stable name.
    public var id: EntityID
    /// Its kind.
    public var type: EntityType
    /// The name to show.
    public var name: String
    /// Its Wikidata item, as "Q7747".
    public var wikidata: String?
    /// ISO 3166-1 alpha-2 of the country it is or belongs to.
    public var country: String?
    /// Where it is.
    public var coordinates: Coordinates?
    /// What it does on the article's date, from the gazetteer or from the text: "president of Russia".
    public var role: String?
    /// How many mentions it has.
    public var count: Int
    /// Its share of the article's attention, 0…1; all shares add up to 1.
    public var salience: Double
    /// Whether no gazetteer knows it.
    public var isProvisional: Bool

    /// Creates an entity of an article.
    public init(
        id: EntityID, type: EntityType, name: String, wikidata: String? = nil, country: String? = nil,
        coordinates: Coordinates? = nil, role: String? = nil, count: Int = 0, salience: Double = 0,
        isProvisional: Bool = false
    ) {
        self.id = id
        self.type = type
        self.name = name
        self.wikidata = wikidata
        self.country = country
        self.coordinates = coordinates
        self.role = role
        self.count = count
        self.salience = salience
        self.isProvisional = isProvisional
    }
}

/// Whether a quotation gives the words themselves.
public enum QuoteKind: UInt8, Hashable, Sendable, CaseIterable {
    /// All in quotation marks.
    case direct
    /// In the writer's words.
    case indirect
    /// In the writer's words with some quoted.
    case mixed

    /// The name in JSON.
    public var name: String { String(describing: self) }
}

/// What somebody said.
public struct Quote: Hashable, Sendable {
    /// The words, without the outer quotation marks.
    public var span: TextSpan
    /// How it is quoted.
    public var kind: QuoteKind
    /// The speaker's place in `Annotations.entities`, where known.
    public var speaker: Int?
    /// The words that name the speaker.
    public var speakerSpan: TextSpan?
    /// The base form of the verb or phrase that introduces it: "say", "warn", "according to".
    public var cue: String?
    /// The cue's words in the text.
    public var cueSpan: TextSpan?
    /// The rule that found the speaker.
    public var rule: String
    /// How sure the rule is, 0…1.
    public var confidence: Double

    /// Creates a quote.
    public init(
        span: TextSpan, kind: QuoteKind, speaker: Int? = nil, speakerSpan: TextSpan? = nil,
        cue: String? = nil,
        cueSpan: TextSpan? = nil, rule: String, confidence: Double
    ) {
        self.span = span
        self.kind = kind
        self.speaker = speaker
        self.speakerSpan = speakerSpan
        self.cue = cue
        self.cueSpan = cueSpan
        self.rule = rule
        self.confidence = confidence
    }
}

/// Where a report was filed, from its first words: "MOSCOW, Dec 15 (Reuters) -".
public struct Dateline: Hashable, Sendable {
    /// The whole dateline with its dash.
    public var span: TextSpan
    /// The place's position in `Annotations.entities`, where it is known.
    public var place: Int?
    /// The agency in brackets, if any: "Reuters".
    public var agency: String?

    /// Creates a dateline.
    public init(span: TextSpan, place: Int?, agency: String?) {
        self.span = span
        self.place = place
        self.agency = agency
    }
}

/// All that the analysis found in one article.
public struct Annotations: Hashable, Sendable {
    /// ISO 639-1, as given or recognised.
    public var language: String
    /// The dateline, if there is one.
    public var dateline: Dateline?
    /// Authors named in a byline inside the text.
    public var authors: [String]
    /// Sentences in order: those of the title, then those of the body.
    public var sentences: [TextSpan]
    /// Mentions in order of their spans, title first.
    public var mentions: [Mention]
    /// Entities, the first mentioned first.
    public var entities: [ArticleEntity]
    /// Quotations in order of their spans.
    public var quotes: [Quote]
    /// ISO 3166-1 alpha-2 codes of the countries that it is about or reports from, most important first.
    public var countries: [String]

    /// Creates annotations.
    public init(
        language: String, dateline: Dateline? = nil, authors: [String] = [], sentences: [TextSpan] = [],
        mentions: [Mention] = [], entities: [ArticleEntity] = [], quotes: [Quote] = [],
        countries: [String] = []
    ) {
        self.language = language
        self.dateline = dateline
        self.authors = authors
        self.sentences = sentences
        self.mentions = mentions
        self.entities = entities
        self.quotes = quotes
        self.countries = countries
    }
}
