import Compression
import HTTPMessages
import JSON
import TestSupport
import Testing

@testable import NewsAPI

/// `POST /v1/search` is `GET /v1/articles` with its parameters as JSON.
@Suite struct SearchTests {
    private static let service = Result { try Service() }

    private func search(_ body: String, type: String? = "application/json", _ target: String = "/v1/search")
        throws
        -> Response
    {
        let fields = type.map { [(FieldName.contentType, $0)] } ?? []
        return try Self.service.get().send(.post, target, fields: fields, body: body)
    }

    /// Content, and the target that asks for the same.
    private static let pairs: [(body: String, target: String)] = [
        ("{}", "/v1/articles"), (" {\"q\": null} ", "/v1/articles"),
        (#"{"q": "treaty -\"talks on\""}"#, "/v1/articles?q=treaty+-%22talks+on%22"),
        (#"{"query": "treaty", "limit": 2, "sort": "oldest"}"#, "/v1/articles?q=treaty&limit=2&sort=oldest"),
        (#"{"limit": 2e0}"#, "/v1/articles?limit=2"),
        (
            #"{"source": ["ledger.example", "meridian.example"]}"#,
            "/v1/articles?source=ledger.example,meridian.example"
        ),
        (
            #"{"source": "ledger.example,meridian.example"}"#,
            "/v1/articles?source=ledger.example,meridian.example"
        ),
        (#"{"country": ["UA", "-KE"], "language": []}"#, "/v1/articles?country=UA,-KE"),
        (#"{"from": 1736496000, "to": "2025"}"#, "/v1/articles?from=1736496000&to=2025"),
        (#"{"from": 2025}"#, "/v1/articles?from=2025"),
        (
            #"{"q": "treaty", "highlight": true, "fields": ["id", "score"]}"#,
            "/v1/articles?q=treaty&highlight=true&fields=id,score"
        ),
        (#"{"q": "treaty", "format": "ndjson"}"#, "/v1/articles?q=treaty&format=ndjson"),
    ]

    @Test(arguments: pairs.indices) func theAnswerIsThatOfTheSameParametersInATarget(_ index: Int) throws {
        let (body, target) = Self.pairs[index]
        let posted = try search(body)
        let got = try Self.service.get().get(target)
        #expect(got.status == .ok && posted.body == got.body, "\(posted.text)")
        #expect(posted.fields[.contentType] == got.fields[.contentType])
        #expect(posted.tag == nil && posted.fields[.cacheControl] == "no-store" && !posted.isRepeatable)
        #expect(posted.fields[.link] == got.fields[.link])
    }

    @Test func pagesFollowEachOther() throws {
        var ids: [String] = []
        var cursor: String? = ""
        var pages = 0
        while let token = cursor, pages < 10 {
            let more = token.isEmpty ? "" : ", \"cursor\": \"\(token)\""
            let response = try search("{\"limit\": 3\(more)}")
            ids += response.object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
            cursor = response.meta?["next_cursor"]?.string
            pages += 1
        }
        #expect(try ids == Self.service.get().ids("/v1/articles") && pages == 3)
    }

    /// Content, the code of the problem, where in the content it is, and words of it.
    private static let faults: [(body: String, code: ProblemCode, pointer: String?, words: String)] = [
        ("", .emptyDocument, nil, "the parameters"),
        ("[]", .badDocument, nil, "Expected an object with the parameters, found an array"),
        ("{\"q\": \"a\",}", .badDocument, nil, "\"offset\":10,\"line\":1"),
        ("{\n\"q\": x}", .badDocument, nil, "\"line\":2"),
        (#"{"q": "a", "q": "b"}"#, .badDocument, nil, "offset"),
        (#"{"lmit": 3}"#, .unknownParameter, "/lmit", "Did you mean 'limit'?"),
        (#"{"a/b~": 3}"#, .unknownParameter, "/a~1b~0", "not a parameter of /v1/search"),
        (#"{"q": "a", "query": "b"}"#, .duplicateParameter, "/query", "'q'"),
        (#"{"q": ["a", "b"]}"#, .duplicateParameter, "/q/1", "once"),
        (#"{"q": {"a": 1}}"#, .badParameter, "/q", "found an object"),
        (#"{"source": ["a", ["b"]]}"#, .badParameter, "/source/1", "found an array"),
        (#"{"source": ["a", null]}"#, .badParameter, "/source/1", "found null"),
        (#"{"limit": 0}"#, .badParameter, "/limit", "1 to 1000"),
        (#"{"pageSize": 2.5}"#, .badParameter, "/pageSize", "2.5"),
        (#"{"query": "a OR"}"#, .querySyntax, "/query", "\"offset\":4"),
        (#"{"country": ["UA", "Nowhere"]}"#, .unknownCountry, "/country/1", "'Nowhere'"),
        (#"{"country": "UA, -Nowhere"}"#, .unknownCountry, "/country", "'Nowhere'"),
        (
            #"{"entity": ["person:vladimir-putin", "person:none"]}"#, .unknownEntity, "/entity/1",
            "person:none"
        ),
        (#"{"source": ["a", ""]}"#, .badParameter, "/source/1", "empty"),
        (#"{"fields": ["id", "titel"]}"#, .badParameter, "/fields/1", "Did you mean 'title'?"),
        (#"{"highlight": 1}"#, .badParameter, "/highlight", "true or false"),
        (#"{"sort": "newst"}"#, .badParameter, "/sort", "newest"),
        (#"{"cursor": "zzz"}"#, .badCursor, "/cursor", "zzz"),
        (#"{"from": "2025", "to": "2024"}"#, .badParameter, "/from", "comes before"),
        (
            #"{"source": ["\#((0...1_000).map { "s\($0)" }.joined(separator: "\",\""))"]}"#, .queryLimit,
            "/source",
            "at most 1000 values; found 1001"
        ),
        ("{\"q\": \"\(String(repeating: "a", count: 4_097))\"}", .queryLimit, "/q", "4096"),
        ("{\"q\": \"\(String(repeating: "a", count: API.searchBytes))\"}", .contentTooLarge, nil, "65536"),
    ]

    @Test(arguments: faults.indices) func faultsAreNamedWithTheirPlace(_ index: Int) throws {
        let (body, code, pointer, words) = Self.faults[index]
        let response = try search(body)
        #expect(response.code == code.rawValue, "\(response.text)")
        #expect(response.object["pointer"]?.string == pointer, "\(response.text)")
        #expect(response.text.contains(words), "\(response.text)")
    }

    @Test func formsAreToldApart() throws {
        #expect(try search("{}", type: nil).status == .ok)
        #expect(try search("{}", type: "application/x-www-form-urlencoded").status == .ok)
        for type in ["text/plain", "application/x-ndjson", "application/xml"] {
            let refused = try search("{}", type: type)
            #expect(refused.status == .unsupportedMediaType && refused.text.contains("A search is taken"))
            #expect(refused.fields[.accept] == "application/json")
        }
        let packed = Deflate.gzip(Array("{\"limit\": 0}".utf8))
        let unpacked = try Self.service.get().send(
            .post, "/v1/search", fields: [(.contentEncoding, "gzip")], bytes: packed)
        #expect(unpacked.object["pointer"]?.string == "/limit")
        let inTarget = try search("{}", "/v1/search?q=a")
        #expect(inTarget.code == ProblemCode.unknownParameter.rawValue && inTarget.text.contains("members"))
        let service = try Self.service.get()
        #expect(service.get("/v1/search").fields[.allow]?.contains("POST") == true)
        #expect(!service.get("/v1/articles?lmit=3").text.contains("pointer"))
    }

    @Test func contentThatIsTooLongIsRefusedBeforeItIsSent() throws {
        let head = Request(
            method: .post, target: RequestTarget("/v1/search"), fields: Fields([(.contentLength, "65537")]),
            body: [])
        #expect(try Self.service.get().api.refusal(ofHead: head)?.status == .contentTooLarge)
    }

    @Test func readingMayNeedAKey() throws {
        var options = APIOptions()
        options.readNeedsKey = true
        let service = try Service(options: options)
        let key = try service.key(.read)
        #expect(service.send(.post, "/v1/search", body: "{}").status == .unauthorized)
        #expect(service.send(.post, "/v1/search", fields: [(.apiKey, key)], body: "{}").status == .ok)
    }

    /// What no request line can hold is gone on with by posting the cursor.
    @Test func linksThatWouldBeTooLongAreLeftOut() throws {
        let many = (0..<900).map { "\"source-number-\($0)\"" }.joined(separator: ",")
        let response = try search("{\"source\": [\(many), \"ledger.example\"], \"limit\": 1}")
        let links = try #require(response.object["links"]?.object)
        #expect(response.status == .ok && links["self"]?.isNull == true && links["next"]?.isNull == true)
        #expect(response.meta?["next_cursor"]?.string != nil && response.fields[.link] == nil)
    }

    /// Whatever is sent is answered as a search or as a fault of the client's.
    @Test(arguments: 0..<60 as Range<UInt64>) func damagedContentIsNoFaultOfTheServer(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let whole =
            #"{"q":"treaty~1 OR \"talks on\"~3 -rain*","source":["a","-b"],"limit":2,"highlight":true,"fields":["id"],"from":2024}"#
        for _ in 0..<40 {
            var bytes = Array(whole.utf8)
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    Array("{}[]\",:\\-0e\u{E9}".utf8)
                    .randomElement(using: &random) ?? 0
            }
            bytes = Array(bytes[..<Int.random(in: bytes.count / 2...bytes.count, using: &random)])
            let response = try Self.service.get().send(.post, "/v1/search", bytes: bytes)
            #expect(
                [200, 400].contains(response.status.code),
                "\(String(decoding: bytes, as: UTF8.self)): \(response.text)")
        }
    }
}
