import Compression
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import SearchIndex
import Testing

@testable import NewsAPI

@Suite struct IngestTests {
    private func post(
        _ service: Service, _ body: String, type: String? = "application/json", key: String? = nil,
        query: String = "?refresh=wait"
    ) throws -> Response {
        let key = try key ?? service.key(.ingest)
        var fields: [(FieldName, String)] = [(.authorization, "Bearer \(key)")]
        if let type { fields.append((.contentType, type)) }
        return service.send(.post, "/v1/articles" + query, fields: fields, body: body)
    }

    private func statuses(_ response: Response) -> [String] {
        response.object["data"]?.array?.compactMap { $0.object?["status"]?.string } ?? []
    }

    @Test func itemsAreAnsweredOneByOne() throws {
        let service = try Service([])
        let lines =
            "{\"id\":\"a\",\"title\":\"A\"}\n\n{\"title\":7}\n{\"id\":\"a\",\"title\":\"A\"}\nnonsense\n"
        let answer = try post(service, lines, type: "application/x-ndjson")
        #expect(answer.status == .ok)
        #expect(
            answer.text == """
                {"data":[{"index":0,"id":"a","status":"created","problem":null},\
                {"index":1,"id":null,"status":"rejected","problem":{"type":"/problems/bad-article",\
                "title":"The item is not an article","status":400,"code":"bad-article",\
                "detail":"Expected a string, found a number.","parameter":"title","offset":1,"line":3}},\
                {"index":2,"id":"a","status":"unchanged","problem":null},\
                {"index":3,"id":null,"status":"rejected","problem":{"type":"/problems/bad-article",\
                "title":"The item is not an article","status":400,"code":"bad-article",\
                "detail":"Not JSON: expected a value at byte 0 of the line.","offset":0,"line":5}}],\
                "meta":{"received":4,"created":1,"updated":0,"unchanged":1,"rejected":2,"generation":1}}
                """)
        #expect(statuses(try post(service, "{\"id\":\"a\",\"title\":\"B\"}")) == ["updated"])
        #expect(service.get("/v1/articles/a").object["title"]?.string == "B")
        #expect(
            service.get("/metrics").text.contains("sitrep_articles_received_total{status=\"rejected\"} 2"))
    }

    @Test(
        arguments: [
            ("{\"title\":\"A\"}", "application/json", 1),
            ("[{\"title\":\"A\"},{\"title\":\"B\"}]", "application/json", 2),
            ("[]", "application/json", 0),
            ("{\"title\":\"A\"}\n{\"title\":\"B\"}", "application/x-ndjson", 2),
            ("Ports reopen\n\nShips sailed.", "text/plain; charset=utf-8", 1), ("{\"title\":\"A\"}", nil, 1),
            ("Ports reopen\n\nShips sailed.", nil, 1), ("{\"title\":\"A\"}\n{\"title\":\"B\"}", nil, 2),
            ("[{\"title\":\"A\"}]", "application/x-www-form-urlencoded", 1),
            ("{\"title\":\"A\"}", "Application/JSON; Charset=\"UTF-8\"", 1),
        ] as [(String, String?, Int)])
    func formsAreTaken(body: String, type: String?, count: Int) throws {
        let service = try Service([])
        let answer = try post(service, body, type: type)
        #expect(answer.status == .ok, "\(answer.text)")
        #expect(answer.meta?["created"]?.int == count)
        #expect(service.get("/v1/articles").meta?["total"]?.int == count)
    }

    @Test(
        arguments: [
            ("{\"title\": ", "application/json", "bad-document", "\"offset\":10"),
            ("{}{}", "application/json", "bad-document", "\"offset\":2"),
            (
                "\n{\"title\": \n{nonsense\n", "application/x-ndjson", "bad-document",
                "\"offset\":11,\"line\":2"
            ),
            ("Title\n\na\u{0}b", "text/plain", "bad-document", "\"offset\":8,\"line\":3"),
            ("", "application/json", "empty-document", "nothing"), (" \n", nil, "empty-document", "nothing"),
            ("<x/>", "application/xml", "unsupported-media-type", "application/x-ndjson"),
            ("x", "text/plain; charset=latin1", "unsupported-media-type", "UTF-8"),
        ] as [(String, String?, String, String)])
    func badDocumentsAreRefused(body: String, type: String?, code: String, words: String) throws {
        let answer = try post(try Service([]), body, type: type)
        #expect(answer.code == code, "\(answer.text)")
        #expect(answer.text.contains(words), "\(answer.text)")
    }

    @Test func whereNothingIsTakenTheAnswerIsNoSuccess() throws {
        let answer = try post(try Service([]), "{\"title\":7}")
        #expect(answer.status == .unprocessableContent)
        #expect(statuses(answer) == ["rejected"])
    }

    @Test func compressedContentIsTaken() throws {
        var options = APIOptions()
        options.decompressedBytes = 1_000
        let service = try Service([], options: options)
        let key = try service.key(.ingest)
        func post(_ bytes: [UInt8], coding: String = "gzip") -> Response {
            service.send(
                .post, "/v1/articles?refresh=wait",
                fields: [(.apiKey, key), (.contentEncoding, coding), (.contentType, "application/json")],
                bytes: bytes)
        }
        let packed = Deflate.gzip(Array("{\"id\":\"z\",\"title\":\"Z\"}".utf8))
        #expect(statuses(post(packed)) == ["created"])
        #expect(post(Array(packed.dropLast(9))).code == "bad-document")
        #expect(post(Array("not gzip".utf8)).code == "bad-document")
        let large = Deflate.gzip(Array(String(repeating: " ", count: 1_001).utf8))
        #expect(post(large).code == "content-too-large")
        #expect(post(packed, coding: "br").code == "unsupported-coding")
        #expect(post(packed, coding: "br").fields[.acceptEncoding] == "gzip")
    }

    @Test func keysDecideWhoMayWrite() throws {
        let service = try Service()
        let article = "{\"id\":\"x\",\"title\":\"X\"}"
        func attempt(_ fields: [(FieldName, String)]) -> Response {
            service.send(.post, "/v1/articles", fields: fields, body: article)
        }
        let none = attempt([])
        #expect(none.status == .unauthorized && none.fields[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        #expect(
            attempt([(.authorization, "Bearer wrong")]).fields[.wwwAuthenticate]?.contains("invalid") == true)
        #expect(attempt([(.authorization, "Basic abc")]).status == .unauthorized)
        #expect(attempt([(.authorization, "Bearer \(try service.key(.read))")]).status == .forbidden)
        #expect(attempt([(.authorization, "bearer \(try service.key(.ingest))")]).status == .ok)
        #expect(attempt([(.apiKey, try service.key(.admin))]).status == .ok)
        #expect(service.send(.delete, "/v1/articles/b").status == .unauthorized)
        let admin = [(FieldName.apiKey, try service.key(.admin))]
        let tag = try #require(service.get("/v1/articles/b").fields[.entityTag])
        for condition in ["\"x\"", "W/" + tag, "b"] {
            let answer = service.send(.delete, "/v1/articles/b", fields: admin + [(.ifMatch, condition)])
            #expect(answer.code == "precondition-failed", "\(condition)")
        }
        for condition in ["*", "W/" + tag, "\"x\", " + tag] {
            let answer = service.send(.delete, "/v1/articles/b", fields: admin + [(.ifNoneMatch, condition)])
            #expect(answer.code == "precondition-failed", "\(condition)")
        }
        let unknown = service.send(.delete, "/v1/articles/none", fields: admin + [(.ifMatch, "*")])
        #expect(unknown.status == .notFound)
        let held = [(FieldName.ifMatch, "\"x\", " + tag), (.ifNoneMatch, "\"x\"")]
        #expect(service.send(.delete, "/v1/articles/c", fields: admin + held).code == "precondition-failed")
        #expect(service.send(.delete, "/v1/articles/b", fields: admin + held).status == .noContent)
        #expect(service.send(.delete, "/v1/articles/b", fields: admin).status == .notFound)
        #expect(service.get("/v1/articles/b").status == .notFound)
    }

    @Test func keysCanBeLeftOutOrAskedForByConfiguration() throws {
        var options = APIOptions()
        options.writeNeedsKey = false
        options.readNeedsKey = true
        let service = try Service(options: options)
        #expect(service.send(.post, "/v1/articles", body: "{\"title\":\"X\"}").status == .ok)
        #expect(service.get("/v1/articles").status == .unauthorized)
        #expect(service.get("/v1/articles", fields: [(.apiKey, try service.key(.read))]).status == .ok)
        #expect(service.get("/healthz").status == .ok)
    }

    @Test func theHeadAloneIsEnoughToRefuse() throws {
        let service = try Service([])
        func refusal(_ method: NewsAPIMethod, _ target: String, _ fields: [(FieldName, String)]) -> Int? {
            let head = Request(method: method, target: RequestTarget(target), fields: Fields(fields))
            return service.api.refusal(ofHead: head)?.status.code
        }
        let key = (FieldName.apiKey, try service.key(.ingest))
        #expect(refusal(.post, "/v1/articles", []) == 401)
        #expect(refusal(.post, "/v1/articles", [key]) == nil)
        #expect(refusal(.post, "/v1/articles", [key, (.contentType, "text/csv")]) == 415)
        #expect(refusal(.post, "/v1/nowhere", [key]) == 404)
        #expect(refusal(.put, "/v1/articles", [key]) == 405)
    }

    @Test(arguments: ["?refresh=maybe", "?refresh=wait&refresh=none", "?wait=1"])
    func badParametersAreNamed(query: String) throws {
        let answer = try post(try Service([]), "{\"title\":\"X\"}", query: query)
        #expect(answer.status == .badRequest && answer.object["parameter"] != nil, "\(answer.text)")
    }
}
