internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// What of the articles can be counted by value.
enum Facet: String, Sendable, CaseIterable {
    case source, country, language, person, organisation, place, region, treaty, event
    /// Entities of any type.
    case entity

    /// What is counted where a request does not say.
    static let standard: [Facet] = [.source, .country, .language]

    /// All of them, as messages list them.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The field of the index that has the values.
    var field: String {
        switch self {
        case .source: ArticleFields.source
        case .country: ArticleFields.country
        case .language: ArticleFields.language
        default: ArticleFields.entity
        }
    }

    /// What the values begin with; empty for all of the field.
    var prefix: String {
        guard field == ArticleFields.entity, let type = EntityType(name: rawValue) else { return "" }
        return type.prefix + ":"
    }

    /// The name of what a value stands for; `nil` where it says all itself.
    func name(of value: String, _ snapshot: CatalogSnapshot) -> String? {
        let id: EntityID? =
            switch self {
            case .source, .language: nil
            case .country: EntityID(EntityType.country.prefix + ":" + value.lowercased())
            default: EntityID(value)
            }
        return id.flatMap { snapshot.entities[$0]?.entry.name }
    }

    /// The facets that a parameter asks for, each once.
    static func list(_ parameters: Parameters, _ parameter: Parameter) throws(Refusal) -> [Facet] {
        try parameters.names(parameter, of: allCases.map(\.rawValue)).compactMap(Facet.init(rawValue:))
    }
}

extension JSONWriter {
    /// Writes the most frequent values of facets, as an array.
    mutating func facets(_ facets: [Facet], of matches: Matches, limit: Int, _ snapshot: CatalogSnapshot) {
        beginArray()
        for facet in facets {
            let counts = matches.facet(facet.field, prefix: facet.prefix, limit: limit + 1)
            beginObject()
            member("by", facet.rawValue)
            name("values")
            beginArray()
            for (value, count) in counts.prefix(limit) {
                beginObject()
                member("value", value)
                member("name", facet.name(of: value, snapshot))
                member("count", count)
                endObject()
            }
            endArray()
            member("more", counts.count > limit)
            endObject()
        }
        endArray()
    }
}
