import Dispatch
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import NewsStore
import Synchronization
import Testing

@testable import NewsAPI

/// What is acknowledged, and when it can be found.
@Suite struct VisibilityTests {
    private static func open(_ articles: [Article] = Service.sample) throws -> Service {
        var options = APIOptions()
        options.writeNeedsKey = false
        return try Service(articles, options: options)
    }

    private func put(
        _ service: Service, _ id: String, _ body: String, refresh: String = "?refresh=wait",
        fields: [(FieldName, String)] = []
    ) -> Response {
        service.send(
            .put, "/v1/articles/\(id)\(refresh)", fields: fields + [(.contentType, "application/json")],
            body: body)
    }

    private func data(_ response: Response, _ member: String) -> String? {
        response.object["data"]?.object?[member]?.string
    }

    // MARK: refresh

    @Test func whatWasWaitedForIsFoundAtOnce() throws {
        let service = try Self.open([])
        for number in 0..<30 {
            let answer = service.send(
                .post, "/v1/articles?refresh=wait", body: "{\"id\":\"n\(number)\",\"title\":\"Envoys meet\"}")
            #expect(answer.status == .ok)
            #expect(service.get("/v1/articles?q=envoys").meta?["total"]?.int == number + 1)
            #expect(service.get("/v1/articles/n\(number)").status == .ok)
        }
    }

    @Test func whatWasNotWaitedForIsStoredAndFoundWithTheNextThatIs() throws {
        let service = try Self.open([])
        for number in 0..<20 {
            let answer = service.send(
                .post, "/v1/articles?refresh=none", body: "{\"id\":\"n\(number)\",\"title\":\"Envoys meet\"}")
            #expect(answer.status == .ok)
            // Acknowledged is stored, whether it can be found yet or not.
            let id = try #require(ArticleID("n\(number)"))
            #expect(try service.catalog.store.article(id) != nil)
        }
        #expect(service.send(.post, "/v1/articles?refresh=wait", body: "{\"title\":\"Last\"}").status == .ok)
        #expect(service.get("/v1/articles?q=envoys").meta?["total"]?.int == 20)
    }

    @Test func whatWasTakenDownIsGoneFromNewAnswers() throws {
        let service = try Self.open()
        #expect(service.get("/v1/articles?q=kenya").meta?["total"]?.int == 1)
        #expect(service.send(.delete, "/v1/articles/e").status == .noContent)
        #expect(service.get("/v1/articles?q=kenya").meta?["total"]?.int == 0)
        #expect(service.get("/v1/articles/e").status == .notFound)
        #expect(service.get("/v1/entities/country:ke").object["articles"]?.int == 0)
        #expect(service.send(.delete, "/v1/articles/e").status == .notFound)
    }

    @Test func whatIsStoredAndCannotBeFoundIsTold() throws {
        let service = try Self.open()
        // Another process has stored something, so that changes must be read from the store; a catalog that is closed
        // does not read on.
        let other = try Catalog(folder: service.folder, analyzer: service.catalog.analyzer, needsIndex: false)
        _ = try other.ingest([try Service.article("far", "Stored elsewhere")], waitsForIndex: false)
        service.catalog.close()
        let posted = service.send(
            .post, "/v1/articles?refresh=wait", body: "{\"id\":\"n\",\"title\":\"Envoys\"}")
        #expect(posted.code == "not-searchable" && posted.status == .serviceUnavailable)
        #expect(posted.fields[.retryAfter] != nil)
        #expect(try service.catalog.store.article(try #require(ArticleID("n"))) != nil)
        #expect(put(service, "m", "{\"title\":\"Envoys\"}").code == "not-searchable")
        // Again: nothing is written, and it still cannot be found.
        #expect(put(service, "m", "{\"title\":\"Envoys\"}").code == "not-searchable")
        #expect(put(service, "m", "{\"title\":\"Other\"}", refresh: "").status == .ok)
        #expect(service.send(.delete, "/v1/articles/b").code == "not-searchable")
        #expect(try service.catalog.store.article(try #require(ArticleID("b"))) == nil)
    }

    // MARK: PUT

    @Test func putCreatesUpdatesAndLeavesAlone() throws {
        let service = try Self.open()
        let created = put(service, "new%2F1", "{\"title\":\"Envoys of salmon\"}")
        #expect(created.status == .created && created.fields[.location] == "/v1/articles/new%2F1")
        #expect(data(created, "id") == "new/1" && data(created, "status") == "created")
        #expect(service.ids("/v1/articles?q=salmon") == ["new/1"])
        let updated = put(service, "new%2F1", "{\"id\":\"new/1\",\"title\":\"Envoys of trout\"}")
        #expect(updated.status == .ok && data(updated, "status") == "updated")
        #expect(updated.fields[.location] == nil)
        #expect(
            service.ids("/v1/articles?q=salmon").isEmpty && service.ids("/v1/articles?q=trout") == ["new/1"])
        #expect(data(put(service, "new%2F1", "{\"title\":\"Envoys of trout\"}"), "status") == "unchanged")
        #expect(
            service.send(
                .put, "/v1/articles/plain", fields: [(.contentType, "text/plain")], body: "Ports\n\nShips."
            )
            .status == .created)
        #expect(service.get("/metrics").text.contains("sitrep_articles_received_total{status=\"updated\"} 1"))
    }

    @Test(
        arguments: [
            ("x", "{\"id\":\"y\",\"title\":\"A\"}", 400, "bad-article"),
            ("x", "{\"title\":7}", 400, "bad-article"),
            ("x", "[{\"title\":\"A\"},{\"title\":\"B\"}]", 400, "bad-document"),
            ("x", "[]", 400, "bad-document"),
            ("x", "{\"title\"", 400, "bad-document"), ("x", "  ", 400, "empty-document"),
            ("%20x", "{\"title\":\"A\"}", 400, "bad-article"),
        ] as [(String, String, Int, String)])
    func whatIsNoArticleIsRefused(id: String, body: String, status: Int, code: String) throws {
        let service = try Self.open([])
        let answer = put(service, id, body)
        #expect(answer.status.code == status && answer.code == code, "\(answer.text)")
        #expect(try service.catalog.store.articleCount() == 0)
    }

    @Test func putNeedsAKeyAndKnowsItsParameters() throws {
        let service = try Service()
        #expect(put(service, "b", "{\"title\":\"A\"}").status == .unauthorized)
        let key = [(FieldName.apiKey, try service.key(.ingest))]
        #expect(
            put(service, "b", "{\"title\":\"A\"}", refresh: "?refresh=now", fields: key).code
                == "bad-parameter")
        #expect(put(service, "b", "{\"title\":\"A\"}", fields: key).status == .ok)
    }

    @Test func conditionsHold() throws {
        let service = try Self.open()
        let tag = try #require(service.get("/v1/articles/b").tag)
        let text = "{\"title\":\"Ukraine asks again\"}"
        #expect(put(service, "b", text, fields: [(.ifMatch, "\"other\"")]).status == .preconditionFailed)
        #expect(put(service, "b", text, fields: [(.ifNoneMatch, "*")]).status == .preconditionFailed)
        #expect(put(service, "none", text, fields: [(.ifMatch, "*")]).status == .preconditionFailed)
        #expect(service.get("/v1/articles/b").tag == tag)
        #expect(put(service, "b", text, fields: [(.ifMatch, tag)]).status == .ok)
        // The tag is that of the article as it was.
        #expect(
            put(service, "b", "{\"title\":\"Late\"}", fields: [(.ifMatch, tag)]).code == "precondition-failed"
        )
        #expect(
            service.send(.delete, "/v1/articles/b", fields: [(.ifMatch, tag)]).code == "precondition-failed")
        #expect(service.get("/v1/articles/b").object["title"]?.string == "Ukraine asks again")
        #expect(put(service, "none", text, fields: [(.ifNoneMatch, "*")]).status == .created)
    }

    @Test func ofManyWhoWriteWithOneTagOneSucceeds() throws {
        let service = try Self.open()
        let tag = try #require(service.get("/v1/articles/b").tag)
        let won = Mutex<[Int]>([])
        let lost = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            let answer = put(service, "b", "{\"title\":\"Version \(number)\"}", fields: [(.ifMatch, tag)])
            if answer.status == .ok { won.withLock { $0.append(number) } }
            if answer.status == .preconditionFailed { lost.withLock { $0 += 1 } }
        }
        #expect(won.withLock { $0.count } == 1 && lost.withLock { $0 } == 7)
        #expect(
            service.get("/v1/articles/b").object["title"]?.string
                == "Version \(won.withLock { $0.first ?? -1 })")
        let created = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            let answer = put(
                service, "fresh", "{\"title\":\"Version \(number)\"}", fields: [(.ifNoneMatch, "*")])
            if answer.status == .created { created.withLock { $0 += 1 } }
        }
        #expect(created.withLock { $0 } == 1)
    }
}
