internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import SearchIndex

extension API {
    /// `GET /v1/query/explain`.
    func explain(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/query/explain")
        let filters = try articleFilters(context, &canonical, ranks: true)
        let articles = canonical.asked(of: "/v1/articles")
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [("self", canonical.link), ("articles", articles.link)]
        return run(.explain, for: context.request, inline: false) { [self] in
            let snapshot = context.snapshot
            let explanation = QueryExplanation(filters.query?.tree ?? .all, in: snapshot.articles)
            let total = snapshot.articles.count(filters.indexQuery)
            var writer = JSONWriter(capacity: 4_096)
            writer.beginObject()
            writer.name("data")
            writer.explanation(explanation)
            writer.name("meta")
            writer.beginObject()
            writer.member("total", total)
            writer.member("total_exact", true)
            writer.member("generation", snapshot.generation)
            if total == 0 { writer.coverage(of: snapshot) }
            writer.endObject()
            writer.links(links)
            writer.endObject()
            return ok(writer.bytes, tag)
        }
    }
}
