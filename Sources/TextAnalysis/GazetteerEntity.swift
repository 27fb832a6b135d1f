public import NewsModel

/// Whether a person is referred to as "she" or "he".
public enum Gender: UInt8, Hashable, Sendable {
    case female
    case male
}

/// A person, country, organisation, place … that the gazetteer knows.
public struct GazetteerEntity: Hashable, Sendable {
    /// Its stable name.
    public let id: EntityID
    /// Its kind.
    public let type: EntityType
    /// The name to show.
    public let name: String
    /// Other names.
    public var aliases: [String] = []
    /// Bare names that news uses on first mention, for famous persons: "Putin".
    public var knownAs: [String] = []
    /// The name that news uses alone once the full name has been given.
    public var family: [String] = []
    /// Words for its people and adjectives, for countries and regions.
    public var demonyms: [String] = []
    /// For persons.
    public var gender: Gender?
    /// Its Wikidata item.
    public var wikidata: String?
    /// ISO 3166-1 alpha-2 of the country it is or belongs to.
    public var country: String?
    /// For regions: the countries in it.
    public var countries: [String] = []
    /// Where it is.
    public var coordinates: Coordinates?
    /// Inhabitants, for places; 0 where unknown.
    public var population = 0
    /// What sort of its type it is: "armed-group", "capital", "disputed".
    public var kind = ""
    /// Terms of office, for persons.
    public var offices: [Office] = []
    /// Names of the capital or capitals, for countries.
    public var capitals: [String] = []
    /// When a treaty was signed or an event took place, as the file says it.
    public var date = ""
    /// Where a treaty was signed, an event took place or an organisation has its seat.
    public var seat = ""

    init(id: EntityID, type: EntityType, name: String) {
        self.id = id
        self.type = type
        self.name = name
    }
}

/// A state body that every country has: "Foreign Ministry".
struct MinistryTemplate: Sendable, Hashable {
    var id: String
    var name: String
    var aliases: [String]
    var code: String

    /// Whether the country in which it stands is not the one it belongs to.
    var isAbroad: Bool { Self.missions.contains(id) }

    private static let missions: Set<String> = ["embassy", "consulate", "delegation", "un-mission"]
}
