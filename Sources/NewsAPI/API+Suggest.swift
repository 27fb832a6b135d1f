internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import TextAnalysis

extension API {
    /// The most suggestions that a client can ask for.
    private static let mostSuggestions = 100

    /// `GET /v1/entities/suggest`.
    func suggest(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/entities/suggest")
        let typed = try Self.beginning(context.parameters)
        guard !typed.isEmpty else {
            throw Refusal(
                .badParameter, "'q' is what has been typed of a name so far; found nothing.", parameter: "q")
        }
        canonical.set(.query, typed)
        let type = try Self.type(context.parameters)
        canonical.set(.type, type?.name)
        let limit = try context.parameters.number(
            .limit, 10, 1...Self.mostSuggestions, hint: " /v1/entities lists all names that begin so.")
        canonical.set(.limit, String(limit))
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let path = canonical.link
        return run(.suggest, for: context.request, inline: true) { [self] in
            let suggestions = context.snapshot.entities.suggest(typed, type: type, limit: limit)
            let gazetteer = context.serving.catalog.analyzer.gazetteer
            var writer = JSONWriter(capacity: 256 + suggestions.count * 256)
            writer.beginObject()
            writer.name("data")
            writer.beginArray()
            for suggestion in suggestions {
                let entry = suggestion.entity.entry
                writer.beginObject()
                writer.entityMembers(suggestion.entity)
                writer.member(
                    "country", entry.gazetteerIndex.map { gazetteer.entities[$0].country } ?? entry.country)
                writer.match(suggestion)
                writer.endObject()
            }
            writer.endArray()
            writer.name("meta")
            writer.beginObject()
            writer.member("limit", limit)
            writer.member("generation", context.snapshot.generation)
            writer.endObject()
            writer.links([("self", path)])
            writer.endObject()
            return ok(writer.bytes, tag)
        }
    }
}

extension JSONWriter {
    /// Writes which name of an entity matches, and where, in code points.
    fileprivate mutating func match(_ suggestion: EntityDirectory.Suggestion) {
        let span = CodePointOffsets(suggestion.name)[suggestion.span]
        name("match")
        beginObject()
        member("name", suggestion.name)
        member("start", span.lowerBound)
        member("end", span.upperBound)
        member("edits", suggestion.edits)
        endObject()
    }
}
