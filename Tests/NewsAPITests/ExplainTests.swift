import Foundation
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import SearchIndex
import TestSupport
import Testing

@testable import NewsAPI

@Suite struct ExplainTests {
    /// The warnings of an explanation, each as its code, what it is about and what is suggested.
    private func warnings(_ query: JSONObject?) -> [[String]] {
        query?["warnings"]?.array?.compactMap(\.object).map { warning in
            [warning["code"]?.string ?? "", warning["clause"]?.string ?? ""]
                + (warning["suggestions"]?.array?.compactMap(\.string) ?? [])
        } ?? []
    }

    private func explained(_ service: Service, _ query: String) -> JSONObject? {
        service.get("/v1/query/explain?q=\(query)").object["data"]?.object
    }

    @Test func treesSayHowQueriesWereRead() throws {
        let service = try Service()
        let data = try #require(explained(service, "(talks+OR+title:%22the+treaty%22~2)+-country:FR"))
        #expect(data["normal"]?.string == "-country:FR (talks OR title:\"the treaty\"~2)")
        #expect(data["scores"] == .boolean(true))
        let tree = try #require(data["tree"]?.object)
        #expect(tree["kind"]?.string == "and")
        let parts = tree["parts"]?.array?.compactMap(\.object) ?? []
        #expect(parts.map { $0["kind"]?.string } == ["not", "or"])
        let words = parts.last?["parts"]?.array?.compactMap(\.object) ?? []
        try #require(words.map { $0["kind"]?.string } == ["word", "phrase"])
        #expect(words.map { $0["articles"]?.int } == [1, 1])
        #expect(words[0]["field"] == .null && words[1]["field"]?.string == "title")
        // Words are looked up by their stems, phrases as they are.
        let terms = words.map { $0["terms"]?.array?.compactMap(\.object) ?? [] }
        #expect(terms[0].map { $0["term"]?.string } == ["talk"] && terms[0][0]["language"]?.string == "en")
        #expect(terms[1].map { $0["term"]?.string } == ["the", "treaty"] && terms[1][0]["language"] == .null)
        let country = parts.first?["parts"]?.array?.first?.object
        #expect(country?["any_of"]?.array == [.string("country=FR")])
        let answer = service.get("/v1/query/explain?q=talks&country=UA")
        #expect(answer.meta?["total"]?.int == 1)
        #expect(
            answer.object["links"]?.object?["articles"]?.string == "/v1/articles?country=UA&q=talks")
        #expect(service.get("/v1/query/explain?q=talks+OR").code == "query-syntax")
    }

    @Test func warningsSayWhatMayBeMeant() throws {
        let service = try Service()
        func warned(_ query: String) -> [[String]] { warnings(explained(service, query)) }
        #expect(warned("treaty") == [])
        #expect(warned("traety") == [["unknown-word", "traety", "treaty"]])
        #expect(
            warned("%22peace+traety%22~3") == [
                ["unknown-word", "\"peace traety\"~3", "reach"],
                ["unknown-word", "\"peace traety\"~3", "treaty"],
            ])
        #expect(warned("qu*") == [["unknown-word", "qu*"]])
        #expect(
            warned("title:envoys+title:rains") == [["nothing-together", "title:envoys title:rains"]])
        #expect(warned("title:kyiv") == [["nothing-found", "title:kyiv"]])
        #expect(warned("country:JP") == [["nothing-found", "country:JP"]])
        #expect(warned("place:Georgia").first?.first == "several-entities")
    }

    /// What is said to add up to a score does, for random queries over random articles.
    @Test(arguments: 0..<6 as Range<UInt64>) func partsAddUpToScores(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["grain", "treaty", "treaties", "talks", "port", "ports", "signed", "wheat", "ship"]
        func text(_ count: Int) -> String {
            (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined(
                separator: " ")
        }
        let service = try Service(
            try (0..<40).map { try Service.article("a\($0)", text(4), text(12), published: "2024-05-01") })
        func query(_ depth: Int) -> String {
            let word = words[Int.random(in: 0..<words.count, using: &random)]
            switch Int.random(in: 0..<(depth > 0 ? 11 : 7), using: &random) {
            case 0, 1: return word
            case 2: return "title:\"\(text(2))\"~2"
            case 3: return "near4:\"\(text(2))\""
            case 4: return word.prefix(3) + "*"
            case 5: return word + "~1"
            case 6: return "repeat2:\"\(word)\""
            case 7: return "-(" + query(depth - 1) + ")"
            case 8: return "(" + query(depth - 1) + " OR " + query(depth - 1) + ")"
            default: return "(" + query(depth - 1) + " " + query(depth - 1) + ")"
            }
        }
        var explained = 0
        for _ in 0..<25 {
            let query = query(3).addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = service.get("/v1/articles?sort=relevance&limit=100&explain=true&q=\(query)")
            #expect(
                answer.object["query"]?.object?["tree"]?.object?["articles"]?.int
                    == answer.meta?["total"]?.int)
            let items = answer.object["data"]?.array?.compactMap(\.object) ?? []
            #expect(items.dropFirst(20).allSatisfy { $0["explanation"] == nil })
            for item in items.prefix(20) {
                let explanation = try #require(item["explanation"]?.object)
                let score = explanation["score"]?.double ?? -1
                let clauses = explanation["clauses"]?.array?.compactMap(\.object) ?? []
                let sum = clauses.reduce(0) { $0 + ($1["score"]?.double ?? .nan) }
                let parts = clauses.flatMap { $0["parts"]?.array?.compactMap(\.object) ?? [] }
                let whole = parts.reduce(0) { $0 + ($1["score"]?.double ?? .nan) }
                #expect(
                    abs(score - sum) <= 1e-5 * max(1, score) && abs(score - whole) <= 1e-5 * max(1, score),
                    "\(query)")
                #expect(abs(score - (item["score"]?.double ?? -1)) <= 0.000_051)
                explained += 1
            }
        }
        #expect(explained > 50)
    }

    @Test func explanationsAreGivenOnlyWhereAskedFor() throws {
        let service = try Service()
        let plain = service.get("/v1/articles?q=treaty")
        #expect(plain.object["query"] == nil && !plain.text.contains("explanation"))
        let explained = service.get("/v1/articles?q=treaty&explain=true")
        #expect(explained.tag != plain.tag)
        #expect(explained.object["links"]?.object?["self"]?.string?.contains("explain=true") == true)
        // Only scores have parts.
        let newest = service.get("/v1/articles?q=treaty&explain=true&sort=newest")
        #expect(newest.object["query"] != nil && !newest.text.contains("explanation"))
        // Cursors do not depend on what is shown.
        let first = service.get("/v1/articles?q=treaty&limit=1&explain=true")
        let token = first.meta?["next_cursor"]?.string ?? ""
        #expect(service.get("/v1/articles?q=treaty&limit=1&cursor=\(token)").status == .ok)
        #expect(service.get("/v1/articles?q=treaty&explain=yes").code == "bad-parameter")
        #expect(service.get("/v1/quotes?explain=true").code == "unknown-parameter")
    }
}
