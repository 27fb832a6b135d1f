internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import NewsStore
internal import Telemetry

/// Whether an answer waits until what was stored can be found.
private enum Refresh: String, CaseIterable {
    case none, wait
}

extension API {
    /// `POST /v1/articles`.
    func ingest(_ context: ReadContext) throws(Refusal) -> Reply {
        let form = try IngestForm(context.request.fields)
        let refresh = try context.parameters.choice(.refresh, Refresh.none)
        let limit = options.decompressedBytes
        return run(.ingest, for: context.request, inline: false) { [self] in
            let content = try form.content(context.request.body, limit: limit)
            guard content.contains(where: { !$0.isWhitespace }) else {
                throw Refusal(
                    .emptyDocument,
                    "The content holds nothing; send an article as JSON, NDJSON or plain text.")
            }
            let items: [ReadItem]
            do throws(ItemFault) {
                items = try DocumentReader().read(content, form: form.document)
            } catch {
                throw Refusal(fault: error, .badDocument)
            }
            if let fault = Self.unreadable(content, items, form.document) {
                throw Refusal(fault: fault, .badDocument)
            }
            return try store(items, context, waits: refresh == .wait)
        }
    }

    /// What is wrong with a document of which no part is of the form that it is said to have.
    ///
    /// That is NDJSON without a line of JSON, or a text that is none; items would only repeat it.
    private static func unreadable(_ content: [UInt8], _ items: [ReadItem], _ form: DocumentForm?)
        -> ItemFault?
    {
        guard case .failure(var fault) = items.first, items.allSatisfy({ (try? $0.get()) == nil }) else {
            return nil
        }
        switch form ?? DocumentReader.form(of: content) {
        case .json: return nil
        case .plainText:
            let isText = String(validating: content, as: UTF8.self) != nil && !content.contains(0)
            return isText ? nil : fault
        case .ndjson:
            let lines = content.split(separator: 0x0A).filter { !$0.allSatisfy(\.isWhitespace) }
            guard lines.allSatisfy({ (try? JSONParser().parse($0)) == nil }) else { return nil }
            fault.offset = fault.offset.map { $0 + (lines.first?.startIndex ?? 0) }
            return fault
        }
    }

    private func store(_ items: [ReadItem], _ context: ReadContext, waits: Bool) throws(Refusal) -> Response {
        let articles = items.compactMap { try? $0.get().article }
        let results: [IngestResult]
        do {
            results = try context.serving.catalog.ingest(articles, waitsForIndex: waits)
        } catch {
            throw unavailable(error)
        }
        var counts: [WriteOutcome.Status: Int] = [:]
        for result in results { counts[result.status, default: 0] += 1 }
        let rejected = items.count - articles.count
        countIngested(
            created: counts[.created] ?? 0, updated: counts[.updated] ?? 0,
            unchanged: counts[.unchanged] ?? 0,
            rejected: rejected)

        var rest = results[...]
        var writer = JSONWriter(capacity: 256 + items.count * 96)
        writer.beginObject()
        writer.name("data")
        writer.beginArray()
        for (index, item) in items.enumerated() {
            writer.beginObject()
            writer.member("index", index)
            switch item {
            case .success:
                let result = rest.removeFirst()
                writer.member("id", result.id.description)
                writer.member("status", result.status.rawValue)
                writer.name("problem")
                writer.null()
            case .failure(let fault):
                writer.name("id")
                writer.null()
                writer.member("status", "rejected")
                writer.name("problem")
                Refusal(fault: fault, .badArticle).write(to: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.name("meta")
        writer.beginObject()
        writer.member("received", items.count)
        writer.member("created", counts[.created] ?? 0)
        writer.member("updated", counts[.updated] ?? 0)
        writer.member("unchanged", counts[.unchanged] ?? 0)
        writer.member("rejected", rejected)
        writer.member("generation", context.serving.catalog.current.generation)
        writer.endObject()
        writer.endObject()
        let isRefused = articles.isEmpty && rejected > 0
        return Response(
            status: isRefused ? .unprocessableContent : .ok,
            fields: Fields([(.contentType, "application/json"), (.cacheControl, "no-store")]),
            body: writer.bytes)
    }

    /// `DELETE /v1/articles/{id}`.
    func remove(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        guard let articleID = ArticleID(id) else { throw Self.noArticle(id) }
        try checkConditions(id, context)
        return run(.remove, for: context.request, inline: false) { [self] in
            let removed: [Bool]
            do throws(StoreError) {
                removed = try context.serving.catalog.remove([articleID])
            } catch {
                throw unavailable(error)
            }
            guard removed.first == true else { throw Self.noArticle(id) }
            return Response(status: .noContent, fields: Fields([(.cacheControl, "no-store")]))
        }
    }

    private func unavailable(_ error: StoreError) -> Refusal {
        log.error("store failed", ["reason": "\(error)"])
        var refusal = Refusal(
            .storeUnavailable, "The store cannot be written; nothing of this was taken. Try again.")
        refusal.fields.append(.retryAfter, "5")
        return refusal
    }
}

extension Refusal {
    /// What is wrong with a document or one item of it.
    init(fault: ItemFault, _ code: ProblemCode) {
        let sentence = fault.reason.prefix(1).uppercased() + fault.reason.dropFirst()
        self.init(
            code, sentence + (sentence.hasSuffix(".") ? "" : "."), parameter: fault.member,
            offset: fault.offset)
        line = fault.line
    }
}
