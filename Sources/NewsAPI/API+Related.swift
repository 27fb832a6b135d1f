internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// What related entities are ordered by.
enum RelatedOrder: String, Sendable, CaseIterable {
    /// The log-likelihood ratio.
    case association
    /// The articles that name both.
    case articles
}

extension API {
    /// How many of those that are named with an entity most often are looked at.
    private static let relatedCandidates = 1_000

    /// `GET /v1/entities/{id}/related`.
    func related(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        let entity = try found(id, context)
        let id = entity.entry.id
        var canonical = CanonicalRequest(path: "/v1/entities/" + Self.pathEncoded(id) + "/related")
        let filters = try articleFilters(context, &canonical)
        var articles = canonical.asked(of: "/v1/articles")
        articles.set(.entity, id.description)
        let type = try Self.type(context.parameters)
        canonical.set(.type, type?.name)
        let order = try context.parameters.choice(.sort, RelatedOrder.association)
        canonical.set(.sort, order.rawValue)
        let limit = try context.parameters.number(.limit, 20, 1...200)
        canonical.set(.limit, String(limit))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [
            ("self", canonical.link), ("entity", "/v1/entities/" + Self.pathEncoded(id)),
            ("articles", articles.link),
        ]
        return runOnce(.related, context, canonical, of: context.snapshot, inline: false) { [self] in
            let snapshot = context.snapshot
            let all = snapshot.articles.matches(filters.indexQuery)
            let own = all.intersection(
                snapshot.articles.matches(.keyword(field: ArticleFields.entity, value: id.description)))
            let related = Self.related(to: id, own, of: all, type, order)
            var writer = JSONWriter(capacity: 512 + min(limit, related.count) * 160)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            for (value, association) in related.prefix(limit) {
                writer.beginObject()
                writer.entity(value, articles: association.other, snapshot)
                writer.association(association)
                writer.endObject()
            }
            writer.endArray()
            writer.endCounts(total: all.count, limit: limit, links, of: snapshot) { meta in
                meta.member("entity", id.description)
                meta.member("articles", own.count)
                meta.member("more", related.count > limit)
            }
            return ok(writer.bytes, tag)
        }
    }

    /// The entities that are named with one, ordered.
    private static func related(
        to id: EntityID, _ own: Matches, of all: Matches, _ type: EntityType?, _ order: RelatedOrder
    ) -> [(value: String, association: Association)] {
        let prefix = type.map { $0.prefix + ":" } ?? ""
        let candidates = own.facet(ArticleFields.entity, prefix: prefix, limit: relatedCandidates + 1)
            .filter { $0.value != id.description }
        let articles = all.counts(of: candidates.map(\.value), field: ArticleFields.entity)
        let found = zip(candidates, articles).map { candidate, articles in
            let association = Association(
                together: candidate.count, one: own.count, other: articles, all: all.count)
            return (value: candidate.value, association: association, score: association.logLikelihood)
        }
        // Candidates come by their articles already, then by their ids.
        let ordered =
            order == .articles
            ? found
            : found.sorted { left, right in
                if left.score != right.score { return left.score > right.score }
                return (right.association.together, left.value) < (left.association.together, right.value)
            }
        return ordered.map { ($0.value, $0.association) }
    }
}

extension JSONWriter {
    /// Writes what is shown of an entity that articles name; the object is open before and after.
    mutating func entity(_ id: String, articles: Int, _ snapshot: CatalogSnapshot) {
        let entry = snapshot.entities[EntityID(id)]?.entry
        member("id", id)
        member("type", entry?.type.name)
        member("name", entry?.name)
        member("articles", articles)
    }

    /// Writes how much more often two things stand together than by chance; the object is open before and after.
    mutating func association(_ association: Association) {
        member("together", association.together)
        member("npmi", (association.npmi * 1e4).rounded() / 1e4)
        member("log_likelihood", (association.logLikelihood * 100).rounded() / 100)
    }
}
