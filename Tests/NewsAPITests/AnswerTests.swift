import Foundation
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
                "meta":{"interval":"month","tz":"UTC","total":3,"total_exact":true,"undated":0,"generation":7},\
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

    @Test func aTimelineHasTheDaysOfItsZone() throws {
        let service = try Self.service.get()
        let answer = service.get(
            "/v1/timeline?q=treaty&interval=day&tz=%2B05:00&from=2024-05-02&to=2024-05-03")
        #expect(
            answer.text == """
                {"data":[{"start":"2024-05-02T00:00:00+05:00","end":"2024-05-03T00:00:00+05:00","count":1},\
                {"start":"2024-05-03T00:00:00+05:00","end":"2024-05-04T00:00:00+05:00","count":1}],\
                "meta":{"interval":"day","tz":"+05:00","total":2,"total_exact":true,"undated":1,"generation":7},\
                "links":{"self":"/v1/timeline?from=2024-05-01T19:00:00Z&interval=day&q=treaty\
                &to=2024-05-03T18:59:59.999Z&tz=%2B05:00",\
                "articles":"/v1/articles?from=2024-05-01T19:00:00Z&q=treaty&to=2024-05-03T18:59:59.999Z"}}
                """)
        // The link asks for the same.
        let link = answer.object["links"]?.object?["self"]?.string ?? ""
        #expect(service.get(link).text == answer.text)
        let utc = service.get("/v1/timeline?q=treaty&tz=UTC&interval=year")
        #expect(utc.text == service.get("/v1/timeline?q=treaty&interval=year").text)
        guard service.get("/v1/timeline?tz=Europe/Kyiv").status == .ok else { return }
        // An article of one minute before midnight in London is of the next day in Kyiv.
        let kyiv = service.get("/v1/timeline?interval=day&tz=Europe/Kyiv&from=2024-05-02&to=2024-05-03")
        let counts = kyiv.object["data"]?.array?.compactMap { $0.object?["count"]?.int }
        #expect(counts == [1, 2], "\(kyiv.text)")
        let refused = service.get("/v1/timeline?tz=Europe/Kyv")
        #expect(refused.code == "bad-parameter" && refused.text.contains("Did you mean 'Europe/Kyiv'?"))
    }

    @Test func seriesAndSharesAddUp() throws {
        let service = try Self.service.get()
        let answer = service.get("/v1/timeline?q=treaty&interval=day&by=source&normalize=share")
        #expect(
            answer.text.hasPrefix(
                """
                {"data":[{"start":"2024-05-01T00:00:00Z","end":"2024-05-02T00:00:00Z","count":1,"share":1},\
                {"start":"2024-05-02T00:00:00Z","end":"2024-05-03T00:00:00Z","count":1,"share":0.5},\
                {"start":"2024-05-03T00:00:00Z","end":"2024-05-04T00:00:00Z","count":1,"share":1}],\
                "series":[{"value":"meridian wire","name":null,"count":2,"counts":[1,1,0],"shares":[1,0.5,0]},\
                {"value":"the ledger","name":null,"count":1,"counts":[0,0,1],"shares":[0,0,1]}],\
                "meta":{"interval":"day","tz":"UTC","by":"source","normalize":"share","total":3,
                """), "\(answer.text)")
        // Nothing at all of a day is no share of it.
        let empty = service.get(
            "/v1/timeline?q=treaty&interval=month&normalize=share&from=2024-05&to=2024-06")
        #expect(empty.text.contains("\"count\":0,\"share\":null"))
        let one = service.get("/v1/timeline?q=treaty&interval=day&by=source&limit=1")
        #expect(one.object["series"]?.array?.count == 1)
        let named = service.get("/v1/timeline?q=treaty&interval=year&by=person")
        #expect(named.text.contains("\"name\":\"Vladimir Putin\",\"count\":1,\"counts\":[1]"))
        #expect(service.get("/v1/timeline?by=source,person").text.contains("takes one of"))
        #expect(service.get("/v1/timeline?by=source&limit=51").text.contains("from 1 to 50"))
        #expect(service.get("/v1/timeline?normalize=shar").text.contains("Did you mean 'share'?"))
    }

    @Test func aHistogramHasTheBucketsThatItIsGiven() throws {
        let service = try Self.service.get()
        let target = "/v1/histogram?q=treaty&boundaries=2024-05-01,2024-05-02T12:00,2024-06,2025"
        let answer = service.get(target)
        #expect(
            answer.text == """
                {"data":[{"start":"2024-05-01T00:00:00Z","end":"2024-05-02T12:00:00Z","count":2},\
                {"start":"2024-05-02T12:00:00Z","end":"2024-06-01T00:00:00Z","count":1},\
                {"start":"2024-06-01T00:00:00Z","end":"2025-01-01T00:00:00Z","count":0}],\
                "meta":{"tz":"UTC","total":3,"total_exact":true,"generation":7},\
                "links":{"self":"/v1/histogram?boundaries=2024-05-01T00:00:00Z,2024-05-02T12:00:00Z,\
                2024-06-01T00:00:00Z,2025-01-01T00:00:00Z&q=treaty",\
                "articles":"/v1/articles?from=2024-05-01T00:00:00Z&q=treaty&to=2024-12-31T23:59:59.999Z"}}
                """)
        let links = answer.object["links"]?.object
        #expect(service.get(links?["self"]?.string ?? "").text == answer.text)
        #expect(service.get(links?["articles"]?.string ?? "").meta?["total"]?.int == 3)
        let zoned = service.get("/v1/histogram?boundaries=2024-05-02,2024-05-03&tz=-05:00&by=source")
        #expect(zoned.text.contains("\"start\":\"2024-05-02T00:00:00-05:00\""))
        #expect(zoned.object["series"]?.array?.count == 2, "\(zoned.text)")
        for wrong in [
            "", "?boundaries=2024", "?boundaries=2024,2023", "?boundaries=2024,2024",
            "?boundaries=2024,-2025",
        ] {
            let refused = service.get("/v1/histogram" + wrong)
            #expect(refused.code == "bad-parameter", "\(wrong)")
            #expect(refused.object["parameter"]?.string == "boundaries", "\(refused.text)")
        }
        var few = APIOptions()
        few.maximumBuckets = 2
        let bounded = try Service([], options: few)
        #expect(bounded.get("/v1/histogram?boundaries=2020,2021").status == .ok)
        #expect(bounded.get("/v1/histogram?boundaries=2020,2021,2022").code == "too-many-buckets")
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

    @Test func listsComeWithTheFacetsOfAllThatMatch() throws {
        let service = try Self.service.get()
        let answer = service.get("/v1/articles?q=treaty&limit=1&facets=source,person&fields=id")
        let facets = service.get("/v1/facets?q=treaty&by=source,person&limit=10")
        guard case .array(let expected)? = facets.object["data"] else { return }
        #expect(answer.meta?["facets"]?.array?.count == 2)
        #expect(answer.meta?["facets"] == .array(expected), "\(answer.text)")
        // Neither pages nor their order depend on it.
        let next = answer.object["links"]?.object?["next"]?.string ?? ""
        #expect(next.contains("facets=source,person"))
        #expect(service.get(next).meta?["facets"] == .array(expected))
        let cursor = answer.meta?["next_cursor"]?.string ?? ""
        #expect(service.get("/v1/articles?q=treaty&limit=1&cursor=" + cursor).status == .ok)
        #expect(service.get("/v1/articles?facets=sorce").text.contains("Did you mean 'source'?"))
        #expect(service.get("/v1/articles").meta?["facets"] == nil)
    }

    @Test func relatedEntitiesAreThoseNamedTogether() throws {
        let articles = try ["Kenya|Uganda", "Kenya|Uganda", "Kenya|Chad", "Chad", "Chad", "Chad", "Peru"]
            .enumerated()
            .map { number, names in
                let sentences = names.split(separator: "|").map { "Ministers of \($0) spoke." }
                return try Service.article(
                    "r\(number)", "Day \(number)", sentences.joined(separator: " "),
                    published: "2024-05-0\(number + 1)")
            }
        let service = try Service(articles)
        let answer = service.get("/v1/entities/country:ke/related?type=country")
        // G² of 2, 0, 1, 4 and of 1, 2, 3, 1 articles with both, Kenya alone, the other alone, neither.
        #expect(
            answer.text.hasPrefix(
                """
                {"data":[{"id":"country:ug","type":"country","name":"Uganda","articles":2,"together":2,"npmi":0.6763,\
                "log_likelihood":4.56},{"id":"country:td","type":"country","name":"Chad","articles":4,"together":1,\
                "npmi":-0.277,"log_likelihood":-1.24}],"meta":{"entity":"country:ke","articles":3,"more":false,"total":7,
                """), "\(answer.text)")
        let links = answer.object["links"]?.object
        #expect(service.get(links?["self"]?.string ?? "").text == answer.text)
        #expect(service.get(links?["articles"]?.string ?? "").meta?["total"]?.int == 3)
        #expect(
            service.get("/v1/entities/country:ke").text.contains(
                "\"related\":\"/v1/entities/country:ke/related\""))
        func ids(_ target: String) -> [String] {
            service.get(target).object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
        }
        #expect(ids("/v1/entities/country:ke/related?to=2024-05-02&type=country") == ["country:ug"])
        #expect(ids("/v1/entities/iso:TD/related?type=country&sort=articles") == ["country:ke"])
        #expect(ids("/v1/entities/country:pe/related").isEmpty)
        let cut = service.get("/v1/entities/country:ke/related?type=country&limit=1")
        #expect(cut.meta?["more"] == .boolean(true))
        #expect(service.get("/v1/entities/country:none/related").code == "not-found")
        #expect(
            service.get("/v1/entities/country:ke/related?sort=asociation").text.contains("'association'?"))

        let graph = service.get("/v1/graph?by=country")
        let data = graph.object["data"]?.object
        let nodes = data?["nodes"]?.array?.compactMap { $0.object?["id"]?.string }
        #expect(nodes == ["country:td", "country:ke", "country:ug", "country:pe"], "\(graph.text)")
        let edges = (data?["edges"]?.array ?? []).map { edge in
            ["source", "target"].compactMap { edge.object?[$0]?.string } + [
                "\(edge.object?["together"]?.int ?? 0)"
            ]
        }
        #expect(edges == [["country:ke", "country:ug", "2"], ["country:td", "country:ke", "1"]])
        #expect(
            service.get("/v1/graph?by=country&together=2").text.components(separatedBy: "\"source\"").count
                == 2)
        let small = service.get("/v1/graph?by=country&limit=1").object["data"]?.object
        #expect(small?["nodes"]?.array?.count == 1 && small?["edges"]?.array?.isEmpty == true)
        #expect(service.get("/v1/graph?q=nosuchword").text.contains("\"nodes\":[],\"edges\":[]"))
        #expect(service.get("/v1/graph?by=source").code == "bad-parameter")
        #expect(service.get("/v1/graph?limit=101").text.contains("from 1 to 100"))
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
