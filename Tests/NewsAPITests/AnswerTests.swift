import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import Testing

@testable import NewsAPI

@Suite struct AnswerTests {
    private static let service = Result { try Service() }

    @Test func anEmptyListSaysWhatCouldHaveMatched() throws {
        let service = try Self.service.get()
        #expect(
            service.get("/v1/articles?q=nosuch+-word&to=2024-05-02").text == """
                {"data":[],"meta":{"total":0,"total_exact":true,"limit":20,"next_cursor":null,"generation":7,\
                "coverage":{"articles":7,"first_published":"2024-05-01T10:00:00Z",\
                "last_published":"2025-01-10T08:00:00Z"}},\
                "links":{"self":"/v1/articles?limit=20&q=-word%20nosuch&sort=relevance\
                &to=2024-05-02T23:59:59.999Z","next":null}}
                """)
    }

    @Test func aTimelineFillsItsGaps() throws {
        let service = try Self.service.get()
        #expect(
            service.get("/v1/timeline?source=ledger.example&interval=month").text == """
                {"data":[{"start":"2024-05-01T00:00:00Z","end":"2024-06-01T00:00:00Z","count":2},\
                {"start":"2024-06-01T00:00:00Z","end":"2024-07-01T00:00:00Z","count":0},\
                {"start":"2024-07-01T00:00:00Z","end":"2024-08-01T00:00:00Z","count":1}],\
                "meta":{"interval":"month","total":3,"total_exact":true,"undated":0,"generation":7},\
                "links":{"self":"/v1/timeline?interval=month&source=ledger.example",\
                "articles":"/v1/articles?source=ledger.example"}}
                """)
        let week = service.get("/v1/timeline?q=treaty&interval=week&from=2024-04-29&to=2024-05-05")
        #expect(
            week.text.hasPrefix(
                "{\"data\":[{\"start\":\"2024-04-29T00:00:00Z\",\"end\":\"2024-05-06T00:00:00Z\",\"count\":3}]"
            ),
            "\(week.text)")
        #expect(week.meta?["undated"]?.int == 1)
        // What has no date is in no bucket, and beside the total with a period as without.
        let all = service.get("/v1/timeline?q=treaty&interval=year")
        let counts = all.object["data"]?.array?.compactMap { $0.object?["count"]?.int } ?? []
        #expect(counts.reduce(0, +) == 3)
        #expect(all.meta?["total"]?.int == 3 && all.meta?["undated"]?.int == 1, "\(all.text)")
        let none = service.get("/v1/timeline?q=nosuchword")
        #expect(none.object["data"]?.array?.isEmpty == true && none.meta?["coverage"] != nil)
        let zeros = service.get("/v1/timeline?q=nosuchword&from=2024-05-01&to=2024-05-03&interval=day")
        #expect(zeros.object["data"]?.array?.count == 3)
    }

    @Test func facetsCountTheArticlesThatMatch() throws {
        let service = try Self.service.get()
        let answer = service.get("/v1/facets?by=source,person&q=treaty&limit=1")
        #expect(
            answer.text == """
                {"data":[{"by":"source","values":[{"value":"meridian wire","name":null,"count":2}],"more":true},\
                {"by":"person","values":[{"value":"person:vladimir-putin","name":"Vladimir Putin","count":1}],\
                "more":true}],"meta":{"total":4,"total_exact":true,"limit":1,"generation":7},\
                "links":{"self":"/v1/facets?by=source,person&limit=1&q=treaty","articles":"/v1/articles?q=treaty"}}
                """)
        let none = service.get("/v1/facets?q=nosuchword")
        #expect(none.object["data"]?.array?.count == 3 && none.meta?["coverage"] != nil)
        let refused = service.get("/v1/facets?by=sourc")
        #expect(refused.code == "bad-parameter" && refused.text.contains("Did you mean 'source'?"))
        #expect(service.get("/v1/facets?by=-source").code == "bad-parameter")
    }

    /// Each count is the total of the list that the value filters, and each type has its own values alone.
    @Test(arguments: Facet.allCases) func eachCountIsThatOfItsList(facet: Facet) throws {
        let service = try Self.service.get()
        let answer = service.get("/v1/facets?by=\(facet.rawValue)")
        let values = answer.object["data"]?.array?.first?.object?["values"]?.array ?? []
        let filter = ["source", "country", "language"].contains(facet.rawValue) ? facet.rawValue : "entity"
        for value in values {
            let text = try #require(value.object?["value"]?.string)
            #expect(text.hasPrefix(facet.prefix))
            let target = "/v1/articles?\(filter)=\(text.replacing(" ", with: "%20"))"
            #expect(service.get(target).meta?["total"]?.int == value.object?["count"]?.int, "\(text)")
        }
        #expect(!values.isEmpty || [.treaty, .event, .region].contains(facet), "\(answer.text)")
    }

    @Test(arguments: [
        ("from=2024-05-01&to=2024-05-02", "hour"), ("from=2024-05-01&to=2024-06-30", "day"),
        ("from=2022-01-01&to=2024-12-31", "week"), ("from=2010&to=2024", "month"),
        ("from=1900&to=2024", "year"),
        ("from=1000&to=2024", "year"),
    ])
    func autoTakesTheFinestThatFits(period: String, interval: String) throws {
        let response = try Self.service.get().get("/v1/timeline?\(period)")
        #expect(response.meta?["interval"]?.string == interval)
        let buckets = response.object["data"]?.array ?? []
        let counts = buckets.compactMap { $0.object?["count"]?.int }
        #expect(counts.reduce(0, +) == response.meta?["total"]?.int)
        // Each bucket begins where the one before it ends.
        let starts = buckets.compactMap { $0.object?["start"]?.string }
        let ends = buckets.compactMap { $0.object?["end"]?.string }
        #expect(Array(starts.dropFirst()) == Array(ends.dropLast()))
    }

    @Test func anArticleIsAnsweredWhole() throws {
        let service = try Self.service.get()
        let response = service.get("/v1/articles/a%3A1%2F2")
        #expect(response.object["id"]?.string == "a:1/2", "\(response.text)")
        #expect(response.object["body"]?.string?.contains("within reach") == true)
        #expect(response.object["source"]?.object?["domain"]?.string == "meridian.example")
        let links = response.object["links"]?.object
        #expect(links?["self"]?.string == "/v1/articles/a%3A1%2F2")
        let notes = service.get(links?["annotations"]?.string ?? "")
        #expect(notes.text.contains("person:vladimir-putin"))
        #expect(notes.object["id"]?.string == "a:1/2")
    }

    @Test func onlyRelevanceShowsScores() throws {
        let service = try Self.service.get()
        let ranked = service.get("/v1/articles?q=treaty")
        let scores = ranked.object["data"]?.array?.compactMap { $0.object?["score"]?.double } ?? []
        #expect(scores.count == 4 && scores == scores.sorted(by: >) && scores[3] > 0)
        #expect(ranked.object["data"]?.array?.first?.object?.members.first?.name == "score")
        #expect(!service.get("/v1/articles?q=treaty&sort=newest").text.contains("\"score\""))
        #expect(!service.get("/v1/articles").text.contains("\"score\""))
    }

    @Test func linesAreTheItemsOfTheList() throws {
        let service = try Self.service.get()
        let lines = service.get("/v1/articles?format=ndjson&limit=3")
        #expect(lines.fields[.contentType] == "application/x-ndjson")
        let items = try lines.text.split(separator: "\n").map { try JSONParser().parse(Array($0.utf8)) }
        let list = service.get("/v1/articles?limit=3")
        #expect(JSONValue.array(items) == list.object["data"])
        #expect(lines.fields[.link]?.contains("format=ndjson") == true)
        #expect(lines.tag != list.tag)
    }

    @Test func quotesNameTheirSpeaker() throws {
        let service = try Self.service.get()
        let found = service.get("/v1/quotes?speaker=person:vladimir-putin")
        let quote = found.object["data"]?.array?.first?.object
        #expect(quote?["text"]?.string?.contains("within reach") == true, "\(found.text)")
        #expect(quote?["speaker"]?.object?["id"]?.string == "person:vladimir-putin")
        let id = try #require(quote?["id"]?.string)
        #expect(service.ids("/v1/quotes?article=a%3A1%2F2").contains(id))
        #expect(service.ids("/v1/quotes?q=reach&kind=direct").contains(id))
        #expect(service.ids("/v1/quotes?q=reach&kind=-direct").isEmpty)
        #expect(service.ids("/v1/quotes?q=speaker:putin+reach&source=meridian.example").contains(id))
        #expect(service.ids("/v1/quotes?to=2024-04").isEmpty)
    }

    @Test func anEntityHasAProfile() throws {
        let service = try Self.service.get()
        let found = service.get("/v1/entities?q=vladimir+put&type=person")
        let first = found.object["data"]?.array?.first?.object
        #expect(
            first?["id"]?.string == "person:vladimir-putin" && first?["articles"]?.int == 1, "\(found.text)")
        #expect(first?["wikidata"]?.string == "Q7747" && first?["provisional"]?.bool == false)
        let profile = service.get("/v1/entities/person:vladimir-putin")
        #expect(profile.text == service.get("/v1/entities/wikidata:Q7747").text)
        #expect(profile.object["first_seen"]?.string == "2024-05-01T10:00:00Z")
        #expect(profile.object["offices"]?.array?.isEmpty == false)
        #expect(profile.object["quotes"]?.object?["spoken"]?.int == 1)
        let others = profile.object["mentioned_with"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
        #expect(others.contains("country:cn") && !others.contains("person:vladimir-putin"))
        for name in ["articles", "quotes", "quotes_about", "timeline"] {
            let link = try #require(profile.object["links"]?.object?[name]?.string)
            #expect(service.get(link).status == .ok, "\(link)")
        }
        let country = service.get("/v1/entities/iso:UKR")
        #expect(country.object["codes"]?.object?["iso3"]?.string == "UKR")
        #expect(country.object["coordinates"]?.object?["lat"] != nil)
        #expect(country.object["articles"]?.int == 2)
    }
}
