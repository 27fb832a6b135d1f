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
        let filters = try articleFilters(context, &canonical)
        return try list(
            context, .articles, filters, canonical, index: { $0.articles },
            item: { $0.articles.summary($1) }, published: ArticleFields.published)
    }

    /// The conditions that articles are searched and counted by.
    func articleFilters(
        _ context: ReadContext, _ canonical: inout CanonicalRequest
    ) throws(Refusal) -> Filters {
        var filters = Filters(
            context.parameters, resolver: context.resolver, published: ArticleFields.published)
        try filters.addQuery(.articles, to: &canonical)
        try filters.addSources([ArticleFields.source, ArticleFields.domain], to: &canonical)
        try filters.addCountries(ArticleFields.country, to: &canonical)
        try filters.addEntities(.entity, ArticleFields.entity, to: &canonical)
        try filters.addLanguages(ArticleFields.language, to: &canonical)
        try filters.addPeriod(to: &canonical)
        return filters
    }

    /// `GET /v1/articles/{id}`.
    func article(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        try record(id, suffix: "", .article, context) { record, path in
            var writer = JSONWriter(capacity: record.stored.article.body.utf8.count + 2_048)
            writer.beginObject()
            writer.articleMembers(record)
            writer.links([("self", path), ("annotations", path + "/annotations")])
            writer.endObject()
            return writer.bytes
        }
    }

    /// `GET /v1/articles/{id}/annotations`.
    func annotations(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        try record(id, suffix: "/annotations", .annotations, context) { record, _ in
            var writer = JSONWriter(capacity: 16_384)
            writer.annotations(record.annotations, of: record.stored.article)
            return writer.bytes
        }
    }

    /// Answers with something of one article; the tag is that of its change number, whatever else has changed.
    private func record(
        _ id: String, suffix: String, _ endpoint: Endpoint, _ context: ReadContext,
        _ body: @escaping @Sendable (ArticleRecord, String) -> [UInt8]
    ) throws(Refusal) -> Reply {
        let snapshot = context.snapshot
        guard let articleID = ArticleID(id), let address = snapshot.articles.address(ofKey: id) else {
            throw Self.noArticle(id)
        }
        let path = "/v1/articles/" + PercentCoding.encode(id)
        let tag = articleTag(path + suffix, address, context)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        return run(endpoint, for: context.request, inline: true) { [self] in
            guard let record = try snapshot.record(articleID) else { throw Self.noArticle(id) }
            return ok(body(record, path), tag)
        }
    }

    private func articleTag(_ path: String, _ address: DocAddress, _ context: ReadContext) -> EntityTag {
        let seq = context.snapshot.articles.column(ArticleFields.seq, address) ?? 0
        return entityTag(context, CanonicalRequest(path: path), state: seq)
    }

    /// Refuses to touch an article that is not in the state that the client asks for.
    ///
    /// - Source: RFC 9110 §13.1.1, §13.1.2, §13.2.2.
    func checkConditions(_ id: String, _ context: ReadContext) throws(Refusal) {
        let fields = context.request.fields
        guard fields.contains(.ifMatch) || fields.contains(.ifNoneMatch) else { return }
        guard let address = context.snapshot.articles.address(ofKey: id) else { throw Self.noArticle(id) }
        let tag = articleTag("/v1/articles/" + PercentCoding.encode(id), address, context)
        func condition(_ name: FieldName) -> EntityTag.Condition? {
            EntityTag.Condition(fields.values(name).joined(separator: ", "))
        }
        if fields.contains(.ifMatch), condition(.ifMatch)?.matchesStrongly(tag) != true {
            throw Refusal(
                .preconditionFailed, "The article is not in the state that If-Match asks for; get it anew.",
                parameter: "If-Match")
        }
        if fields.contains(.ifNoneMatch), condition(.ifNoneMatch)?.matchesWeakly(tag) == true {
            throw Refusal(
                .preconditionFailed, "The article is in a state that If-None-Match excludes.",
                parameter: "If-None-Match")
        }
    }

    static func noArticle(_ id: String) -> Refusal {
        Refusal(.notFound, "There is no article with the id \(Refusal.shown(id)).", parameter: "id")
    }
}
