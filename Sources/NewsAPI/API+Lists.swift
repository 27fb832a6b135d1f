internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// The order of a list of articles or quotations.
enum ListOrder: String, Sendable, CaseIterable {
    case relevance, newest, oldest

    func sortOrder(published: String) -> SortOrder {
        switch self {
        case .relevance: .relevance
        case .newest: .column(published, descending: true)
        case .oldest: .column(published, descending: false)
        }
    }
}

/// A list of articles or quotations that is asked for.
struct ListQuery: Sendable {
    /// Which of the indexes.
    let index: @Sendable (CatalogSnapshot) -> IndexSnapshot
    /// An item of it as JSON.
    let item: @Sendable (CatalogSnapshot, DocAddress) -> [UInt8]
    let published: String
    let seq: String
    let filters: Filters
    /// All conditions, those of the filters and others.
    let query: IndexQuery
    let order: ListOrder
    let limit: Int
    let cursor: PageCursor?
    let format: ListFormat
    let canonical: CanonicalRequest
    /// What cursors of this list are bound to.
    let listHash: UInt64
}

extension API {
    /// Reads what all lists have in common, and answers 304 or searches; `extra` are conditions beside the filters.
    func list(
        _ context: ReadContext, _ endpoint: Endpoint, _ filters: Filters, _ canonical: CanonicalRequest,
        index: @escaping @Sendable (CatalogSnapshot) -> IndexSnapshot,
        item: @escaping @Sendable (CatalogSnapshot, DocAddress) -> [UInt8], published: String, seq: String,
        extra: IndexQuery? = nil
    ) throws(Refusal) -> Reply {
        let parameters = context.parameters
        var canonical = canonical
        let order = try parameters.choice(
            .sort, filters.query?.scores == true ? ListOrder.relevance : .newest)
        canonical.set(.sort, order.rawValue)
        let limit = try parameters.limit(options)
        let format = try parameters.choice(.format, ListFormat.json)
        let listHash = canonical.hash() ^ context.serving.catalog.stamp
        canonical.set(.limit, String(limit))
        canonical.set(.format, format == .json ? nil : format.rawValue)
        var cursor: PageCursor?
        if let token = parameters[.cursor] {
            cursor = try PageCursor(token, list: listHash)
            canonical.set(.cursor, token)
        }
        let snapshot = context.snapshot
        if let cursor, cursor.generation > snapshot.generation {
            throw Refusal(
                .badCursor, "The cursor is of a newer state of the articles than this server has.",
                parameter: "cursor")
        }
        // A page of an earlier state is looked up in that state, if it is still here; else in the newest, less what came later.
        let view = cursor.flatMap { shelf.snapshot(generation: $0.generation) } ?? snapshot
        let tag = entityTag(context, canonical, state: view.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let query = extra.map { IndexQuery.and([filters.indexQuery, $0]) } ?? filters.indexQuery
        let list = ListQuery(
            index: index, item: item, published: published, seq: seq, filters: filters, query: query,
            order: order,
            limit: limit,
            cursor: cursor, format: format, canonical: canonical, listHash: listHash)
        let isCheap = index(view).documentCount <= options.inlineDocuments && limit <= 200
        return run(endpoint, inline: isCheap) { [self] in page(list, of: view, tag) }
    }

    private func page(_ list: ListQuery, of view: CatalogSnapshot, _ tag: EntityTag) -> Response {
        let index = list.index(view)
        let generation = list.cursor?.generation ?? view.generation
        var query = list.query
        if generation < view.generation {
            query = .and([query, .range(column: list.seq, from: nil, to: generation + 1)])
        }
        let order = list.order.sortOrder(published: list.published)
        let result = index.search(query, order: order, limit: list.limit + 1, after: list.cursor?.position)
        let hits = result.hits.prefix(list.limit)
        var next: PageCursor?
        if result.hits.count > list.limit, let last = hits.last {
            next = PageCursor(generation: generation, position: last.position)
            if view.generation == generation { shelf.keep(view) }
        }
        var nextRequest = list.canonical
        let token = next?.token(list: list.listHash)
        nextRequest.set(.cursor, token)
        let nextLink = token == nil ? nil : nextRequest.link

        var response: Response
        switch list.format {
        case .ndjson:
            var body: [UInt8] = []
            for hit in hits {
                body += Self.item(hit, of: view, list)
                body.append(0x0A)
            }
            response = ok(body, tag, contentType: list.format.contentType)
        case .json:
            var writer = JSONWriter(capacity: 1_024 + hits.count * 800)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            for hit in hits { writer.raw(Self.item(hit, of: view, list)) }
            writer.endArray()
            writer.name("meta")
            writer.beginObject()
            writer.member("total", result.total)
            writer.member("total_exact", true)
            writer.member("limit", list.limit)
            writer.member("next_cursor", token)
            writer.member("generation", generation)
            if result.total == 0 { writer.coverage(of: view) }
            writer.endObject()
            writer.links([("self", list.canonical.link), ("next", nextLink)])
            writer.endObject()
            response = ok(writer.bytes, tag)
        }
        if let nextLink { response.fields.append(.link, "<\(nextLink)>; rel=\"next\"") }
        return response
    }

    /// The item as it is kept, with its score before the rest where that is what it is ordered by.
    private static func item(_ hit: Hit, of view: CatalogSnapshot, _ list: ListQuery) -> [UInt8] {
        let summary = list.item(view, hit.address)
        guard list.order == .relevance, summary.count > 2 else { return summary }
        var writer = JSONWriter(capacity: summary.count + 32)
        writer.beginObject()
        // Four decimals tell scores apart and hide what the order of additions does to the last bits.
        writer.member("score", (hit.score * 10_000).rounded() / 10_000)
        return writer.bytes + [UInt8(ascii: ",")] + summary.dropFirst()
    }
}

extension JSONWriter {
    /// Writes what could have been found at all.
    mutating func coverage(of snapshot: CatalogSnapshot) {
        let bounds = snapshot.articles.columnBounds(.all, column: ArticleFields.published)
        name("coverage")
        beginObject()
        member("articles", snapshot.articles.documentCount)
        member("first_published", bounds.map { Timestamp(milliseconds: $0.min).description })
        member("last_published", bounds.map { Timestamp(milliseconds: $0.max).description })
        endObject()
    }

    /// Writes the links of an answer.
    mutating func links(_ links: [(name: String, target: String?)]) {
        name("links")
        beginObject()
        for link in links { member(link.name, link.target) }
        endObject()
    }
}
