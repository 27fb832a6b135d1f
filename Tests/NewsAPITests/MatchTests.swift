import HTTPMessages
import JSON
import NewsModel
import Testing

@testable import NewsAPI

/// Whether all words of a query must be met, or one is enough.
@Suite struct MatchTests {
    private static let articles: [Article] =
        (try? [
            Service.article("both", "Grain treaty", "Ports wait.", published: "2024-05-01"),
            Service.article("grain", "Grain harvest", "A cease-fire holds.", published: "2024-05-02"),
            Service.article("treaty", "Treaty signed", "Ukraine signed it.", published: "2024-05-03"),
            Service.article("none", "Rains in Kenya", "Rivers rose.", published: "2024-05-04"),
        ]) ?? []

    /// Requests, the articles that come in any order, and whether `meta.match` says that one word is enough.
    private static let vectors: [(target: String, ids: Set<String>, isAny: Bool)] = [
        ("?q=grain+treaty", ["both"], false),
        ("?q=grain+treaty&match=all", ["both"], false),
        ("?q=grain+treaty&match=any", ["both", "grain", "treaty"], true),
        ("?q=grain&match=any", ["both", "grain"], false),
        ("?q=grain+treaty+-ukraine&match=any", ["both", "grain"], true),
        ("?q=grain+treaty+lang:en&match=any", ["both", "grain", "treaty"], true),
        ("?q=grain+lang:de&match=any", [], false),
        ("?q=ceasefire+%22signed+it%22&match=any", ["treaty", "grain"], true),
        ("?q=cease-fire&match=any", ["grain"], false),
        ("?q=cease-fire+signed&match=any", ["grain", "treaty"], true),
        ("?q=(grain+OR+rains)+treaty&match=any", ["both", "grain", "treaty", "none"], true),
        ("?q=who+has+a+treaty+on+grain", ["both", "grain", "treaty"], true),
        ("?q=who+has+a+treaty+on+grain&match=all", [], false),
        ("?q=who+has+a+treaty+on+grain&sort=newest", [], false),
        ("?q=who+has+a+treaty+on+grain&sort=hot", ["both", "grain", "treaty"], true),
        ("?q=who+has+a+treaty+words%3E1+grain", [], false),
        ("?q=who+has+a+treaty+on+grain&sort=relevance", ["both", "grain", "treaty"], true),
        ("?q=has+a+treaty+on+grain", [], false),
        ("?q=who+has+a+treaty+on+%22grain%22", [], false),
        ("?q=who+has+a+treaty+on+-grain", [], false),
        ("?q=who+AND+has+a+treaty+on+grain", [], false),
        ("?match=any", ["both", "grain", "treaty", "none"], false),
    ]

    private static let service = Result { try Service(articles) }

    @Test(arguments: vectors.indices) func matchSaysHowManyWordsMustBeMet(_ index: Int) throws {
        let (target, ids, isAny) = Self.vectors[index]
        let service = try Self.service.get()
        let answer = service.get("/v1/articles" + target)
        let found = answer.object["data"]?.array?.compactMap { $0.object?["id"]?.string }
        #expect(Set(found ?? []) == ids)
        #expect(answer.meta?["total"]?.int == ids.count)
        #expect(answer.meta?["match"]?.string == (isAny ? "any" : nil))
        // The link to itself asks for the same, whatever the query is without it.
        let link = try #require(answer.object["links"]?.object?["self"]?.string)
        let again = service.get(link)
        #expect(again.object["links"]?.object?["self"]?.string == link)
        #expect(again.tag == answer.tag)
    }

    @Test func thoseWithMostWordsComeFirst() throws {
        #expect(try Self.service.get().ids("/v1/articles?q=grain+treaty+ports&match=any").first == "both")
    }

    @Test func pagesGoOnAsTheyBegan() throws {
        let service = try Self.service.get()
        var target: String? = "/v1/articles?q=who+has+a+treaty+on+grain&limit=1"
        var ids: [String] = []
        while let next = target, ids.count < 9 {
            let answer = service.get(next)
            ids += answer.object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
            target = answer.object["links"]?.object?["next"]?.string
        }
        #expect(ids.count == 3)
        #expect(Set(ids) == ["both", "grain", "treaty"])
    }

    @Test func countsReadAllUnlessTheyAreAsked() throws {
        let service = try Self.service.get()
        let sentence = "q=who+has+a+treaty+on+grain"
        for path in ["/v1/facets?by=source&", "/v1/timeline?interval=day&"] {
            #expect(service.get(path + sentence).meta?["total"]?.int == 0)
            #expect(service.get(path + sentence + "&match=any").meta?["total"]?.int == 3)
        }
        // What is linked to has as many.
        let facets = service.get("/v1/facets?by=source&" + sentence)
        let articles = try #require(facets.object["links"]?.object?["articles"]?.string)
        #expect(service.ids(articles).isEmpty)
    }

    @Test func otherValuesAreRefused() throws {
        let answer = try Self.service.get().get("/v1/articles?q=a&match=most")
        #expect(answer.status == .badRequest)
        #expect(answer.object["parameter"]?.string == "match")
    }
}
