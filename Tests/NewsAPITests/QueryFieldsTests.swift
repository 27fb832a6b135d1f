import NewsModel
import Testing

@testable import NewsAPI

/// Fields of the query language put to real articles.
@Suite struct QueryFieldsTests {
    private func ids(_ service: Service, _ query: String) -> [String] {
        service.ids("/v1/articles?sort=oldest&q=\(query)")
    }

    @Test func datesAndNumbersAreCompared() throws {
        let service = try Service()
        #expect(ids(service, "published:2024-05-02") == ["b", "c"])
        #expect(ids(service, "published:2024-05") == ["a:1/2", "b", "c", "d"])
        #expect(ids(service, "published%3E2024-05") == ["e", "f"])
        #expect(ids(service, "published%3E=2024-05-03..") == [])
        #expect(ids(service, "published%3E=2024-05-03") == ["d", "e", "f"])
        #expect(ids(service, "published%3C2024-05-02") == ["a:1/2"])
        #expect(ids(service, "published%3C=2024-05-02T11:30:00Z") == ["a:1/2", "b"])
        // What has no date is in no range, and so in what is left.
        #expect(ids(service, "-published:0001..") == ["g"])
        // "Rivers rose." has two words.
        #expect(ids(service, "words%3C3") == ["e"])
        #expect(ids(service, "words:2..3") == ["e", "g"])
        #expect(ids(service, "treaty+words%3E8") == ["a:1/2", "b"])
    }

    @Test func outletsAreFoundByTheirCountry() throws {
        let service = try Service()
        let ledger = ["c", "d", "e"]
        #expect(ids(service, "sourcecountry:UK") == ledger)
        #expect(ids(service, "sourcecountry:GBR") == ledger)
        #expect(ids(service, "sourcecountry:unitedkingdom") == ledger)
        #expect(ids(service, "sourcecountry:US") == [])
    }

    @Test func languagesAreFoundByAnyOfTheirNames() throws {
        let spanish = Article(
            id: try #require(ArticleID("s")), title: "El tratado", body: "La paz.", language: "spa")
        let service = try Service(Service.sample + [spanish])
        for name in ["es", "spa", "Spanish", "es-MX"] {
            #expect(ids(service, "lang:\(name)") == ["s"], "\(name)")
            #expect(service.ids("/v1/articles?language=\(name)") == ["s"], "\(name)")
        }
        #expect(ids(service, "sourcelang:english").count == Service.sample.count)
        #expect(service.get("/v1/articles?language=Spanich").text.contains("Did you mean 'Spanish'?"))
    }
}
