import HTTPMessages
import JSON
import Testing

@testable import NewsAPI

@Suite struct SuggestTests {
    private let service = Result { try Service() }

    private func answers(_ target: String) throws -> [JSONObject] {
        try service.get().get(target).object["data"]?.array?.compactMap(\.object) ?? []
    }

    @Test func completesWhatIsTyped() throws {
        let response = try service.get().get("/v1/entities/suggest?q=putn")
        #expect(response.status == .ok)
        let first = try #require(response.object["data"]?.array?.first?.object)
        #expect(first["id"]?.string == "person:vladimir-putin")
        #expect(first["type"]?.string == "person")
        #expect(first["articles"]?.int == 1)
        #expect(first["match"]?.object?["edits"]?.int == 1)
        #expect(response.object["links"]?.object?["self"]?.string == "/v1/entities/suggest?limit=10&q=putn")
    }

    @Test func spansCountCodePoints() throws {
        let first = try #require(try answers("/v1/entities/suggest?q=ERDOG&type=person").first)
        let match = try #require(first["match"]?.object)
        let name = Array(try #require(match["name"]?.string).unicodeScalars)
        let (start, end) = (match["start"]?.int ?? -1, match["end"]?.int ?? -1)
        #expect(String(String.UnicodeScalarView(name[start..<end])) == "Erdoğ")
        #expect(match["edits"]?.int == 0)
    }

    @Test func theNewsComeFirst() throws {
        // Of all names that begin so, Ukraine's is in two articles.
        #expect(try answers("/v1/entities/suggest?q=ukr&limit=1").first?["id"]?.string == "country:ua")
        #expect(
            try answers("/v1/entities/suggest?q=ukr&type=org&limit=3").allSatisfy {
                $0["type"]?.string == "organisation"
            })
        #expect(try answers("/v1/entities/suggest?q=a&limit=100").count == 100)
    }

    @Test func whatNobodyCanCompleteIsRefused() throws {
        let service = try service.get()
        for target in [
            "", "?q=", "?q=%3F!", "?q=a&limit=101", "?q=a&limit=0", "?q=a&type=ship", "?q=a&cursor=1",
        ] {
            let response = service.get("/v1/entities/suggest" + target)
            #expect(response.status == .badRequest, "\(target)")
        }
        #expect(service.get("/v1/entities/suggest?q=qqqqqqqq").object["data"]?.array?.isEmpty == true)
    }

    @Test func oneSpellingHasOneValidator() throws {
        let service = try service.get()
        let response = service.get("/v1/entities/suggest?q=Put%20&limit=10")
        let tag = try #require(response.tag)
        #expect(
            service.get("/v1/entities/suggest?q=put", fields: [(.ifNoneMatch, tag)]).status == .notModified)
    }
}
