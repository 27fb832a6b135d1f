internal import Bytes
internal import Cryptography
public import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import Routing
internal import SearchIndex
internal import Synchronization
public import Telemetry

/// Answers the requests of clients from a catalog.
///
/// A request takes the snapshot of the catalog once and reads nothing else. What changes nothing since a client asked
/// last is answered 304 before any query runs.
public final class API: Responder {
    let options: APIOptions
    let version: VersionInfo
    let slot: CatalogSlot
    let log: Log
    let shelf: SnapshotShelf
    let zones = ZoneDirectory()
    private let results: ResultCache
    let keys: KeyGuard
    private let metrics: Metrics
    private let counts: WorkCounts
    private let routes: RouteTable<EndpointDefinition>
    private let isDraining = Atomic(false)

    /// Creates an API.
    ///
    /// - Parameters:
    ///   - slot: Where the catalog is, or will be.
    ///   - options: How clients are treated.
    ///   - version: What `/version` says.
    ///   - metrics: Where requests, queries and articles are counted; all of it is what `/metrics` shows.
    ///   - log: Where failures are written.
    public init(slot: CatalogSlot, options: APIOptions, version: VersionInfo, metrics: Metrics, log: Log) {
        self.slot = slot
        self.options = options
        self.version = version
        self.metrics = metrics
        self.log = log
        let shelf = SnapshotShelf(
            .init(count: options.keptSnapshots, bytes: options.keptBytes, time: options.keptTime))
        self.shelf = shelf
        let results = ResultCache(limit: options.resultCacheBytes, metrics)
        self.results = results
        slot.whenPublished { shelf.trim(beside: $0) }
        keys = KeyGuard()
        counts = WorkCounts(metrics)
        do {
            routes = try EndpointDefinition.table()
        } catch {
            preconditionFailure("\(error)")
        }
        metrics.gauge("sitrep_index_articles", help: "Articles that can be found.") {
            Double(slot.serving?.catalog.current.articles.documentCount ?? 0)
        }
        metrics.gauge("sitrep_index_quotes", help: "Quotations that can be found.") {
            Double(slot.serving?.catalog.current.quotes.documentCount ?? 0)
        }
        metrics.gauge(
            "sitrep_index_generation", help: "The change number of the newest change that can be found."
        ) {
            Double(slot.serving?.catalog.current.generation ?? 0)
        }
        metrics.gauge("sitrep_result_cache_bytes", help: "Bytes of answers in the result cache.") {
            Double(results.bytes)
        }
        metrics.gauge("sitrep_ready", help: "1 once everything stored can be found.") {
            slot.serving?.catalog.progress.isReady == true ? 1 : 0
        }
    }

    /// Makes `/readyz` answer that no more requests should come; all others are answered as before.
    public func beginDraining() {
        isDraining.store(true, ordering: .relaxed)
    }

    /// Answers a request.
    public func reply(to request: Request) -> Reply {
        if request.method == .options, let response = options(request) { return .ready(response) }
        var label = Label()
        let reply: Reply
        do {
            let (definition, parameters) = try match(request)
            label.route = definition.path
            label.keyID = try admit(request, to: definition)
            reply = try answer(request, definition, parameters)
        } catch {
            reply = .ready(error.response)
        }
        switch reply {
        case .ready(let response): return .ready(label.on(response))
        case .deferred(let work): return .deferred { [label] in label.on(work()) }
        case .stream(let head, let source): return .stream(label.on(head), source)
        }
    }

    /// What the server counts and logs an answer by.
    private struct Label {
        var route: String?
        var keyID: String?

        func on(_ response: consuming Response) -> Response {
            response.route = route
            response.keyID = keyID
            return response
        }
    }

    /// Changes when the articles do.
    public var epoch: Epoch { slot.epoch }

    /// Refuses content that would be read in vain: no such route, no key, a form that is not understood.
    public func refusal(ofHead request: Request) -> Response? {
        var label = Label()
        do {
            let (definition, _) = try match(request)
            label.route = definition.path
            label.keyID = try admit(request, to: definition)
            switch definition.endpoint {
            case .ingest, .replace: _ = try IngestForm(request.fields)
            case .search:
                _ = try IngestForm(request.fields, of: .search)
                try checkSearchBytes(request.fields[.contentLength].flatMap { Int($0) } ?? 0)
            default: break
            }
            return nil
        } catch {
            return label.on(error.response)
        }
    }

    // MARK: Routing

    private func match(
        _ request: Request
    ) throws(Refusal) -> (definition: EndpointDefinition, parameters: [String]) {
        switch routes.match(request.method, request.target) {
        case .found(let definition, let parameters): return (definition, parameters)
        case .badPath:
            throw Refusal(
                .badEncoding,
                "In a path two hexadecimal digits follow each '%', and what they encode is UTF-8 without NUL."
            )
        case .notFound:
            throw Refusal(
                .notFound,
                "There is no resource at \(Refusal.shown(request.target.path)). / lists what there is.")
        case .methodNotAllowed(let allowed):
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            var refusal = Refusal(
                .methodNotAllowed,
                "\(request.method.rawValue) is not for \(Refusal.shown(request.target.path)); what is: \(names)."
            )
            refusal.fields.append(.allow, names)
            throw refusal
        }
    }

    private func options(_ request: Request) -> Response? {
        guard case .methodNotAllowed(let allowed) = routes.match(.options, request.target) else { return nil }
        return Response(
            status: .noContent, fields: Fields([(.allow, allowed.map(\.rawValue).joined(separator: ", "))]))
    }

    /// - Returns: The id of the key that a request was let through by; `nil` where it needs none.
    private func admit(_ request: Request, to definition: EndpointDefinition) throws(Refusal) -> String? {
        let needsKey =
            definition.endpoint.writesData && options.writeNeedsKey
            || definition.endpoint.readsData && options.readNeedsKey
        guard needsKey else { return nil }
        let scopes: [KeyScope] = definition.endpoint.writesData ? [.ingest, .admin] : KeyScope.allCases
        return try keys.admit(request.fields, store: try serving().catalog.store, scopes: scopes)
    }

    /// The catalog, once it is open.
    private func serving() throws(Refusal) -> CatalogSlot.Serving {
        guard let serving = slot.serving else { throw Self.loading(nil) }
        return serving
    }

    private static func loading(_ progress: Catalog.Progress?) -> Refusal {
        var refusal = Refusal(
            .loading,
            "What is stored is still being loaded; try again in a moment. /readyz tells how far it is.")
        // Before the store is open nobody knows how much there is.
        refusal.progress = (progress?.done ?? 0, progress?.total ?? 0)
        refusal.fields.append(.retryAfter, "1")
        return refusal
    }

    private func answer(
        _ request: Request, _ definition: EndpointDefinition, _ path: [String]
    ) throws(Refusal) -> Reply {
        let parameters =
            try definition.endpoint == .search
            ? searchParameters(request, of: definition) : Parameters(request.target, of: definition)
        switch definition.endpoint {
        case .live, .health: return .ready(Self.alive)
        case .ready: return .ready(try readiness())
        case .version: return .ready(Self.lasting(versionBody))
        case .index: return .ready(Self.lasting(indexBody))
        case .problem: return .ready(try problem(path[0]))
        case .metrics:
            return .ready(
                Response(
                    status: .ok,
                    fields: Fields([
                        (.contentType, "text/plain; version=0.0.4; charset=utf-8"),
                        (.cacheControl, "no-store"),
                    ]), body: metrics.prometheus()))
        default: break
        }
        let serving = try serving()
        let progress = serving.catalog.progress
        guard progress.isReady else { throw Self.loading(progress) }
        let context = ReadContext(
            request: request, parameters: parameters, serving: serving, snapshot: serving.catalog.current)
        switch definition.endpoint {
        case .articles: return try articles(context)
        case .search: return try search(context)
        case .article: return try article(path[0], context)
        case .annotations: return try annotations(path[0], context)
        case .ingest: return try ingest(context)
        case .replace: return try replace(path[0], context)
        case .remove: return try remove(path[0], context)
        case .entities: return try entities(context)
        case .suggest: return try suggest(context)
        case .entity: return try entity(path[0], context)
        case .quotes: return try quotes(context)
        case .facets: return try facets(context)
        case .histogram: return try histogram(context)
        case .graph: return try graph(context)
        case .related: return try related(path[0], context)
        case .export: return try export(context)
        case .changes: return try changes(context)
        case .stream: return try stream(context)
        case .explain: return try explain(context)
        default: return try timeline(context)
        }
    }

    // MARK: What handlers share

    /// Runs the work of a handler, counts how long it takes, and turns what it throws into an answer.
    func run(
        _ endpoint: Endpoint, for request: Request, inline: Bool,
        _ work: @escaping @Sendable () throws -> Response
    ) -> Reply {
        let timed: @Sendable () -> Response = { [self] in
            let start = ContinuousClock.now
            do {
                var response = try work()
                let duration = ContinuousClock.now - start
                counts.observe(endpoint, duration)
                response.fields.append(.serverTiming, "query;dur=\(duration.inMilliseconds)")
                return response
            } catch let refusal as Refusal {
                return refusal.response
            } catch {
                return failure(error, in: endpoint, of: request).response
            }
        }
        return inline ? .ready(timed()) : .deferred(timed)
    }

    /// Answers with what is kept for a request of a state, or runs the work of a handler and keeps its answer.
    ///
    /// - Parameters:
    ///   - endpoint: By what the work is counted.
    ///   - context: The request.
    ///   - canonical: All of the request that the answer depends on.
    ///   - view: The state that the answer is made from.
    ///   - purpose: What the state is kept for where there is a next page.
    ///   - inline: Whether the work is done on the event loop.
    ///   - work: Makes the answer.
    /// - Returns: The answer, or the work that makes it.
    func runOnce(
        _ endpoint: Endpoint, _ context: ReadContext, _ canonical: CanonicalRequest, of view: CatalogSnapshot,
        for purpose: SnapshotShelf.Purpose = .articles, inline: Bool,
        _ work: @escaping @Sendable () throws -> Response
    ) -> Reply {
        // What is posted is answered with other fields, and so is what was chosen by `Accept`.
        let method = context.request.method == .post ? "POST " : ""
        let form = context.parameters[.format] == nil ? "" : "format "
        let key = ResultCache.Key(generation: view.generation, request: method + form + canonical.link)
        if var known = results.response(key) {
            // The next page is made from the same state, whoever asks for it.
            if known.fields.contains(.link) { shelf.keep(view, for: purpose) }
            known.fields.append(.serverTiming, "cache;desc=hit")
            return .ready(known)
        }
        return run(endpoint, for: context.request, inline: inline) { [results] in
            let response = try work()
            results.keep(response, key)
            return response
        }
    }

    /// Logs what went wrong, and tells the client by what to find it in the log.
    func failure(_ error: any Error, in endpoint: Endpoint, of request: Request) -> Refusal {
        let incident = SecureRandom.bytes(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
        log.error(
            "request failed",
            [
                "endpoint": endpoint.rawValue, "incident": incident, "id": request.id.description,
                "trace": request.trace?.traceID ?? "", "reason": "\(error)",
            ])
        var refusal = Refusal(
            .internalError, "The server failed; its log has the reason under the incident's id.")
        refusal.incident = incident
        return refusal
    }

    /// Counts what became of articles handed in.
    func countIngested(created: Int, updated: Int, unchanged: Int, rejected: Int) {
        counts.ingested(created: created, updated: updated, unchanged: unchanged, rejected: rejected)
    }

    /// The strong validator of the answer to a request from a state of the catalog: the generation, or the change
    /// number of one article.
    func entityTag(_ context: ReadContext, _ request: CanonicalRequest, state: Int64) -> EntityTag {
        var hash = StableHash()
        hash.combine(context.serving.catalog.stamp)
        hash.combine(version.version)
        hash.combine(UInt64(bitPattern: state))
        hash.combine(request.hash())
        return EntityTag(hash.value)
    }

    /// The 304 that a client gets who holds what `tag` names; `nil` for all others.
    func notModified(_ request: Request, _ tag: EntityTag?) -> Response? {
        guard let tag, request.fields.contains(.ifNoneMatch),
            let condition = EntityTag.Condition(request.fields.values(.ifNoneMatch).joined(separator: ", ")),
            condition.matchesWeakly(tag)
        else { return nil }
        var response = Response(
            status: .notModified,
            fields: Fields([(.entityTag, tag.description), (.cacheControl, "no-cache")]))
        response.isRepeatable = true
        return response
    }

    /// A 200 that clients may keep as long as they ask whether it still holds; one without a tag they may not keep.
    func ok(_ body: [UInt8], _ tag: EntityTag?, contentType: String = "application/json") -> Response {
        guard let tag else {
            return Response(
                status: .ok, fields: Fields([(.contentType, contentType), (.cacheControl, "no-store")]),
                body: body)
        }
        var response = Response(
            status: .ok,
            fields: Fields([
                (.contentType, contentType), (.entityTag, tag.description), (.cacheControl, "no-cache"),
            ]), body: body)
        response.isRepeatable = true
        return response
    }

    // MARK: Operations

    private static let alive: Response = {
        var response = json(Array("{\"status\":\"ok\"}".utf8), cacheControl: "no-store")
        response.isRepeatable = true
        return response
    }()

    /// Content of which `/` and the like consist, the same as long as the program runs.
    private static func lasting(_ body: [UInt8]) -> Response {
        var response = json(body, cacheControl: "no-cache")
        response.isRepeatable = true
        return response
    }

    private static func json(_ body: [UInt8], cacheControl: String) -> Response {
        Response(
            status: .ok, fields: Fields([(.contentType, "application/json"), (.cacheControl, cacheControl)]),
            body: body)
    }

    private func readiness() throws(Refusal) -> Response {
        if isDraining.load(ordering: .relaxed) {
            throw Refusal(.draining, "The server is shutting down; send requests elsewhere.")
        }
        let catalog = try serving().catalog
        let progress = catalog.progress
        guard progress.isReady else { throw Self.loading(progress) }
        let snapshot = catalog.current
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("status", "ready")
        writer.member("articles", snapshot.articles.documentCount)
        writer.member("generation", snapshot.generation)
        writer.endObject()
        return Self.json(writer.bytes, cacheControl: "no-store")
    }

    private var versionBody: [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("name", "sitrep")
        writer.member("version", version.version)
        writer.member("commit", version.commit)
        writer.member("api", "v1")
        writer.endObject()
        return writer.bytes
    }

    private var indexBody: [UInt8] {
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.member("name", "sitrep")
        writer.member("version", version.version)
        writer.name("endpoints")
        writer.beginArray()
        for definition in EndpointDefinition.all {
            writer.beginObject()
            writer.member("method", definition.method.rawValue)
            writer.member("path", definition.path)
            writer.member("summary", definition.summary)
            writer.member("parameters", definition.parameters.map(\.name))
            writer.endObject()
        }
        writer.endArray()
        writer.name("links")
        writer.beginObject()
        for definition in EndpointDefinition.all
        where definition.method == .get && !definition.path.contains("{") {
            writer.member(definition.endpoint.rawValue, definition.path)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private func problem(_ name: String) throws(Refusal) -> Response {
        let title: String
        let status: Status
        if let code = ProblemCode(rawValue: name) {
            (title, status) = (code.title, code.status)
        } else if let code = ProtocolProblemCode(rawValue: name) {
            (title, status) = (code.status.reason, code.status)
        } else {
            let known = ProblemCode.allCases.map(\.rawValue) + ProtocolProblemCode.allCases.map(\.rawValue)
            let near = Spelling.suggestion(for: name, in: known)
            throw Refusal(
                .notFound, "No problem has the code \(Refusal.shown(name)).\(near) Docs/errors.md lists all.")
        }
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("code", name)
        writer.member("title", title)
        writer.member("status", status.code)
        writer.member("documentation", "Docs/errors.md#" + name)
        writer.endObject()
        return Self.lasting(writer.bytes)
    }
}

/// What a handler works on.
struct ReadContext: Sendable {
    let request: Request
    let parameters: Parameters
    let serving: CatalogSlot.Serving
    let snapshot: CatalogSnapshot

    var resolver: EntityResolver { EntityResolver(directory: snapshot.entities, codes: serving.codes) }
}

extension Duration {
    /// The duration in milliseconds with three decimals.
    var inMilliseconds: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let rest = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
}
