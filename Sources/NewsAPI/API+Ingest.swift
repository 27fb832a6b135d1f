internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import NewsStore
internal import SearchIndex
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
        return run(.ingest, for: context.request, inline: false) { [self] in
            try store(items(of: context.request, form), context, waits: refresh == .wait)
        }
    }

    /// Reads the articles that a request brings.
    ///
    /// - Throws: `Refusal` where there are none, or the content cannot be read at all.
    private func items(of request: Request, _ form: IngestForm) throws(Refusal) -> [ReadItem] {
        let content = try form.content(request.body, limit: options.decompressedBytes)
        guard content.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(
                .emptyDocument, "The content holds nothing; send an article as JSON, NDJSON or plain text.")
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
        return items
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
        if waits, !results.allSatisfy(\.isIndexed) { throw Self.notSearchable }

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
        let fields = context.request.fields
        // Conditions are of what is there; without them also what cannot be found yet is taken down.
        if fields.contains(.ifMatch) || fields.contains(.ifNoneMatch),
            context.snapshot.articles.address(ofKey: id) == nil
        {
            throw Self.noArticle(id)
        }
        let expected = try expectation(id, context)
        return run(.remove, for: context.request, inline: false) { [self] in
            let removed: [RemovalResult]
            do throws(StoreError) {
                removed = try context.serving.catalog.remove([articleID], expecting: expected)
            } catch {
                throw unavailable(error)
            }
            switch removed.first {
            case .removed: return Response(status: .noContent, fields: Fields([(.cacheControl, "no-store")]))
            case .removedFromStore: throw Self.notSearchable
            case .refused: throw Self.changed
            case .absent, nil: throw Self.noArticle(id)
            }
        }
    }

    /// `PUT /v1/articles/{id}`.
    func replace(_ id: String, _ context: ReadContext) throws(Refusal) -> Reply {
        guard let articleID = ArticleID(id) else {
            throw Refusal(
                .badArticle,
                "An id has 1 to 500 bytes without control characters, and no blanks at its ends; found "
                    + "\(Refusal.shown(id)).", parameter: "id")
        }
        let form = try IngestForm(context.request.fields)
        let refresh = try context.parameters.choice(.refresh, Refresh.none)
        let expected = try expectation(id, context)
        return run(.replace, for: context.request, inline: false) { [self] in
            let article = try article(in: items(of: context.request, form), id: articleID)
            let replaced: IngestResult?
            do throws(StoreError) {
                replaced = try context.serving.catalog.replace(
                    article, expecting: expected, waitsForIndex: refresh == .wait)
            } catch {
                throw unavailable(error)
            }
            guard let replaced else { throw Self.changed }
            countIngested(
                created: replaced.status == .created ? 1 : 0, updated: replaced.status == .updated ? 1 : 0,
                unchanged: replaced.status == .unchanged ? 1 : 0, rejected: 0)
            if refresh == .wait, !replaced.isIndexed { throw Self.notSearchable }
            return Self.replaced(replaced, generation: context.serving.catalog.current.generation)
        }
    }

    /// The one article that a request is to bring, under the id that its path names.
    private func article(in items: [ReadItem], id: ArticleID) throws(Refusal) -> Article {
        guard let item = items.first, items.count == 1 else {
            throw Refusal(
                .badDocument,
                "PUT takes one article; found \(items.count). POST /v1/articles takes any number.")
        }
        var draft: ArticleDraft
        do throws(ItemFault) {
            draft = try item.get()
        } catch {
            throw Refusal(fault: error, .badArticle)
        }
        guard draft.id == nil || draft.id == id else {
            throw Refusal(
                .badArticle,
                "The article's 'id' is that of the path, or left out; found "
                    + "\(Refusal.shown(draft.id?.description ?? "")) and \(Refusal.shown(id.description)).",
                parameter: "id")
        }
        draft.id = id
        return draft.article
    }

    private static func replaced(_ result: IngestResult, generation: Int64) -> Response {
        let path = "/v1/articles/" + PercentCoding.encode(result.id.description)
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.name("data")
        writer.beginObject()
        writer.member("id", result.id.description)
        writer.member("status", result.status.rawValue)
        writer.endObject()
        writer.name("meta")
        writer.beginObject()
        writer.member("generation", generation)
        writer.endObject()
        writer.links([("self", path)])
        writer.endObject()
        var response = Response(
            status: result.status == .created ? .created : .ok,
            fields: Fields([(.contentType, "application/json"), (.cacheControl, "no-store")]),
            body: writer.bytes)
        if result.status == .created { response.fields.append(.location, path) }
        return response
    }

    /// An article that has been written to since the conditions of a request were looked at.
    private static let changed = Refusal(
        .preconditionFailed, "The article has changed since; get it anew.", parameter: "If-Match")

    /// What is stored and waited for in vain.
    private static let notSearchable: Refusal = {
        var refusal = Refusal(
            .notSearchable,
            "All of it is stored, but the index could not take it in yet, which is tried again. Sending the same again "
                + "writes nothing twice and waits anew.")
        refusal.fields.append(.retryAfter, "1")
        return refusal
    }()

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
