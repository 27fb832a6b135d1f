internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel

extension API {
    /// `GET /v1/export`.
    func export(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/export")
        let filters = try articleFilters(context, &canonical)
        let format = try context.format(ExportSource.Format.ndjson)
        let include = context.parameters[.include]
        guard include == nil || include == "annotations" else {
            throw Refusal(
                .badParameter, "'include' takes annotations; found \(Refusal.shown(include ?? "")).",
                parameter: "include")
        }
        guard include == nil || format == .ndjson else {
            throw Refusal(
                .badParameter, "Annotations are exported in the format ndjson only.", parameter: "include")
        }
        canonical.set(.include, include)
        canonical.set(.format, format.rawValue)
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if var answer = notModified(context.request, tag) {
            context.addVary(to: &answer)
            return .ready(answer)
        }
        var head = ok([], tag, contentType: format.contentType)
        context.addVary(to: &head)
        let source = ExportSource(
            context.snapshot, filters.indexQuery, format, hasAnnotations: include != nil,
            report: reporter(.export, context))
        return .stream(head, source)
    }

    /// Logs why an answer that has begun is cut off.
    func reporter(_ endpoint: Endpoint, _ context: ReadContext) -> @Sendable (any Error) -> Void {
        { [self, request = context.request] error in _ = failure(error, in: endpoint, of: request) }
    }
}

extension JSONWriter {
    /// Writes the members of an article whole; the object is open before and after.
    mutating func articleMembers(_ record: ArticleRecord) {
        summaryMembers(record.stored, countries: record.annotations.countries)
        member("poster", record.stored.article.poster)
        member("body", record.stored.article.body)
    }
}
