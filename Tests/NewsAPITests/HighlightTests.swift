import HTTPMessages
import JSON
import NewsModel
import Testing

@testable import NewsAPI

/// What an item shows of what met the query, each span as its words.
private struct Shown: Equatable {
    var title: [String] = []
    var body: [String] = []
    var matches = 0
    var snippets: [String] = []
    /// The marked words of each snippet.
    var marked: [[String]] = []

    /// Reads `highlight`, holding every span against the texts.
    init(_ item: JSONObject, _ article: Article) throws {
        let highlight = try #require(item["highlight"]?.object)
        title = try Self.words("title", highlight, article.title)
        body = try Self.words("body", highlight, article.body)
        matches = highlight["matches"]?.int ?? -1
        for value in highlight["snippets"]?.array ?? [] {
            let snippet = try #require(value.object)
            let text = try #require(snippet["text"]?.string)
            #expect(try Self.words(snippet, article.body) == text)
            snippets.append(text)
            marked.append(try Self.words("spans", snippet, text))
        }
    }

    private static func words(_ name: String, _ object: JSONObject, _ text: String) throws -> [String] {
        try #require(object[name]?.array).map { try words($0.object, text) }
    }

    private static func words(_ span: JSONObject?, _ text: String) throws -> String {
        let scalars = Array(text.unicodeScalars)
        let (start, end) = (try #require(span?["start"]?.int), try #require(span?["end"]?.int))
        var words = String.UnicodeScalarView()
        words.append(contentsOf: scalars[start..<end])
        return String(words)
    }
}

@Suite struct HighlightTests {
    private static let filler = String(repeating: "Nothing else of note was said on the day. ", count: 12)
    private static let articles: [Article] =
        (try? [
            Service.article(
                "long", "Erdoğan’s “new” sanctions",
                "🕊️ Ankara heard much.\n\n" + filler + "A sanction was named by President Erdoğan. " + filler
                    + "The peace talks — sanctioned by both — go on. Peace, then talks. " + filler,
                published: "2024-05-02"),
            Service.article("short", "Rains in Kenya", "Rivers rose in Kenya.", published: "2024-05-01"),
        ]) ?? []

    private static let service = Result { try Service(articles) }

    private func shown(_ query: String, of id: String = "long") throws -> Shown {
        let response = try Self.service.get().get("/v1/articles?highlight=true&" + query)
        let items = response.object["data"]?.array?.compactMap(\.object) ?? []
        let item = try #require(items.first { $0["id"]?.string == id }, "\(response.text)")
        return try Shown(item, try #require(Self.articles.first { $0.id.description == id }))
    }

    @Test func formsOfAWordAreShown() throws {
        let shown = try shown("q=erdogan+sanctions")
        #expect(shown.title == ["Erdoğan", "sanctions"])
        #expect(shown.body == ["sanction", "Erdoğan", "sanctioned"])
        #expect(shown.matches == 5 && shown.snippets.count == 2)
        #expect(shown.marked == [["sanction", "Erdoğan"], ["sanctioned"]])
        #expect(shown.snippets[0].hasPrefix("A sanction was named by President Erdoğan."))
    }

    @Test func phrasesAreShownWhereTheyStandWhole() throws {
        let phrase = try shown("q=%22peace+talks%22")
        #expect(phrase.body == ["peace talks"] && phrase.marked == [["peace talks"]])
        let near = try shown("q=%22peace+talks%22~1")
        #expect(near.body == ["peace", "talks", "Peace", "talks"])
        let prefix = try shown("q=sanct*")
        #expect(prefix.title == ["sanctions"] && prefix.body == ["sanction", "sanctioned"])
        #expect(try shown("q=title:sanctions").body.isEmpty)
    }

    @Test func entitiesThatAreAskedForAreShown() throws {
        let shown = try shown("entity=iso:KE", of: "short")
        #expect(shown.title == ["Kenya"] && shown.body == ["Kenya"])
        #expect(shown.snippets == ["Rivers rose in Kenya."])
        #expect(try self.shown("q=place:Kenya", of: "short").title == ["Kenya"])
    }

    @Test func whatIsNotAskedForIsNotShown() throws {
        let shown = try shown("q=-nosuchword", of: "short")
        #expect(shown.matches == 0 && shown.snippets.isEmpty && shown.title.isEmpty)
        let service = try Self.service.get()
        #expect(!service.get("/v1/articles?q=sanctions").text.contains("highlight"))
        #expect(!service.get("/v1/articles?q=sanctions&highlight=false").text.contains("\"highlight\""))
        #expect(service.get("/v1/articles?highlight=yes").code == ProblemCode.badParameter.rawValue)
    }

    @Test func cursorsHoldWithAndWithoutHighlights() throws {
        let service = try Self.service.get()
        let first = service.get("/v1/articles?limit=1&highlight=true&fields=id")
        let next = try #require(first.object["links"]?.object?["next"]?.string)
        #expect(next.contains("highlight=true") && next.contains("fields=id"))
        let second = service.get(next).object["data"]?.array?.first?.object
        #expect(second?["id"]?.string == "short" && second?["highlight"] != nil && second?.members.count == 2)
        let token = try #require(first.meta?["next_cursor"]?.string)
        #expect(service.ids("/v1/articles?limit=1&cursor=\(token)") == ["short"])
        #expect(first.tag != service.get("/v1/articles?limit=1&fields=id").tag)
    }

    @Test func linesAreShownToo() throws {
        let text = try Self.service.get().get("/v1/articles?q=rains&highlight=true&format=ndjson").text
        #expect(text.contains("\"highlight\":{\"title\":[{\"start\":0,\"end\":5}],\"body\":[],\"matches\":1"))
    }

    @Test func wordsOfQuotationsAreShown() throws {
        let service = try Service()
        let text = service.get("/v1/quotes?q=treaties&highlight=true").text
        #expect(text.contains("\"highlight\":{\"text\":[{\"start\":4,\"end\":10}]}"), "\(text)")
    }
}

@Suite struct FieldTests {
    private static let service = Result { try Service() }

    private func names(_ target: String) throws -> [[String]] {
        let response = try Self.service.get().get(target)
        #expect(response.status == .ok, "\(response.text)")
        let items = try response.object["data"]?.array ?? [JSONParser().parse(response.body)]
        return items.compactMap { $0.object?.members.map(\.name) }
    }

    @Test func whatIsAskedForIsShownAndNothingElse() throws {
        #expect(try names("/v1/articles?limit=1&fields=title,id") == [["id", "title"]])
        #expect(try names("/v1/articles?limit=1&fields=title&fields=id,title") == [["id", "title"]])
        #expect(try names("/v1/articles?limit=1&fields=body,id") == [["id", "body"]])
        #expect(try names("/v1/articles?limit=1&q=treaty&fields=score,id") == [["score", "id"]])
        #expect(try names("/v1/articles?limit=1&q=treaty&fields=id") == [["id"]])
        #expect(try names("/v1/articles/b?fields=id,published") == [["id", "published"]])
        #expect(try names("/v1/articles/b?fields=links,poster") == [["poster", "links"]])
        #expect(try names("/v1/quotes?limit=1&fields=text,speaker") == [["text", "speaker"]])
        #expect(try names("/v1/quotes?limit=1&fields=article,id") == [["id", "article"]])
    }

    /// A list and a selection of all its fields show the same.
    @Test func allFieldsTogetherAreTheItem() throws {
        let service = try Self.service.get()
        for kind in [ListKind.articles, .quotes] {
            let path = kind.endpoint == .articles ? "/v1/articles" : "/v1/quotes"
            let ready = kind.fields.filter { !kind.packedFields.contains($0) }
            let selected = service.get("\(path)?fields=\(ready.joined(separator: ","))").object["data"]
            #expect(selected == service.get(path).object["data"], "\(path)")
            #expect(selected?.array?.isEmpty == false)
        }
        let all = (ListKind.articles.fields + ["links"]).joined(separator: ",")
        var selected = service.get("/v1/articles/a%3A1%2F2?fields=\(all)").object
        var whole = service.get("/v1/articles/a%3A1%2F2").object
        // The link to itself is another.
        for name in ["links"] { (selected[name], whole[name]) = (nil, nil) }
        #expect(selected == whole && whole.count == ListKind.articles.fields.count)
    }

    @Test func unknownFieldsAreNamed() throws {
        let service = try Self.service.get()
        for (target, words) in [
            ("/v1/articles?fields=id,tittle", "found 'tittle'. Did you mean 'title'?"),
            ("/v1/articles?fields=-id", "found '-id'"), ("/v1/articles?fields=id,,title", "an empty one"),
            ("/v1/articles?fields=links", "'links'"), ("/v1/articles/b?fields=score", "'score'"),
            ("/v1/quotes?fields=body", "id, text, kind"),
        ] {
            let response = service.get(target)
            #expect(response.code == ProblemCode.badParameter.rawValue, "\(target)")
            #expect(response.text.contains(words), "\(response.text)")
        }
    }

    @Test func tagsTellSelectionsApart() throws {
        let service = try Self.service.get()
        let targets = ["", "?fields=id", "?fields=id,title"].map { "/v1/articles/b" + $0 }
        #expect(Set(targets.map { service.get($0).tag }).count == targets.count)
        #expect(service.get("/v1/articles/b?fields=title,id").tag == service.get(targets[2]).tag)
        let tag = try #require(service.get(targets[1]).tag)
        #expect(service.get(targets[1], fields: [(.ifNoneMatch, tag)]).status == .notModified)
    }
}
