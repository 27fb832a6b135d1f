internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

extension API {
    /// `GET /v1/graph`.
    func graph(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/graph")
        let filters = try articleFilters(context, &canonical)
        let articles = canonical.asked(of: "/v1/articles")
        // None for entities of all types.
        let types = try context.parameters.names(.by, of: EntityType.allCases.map(\.name))
            .compactMap(EntityType.init(name:))
        canonical.set(.by, types.map(\.name).joined(separator: ","))
        let limit = try context.parameters.number(.limit, 20, 1...100)
        canonical.set(.limit, String(limit))
        let least = try context.parameters.number(.together, 1, 1...1_000_000)
        canonical.set(.together, String(least))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [("self", canonical.link), ("articles", articles.link)]
        return runOnce(.graph, context, canonical, of: context.snapshot, inline: false) { [self] in
            let snapshot = context.snapshot
            let matches = snapshot.articles.matches(filters.indexQuery)
            let nodes = Self.nodes(of: matches, types, limit: limit)
            let edges = Self.edges(between: nodes, of: matches, least, snapshot.articles)
            var writer = JSONWriter(capacity: 512 + nodes.count * 100 + edges.count * 140)
            writer.beginObject()
            writer.name("data")
            writer.beginObject()
            writer.name("nodes")
            writer.beginArray()
            for node in nodes {
                writer.beginObject()
                writer.entity(node.value, articles: node.count, snapshot)
                writer.endObject()
            }
            writer.endArray()
            writer.name("edges")
            writer.beginArray()
            for edge in edges {
                writer.beginObject()
                writer.member("source", nodes[edge.source].value)
                writer.member("target", nodes[edge.target].value)
                writer.association(edge.association)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            writer.endCounts(total: matches.count, limit: limit, links, of: snapshot)
            return ok(writer.bytes, tag)
        }
    }

    /// The entities that most of the articles name.
    private static func nodes(
        of matches: Matches, _ types: [EntityType], limit: Int
    ) -> [(value: String, count: Int)] {
        let prefixes = types.isEmpty ? [""] : types.map { $0.prefix + ":" }
        let found = prefixes.flatMap { matches.facet(ArticleFields.entity, prefix: $0, limit: limit) }
        return Array(found.sorted { ($1.count, $0.value) < ($0.count, $1.value) }.prefix(limit))
    }

    /// A pair of nodes that articles name together.
    private struct Edge {
        let source: Int
        let target: Int
        let association: Association
    }

    /// The pairs that at least so many articles name together, those of most articles first.
    private static func edges(
        between nodes: [(value: String, count: Int)], of matches: Matches, _ least: Int,
        _ index: IndexSnapshot
    ) -> [Edge] {
        let sets = nodes.map {
            matches.intersection(index.matches(.keyword(field: ArticleFields.entity, value: $0.value)))
        }
        var edges: [Edge] = []
        for source in nodes.indices {
            for target in nodes.indices.dropFirst(source + 1) {
                let together = sets[source].overlap(sets[target])
                guard together >= least else { continue }
                let association = Association(
                    together: together, one: nodes[source].count, other: nodes[target].count,
                    all: matches.count)
                edges.append(Edge(source: source, target: target, association: association))
            }
        }
        return edges.sorted {
            ($1.association.together, $0.source, $0.target) < ($0.association.together, $1.source, $1.target)
        }
    }
}
