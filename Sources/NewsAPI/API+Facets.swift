internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import SearchIndex

extension API {
    /// `GET /v1/facets`.
    func facets(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/facets")
        let filters = try articleFilters(context, &canonical)
        let articles = canonical.asked(of: "/v1/articles")
        let asked = try Facet.list(context.parameters, .by)
        let facets = asked.isEmpty ? Facet.standard : asked
        canonical.set(.by, facets.map(\.rawValue).joined(separator: ","))
        let limit = try context.parameters.limit(options)
        canonical.set(.limit, String(limit))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [("self", canonical.link), ("articles", articles.link)]
        return runOnce(.facets, context, canonical, of: context.snapshot, inline: false) { [self] in
            let snapshot = context.snapshot
            let matches = snapshot.articles.matches(filters.indexQuery)
            var writer = JSONWriter(capacity: 512 + facets.count * min(limit, 100) * 80)
            writer.beginObject()
            writer.name("data")
            writer.facets(facets, of: matches, limit: limit, snapshot)
            writer.endCounts(total: matches.count, limit: limit, links, of: snapshot)
            return ok(writer.bytes, tag)
        }
    }
}

extension JSONWriter {
    /// Ends an answer of counts after its `data`: what it says of itself, `own` members first, and its links.
    mutating func endCounts(
        total: Int, limit: Int, _ links: [(name: String, target: String?)], of snapshot: CatalogSnapshot,
        _ own: (inout JSONWriter) -> Void = { _ in }
    ) {
        name("meta")
        beginObject()
        own(&self)
        member("total", total)
        member("total_exact", true)
        member("limit", limit)
        member("generation", snapshot.generation)
        if total == 0 { coverage(of: snapshot) }
        endObject()
        self.links(links)
        endObject()
    }
}
