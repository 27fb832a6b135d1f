internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex
internal import TextAnalysis

extension API {
    /// `GET /v1/entities`.
    func entities(_ context: ReadContext) throws(Refusal) -> Reply {
        let parameters = context.parameters
        var canonical = CanonicalRequest(path: "/v1/entities")
        let prefix = try Self.beginning(parameters)
        canonical.set(.query, prefix)
        let type = try Self.type(parameters)
        canonical.set(.type, type?.name)
        let listHash = canonical.hash() ^ context.serving.catalog.stamp
        let limit = try parameters.limit(options)
        canonical.set(.limit, String(limit))
        var cursor: PageCursor?
        if let token = parameters[.cursor] {
            cursor = try PageCursor(token, list: listHash)
            canonical.set(.cursor, token)
        }
        let tag = entityTag(context, canonical, state: cursor?.generation ?? context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let view = try state(of: cursor, context, for: .entities)
        let (request, after) = (canonical, cursor)
        let gazetteer = context.serving.catalog.analyzer.gazetteer
        return runOnce(
            .entities, context, canonical, of: view, for: .entities,
            inline: !prefix.isEmpty && limit <= 200
        ) { [self] in
            let position = after.map {
                (articles: Int(truncatingIfNeeded: $0.position.tie), id: EntityID($0.key))
            }
            let found = view.entities.search(prefix: prefix, type: type, limit: limit + 1, after: position)
            let page = found.entities.prefix(limit)
            var token: String?
            if found.entities.count > limit, let last = page.last {
                let next = PageCursor(
                    generation: view.generation,
                    position: SearchPosition(value: 0, tie: Int64(last.articles)),
                    key: last.entry.id.description)
                token = next.token(list: listHash)
                shelf.keep(view, for: .entities)
            }
            var writer = JSONWriter(capacity: 256 + page.count * 128)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            for entity in page {
                let known = entity.entry.gazetteerIndex.map { gazetteer.entities[$0] }
                writer.beginObject()
                writer.entityMembers(entity)
                writer.member("wikidata", known?.wikidata)
                writer.member("country", known?.country ?? entity.entry.country)
                writer.member("provisional", entity.entry.isProvisional)
                writer.endObject()
            }
            writer.endArray()
            writer.endPage(
                request, total: found.total, limit: limit, next: token, generation: view.generation, of: view)
            var response = ok(writer.bytes, tag)
            response.link(next: request.link(after: token))
            return response
        }
    }

    /// The beginning of a name, folded; empty where none is given.
    static func beginning(_ parameters: Parameters) throws(Refusal) -> String {
        let text = parameters[.query] ?? ""
        let terms = TermAnalyzer.terms(text)
        guard !terms.isEmpty || text.utf8.allSatisfy(\.isWhitespace) else {
            throw Refusal(
                .badParameter,
                "'q' is the beginning of a name; found \(Refusal.shown(text)), which has no letters.",
                parameter: "q")
        }
        return terms.joined(separator: " ")
    }

    static func type(_ parameters: Parameters) throws(Refusal) -> EntityType? {
        guard let name = parameters[.type] else { return nil }
        if let type = EntityType(name: name) ?? EntityType.allCases.first(where: { $0.prefix == name }) {
            return type
        }
        let known = EntityType.allCases.map(\.name)
        let near = Spelling.suggestion(for: name, in: known)
        throw Refusal(
            .badParameter,
            "'type' is one of \(known.joined(separator: ", ")); found \(Refusal.shown(name)).\(near)",
            parameter: "type")
    }

    /// `GET /v1/entities/{id}`.
    func entity(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        let entity = try found(id, context)
        let canonical = CanonicalRequest(path: "/v1/entities/" + Self.pathEncoded(entity.entry.id))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        return runOnce(.entity, context, canonical, of: context.snapshot, inline: false) { [self] in
            ok(profile(of: entity, context, path: canonical.path), tag)
        }
    }

    /// The entity that a path names.
    func found(_ id: String, _ context: ReadContext) throws(Refusal) -> EntityDirectory.Ranked {
        if let entity = context.resolver.entity(id: id) { return entity }
        throw Refusal(
            .notFound, "There is no entity with the id \(Refusal.shown(id)). /v1/entities?q= looks names up.",
            parameter: "id", candidates: context.resolver.nearest(to: id))
    }

    /// Colons stand in a path as they are.
    static func pathEncoded(_ id: EntityID) -> String {
        id.description.split(separator: ":", omittingEmptySubsequences: false).map {
            PercentCoding.encode(String($0))
        }
        .joined(separator: ":")
    }

    private func profile(of entity: EntityDirectory.Ranked, _ context: ReadContext, path: String) -> [UInt8] {
        let id = entity.entry.id.description
        let index = context.snapshot.articles
        let mentioning = IndexQuery.keyword(field: ArticleFields.entity, value: id)
        let known = entity.entry.gazetteerIndex.map {
            context.serving.catalog.analyzer.gazetteer.entities[$0]
        }
        var writer = JSONWriter(capacity: 4_096)
        writer.beginObject()
        writer.member("id", id)
        writer.member("type", entity.entry.type.name)
        writer.member("name", entity.entry.name)
        writer.member(
            "aliases",
            known.map { $0.aliases + $0.knownAs.filter { [aliases = $0.aliases] in !aliases.contains($0) } }
                ?? [])
        writer.member("provisional", entity.entry.isProvisional)
        // The kind of a country is the part of the world that it lies in.
        writer.member("kind", known.flatMap { $0.kind.isEmpty || $0.type == .country ? nil : $0.kind })
        writer.member("country", known?.country ?? entity.entry.country)
        writer.codes(of: known, context.serving.codes)
        writer.name("coordinates")
        if let point = known?.coordinates {
            writer.beginObject()
            writer.member("lat", point.latitude)
            writer.member("lon", point.longitude)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.offices(known?.offices ?? [])
        let matches = index.matches(mentioning)
        let bounds = matches.bounds(of: ArticleFields.published)
        writer.member("articles", matches.count)
        writer.member("first_seen", bounds.map { Timestamp(milliseconds: $0.min).description })
        writer.member("last_seen", bounds.map { Timestamp(milliseconds: $0.max).description })
        let quotes = context.snapshot.quotes
        writer.name("quotes")
        writer.beginObject()
        writer.member("spoken", quotes.keywordFrequency(field: QuoteFields.speaker, value: id))
        writer.member("about", quotes.keywordFrequency(field: QuoteFields.about, value: id))
        writer.endObject()
        writer.counts("countries", matches.facet(ArticleFields.country, limit: 10))
        writer.counts("sources", matches.facet(ArticleFields.source, limit: 10))
        writer.name("mentioned_with")
        writer.beginArray()
        for (value, count) in matches.facet(ArticleFields.entity, limit: 21)
            .filter({ $0.value != id }).prefix(20)
        {
            let other = context.snapshot.entities[EntityID(value)]
            writer.beginObject()
            writer.member("id", value)
            writer.member("type", other?.entry.type.name)
            writer.member("name", other?.entry.name)
            writer.member("articles", count)
            writer.endObject()
        }
        writer.endArray()
        writer.member("generation", context.snapshot.generation)
        let encoded = PercentCoding.encode(id)
        writer.links([
            ("self", path), ("articles", "/v1/articles?entity=\(encoded)"),
            ("timeline", "/v1/timeline?entity=\(encoded)"), ("quotes", "/v1/quotes?speaker=\(encoded)"),
            ("quotes_about", "/v1/quotes?about=\(encoded)"), ("related", path + "/related"),
        ])
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func codes(of entity: GazetteerEntity?, _ codes: EntityCodes) {
        name("codes")
        beginObject()
        member("wikidata", entity?.wikidata)
        let iso2 = entity?.type == .country ? entity?.country : nil
        member("iso2", iso2)
        member("iso3", iso2.flatMap { codes.alpha3($0) })
        endObject()
    }

    fileprivate mutating func offices(_ offices: [Office]) {
        name("offices")
        beginArray()
        for office in offices {
            beginObject()
            member("title", office.title)
            member("country", office.country)
            member("organisation", office.organisation?.description)
            member("from", office.from?.description)
            member("to", office.to?.description)
            endObject()
        }
        endArray()
    }

    fileprivate mutating func counts(_ name: String, _ counts: [(value: String, count: Int)]) {
        self.name(name)
        beginArray()
        for (value, count) in counts {
            beginObject()
            member("value", value)
            member("articles", count)
            endObject()
        }
        endArray()
    }
}
