internal import HTTPMessages
internal import Routing

/// What the API can be asked.
enum Endpoint: String, Sendable, CaseIterable {
    case index, articles, search, article, annotations, ingest, replace, remove, quotes
    case entities, suggest, entity, related
    case timeline, histogram, facets, graph
    case export, changes, stream, explain
    case live, ready, health, version, metrics, problem

    /// Whether it answers from the articles, and so only once they are loaded.
    var readsData: Bool {
        switch self {
        case .index, .ingest, .replace, .remove, .live, .ready, .health, .version, .metrics, .problem: false
        default: true
        }
    }

    /// Whether it changes the articles.
    var writesData: Bool { self == .ingest || self == .replace || self == .remove }
}

/// An endpoint with all that clients need to know to call it.
struct EndpointDefinition: Sendable {
    let endpoint: Endpoint
    let method: Method
    let path: String
    /// What it answers, in a few words.
    let summary: String
    let parameters: [Parameter]

    init(
        _ method: Method, _ path: String, _ endpoint: Endpoint, _ summary: String,
        _ parameters: [Parameter] = []
    ) {
        self.endpoint = endpoint
        self.method = method
        self.path = path
        self.summary = summary
        self.parameters = parameters
    }

    private static let articleParameters: [Parameter] = [
        .query, .match, .source, .country, .entity, .language, .from, .to, .sort, .halfLife, .limit, .cursor,
        .fields,
        .highlight, .explain, .facets, .format,
    ]

    /// Every endpoint, in the order of Docs/api.md.
    static let all: [EndpointDefinition] = [
        EndpointDefinition(
            .get, "/v1/articles", .articles, "articles that match a query", articleParameters),
        EndpointDefinition(
            .post, "/v1/search", .search, "articles that match a query that is sent as JSON",
            articleParameters),
        EndpointDefinition(.get, "/v1/articles/{id}", .article, "one article", [.fields]),
        EndpointDefinition(
            .get, "/v1/articles/{id}/annotations", .annotations, "what the analysis found in an article"),
        EndpointDefinition(
            .post, "/v1/articles", .ingest, "takes articles in", [.refresh]),
        EndpointDefinition(
            .put, "/v1/articles/{id}", .replace, "takes one article in, in the place of the one with its id",
            [.refresh]),
        EndpointDefinition(.delete, "/v1/articles/{id}", .remove, "takes an article down"),
        EndpointDefinition(
            .get, "/v1/entities", .entities, "people, countries, organisations and places by name",
            [.query, .type, .limit, .cursor]),
        EndpointDefinition(
            .get, "/v1/entities/suggest", .suggest, "entities whose names begin like what is being typed",
            [.query, .type, .limit]),
        EndpointDefinition(.get, "/v1/entities/{id}", .entity, "the profile of an entity"),
        EndpointDefinition(
            .get, "/v1/entities/{id}/related", .related, "who and what articles name together with an entity",
            [.query, .match, .source, .country, .language, .from, .to, .type, .sort, .limit]),
        EndpointDefinition(
            .get, "/v1/quotes", .quotes, "who said what",
            [
                .query, .match, .speaker, .about, .kind, .article, .source, .country, .from, .to, .sort,
                .halfLife,
                .limit,
                .cursor, .fields, .highlight, .format,
            ]),
        EndpointDefinition(
            .get, "/v1/timeline", .timeline, "how many articles match, over time",
            [
                .query, .match, .source, .country, .entity, .language, .from, .to, .interval, .tz, .by,
                .limit,
                .normalize,
            ]),
        EndpointDefinition(
            .get, "/v1/histogram", .histogram, "how many articles match, between dates of your own",
            [
                .query, .match, .source, .country, .entity, .language, .boundaries, .tz, .by, .limit,
                .normalize,
            ]),
        EndpointDefinition(
            .get, "/v1/facets", .facets,
            "which sources, countries and entities the articles that match have most",
            [.query, .match, .source, .country, .entity, .language, .from, .to, .by, .limit]),
        EndpointDefinition(
            .get, "/v1/graph", .graph, "which entities the articles that match name together",
            [.query, .match, .source, .country, .entity, .language, .from, .to, .by, .together, .limit]),
        EndpointDefinition(
            .get, "/v1/export", .export, "all articles that match a query, whole",
            [.query, .match, .source, .country, .entity, .language, .from, .to, .include, .format]),
        EndpointDefinition(
            .get, "/v1/changes", .changes, "what has changed, at once or as soon as something does",
            [.query, .match, .source, .country, .entity, .language, .from, .to, .since, .wait, .limit]),
        EndpointDefinition(
            .get, "/v1/stream", .stream, "what changes, as it does",
            [.query, .match, .source, .country, .entity, .language, .from, .to, .since]),
        EndpointDefinition(
            .get, "/v1/query/explain", .explain, "how a query is read, and what each part of it finds",
            [.query, .match, .source, .country, .entity, .language, .from, .to]),
        EndpointDefinition(.get, "/livez", .live, "whether the process runs"),
        EndpointDefinition(.get, "/readyz", .ready, "whether everything stored can be found"),
        EndpointDefinition(.get, "/healthz", .health, "whether requests are answered"),
        EndpointDefinition(.get, "/version", .version, "the version of the program"),
        EndpointDefinition(.get, "/metrics", .metrics, "figures for Prometheus"),
        EndpointDefinition(.get, "/problems/{code}", .problem, "what a problem code means"),
        EndpointDefinition(.get, "/", .index, "this list"),
    ]

    /// The endpoints by the route that leads to them.
    ///
    /// - Throws: `RouteConflict` when two could match one request.
    static func table() throws(RouteConflict) -> RouteTable<EndpointDefinition> {
        try RouteTable(all.map { Route($0.method, $0.path, $0) })
    }
}

extension Parameter {
    static let type = Parameter(name: "type")
    static let speaker = Parameter(name: "speaker", isList: true)
    static let about = Parameter(name: "about", isList: true)
    static let kind = Parameter(name: "kind", isList: true)
    static let article = Parameter(name: "article")
    static let interval = Parameter(name: "interval")
    static let tz = Parameter(name: "tz", aliases: ["timezone", "time_zone"])
    static let boundaries = Parameter(name: "boundaries", isList: true)
    static let together = Parameter(name: "together")
    static let facets = Parameter(name: "facets", isList: true)
    static let normalize = Parameter(name: "normalize")
    static let by = Parameter(name: "by", isList: true)
    static let include = Parameter(name: "include")
    static let since = Parameter(name: "since")
    static let wait = Parameter(name: "wait")
    static let refresh = Parameter(name: "refresh")
}
