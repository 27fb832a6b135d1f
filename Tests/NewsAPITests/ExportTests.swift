import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import Testing

@testable import NewsAPI

@Suite struct ExportTests {
    private func lines(_ response: Response) -> [String] {
        response.text.split(separator: "\n").map(String.init)
    }

    private func ids(_ response: Response) throws -> [String] {
        try lines(response).map {
            try #require(try JSONParser().parse(Array($0.utf8)).object?["id"]?.string)
        }
    }

    @Test func everyLineIsAnArticleWhole() throws {
        let service = try Service()
        let export = service.get("/v1/export")
        #expect(export.status == .ok && export.fields[.contentType] == "application/x-ndjson")
        #expect(try ids(export) == ["a:1/2", "b", "c", "d", "e", "f", "g"])
        for line in lines(export) {
            let object = try #require(try JSONParser().parse(Array(line.utf8)).object)
            let id = try #require(
                object["id"]?.string?.replacing(":", with: "%3A").replacing("/", with: "%2F"))
            let one = service.get("/v1/articles/\(id)").text
            // The article by itself has links besides.
            #expect(one.hasPrefix(line.dropLast() + ",\"links\":"))
        }
    }

    @Test func theFiltersOfAListHold() throws {
        let service = try Service()
        #expect(
            try ids(service.get("/v1/export?q=treaty&source=-ledger.example&to=2024-05-02")) == [
                "a:1/2", "b",
            ])
        #expect(service.get("/v1/export?q=nothing+such").text.isEmpty)
        #expect(service.get("/v1/export?country=nowhere").code == "unknown-country")
        #expect(service.get("/v1/export?limit=5").code == "unknown-parameter")
    }

    @Test func annotationsComeWhereTheyAreAskedFor() throws {
        let service = try Service()
        let line = try #require(lines(service.get("/v1/export?include=annotations")).first)
        #expect(line.hasSuffix(",\"annotations\":\(service.get("/v1/articles/a%3A1%2F2/annotations").text)}"))
        #expect(service.get("/v1/export?include=links").object["parameter"]?.string == "include")
        #expect(
            service.get("/v1/export?include=annotations&format=csv").object["parameter"]?.string == "include")
    }

    @Test("RFC 4180") func recordsOfCommaSeparatedValues() throws {
        let article = Article(
            id: try #require(ArticleID("x")), title: "Say \"peace\", twice", body: "One.\n\nTwo.",
            authors: ["Ana Ruiz", "Li Na"], source: Outlet(name: "The Ledger", domain: "ledger.example"),
            url: "https://ledger.example/1", published: Timestamp("2024-05-01T10:00:00Z"), language: "en")
        let service = try Service([article])
        let export = service.get("/v1/export", fields: [(.accept, "text/csv")])
        #expect(export.fields[.contentType] == "text/csv; charset=utf-8; header=present")
        #expect(export.fields[.vary] == "Accept")
        let time = try #require(service.get("/v1/articles/x").object["ingested_at"]?.string)
        #expect(
            export.text
                == "id,published,title,source,domain,url,language,countries,authors,poster,seq,revision,ingested_at,body\r\n"
                + "x,2024-05-01T10:00:00Z,\"Say \"\"peace\"\", twice\",The Ledger,ledger.example,https://ledger.example/1,"
                + "en,,Ana Ruiz;Li Na,,1,1,\(time),\"One.\n\nTwo.\"\r\n")
        #expect(service.get("/v1/export", fields: [(.accept, "image/png")]).status == .notAcceptable)
    }

    @Test func thePiecesAreOfOneState() throws {
        let count = 1_500
        let text = String(repeating: "Talks went on. ", count: 10)
        let articles = try (0..<count).map { try Service.article("n\($0)", "Talks, day \($0)", text) }
        let service = try Service(articles)
        let (_, source) = try #require(service.stream("/v1/export"))
        guard case .bytes(let first) = source.next() else { throw CancellationError() }
        _ = try service.catalog.ingest(
            [Service.article("n700", "Changed"), Service.article("late", "Late")], waitsForIndex: true)
        _ = try service.catalog.remove([#require(ArticleID("n800"))])
        let pieces = [first] + Service.pieces(of: source)
        let longest = pieces.map(\.count).max() ?? 0
        #expect(pieces.dropLast().allSatisfy { $0.count >= 32_768 } && longest < 34_000)
        let exported = try ids(Response(status: .ok, body: Array(pieces.joined())))
        #expect(exported == (0..<count).map { "n\($0)" })
        guard case .end = source.next() else { throw CancellationError() }
    }

    @Test func whatTheClientHoldsIsNotSentAgain() throws {
        let service = try Service()
        let tag = try #require(service.get("/v1/export?q=treaty").tag)
        #expect(service.get("/v1/export?q=treaty", fields: [(.ifNoneMatch, tag)]).status == .notModified)
        #expect(service.get("/v1/export?q=talks", fields: [(.ifNoneMatch, tag)]).status == .ok)
    }
}
