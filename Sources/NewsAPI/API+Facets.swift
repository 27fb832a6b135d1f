internal import HTTPMessages
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

    /// The entity that a value stands for.
    func entity(_ value: String) -> EntityID? {
        switch self {
        case .source, .language: nil
        case .country: EntityID(EntityType.country.prefix + ":" + value.lowercased())
        default: EntityID(value)
        }
    }
}

extension API {
    /// `GET /v1/facets`.
    func facets(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/facets")
        let filters = try articleFilters(context, &canonical)
        let articles = canonical.asked(of: "/v1/articles")
        let facets = try Self.facets(context.parameters)
        canonical.set(.by, facets.map(\.rawValue).joined(separator: ","))
        let limit = try context.parameters.limit(options)
        canonical.set(.limit, String(limit))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [("self", canonical.link), ("articles", articles.link)]
        return run(.facets, for: context.request, inline: false) { [self] in
            let snapshot = context.snapshot
            let query = filters.indexQuery
            var writer = JSONWriter(capacity: 512 + facets.count * min(limit, 100) * 80)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            let matches = snapshot.articles.matches(query)
            for facet in facets { writer.facet(facet, of: matches, limit: limit, snapshot) }
            writer.endArray()
            let total = matches.count
            writer.name("meta")
            writer.beginObject()
            writer.member("total", total)
            writer.member("total_exact", true)
            writer.member("limit", limit)
            writer.member("generation", snapshot.generation)
            if total == 0 { writer.coverage(of: snapshot) }
            writer.endObject()
            writer.links(links)
            writer.endObject()
            return ok(writer.bytes, tag)
        }
    }

    /// The facets asked for, each once.
    private static func facets(_ parameters: Parameters) throws(Refusal) -> [Facet] {
        var facets: [Facet] = []
        for (name, isExcluded) in try parameters.list(.by) {
            guard !isExcluded, let facet = Facet(rawValue: name) else {
                let known = Facet.allCases.map(\.rawValue)
                let near = Spelling.suggestion(for: name, in: known)
                throw Refusal(
                    .badParameter,
                    "'by' takes one or more of \(known.joined(separator: ", ")); found "
                        + "\(Refusal.shown((isExcluded ? "-" : "") + name)).\(near)", parameter: "by")
            }
            if !facets.contains(facet) { facets.append(facet) }
        }
        return facets.isEmpty ? Facet.standard : facets
    }
}

extension JSONWriter {
    /// Writes the most frequent values of a facet.
    fileprivate mutating func facet(
        _ facet: Facet, of matches: Matches, limit: Int, _ snapshot: CatalogSnapshot
    ) {
        let counts = matches.facet(facet.field, prefix: facet.prefix, limit: limit + 1)
        beginObject()
        member("by", facet.rawValue)
        name("values")
        beginArray()
        for (value, count) in counts.prefix(limit) {
            beginObject()
            member("value", value)
            member("name", facet.entity(value).flatMap { snapshot.entities[$0]?.entry.name })
            member("count", count)
            endObject()
        }
        endArray()
        member("more", counts.count > limit)
        endObject()
    }
}
