import Cryptography
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import NewsStore
import SearchIndex
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import NewsAPI

/// A request and what must come of it.
private struct Case: Sendable, CustomTestStringConvertible {
    let target: String
    let outcome: Outcome
    var testDescription: String { target }

    enum Outcome: Sendable {
        /// These articles, in this order.
        case ids([String])
        /// A problem of this code that has these words in it.
        case problem(ProblemCode, String)
    }

    init(_ target: String, _ ids: [String]) {
        self.target = target
        outcome = .ids(ids)
    }

    init(_ target: String, _ code: ProblemCode, _ words: String) {
        self.target = target
        outcome = .problem(code, words)
    }
}

@Suite struct RequestTests {
    private static let service = Result { try Service() }

    private static let cases: [Case] = [
        Case("/v1/articles", ["f", "e", "d", "c", "b", "a:1/2", "g"]),
        Case("/v1/articles?sort=oldest", ["a:1/2", "b", "c", "d", "e", "f", "g"]),
        Case("/v1/articles?limit=2", ["f", "e"]),
        Case("/v1/articles?pageSize=2", ["f", "e"]),
        Case("/v1/articles?q=", ["f", "e", "d", "c", "b", "a:1/2", "g"]),
        Case("/v1/articles?q=treaty&sort=newest", ["d", "b", "a:1/2", "g"]),
        Case("/v1/articles?query=treaty&sort=newest", ["d", "b", "a:1/2", "g"]),
        Case("/v1/articles?q=treaty&limit=1", ["d"]),
        Case("/v1/articles?q=-treaty", ["f", "e", "c"]),
        Case("/v1/articles?q=title:treaty&sort=oldest", ["d", "g"]),
        Case("/v1/articles?q=%22talks+on+the+treaty%22", ["b"]),
        Case("/v1/articles?q=shi*", ["c"]),
        Case("/v1/articles?q=nosuchword", []),
        Case("/v1/articles?source=the+ledger", ["e", "d", "c"]),
        Case("/v1/articles?source=LEDGER.example", ["e", "d", "c"]),
        Case("/v1/articles?source=www.ledger.example", ["e", "d", "c"]),
        Case("/v1/articles?q=source:www.ledger.example", ["e", "d", "c"]),
        Case("/v1/articles?source=-ledger.example", ["f", "b", "a:1/2", "g"]),
        Case("/v1/articles?source=ledger.example,meridian.example", ["e", "d", "c", "b", "a:1/2"]),
        Case("/v1/articles?source=ledger.example&source=meridian.example", ["e", "d", "c", "b", "a:1/2"]),
        Case("/v1/articles?country=UA", ["c", "b"]),
        Case("/v1/articles?country=ukr", ["c", "b"]),
        Case("/v1/articles?country=Ukraine,-UA", []),
        Case("/v1/articles?entity=person:vladimir-putin", ["a:1/2"]),
        Case("/v1/articles?entity=person%3Avladimir-putin", ["a:1/2"]),
        Case("/v1/articles?entity=Vladimir+Putin", ["a:1/2"]),
        Case("/v1/articles?entity=wikidata:q7747", ["a:1/2"]),
        Case("/v1/articles?entity=iso:UA&sort=oldest", ["b", "c"]),
        Case("/v1/articles?q=person:putin", ["a:1/2"]),
        Case("/v1/articles?language=en&limit=1", ["f"]),
        Case("/v1/articles?language=en-GB&limit=1", ["f"]),
        Case("/v1/articles?language=de", []),
        Case("/v1/articles?from=2024-05-02&to=2024-05-02", ["c", "b"]),
        Case("/v1/articles?from=2024-05-02&to=2024-05-02T11:30:00Z", ["b"]),
        Case("/v1/articles?from=2024-05-02T11:30:00.001Z&to=2024-05-03", ["d", "c"]),
        Case("/v1/articles?from=2024-05-02T13:30:00%2B02:00&to=2024-05-02T12:00Z", ["b"]),
        Case("/v1/articles?to=2024-05", ["d", "c", "b", "a:1/2"]),
        Case("/v1/articles?from=2025&to=2025", ["f"]),
        Case("/v1/articles?from=20250110&to=20250110", ["f"]),
        Case("/v1/articles?from=10+Jan+2025&to=10+Jan+2025", ["f"]),
        Case("/v1/articles?from=1736496000&to=1736496000", ["f"]),

        Case("/v1/articles?qq=1", .unknownParameter, "'qq' is not a parameter of /v1/articles"),
        Case("/v1/articles?lmit=1", .unknownParameter, "Did you mean 'limit'?"),
        Case("/v1/articles?interval=day", .unknownParameter, "q, match, source, country"),
        Case("/v1/articles/b?limit=1", .unknownParameter, "It takes fields"),
        Case("/v1/articles/b/annotations?limit=1", .unknownParameter, "It takes none"),
        Case("/v1/articles?q=a&q=b", .duplicateParameter, "'q'"),
        Case("/v1/articles?limit=1&size=2", .duplicateParameter, "'size'"),
        Case("/v1/articles?q=%ff", .badEncoding, "UTF-8"),
        Case("/v1/articles?q=%4", .badEncoding, "hexadecimal"),
        Case("/v1/articles/%ff", .badEncoding, "UTF-8"),
        Case("/v1/articles?limit=0", .badParameter, "1 to 1000; found '0'"),
        Case("/v1/articles?limit=1001", .badParameter, "next_cursor"),
        Case("/v1/articles?limit=many", .badParameter, "'many'"),
        Case("/v1/articles?limit=+5", .badParameter, "limit"),
        Case("/v1/articles?sort=newst", .badParameter, "Did you mean 'newest'?"),
        Case("/v1/articles?format=xml", .badParameter, "json, ndjson"),
        Case("/v1/articles?from=someday", .badParameter, "'someday'"),
        Case("/v1/articles?to=2024-02-30", .badParameter, "'to'"),
        Case("/v1/articles?from=2024-05-02T13:30:00+02:00", .badParameter, "%2B"),
        Case("/v1/articles?from=2024-05-03&to=2024-05-02", .badParameter, "'from' comes before 'to'"),
        Case("/v1/articles?source=a,,b", .badParameter, "an empty one"),
        Case("/v1/articles?language=englsh", .badParameter, "such as en"),
        Case("/v1/articles?country=Atlantis", .unknownCountry, "'Atlantis'"),
        Case("/v1/articles?country=Ukrane", .unknownCountry, "Did you mean 'Ukraine'?"),
        Case("/v1/articles?entity=Vladimir+Putn", .unknownEntity, "person:vladimir-putin"),
        Case("/v1/articles?entity=person:nobody-at-all", .unknownEntity, "nobody-at-all"),
        Case("/v1/articles?q=%22open", .querySyntax, "\"offset\":0"),
        Case("/v1/articles?q=a+OR", .querySyntax, "\"offset\":4"),
        Case("/v1/articles?q=person:Nobody", .unknownEntity, "\"offset\":7"),
        Case("/v1/articles?q=country:Nowhere", .unknownCountry, "\"offset\":8"),
        Case("/v1/articles?q=((((((((((((((((((((((a", .queryLimit, "20 deep"),
        Case("/v1/articles?cursor=zzz", .badCursor, "'zzz'"),
        Case("/v1/articles/none", .notFound, "'none'"),
        Case("/v1/articles/none/annotations", .notFound, "'none'"),
        Case("/v1/entities/person:none", .notFound, "person:none"),
        Case("/v1/entities?type=peson", .badParameter, "Did you mean 'person'?"),
        Case("/v1/entities?q=%21", .badParameter, "no letters"),
        Case("/v1/quotes?kind=dirct", .badParameter, "Did you mean 'direct'?"),
        Case("/v1/quotes?article=none", .badParameter, "'none'"),
        Case("/v1/timeline?interval=fortnight", .badParameter, "hour, day"),
        Case("/v1/timeline?interval=hour&from=2000&to=2024", .tooManyBuckets, "interval=week fits"),
        Case("/v1/timeline?interval=year&from=0001&to=9999", .tooManyBuckets, "shorter period"),
        Case("/v1/timeline?from=0001&to=9999", .tooManyBuckets, "interval=year gives 9999"),
        Case("/nowhere", .notFound, "'/nowhere'"),
        Case("/problems/none", .notFound, "'none'"),
    ]

    @Test(arguments: cases) private func answers(_ vector: Case) throws {
        let service = try Self.service.get()
        let response = service.get(vector.target)
        switch vector.outcome {
        case .ids(let ids):
            #expect(response.status == .ok, "\(response.text)")
            #expect(service.ids(vector.target) == ids)
            #expect(response.fields[.contentType] == "application/json")
        case .problem(let code, let words):
            #expect(response.code == code.rawValue, "\(response.text)")
            #expect(response.status == code.status)
            #expect(response.object["status"]?.int == code.status.code)
            #expect(response.fields[.contentType] == "application/problem+json")
            #expect(response.text.contains(words), "\(response.text)")
        }
    }

    @Test func anAmbiguousNameIsAnsweredWithItsCandidates() throws {
        let service = try Self.service.get()
        let response = service.get("/v1/articles?entity=Georgia")
        #expect(response.code == ProblemCode.ambiguousEntity.rawValue, "\(response.text)")
        let ids = response.object["candidates"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
        #expect(ids.contains("country:ge") && ids.count > 1)
        for id in ids { #expect(service.get("/v1/articles?entity=\(id)").status == .ok) }
    }

    @Test func methodsAreToldApart() throws {
        let service = try Self.service.get()
        let wrong = service.send(.delete, "/v1/articles")
        #expect(wrong.status == .methodNotAllowed && wrong.code == "method-not-allowed")
        let allowed = try #require(wrong.fields[.allow])
        for method in ["GET", "HEAD", "POST", "OPTIONS"] { #expect(allowed.contains(method)) }
        #expect(!allowed.contains("DELETE"))
        let options = service.send(.options, "/v1/articles")
        #expect(options.status == .noContent && options.fields[.allow] == allowed)
        #expect(service.send(.options, "/nowhere").status == .notFound)
        let head = service.send(.head, "/v1/articles?q=treaty")
        #expect(head.status == .ok && head.tag == service.get("/v1/articles?q=treaty").tag)
    }

    @Test func everyPathOfTheTableAnswers() throws {
        let service = try Self.service.get()
        for path in ["/", "/livez", "/readyz", "/healthz", "/version", "/metrics", "/problems/bad-cursor"] {
            #expect(service.get(path).status == .ok, "\(path)")
        }
        #expect(service.get("/healthz").text == "{\"status\":\"ok\"}")
        #expect(
            service.get("/version").text
                == "{\"name\":\"sitrep\",\"version\":\"1.2.3\",\"commit\":null,\"api\":\"v1\"}")
        let listed = service.get("/").object["endpoints"]?.array?.compactMap { $0.object?["path"]?.string }
        #expect(listed == EndpointDefinition.all.map(\.path))
        let metrics = service.get("/metrics").text
        #expect(metrics.contains("sitrep_index_articles 7"))
        #expect(metrics.contains("sitrep_index_generation 7"))
    }

    /// What the server counts and logs an answer by.
    @Test func answersTellTheirRouteAndTheKeyThatAdmittedThem() throws {
        let service = try Service()
        #expect(service.get("/v1/articles/b").route == "/v1/articles/{id}")
        #expect(service.get("/v1/articles/none").route == "/v1/articles/{id}")
        #expect(service.get("/v1/articles?limit=x").route == "/v1/articles")
        #expect(service.get("/v1/timeline").route == "/v1/timeline")
        #expect(service.get("/none").route == nil)
        let key = try service.key(.ingest)
        let body = "{\"title\": \"A\"}"
        let type = (FieldName.contentType, "application/json")
        let taken = service.send(.post, "/v1/articles", fields: [type, (.apiKey, key)], body: body)
        let id = StoredKey.id(hash: SHA256.hash(Array(key.utf8)))
        #expect(taken.status == .ok && taken.route == "/v1/articles" && taken.keyID == id)
        #expect(id.utf8.count == 8)
        // Refused with the key, before and after its content is read.
        let form = service.send(
            .post, "/v1/articles", fields: [(.contentType, "a/b"), (.apiKey, key)], body: body)
        #expect(form.status.code == 415 && form.keyID == id && form.route == "/v1/articles")
        let refused = service.send(.post, "/v1/articles", fields: [type, (.apiKey, "other")], body: body)
        #expect(refused.status == .unauthorized && refused.route == "/v1/articles" && refused.keyID == nil)
        // A key that is not needed admits nobody.
        #expect(service.get("/v1/articles", fields: [(.apiKey, key)]).keyID == nil)
    }

    @Test func failuresAreLoggedWithTheRequestAndItsTrace() throws {
        struct Broken: Error {}
        let lines = Mutex<[String]>([])
        let api = API(
            slot: CatalogSlot(), options: APIOptions(), version: VersionInfo(version: "1"), metrics: .init(),
            log: .init(sink: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }))
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        var request = Request(
            method: .get, target: RequestTarget("/"),
            fields: Fields([(.traceParent, "00-\(trace)-00f067aa0ba902b7-01")]))
        request.id = RequestID(1, name: "req-1")
        let incident = try #require(api.failure(Broken(), in: .articles, of: request).incident)
        #expect(
            lines.withLock { $0.first }?.contains("incident=\(incident) id=req-1 trace=\(trace) reason=")
                == true)
    }

    @Test func whileLoadingDataRoutesSaySo() {
        let api = API(
            slot: CatalogSlot(), options: APIOptions(), version: VersionInfo(version: "1"), metrics: .init(),
            log: .init(sink: { _ in }))
        func get(_ target: String) -> Response {
            guard
                case .ready(let response) = api.reply(
                    to: Request(method: .get, target: RequestTarget(target)))
            else { return Response(status: .internalServerError) }
            return response
        }
        for target in [
            "/v1/articles", "/v1/entities", "/v1/quotes", "/v1/timeline", "/v1/articles/a", "/readyz",
        ] {
            let response = get(target)
            #expect(response.status == .serviceUnavailable && response.code == "loading", "\(target)")
            #expect(response.fields[.retryAfter] == "1")
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(text.hasSuffix("\"progress\":{\"done\":0,\"total\":0}}"), "\(target)")
        }
        for target in ["/livez", "/healthz", "/version", "/metrics", "/"] {
            #expect(get(target).status == .ok)
        }
        // A wrong request is wrong at any time.
        #expect(get("/v1/articles?qq=1").code == "unknown-parameter")
    }

    /// Whatever the target, the answer is one of a few and is JSON.
    @Test(arguments: 0..<40 as Range<UInt64>) func noTargetIsTooStrange(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let paths = [
            "/v1/articles", "/v1/articles/b", "/v1/articles/a%3A1%2F2/annotations", "/v1/entities",
            "/v1/quotes",
            "/v1/entities/iso:UA", "/v1/timeline", "/v1/articles/", "//", "/v1//articles", "/%2e%2e", "/é",
            "*",
        ]
        let names =
            EndpointDefinition.all.flatMap(\.parameters).flatMap { [$0.name] + $0.aliases } + [
                "", "x", "%71",
            ]
        let values = [
            "", "treaty", "-treaty", "a+OR+b", "%22a+b%22~3", "((a", "*", "t*", "title:(a+-b)", "UA",
            "-UA,RU", ",",
            "person:vladimir-putin", "iso:UA", "wikidata:Q7747", "wikidata:", "2024", "2024-05-01",
            "99999999999999",
            "9999-12-31T23:59:59.999Z", "0000-01-01", "1", "1000", "-1", "auto", "hour", "year", "newest",
            "ndjson",
            "%00", "%C3%A9", "%F0%9F%98%80", "%", "0000", String(repeating: "f", count: 64),
        ]
        func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
        let service = try Self.service.get()
        for _ in 0..<60 {
            let items = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                "\(pick(names))=\(pick(values))"
            }
            let target = pick(paths) + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
            let response = service.get(target)
            #expect([200, 400, 404, 405].contains(response.status.code), "\(target)")
            if response.fields[.contentType] != "application/x-ndjson" {
                #expect(throws: Never.self, "\(target)") { try JSONParser().parse(response.body) }
            }
            if response.status == .ok { #expect(service.get(target).body == response.body, "\(target)") }
        }
    }

    @Test func drainingIsToldToLoadBalancersOnly() throws {
        let service = try Service([])
        #expect(service.get("/readyz").status == .ok)
        service.api.beginDraining()
        #expect(service.get("/readyz").code == "draining")
        #expect(service.get("/livez").status == .ok)
        #expect(service.get("/v1/articles").status == .ok)
    }
}
