import HTTPMessages
import JSON
import Testing

@testable import NewsAPI

/// RFC 9110 §12.5.1.
@Suite struct NegotiationTests {
    private static let service = Result { try Service() }

    private func get(_ target: String, _ accept: [String], _ more: [(FieldName, String)] = []) throws
        -> Response
    {
        try Self.service.get().get(target, fields: accept.map { (.accept, $0) } + more)
    }

    @Test(arguments: [
        ([], "application/json"), (["*/*"], "application/json"), (["application/json"], "application/json"),
        (["application/x-ndjson"], "application/x-ndjson"),
        (["APPLICATION/X-NDJSON"], "application/x-ndjson"),
        (["application/*"], "application/json"),
        (["application/json;q=0.5, application/x-ndjson"], "application/x-ndjson"),
        (["application/json;q=0.5", "application/x-ndjson;q=0.4"], "application/json"),
        (["application/json;q=0, */*;q=0.1"], "application/x-ndjson"),
        (["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], "application/json"),
        (["application/json; charset=utf-8"], "application/json"), (["nonsense"], "application/json"),
    ])
    func listsComeInTheFormThatIsLikedBest(accept: [String], type: String) throws {
        for target in ["/v1/articles?limit=2", "/v1/quotes?limit=2"] {
            let response = try get(target, accept)
            #expect(response.status == .ok)
            #expect(response.fields[.contentType] == type)
            #expect(response.fields.values(.vary) == ["Accept"])
            let tag = response.fields[.entityTag] ?? ""
            let again = try get(target, accept, [(.ifNoneMatch, tag)])
            #expect(again.status == .notModified)
            #expect(again.fields.values(.vary) == ["Accept"])
        }
    }

    @Test func eachFormHasATagOfItsOwn() throws {
        let tags = try ["application/json", "application/x-ndjson"].map {
            try get("/v1/articles", [$0]).fields[.entityTag]
        }
        #expect(tags[0] != tags[1])
        #expect(try get("/v1/articles?format=ndjson", []).fields[.entityTag] == tags[1])
    }

    @Test func theQueryGoesBeforeAccept() throws {
        for accept in ["application/json", "text/html", "*/*;q=0"] {
            let response = try get("/v1/articles?format=ndjson", [accept])
            #expect(response.fields[.contentType] == "application/x-ndjson")
            #expect(response.fields[.vary] == nil)
        }
    }

    @Test(arguments: [
        "text/html", "application/xml, text/*", "*/*;q=0", "application/json;q=0, application/x-ndjson;q=0.0",
    ])
    func whatIsNotThereIsRefusedWithWhatIs(accept: String) throws {
        let response = try get("/v1/articles", [accept])
        #expect(response.status == .notAcceptable)
        #expect(response.fields[.contentType] == "application/problem+json")
        #expect(response.fields[.vary] == "Accept")
        #expect(response.object["code"]?.string == "not-acceptable")
        #expect(response.object["parameter"]?.string == "Accept")
        for format in ListFormat.allCases {
            #expect(
                response.object["detail"]?.string?.contains("\(format.mediaType) (format=\(format))")
                    == true)
        }
    }

    @Test func errorsComeInOneForm() throws {
        for target in ["/v1/articles?nosuch=1", "/v1/nosuch", "/v1/articles/nosuch"] {
            let response = try get(target, ["text/html"])
            #expect(response.status.code >= 400 && response.status != .notAcceptable)
            #expect(response.fields[.contentType] == "application/problem+json")
        }
    }
}
