import Dispatch
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import Telemetry
import TestSupport
import Testing

@testable import NewsAPI

@Suite struct ResultCacheTests {
    private static func response(_ bytes: Int) -> Response {
        Response(status: .ok, body: Array(repeating: 0x20, count: bytes))
    }

    private static func key(_ number: Int) -> ResultCache.Key {
        ResultCache.Key(generation: 1, request: "/v1/articles?q=\(number)")
    }

    private func cache(_ limit: Int) -> ResultCache { ResultCache(limit: limit, Metrics()) }

    // MARK: By itself

    @Test func holdsNoMoreThanItMay() {
        let cache = cache(100_000)
        for number in 0..<500 {
            cache.keep(Self.response(1_000 + number), Self.key(number))
            #expect(cache.bytes <= 100_000)
        }
        #expect(cache.count > 40)
        #expect(cache.response(Self.key(499)) != nil)
        #expect(cache.response(Self.key(0)) == nil)
        // What takes more than an eighth of the room would drive out too much.
        cache.keep(Self.response(13_000), Self.key(1_000))
        #expect(cache.response(Self.key(1_000)) == nil)
    }

    @Test func whatIsAskedAgainOutlivesWhatIsAskedOnce() {
        let cache = cache(100_000)
        cache.keep(Self.response(1_000), Self.key(-1))
        #expect(cache.response(Self.key(-1)) != nil)
        for number in 0..<5_000 { cache.keep(Self.response(1_000), Self.key(number)) }
        #expect(cache.response(Self.key(-1)) != nil)
    }

    @Test func theProvenLeaveRoomForOthers() {
        let cache = cache(100_000)
        for number in 0..<200 {
            cache.keep(Self.response(1_000), Self.key(number))
            #expect(cache.response(Self.key(number)) != nil)
        }
        // The newest fifth of the room is for what has not been asked for twice.
        for number in 1_000..<1_010 { cache.keep(Self.response(1_000), Self.key(number)) }
        #expect((1_000..<1_010).allSatisfy { cache.response(Self.key($0)) != nil })
        #expect(cache.bytes <= 100_000)
    }

    @Test func aStateIsPartOfTheQuestion() {
        let cache = cache(100_000)
        cache.keep(Self.response(10), .init(generation: 1, request: "/"))
        #expect(cache.response(.init(generation: 2, request: "/")) == nil)
        #expect(cache.response(.init(generation: 1, request: "/"))?.body.count == 10)
    }

    @Test func noneKeepsNothing() {
        let cache = cache(0)
        cache.keep(Self.response(1), Self.key(0))
        #expect(cache.response(Self.key(0)) == nil && cache.bytes == 0)
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func whatIsFoundIsWhatWasKept(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let cache = cache(60_000)
        for _ in 0..<4_000 {
            let number = Int.random(in: 0..<120, using: &random)
            if let found = cache.response(Self.key(number)) {
                #expect(found.body.count == 500 + number)
            } else {
                cache.keep(Self.response(500 + number), Self.key(number))
                #expect(cache.response(Self.key(number)) != nil)
            }
            #expect(cache.bytes <= 60_000)
        }
    }

    @Test func manyAskAtOnce() {
        let cache = cache(40_000)
        DispatchQueue.concurrentPerform(iterations: 8) { worker in
            for step in 0..<2_000 {
                let number = (step * 7 + worker) % 90
                if let found = cache.response(Self.key(number)) {
                    #expect(found.body.count == 300 + number)
                } else {
                    cache.keep(Self.response(300 + number), Self.key(number))
                }
            }
        }
        #expect(cache.bytes <= 40_000 && cache.count > 0)
    }

    // MARK: In the API

    private static let targets = [
        "/v1/articles?q=treaty", "/v1/articles?q=treaty&limit=1", "/v1/articles?q=treaty&format=ndjson",
        "/v1/articles",
        "/v1/quotes?q=treaty", "/v1/facets?q=treaty", "/v1/timeline?q=treaty", "/v1/entities?q=ukr",
        "/v1/entities?limit=1",
        "/v1/entities/iso:UA", "/v1/articles?q=nothingatall",
    ]

    private func figure(_ name: String, _ service: Service) -> Int? {
        service.get("/metrics").text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap {
            Int($0.dropFirst(name.count + 1))
        }
    }

    private func hits(_ service: Service) -> Int { figure("sitrep_result_cache_hits_total", service) ?? -1 }

    @Test func answersAreTheSameWithAndWithout() throws {
        let kept = try Service()
        var options = APIOptions()
        options.resultCacheBytes = 0
        for target in Self.targets {
            let first = kept.get(target)
            let second = kept.get(target)
            #expect(second.fields.values(.serverTiming) == ["cache;desc=hit"], "\(target)")
            #expect(first.body == second.body && second.status == .ok)
            for name in [FieldName.contentType, .entityTag, .cacheControl, .link, .vary] {
                #expect(first.fields.values(name) == second.fields.values(name))
            }
            #expect(second.isRepeatable)
        }
        #expect(hits(kept) == Self.targets.count)
        #expect(figure("sitrep_result_cache_misses_total", kept) == Self.targets.count)
        #expect((figure("sitrep_result_cache_bytes", kept) ?? 0) > 1_000)
        let plain = API(
            slot: CatalogSlot(kept.catalog), options: options, version: kept.api.version, metrics: Metrics(),
            log: Log(sink: { _ in }))
        for target in Self.targets {
            let request = Request(method: .get, target: RequestTarget(target))
            for _ in 0..<2 {
                let answer =
                    switch plain.reply(to: request) {
                    case .ready(let response): response
                    case .deferred(let work): work()
                    case .stream(let head, _): head
                    }
                #expect(answer.body == kept.get(target).body, "\(target)")
                #expect(answer.fields.values(.serverTiming).first?.hasPrefix("query;dur=") == true)
            }
        }
    }

    @Test(arguments: [
        [
            "/v1/articles?q=treaty+envoys&limit=5", "/v1/articles?limit=5&q=treaty%20envoys",
            "/v1/articles?query=treaty+AND+envoys&pageSize=5",
            "/v1/articles?q=(treaty+envoys)&size=5", "/v1/articles?q=TREATY+Envoys&limit=5",
        ],
        ["/v1/timeline?country=ua&lang=en", "/v1/timeline?language=EN&country=UA"],
        ["/v1/entities?q=Ukr", "/v1/entities?query=ukr&limit=20"],
        ["/v1/facets?by=country&q=treaty", "/v1/facets?q=treaty&by=country,country"],
    ]) func equalQuestionsShareAnAnswer(spellings: [String]) throws {
        let service = try Service()
        for spelling in spellings { #expect(service.get(spelling).status == .ok, "\(spelling)") }
        #expect(hits(service) == spellings.count - 1)
        #expect(Set(spellings.map { service.get($0).body }).count == 1)
    }

    @Test func whatIsPostedIsAnsweredWithOtherFields() throws {
        let service = try Service()
        let fields: [(FieldName, String)] = [(.contentType, "application/json")]
        let got = service.get("/v1/articles?q=treaty&limit=1")
        for _ in 0..<2 {
            let posted = service.send(
                .post, "/v1/search", fields: fields, body: #"{"q": "treaty", "limit": 1}"#)
            #expect(posted.body == got.body)
            #expect(posted.tag == nil && posted.fields[.cacheControl] == "no-store" && !posted.isRepeatable)
        }
        #expect(hits(service) == 1)
        // A request that leaves no room for a link to the next page is worked out each time, as its state must be kept.
        let long = Array(repeating: "treaty", count: 900).joined(separator: " ")
        for _ in 0..<2 {
            let posted = service.send(
                .post, "/v1/search", fields: fields, body: #"{"q": "\#(long)", "limit": 1}"#)
            #expect(posted.status == .ok || posted.code == "query-limit")
        }
        #expect(hits(service) == 1)
    }

    @Test func whatChangesIsAnsweredAnew() throws {
        let service = try Service()
        let before = service.get("/v1/articles?q=treaty")
        _ = try service.catalog.ingest(
            [try Service.article("new", "A treaty of salmon")], waitsForIndex: true)
        let after = service.get("/v1/articles?q=treaty")
        #expect(before.meta?["total"]?.int == 4 && after.meta?["total"]?.int == 5)
        #expect(hits(service) == 0)
    }

    @Test func errorsStreamsAndChangesAreNotKept() throws {
        let service = try Service()
        for target in [
            "/v1/timeline?q=treaty&interval=hour&from=1900&to=2100", "/v1/export?q=treaty",
            "/v1/changes?since=0", "/v1/articles?q=(",
            "/v1/articles/none", "/v1/articles/b",
        ] {
            for _ in 0..<2 { _ = service.get(target) }
        }
        #expect(hits(service) == 0)
        #expect(figure("sitrep_result_cache_bytes", service) == 0)
    }

    @Test func aPageThatWasKeptKeepsItsState() throws {
        var options = APIOptions()
        options.keptSnapshots = 1
        let service = try Service(options: options)
        let first = service.get("/v1/articles?q=treaty&limit=1")
        let cursor = try #require(first.meta?["next_cursor"]?.string)
        // Another list takes the one place for states; then the first page is asked for again.
        #expect(service.get("/v1/entities?limit=1").status == .ok)
        #expect(service.get("/v1/articles?q=treaty&limit=1").body == first.body)
        #expect(hits(service) == 1)
        _ = try service.catalog.ingest(
            [try Service.article("new", "A treaty of salmon")], waitsForIndex: true)
        #expect(service.get("/v1/articles?q=treaty&limit=1&cursor=\(cursor)").status == .ok)
    }
}
