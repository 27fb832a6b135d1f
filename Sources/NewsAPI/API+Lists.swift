internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// The order of a list of articles or quotations.
enum ListOrder: Sendable, Equatable {
    case relevance, newest, oldest
    /// By relevance and age together, an age of so many milliseconds making up for twice as large a 1 + score.
    case hot(halfLife: Int64)

    /// The names that `sort` takes.
    private enum Name: String, CaseIterable {
        case relevance, newest, oldest, hot
    }

    /// Reads `sort` and `half_life`; where a request does not say, an order is by relevance if anything has a score.
    init(_ parameters: Parameters, scores: Bool, _ request: inout CanonicalRequest) throws(Refusal) {
        let name = try parameters.choice(.sort, scores ? Name.relevance : .newest)
        request.set(.sort, name.rawValue)
        guard name == .hot else {
            guard parameters[.halfLife] == nil else {
                throw Refusal(
                    .badParameter, "'half_life' goes with sort=hot; found it with sort=\(name.rawValue).",
                    parameter: "half_life")
            }
            self = name == .relevance ? .relevance : name == .newest ? .newest : .oldest
            return
        }
        let halfLife = try parameters.halfLife()
        request.set(.halfLife, halfLife.description)
        self = .hot(halfLife: halfLife.milliseconds)
    }

    /// Whether items have a score in the order that a request asks for, by name or by not saying.
    static func scores(_ parameters: Parameters) throws(Refusal) -> Bool {
        let name = try parameters.choice(.sort, Name.relevance)
        return name == .relevance || name == .hot
    }

    /// Whether items have a score.
    var scores: Bool {
        switch self {
        case .relevance, .hot: true
        case .newest, .oldest: false
        }
    }

    func sortOrder(published: String) -> SortOrder {
        switch self {
        case .relevance: .relevance
        case .newest: .column(published, descending: true)
        case .oldest: .column(published, descending: false)
        case .hot(let halfLife): .recency(Recency(column: published, halfLife: halfLife))
        }
    }
}

/// What lists there are.
struct ListKind: Sendable {
    let endpoint: Endpoint
    /// Which of the indexes.
    let index: @Sendable (CatalogSnapshot) -> IndexSnapshot
    /// Writes the members of an item.
    let write:
        @Sendable (CatalogSnapshot, DocAddress, ItemView, inout Highlighter?, inout JSONWriter) throws -> Void
    /// The members that an item can have.
    let fields: [String]
    /// Those of them that an item has to be unpacked for.
    let packedFields: [String]
    let published: String

    static let articles = ListKind(
        endpoint: .articles, index: { $0.articles },
        write: { try $0.writeArticle($1, fields: $2.fields, highlighter: &$3, to: &$4) },
        fields: CatalogSnapshot.articleFields, packedFields: CatalogSnapshot.packedArticleFields,
        published: ArticleFields.published)

    static let quotes = ListKind(
        endpoint: .quotes, index: { $0.quotes },
        write: { $0.writeQuote($1, fields: $2.fields, highlighter: &$3, to: &$4) },
        fields: CatalogSnapshot.quoteFields, packedFields: [], published: QuoteFields.published)
}

/// What is shown of the items of a list.
struct ItemView: Sendable {
    /// The members that are shown; `nil` for those that are shown where a request does not say.
    let fields: FieldSelection?
    /// Whether it is shown what met the query.
    let highlights: Bool
    /// Whether it is shown how the query was read and each item scored.
    let explains: Bool

    /// Reads `fields`, `highlight` and `explain`; none alters which items there are, so that cursors hold for any view.
    init(_ parameters: Parameters, of kind: ListKind, _ request: inout CanonicalRequest) throws(Refusal) {
        fields = try parameters.fields(of: kind.fields + ["score", "hot"])
        highlights = try parameters.flag(.highlight)
        request.set(.fields, fields?.names.joined(separator: ","))
        request.set(.highlight, highlights ? "true" : nil)
        explains = try parameters.flag(.explain)
        request.set(.explain, explains ? "true" : nil)
    }

    /// Whether more has to be done than to copy what is kept for lists.
    func unpacks(_ kind: ListKind) -> Bool {
        highlights || explains || fields?.names.contains(where: kind.packedFields.contains) == true
    }
}

/// How hot hits are beside the newest document of their index.
struct Heat {
    private let order: Recency
    private let index: IndexSnapshot
    private let newest: Int64

    /// `nil` for lists of another order, and where no document has a date.
    init?(_ list: ListQuery, _ index: IndexSnapshot) {
        guard case .recency(let order) = list.order.sortOrder(published: list.kind.published),
            let newest = index.matches(.all).bounds(of: order.column)?.max
        else { return nil }
        (self.order, self.index, self.newest) = (order, index, newest)
    }

    /// The heat of a hit; `nil` where it has no date.
    func value(of hit: Hit) -> Double? {
        index.column(order.column, hit.address).map { published in
            order.heat(score: hit.score, value: published, origin: newest)
        }
    }
}

/// A list of articles or quotations that is asked for.
struct ListQuery: Sendable {
    let kind: ListKind
    let view: ItemView
    /// The query text as it was read.
    let tree: QueryTree
    /// All conditions, those of the filters and others.
    let query: IndexQuery
    /// Whether one of several words of the query text is enough.
    let matchesAny: Bool
    let order: ListOrder
    let facets: [Facet]
    let limit: Int
    let cursor: PageCursor?
    let format: ListFormat
    let canonical: CanonicalRequest
    /// What cursors of this list are bound to.
    let listHash: UInt64
}

extension API {
    /// The most values of each facet that a list comes with.
    private static let facetValues = 10

    /// Reads what all lists have in common, and answers 304 or searches; `extra` are conditions beside the filters.
    func list(
        _ context: ReadContext, _ kind: ListKind, _ filters: Filters, _ canonical: CanonicalRequest,
        extra: IndexQuery? = nil
    ) throws(Refusal) -> Reply {
        let parameters = context.parameters
        var canonical = canonical
        let order = try ListOrder(parameters, scores: filters.query?.scores == true, &canonical)
        let limit = try parameters.limit(options)
        let format = try context.format(ListFormat.json)
        let listHash = canonical.hash() ^ context.serving.catalog.stamp
        canonical.set(.limit, String(limit))
        canonical.set(.format, format == .json ? nil : format.rawValue)
        let itemView = try ItemView(parameters, of: kind, &canonical)
        let facets = try Facet.list(parameters, .facets)
        canonical.set(.facets, facets.map(\.rawValue).joined(separator: ","))
        var cursor: PageCursor?
        if let token = parameters[.cursor] {
            cursor = try PageCursor(token, list: listHash)
            canonical.set(.cursor, token)
        }
        // What is posted is no resource that could be asked for again by its tag.
        let tag =
            context.request.method == .post
            ? nil
            : entityTag(context, canonical, state: cursor?.generation ?? context.snapshot.generation)
        if var answer = notModified(context.request, tag) {
            context.addVary(to: &answer)
            return .ready(answer)
        }
        let view = try state(of: cursor, context, for: .articles)
        let query = extra.map { IndexQuery.and([filters.indexQuery, $0]) } ?? filters.indexQuery
        let list = ListQuery(
            kind: kind, view: itemView, tree: filters.query?.tree ?? .all, query: query,
            matchesAny: filters.matchesAny, order: order,
            facets: facets, limit: limit, cursor: cursor,
            format: format,
            canonical: canonical, listHash: listHash)
        let isCheap =
            kind.index(view).documentCount <= options.inlineDocuments && limit <= 200
            && !itemView.unpacks(kind) && facets.isEmpty
        return runOnce(kind.endpoint, context, canonical, of: view, inline: isCheap) { [self] in
            var response = try page(list, of: view, tag)
            context.addVary(to: &response)
            return response
        }
    }

    /// The state that a page is made from: the newest for a first page, for others the one of the first.
    func state(
        of cursor: PageCursor?, _ context: ReadContext, for purpose: SnapshotShelf.Purpose
    ) throws(Refusal) -> CatalogSnapshot {
        let newest = context.snapshot
        guard let cursor, cursor.generation != newest.generation else { return newest }
        guard cursor.generation < newest.generation else {
            throw Refusal(
                .badCursor, "The cursor is of a newer state of the articles than this server has.",
                parameter: "cursor")
        }
        // Never another state instead: scores and changed articles would have moved, so that some would come twice and
        // others not at all.
        guard let kept = shelf.snapshot(generation: cursor.generation, for: purpose) else {
            throw Refusal(
                .cursorExpired,
                "The articles have changed since the first page, and the server no longer keeps the state that it was made from "
                    + "(\(options.keptTime.components.seconds) s after the last page, or less where many are kept, and "
                    + "until it is restarted). Begin anew without 'cursor'; /v1/export gives the whole of a query at once.",
                parameter: "cursor")
        }
        return kept
    }

    /// Of how many items of a page it is told how they scored: each is looked up in every word that a prefix stands for.
    private static let explainedItems = 20

    private func page(_ list: ListQuery, of view: CatalogSnapshot, _ tag: EntityTag?) throws -> Response {
        let index = list.kind.index(view)
        let order = list.order.sortOrder(published: list.kind.published)
        let result = index.search(
            list.query, order: order, limit: list.limit + 1, after: list.cursor?.position)
        let hits = result.hits.prefix(list.limit)
        var next: PageCursor?
        if result.hits.count > list.limit, let last = hits.last {
            next = PageCursor(generation: view.generation, position: last.position)
            shelf.keep(view, for: .articles)
        }
        let token = next?.token(list: list.listHash)
        let heat = Heat(list, index)
        var highlighter = list.view.highlights ? Highlighter(list.query, of: index) : nil
        let explanation = list.view.explains ? QueryExplanation(list.tree, in: index) : nil

        var response: Response
        switch list.format {
        case .ndjson:
            var body: [UInt8] = []
            for (place, hit) in hits.enumerated() {
                var writer = JSONWriter(capacity: 1_024)
                let explained = place < Self.explainedItems ? explanation : nil
                try writer.item(hit, of: view, list, heat, explained, &highlighter)
                body += writer.bytes
                body.append(0x0A)
            }
            response = ok(body, tag, contentType: list.format.mediaType)
        case .json:
            var writer = JSONWriter(capacity: 1_024 + hits.count * 800)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            for (place, hit) in hits.enumerated() {
                let explained = place < Self.explainedItems ? explanation : nil
                try writer.item(hit, of: view, list, heat, explained, &highlighter)
            }
            writer.endArray()
            if let explanation {
                writer.name("query")
                writer.explanation(explanation)
            }
            writer.endPage(
                list.canonical, total: result.total, limit: list.limit, next: token,
                generation: view.generation, of: view
            ) { meta in
                if list.matchesAny { meta.member("match", QueryMatch.any.rawValue) }
                guard !list.facets.isEmpty else { return }
                meta.name("facets")
                meta.facets(list.facets, of: index.matches(list.query), limit: Self.facetValues, view)
            }
            response = ok(writer.bytes, tag)
        }
        response.link(next: list.canonical.link(after: token))
        return response
    }
}

extension CanonicalRequest {
    /// The most bytes of a link, which leaves room in a request line of the shortest kind that servers and proxies take.
    private static let linkBytes = 8_000

    /// The request as a link; `nil` where it is too long for one, so that it can only be posted.
    var shortLink: String? {
        let link = link
        return link.utf8.count <= Self.linkBytes ? link : nil
    }

    /// The target of the page after this one; `nil` where there is none, or it is too long for a link.
    func link(after token: String?) -> String? {
        guard let token else { return nil }
        var next = self
        next.set(.cursor, token)
        return next.shortLink
    }
}

extension Response {
    /// Names the page after this one in a field, where there is one.
    ///
    /// - Source: RFC 8288 §3.
    mutating func link(next target: String?) {
        if let target { fields.append(.link, "<\(target)>; rel=\"next\"") }
    }
}

extension JSONWriter {
    /// Writes an item, with what it is ordered by before the rest where that is no member of it.
    fileprivate mutating func item(
        _ hit: Hit, of view: CatalogSnapshot, _ list: ListQuery, _ heat: Heat?,
        _ explanation: QueryExplanation?,
        _ highlighter: inout Highlighter?
    ) throws {
        beginObject()
        let fields = list.view.fields
        // Four decimals tell scores apart and hide what the order of additions does to the last bits.
        func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }
        if fields.map({ $0.contains("score") }) ?? list.order.scores {
            member("score", list.order.scores ? rounded(hit.score) : nil)
        }
        if fields.map({ $0.contains("hot") }) ?? (heat != nil) {
            member("hot", heat?.value(of: hit).map(rounded))
        }
        try list.kind.write(view, hit.address, list.view, &highlighter, &self)
        if let explanation, list.order.scores {
            name("explanation")
            self.explanation(explanation.score(hit.address), of: hit)
        }
        endObject()
    }

    /// Ends a page after its `data`: what it says of itself, and its links.
    mutating func endPage(
        _ request: CanonicalRequest, total: Int, limit: Int, next token: String?, generation: Int64,
        of view: CatalogSnapshot, _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        name("meta")
        beginObject()
        member("total", total)
        member("total_exact", true)
        member("limit", limit)
        member("next_cursor", token)
        member("generation", generation)
        if total == 0 { coverage(of: view) }
        more(&self)
        endObject()
        links([("self", request.shortLink), ("next", request.link(after: token))])
        endObject()
    }

    /// Writes what could have been found at all.
    mutating func coverage(of snapshot: CatalogSnapshot) {
        let bounds = snapshot.articles.matches(.all).bounds(of: ArticleFields.published)
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
