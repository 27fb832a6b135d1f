internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import SearchIndex

/// Which changes are followed.
struct ChangeQuery: Sendable {
    let serving: CatalogSlot.Serving
    /// What articles must match; what was deleted is told of in any case.
    let filter: IndexQuery

    /// The changes after a number that a snapshot has.
    func page(after seq: Int64, in snapshot: CatalogSnapshot? = nil, limit: Int) throws -> ChangePage {
        let catalog = serving.catalog
        return try catalog.changes(
            after: seq, in: snapshot ?? catalog.current, matching: filter, limit: limit)
    }
}

extension API {
    /// The longest that a client can ask to wait, in seconds.
    private static let longestWait: Int64 = 60

    /// `GET /v1/changes`.
    func changes(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/changes")
        let filters = try articleFilters(context, &canonical)
        let limit = try context.parameters.limit(options)
        let wait = try context.parameters.number(.wait, 0...Self.longestWait, "a number of seconds") ?? 0
        let since = try since(context.parameters[.since], "since", context) ?? 0
        canonical.set(.limit, String(limit))
        canonical.set(.wait, wait == 0 ? nil : String(wait))
        canonical.set(.since, String(since))
        let query = ChangeQuery(serving: context.serving, filter: filters.indexQuery)
        let request = canonical
        if wait > 0 {
            let head = Response(
                status: .ok,
                fields: Fields([(.contentType, "application/json"), (.cacheControl, "no-store")]))
            let poll = PollSource(
                query, since: since, limit: limit, wait: .seconds(wait),
                body: { Self.changes($0, request, since: since, limit: limit) },
                report: reporter(.changes, context))
            return .stream(head, poll)
        }
        let snapshot = context.snapshot
        let tag = entityTag(context, canonical, state: snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        return run(.changes, for: context.request, inline: false) { [self] in
            let page = try query.page(after: since, in: snapshot, limit: limit)
            return ok(Self.changes(page, request, since: since, limit: limit), tag)
        }
    }

    /// `GET /v1/stream`.
    func stream(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/stream")
        let filters = try articleFilters(context, &canonical)
        // A browser that comes again sends what it has seen, and the address with the number that it began from.
        let seen = context.request.fields[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }
        let since =
            try seen == nil
            ? since(context.parameters[.since], "since", context) : since(seen, "Last-Event-ID", context)
        let head = Response(
            status: .ok, fields: Fields([(.contentType, "text/event-stream"), (.cacheControl, "no-store")]))
        let events = EventSource(
            ChangeQuery(serving: context.serving, filter: filters.indexQuery),
            since: since ?? context.snapshot.generation, keepAlive: options.keepAlive,
            report: reporter(.stream, context))
        return .stream(head, events)
    }

    /// The change number that a client goes on from; one that was never given is not of this store.
    private func since(
        _ text: String?, _ name: String, _ context: ReadContext
    ) throws(Refusal) -> Int64? {
        guard let text else { return nil }
        let newest = context.snapshot.generation
        guard let number = Parameters.number(text), number <= newest else {
            throw Refusal(
                .badParameter,
                "'\(name)' is the number of a change that was seen, from 0 to \(newest); found "
                    + "\(Refusal.shown(text)). Numbers of another store mean nothing here.", parameter: name)
        }
        return number
    }

    private static func changes(
        _ page: ChangePage, _ request: CanonicalRequest, since: Int64, limit: Int
    ) -> [UInt8] {
        var next = request
        next.set(.since, String(page.seq))
        var writer = JSONWriter(capacity: 512 + page.changes.count * 800)
        writer.beginObject()
        writer.name("data")
        writer.beginArray()
        for change in page.changes { writer.change(change) }
        writer.endArray()
        writer.name("meta")
        writer.beginObject()
        writer.member("since", since)
        writer.member("last_seq", page.seq)
        writer.member("has_more", page.hasMore)
        writer.member("limit", limit)
        writer.endObject()
        writer.links([("self", request.link), ("next", next.link)])
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// Writes a change as an object.
    mutating func change(_ change: CatalogChange) {
        beginObject()
        member("seq", change.seq)
        member("change", change.kind.rawValue)
        member("id", change.id)
        name("article")
        if let summary = change.summary { raw(summary) } else { null() }
        endObject()
    }
}

extension Parameters {
    /// A whole number, or `nil` where the parameter is absent.
    func number(
        _ parameter: Parameter, _ range: ClosedRange<Int64>, _ meaning: String
    ) throws(Refusal) -> Int64? {
        guard let text = self[parameter] else { return nil }
        guard let number = Self.number(text), range.contains(number) else {
            throw Refusal(
                .badParameter,
                "'\(parameter.name)' is \(meaning) from \(range.lowerBound) to \(range.upperBound); found "
                    + "\(Refusal.shown(text)).", parameter: parameter.name)
        }
        return number
    }

    /// A number of digits alone.
    static func number(_ text: String) -> Int64? {
        text.utf8.allSatisfy(\.isDigit) ? Int64(text) : nil
    }
}
