import Glibc
import HTTPMessages
import JSON
import NewsModel
import Testing

@testable import NewsAPI

/// `sort=hot` weighs relevance against age.
@Suite struct HotTests {
    /// The same words twice, two days apart; more of them in between; and one without a date.
    private static let articles: [Article] =
        (try? [
            Service.article("new", "Talks", "A treaty was named.", published: "2024-05-10"),
            Service.article("old", "Talks", "A treaty was named.", published: "2024-05-08"),
            Service.article("good", "Treaty treaty", "The treaty is a treaty.", published: "2024-05-09"),
            Service.article("undated", "Treaty treaty treaty", "The treaty is a treaty."),
            Service.article("other", "Rains", "Rivers rose.", published: "2024-05-11T12:00:00Z"),
        ]) ?? []

    private static let service = Result { try Service(articles) }

    private func items(_ parameters: String) throws -> [JSONObject] {
        let response = try Self.service.get().get("/v1/articles?sort=hot&" + parameters)
        #expect(response.status == .ok, "\(response.text)")
        return response.object["data"]?.array?.compactMap(\.object) ?? []
    }

    private func ids(_ parameters: String) throws -> [String] {
        try items(parameters).compactMap { $0["id"]?.string }
    }

    @Test func newerAndBetterMakeUpForEachOther() throws {
        #expect(try ids("q=treaty&half_life=4d") == ["good", "new", "old", "undated"])
        // Where age hardly counts, it decides between equally good ones; where it counts most, it is all.
        #expect(try ids("q=treaty&half_life=520w") == ["good", "new", "old", "undated"])
        #expect(try ids("q=treaty&half_life=1h") == ["new", "good", "old", "undated"])
        #expect(try ids("") == ["other", "new", "good", "old", "undated"])
    }

    @Test func theFormulaIsTheOneThatIsDocumented() throws {
        let newest = 11.5
        let days = ["new": 10.0, "old": 8, "good": 9]
        for (parameter, halfLife) in [("", 1.0), ("&half_life=48h", 2)] {
            for item in try items("q=treaty\(parameter)") {
                let score = try #require(item["score"]?.double)
                #expect(item.members.prefix(2).map(\.name) == ["score", "hot"])
                guard let day = item["id"]?.string.flatMap({ days[$0] }) else {
                    #expect(item["hot"]?.isNull == true)
                    continue
                }
                let heat = try #require(item["hot"]?.double)
                #expect(abs(heat - (log2(1 + score) - (newest - day) / halfLife)) < 0.001)
            }
        }
        #expect(try items("fields=hot,id&limit=1").first?.members.map(\.name) == ["hot", "id"])
    }

    @Test(arguments: ["24h", "48h", "7d", "14d", "36h", "3650d"]) func halfLivesHaveOneForm(text: String)
        throws
    {
        let forms = ["24h": "1d", "48h": "2d", "7d": "1w", "14d": "2w"]
        let link = try Self.service.get().get("/v1/articles?sort=hot&half_life=\(text)").object["links"]?
            .object
        #expect(link?["self"]?.string?.contains("half_life=\(forms[text] ?? text)&") == true)
    }

    @Test(arguments: [
        "0h", "3651d", "1", "d", "1m", "-1d", "1.5d", "9999999h", "1D", "99999999999999999999w",
    ])
    func badHalfLivesAreRefused(text: String) throws {
        let response = try Self.service.get().get("/v1/articles?sort=hot&half_life=\(text)")
        #expect(response.code == ProblemCode.badParameter.rawValue && response.text.contains("1h to 3650d"))
    }

    @Test func aHalfLifeGoesWithItsOrderOnly() throws {
        let service = try Self.service.get()
        let response = service.get("/v1/articles?q=treaty&half_life=1d")
        #expect(
            response.code == ProblemCode.badParameter.rawValue && response.text.contains("sort=relevance"))
        let token = service.get("/v1/articles?sort=hot&limit=1").meta?["next_cursor"]?.string ?? ""
        #expect(service.get("/v1/articles?sort=hot&half_life=24h&cursor=\(token)").status == .ok)
        #expect(
            service.get("/v1/articles?sort=hot&half_life=2d&cursor=\(token)").code
                == ProblemCode.badCursor.rawValue)
        #expect(service.get("/v1/quotes?sort=hot&q=reach").status == .ok)
    }
}
