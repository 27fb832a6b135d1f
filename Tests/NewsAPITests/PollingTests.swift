import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import Testing

@testable import NewsAPI

@Suite struct PollingTests {
    private func poll(_ service: Service, _ target: String, _ tag: String) -> Response {
        service.get(target, fields: [(.ifNoneMatch, tag)])
    }

    private static let targets = [
        "/v1/articles", "/v1/articles?q=treaty", "/v1/entities?q=put", "/v1/entities/person:vladimir-putin",
        "/v1/quotes", "/v1/timeline?q=treaty",
    ]

    @Test(arguments: targets) func nothingNewIsNotSentAgain(target: String) throws {
        let service = try Service()
        let first = service.get(target)
        let tag = try #require(first.tag)
        #expect(tag.hasPrefix("\""))
        #expect(first.fields[.cacheControl] == "no-cache")
        let again = poll(service, target, "\"other\", W/\(tag)")
        #expect(again.status == .notModified && again.body.isEmpty && again.tag == tag)
        #expect(poll(service, target, "*").status == .notModified)
        #expect(poll(service, target, "\"other\"").status == .ok)
        #expect(poll(service, target, "rubbish").status == .ok)
        let article = try Service.article("new", "Another treaty", published: "2024-05-09")
        _ = try service.catalog.ingest([article], waitsForIndex: true)
        let changed = poll(service, target, tag)
        #expect(changed.status == .ok && changed.tag != tag)
    }

    @Test func sameQuestionsHaveTheSameTagAndBytes() throws {
        let service = try Service()
        let spellings = [
            "/v1/articles?q=talks+treaty&country=UA&from=2024-05-01&limit=20",
            "/v1/articles?from=20240501&country=ukraine&query=treaty%20AND%20talks",
            "/v1/articles?country=UKR&q=(Treaty+TALKS)&pageSize=20&sort=relevance&from=2024-05-01T00:00Z",
        ]
        let answers = spellings.map { service.get($0) }
        for answer in answers {
            #expect(answer.status == .ok)
            #expect(answer.tag == answers[0].tag)
            #expect(answer.body == answers[0].body)
        }
        let link = try #require(answers[0].object["links"]?.object?["self"]?.string)
        #expect(service.get(link).body == answers[0].body)
        let others = [
            "/v1/articles?q=talks+OR+treaty", "/v1/articles?q=talks", "/v1/timeline?q=talks+treaty",
        ]
        #expect(Set((others + [spellings[0]]).map { service.get($0).tag }).count == 4)
    }

    @Test func anArticleKeepsItsTagUntilItChanges() throws {
        let service = try Service()
        let (one, notes) = ("/v1/articles/b", "/v1/articles/b/annotations")
        let tags = [service.get(one).tag, service.get(notes).tag].compactMap { $0 }
        #expect(Set(tags).count == 2)
        let article = try Service.article("new", "Another treaty")
        _ = try service.catalog.ingest([article], waitsForIndex: true)
        #expect(poll(service, one, tags[0]).status == .notModified)
        #expect(poll(service, notes, tags[1]).status == .notModified)
        _ = try service.catalog.ingest([try Service.article("b", "Changed")], waitsForIndex: true)
        #expect(poll(service, one, tags[0]).object["title"]?.string == "Changed")
        #expect(poll(service, notes, tags[1]).status == .ok)
    }

    @Test func storesDiffer() throws {
        #expect(try Service().get("/v1/articles").tag != Service().get("/v1/articles").tag)
    }
}
