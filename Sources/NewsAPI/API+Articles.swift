internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

extension API {
    /// `GET /v1/articles`.
    func articles(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/articles")
        let filters = try articleFilters(context, &canonical, ranks: true)
        return try list(context, .articles, filters, canonical)
    }

    /// The conditions that articles are searched and counted by; `ranks` where the best come first.
    func articleFilters(
        _ context: ReadContext, _ canonical: inout CanonicalRequest, in zone: Zone = .utc,
        ranks: Bool = false
    ) throws(Refusal) -> Filters {
        var filters = Filters(
            context.parameters, resolver: context.resolver, published: ArticleFields.published)
        try filters.addQuery(.articles, to: &canonical, ranks: ranks)
        try filters.addSources([ArticleFields.source, ArticleFields.domain], to: &canonical)
        try filters.addCountries(ArticleFields.country, to: &canonical)
        try filters.addEntities(.entity, ArticleFields.entity, to: &canonical)
        try filters.addLanguages(ArticleFields.language, to: &canonical)
        try filters.addPeriod(to: &canonical, in: zone)
        return filters
    }

    /// `GET /v1/articles/{id}`.
    func article(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = Self.request(ofArticle: id)
        let all = CatalogSnapshot.articleFields + ["links"]
        let fields = try context.parameters.fields(of: all)
        canonical.set(.fields, fields?.names.joined(separator: ","))
        return try article(id, canonical, .article, context) { [canonical] snapshot, address in
            let shown = fields ?? FieldSelection(all)
            var writer = JSONWriter(capacity: 8_192)
            writer.beginObject()
            var highlighter: Highlighter?
            try snapshot.writeArticle(address, fields: shown, highlighter: &highlighter, to: &writer)
            if shown.contains("links") {
                writer.links([("self", canonical.link), ("annotations", canonical.path + "/annotations")])
            }
            writer.endObject()
            return writer.bytes
        }
    }

    /// `GET /v1/articles/{id}/annotations`.
    func annotations(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        let request = Self.request(ofArticle: id).asked(of: Self.request(ofArticle: id).path + "/annotations")
        return try article(id, request, .annotations, context) { snapshot, address in
            let record = try snapshot.record(at: address)
            var writer = JSONWriter(capacity: 16_384)
            writer.annotations(record.annotations, of: record.stored.article)
            return writer.bytes
        }
    }

    private static func request(ofArticle id: String) -> CanonicalRequest {
        CanonicalRequest(path: "/v1/articles/" + PercentCoding.encode(id))
    }

    /// Answers with something of one article; the tag is that of its change number, whatever else has changed.
    private func article(
        _ id: String, _ request: CanonicalRequest, _ endpoint: Endpoint, _ context: ReadContext,
        _ body: @escaping @Sendable (CatalogSnapshot, DocAddress) throws -> [UInt8]
    ) throws(Refusal) -> Reply {
        let snapshot = context.snapshot
        guard let address = snapshot.articles.address(ofKey: id) else { throw Self.noArticle(id) }
        let tag = articleTag(request, address, context)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        return run(endpoint, for: context.request, inline: true) { [self] in
            ok(try body(snapshot, address), tag)
        }
    }

    private func articleTag(
        _ request: CanonicalRequest, _ address: DocAddress, _ context: ReadContext
    ) -> EntityTag {
        let seq = context.snapshot.articles.column(ArticleFields.seq, address) ?? 0
        return entityTag(context, request, state: seq)
    }

    /// Refuses to write where the article is not in the state that the client asks for.
    ///
    /// - Returns: The state that it is in, which it must still be in when it is written; `nil` where the client asks for
    ///   none.
    /// - Source: RFC 9110 §13.1.1, §13.1.2, §13.2.2.
    func expectation(_ id: String, _ context: ReadContext) throws(Refusal) -> Expectation? {
        let fields = context.request.fields
        guard fields.contains(.ifMatch) || fields.contains(.ifNoneMatch) else { return nil }
        let address = context.snapshot.articles.address(ofKey: id)
        let tag = address.map { articleTag(Self.request(ofArticle: id), $0, context) }
        func condition(_ name: FieldName) -> EntityTag.Condition? {
            EntityTag.Condition(fields.values(name).joined(separator: ", "))
        }
        if fields.contains(.ifMatch), tag.flatMap({ condition(.ifMatch)?.matchesStrongly($0) }) != true {
            throw Refusal(
                .preconditionFailed, "The article is not in the state that If-Match asks for; get it anew.",
                parameter: "If-Match")
        }
        if fields.contains(.ifNoneMatch), tag.flatMap({ condition(.ifNoneMatch)?.matchesWeakly($0) }) == true
        {
            throw Refusal(
                .preconditionFailed, "The article is in a state that If-None-Match excludes.",
                parameter: "If-None-Match")
        }
        guard let address else { return .absent }
        return .revision(seq: context.snapshot.articles.column(ArticleFields.seq, address) ?? 0)
    }

    static func noArticle(_ id: String) -> Refusal {
        Refusal(.notFound, "There is no article with the id \(Refusal.shown(id)).", parameter: "id")
    }
}
