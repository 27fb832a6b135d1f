internal import HTTPMessages
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

extension API {
    /// `GET /v1/quotes`.
    func quotes(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/quotes")
        var filters = Filters(
            context.parameters, resolver: context.resolver, published: QuoteFields.published)
        try filters.addQuery(.quotes, to: &canonical, ranks: true)
        try filters.addEntities(.speaker, QuoteFields.speaker, to: &canonical)
        try filters.addEntities(.about, QuoteFields.about, to: &canonical)
        try filters.addChoices(
            .kind, QuoteFields.kind, of: QuoteKind.allCases.map(\.name), to: &canonical)
        try filters.addSources([QuoteFields.source, QuoteFields.domain], to: &canonical)
        try filters.addCountries(QuoteFields.country, to: &canonical)
        try filters.addPeriod(to: &canonical)
        var extra: IndexQuery?
        if let id = context.parameters[.article] {
            guard context.snapshot.articles.address(ofKey: id) != nil else {
                throw Refusal(
                    .badParameter,
                    "'article' takes the id of an article; found \(Refusal.shown(id)), which none has.",
                    parameter: "article")
            }
            extra = .keyword(field: QuoteFields.article, value: id)
            canonical.set(.article, id)
        }
        return try list(context, .quotes, filters, canonical, extra: extra)
    }
}
