import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import SearchIndex
import Synchronization
import TestSupport
import Testing

@testable import NewsAPI

/// What a list of changes says.
private struct Told: Equatable {
    let seq: Int
    let change: String
    let id: String
}

private func readChange(_ value: JSONValue) -> Told? {
    guard let object = value.object, let seq = object["seq"]?.int, let change = object["change"]?.string,
        let id = object["id"]?.string
    else { return nil }
    return Told(seq: seq, change: change, id: id)
}

extension Response {
    fileprivate var changes: [Told] { object["data"]?.array?.compactMap(readChange) ?? [] }
}

/// Events, as a browser reads them.
private struct Events {
    var last = ""
    var told: [Told] = []
    var comments = 0

    mutating func read(_ piece: ContentPiece) throws {
        guard case .bytes(let bytes) = piece else { throw CancellationError() }
        for block in String(decoding: bytes, as: UTF8.self).split(separator: "\n\n") {
            var name = ""
            for line in block.split(separator: "\n") {
                if line.hasPrefix(":") { comments += 1 }
                if line.hasPrefix("id: ") { last = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") {
                    let data = try JSONParser().parse(Array(line.dropFirst(6).utf8))
                    let change = try #require(readChange(data))
                    #expect(change.change == name && String(change.seq) == last)
                    told.append(change)
                }
            }
        }
    }
}

@Suite struct ChangesTests {
    private func ingest(_ service: Service, _ id: String, _ title: String) throws {
        _ = try service.catalog.ingest([Service.article(id, title)], waitsForIndex: true)
    }

    private func remove(_ service: Service, _ id: String) throws {
        _ = try service.catalog.remove([#require(ArticleID(id))])
    }

    @Test func eachArticleOnceInItsNewestState() throws {
        let service = try Service([])
        try ingest(service, "a", "One")
        try ingest(service, "b", "Two")
        try ingest(service, "a", "One, changed")
        try ingest(service, "c", "Three")
        try remove(service, "b")
        let all = service.get("/v1/changes")
        #expect(
            all.changes == [
                Told(seq: 3, change: "updated", id: "a"), Told(seq: 4, change: "created", id: "c"),
                Told(seq: 5, change: "deleted", id: "b"),
            ])
        #expect(all.meta?["last_seq"]?.int == 5 && all.meta?["has_more"] == .boolean(false))
        #expect(
            all.object["data"]?.array?.first?.object?["article"]?.object?["title"]?.string == "One, changed")
        #expect(all.object["data"]?.array?.last?.object?["article"] == .null)
        #expect(service.get("/v1/changes?since=4").changes == [Told(seq: 5, change: "deleted", id: "b")])
        #expect(service.get("/v1/changes?since=5").changes.isEmpty)
        let page = service.get("/v1/changes?limit=1")
        #expect(page.meta?["last_seq"]?.int == 3 && page.meta?["has_more"] == .boolean(true))
        #expect(page.object["links"]?.object?["next"]?.string == "/v1/changes?limit=1&since=3")
        try ingest(service, "b", "Two again")
        #expect(service.get("/v1/changes?since=4").changes == [Told(seq: 6, change: "created", id: "b")])
    }

    @Test func filtersHoldForAllThatIsThere() throws {
        let service = try Service()
        let changes = service.get("/v1/changes?q=treaty&source=wire,ledger.example,meridian.example").changes
        #expect(changes.map(\.id) == ["a:1/2", "b", "d"])
        let page = service.get("/v1/changes?q=kenya&limit=1")
        #expect(page.changes.map(\.id) == ["e"] && page.meta?["last_seq"]?.int == 7)
    }

    @Test(arguments: ["8", "-1", "1.5", "x", "99999999999999999999"])
    func aNumberThatWasNeverGivenIsRefused(text: String) throws {
        let service = try Service()
        let refusal = service.get("/v1/changes?since=\(text)")
        #expect(refusal.code == "bad-parameter" && refusal.object["parameter"]?.string == "since")
        let other = service.get("/v1/stream", fields: [(.lastEventID, text)])
        #expect(other.code == "bad-parameter" && other.object["parameter"]?.string == "Last-Event-ID")
        #expect(service.get("/v1/changes?wait=\(text)1").object["parameter"]?.string == "wait")
    }

    @Test func nothingNewIsNotSentAgain() throws {
        let service = try Service()
        let tag = try #require(service.get("/v1/changes?since=3").tag)
        #expect(service.get("/v1/changes?since=3", fields: [(.ifNoneMatch, tag)]).status == .notModified)
        try remove(service, "a:1/2")
        #expect(service.get("/v1/changes?since=3", fields: [(.ifNoneMatch, tag)]).status == .ok)
    }

    /// Whoever follows, at whatever moments and in pages of whatever size, ends with what is there.
    @Test(arguments: 0..<12 as Range<UInt64>) func whoFollowsHasWhatIsThere(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let service = try Service([])
        var held: [String: Int] = [:]
        var since = 0
        var events: (any ContentSource)?
        var seen = Events()
        var heldByEvents: [String: Int] = [:]
        func follow() throws {
            let page = service.get(
                "/v1/changes?since=\(since)&limit=\(Int.random(in: 1...4, using: &random))")
            for change in page.changes { held[change.id] = change.change == "deleted" ? nil : change.seq }
            since = try #require(page.meta?["last_seq"]?.int)
        }
        func listen() throws {
            if events == nil || Int.random(in: 0..<4, using: &random) == 0 {
                // The connection was lost, and the client comes again.
                events?.cancel()
                let last = seen.last.isEmpty ? "0" : seen.last
                events = try #require(service.stream("/v1/stream", fields: [(.lastEventID, last)])).source
                events?.start {}
            }
            guard let piece = events?.next(), case .bytes = piece else { return }
            try seen.read(piece)
            for change in seen.told {
                heldByEvents[change.id] = change.change == "deleted" ? nil : change.seq
            }
        }
        for step in 0..<40 {
            let id = "n\(Int.random(in: 0..<8, using: &random))"
            if Int.random(in: 0..<3, using: &random) == 0 {
                try remove(service, id)
            } else {
                try ingest(service, id, "Step \(step)")
            }
            if Bool.random(using: &random) { try follow() }
            if Bool.random(using: &random) { try listen() }
        }
        while since < service.catalog.current.generation { try follow() }
        while seen.last != String(service.catalog.current.generation) {
            try listen()
            // Without news it comes to the newest number by a comment only.
            if seen.told.last?.seq == since { break }
        }
        let there = try #require(service.get("/v1/articles?limit=100").object["data"]?.array)
        var expected: [String: Int] = [:]
        for article in there {
            guard let id = article.object?["id"]?.string else { continue }
            expected[id] = article.object?["seq"]?.int
        }
        #expect(held == expected)
        #expect(heldByEvents == expected)
        #expect(Set(seen.told.map(\.seq)).count == seen.told.count, "nothing is told twice")
    }

    // MARK: Waiting

    @Test func aPollIsAnsweredAsSoonAsSomethingChanges() throws {
        let service = try Service()
        let (head, source) = try #require(service.stream("/v1/changes?since=7&wait=60"))
        #expect(head.status == .ok && head.fields[.cacheControl] == "no-store")
        let calls = Atomic(0)
        source.start { calls.add(1, ordering: .relaxed) }
        guard case .later(let time?) = source.next() else { throw CancellationError() }
        #expect(time > .seconds(50) && time <= .seconds(60))
        try ingest(service, "new", "News")
        #expect(calls.load(ordering: .relaxed) > 0)
        guard case .bytes(let bytes) = source.next() else { throw CancellationError() }
        let answer = Response(status: .ok, body: bytes)
        #expect(answer.changes == [Told(seq: 8, change: "created", id: "new")])
        #expect(answer.object["links"]?.object?["next"]?.string == "/v1/changes?limit=20&since=8&wait=60")
        guard case .end = source.next() else { throw CancellationError() }
        source.cancel()
        let before = calls.load(ordering: .relaxed)
        try ingest(service, "new", "More news")
        #expect(calls.load(ordering: .relaxed) == before)
    }

    @Test func aPollIsAnsweredWhenNothingChanges() throws {
        let service = try Service()
        let query = ChangeQuery(serving: try #require(service.api.slot.serving), filter: IndexQuery.all)
        func poll(_ wait: Duration) -> PollSource {
            PollSource(
                query, since: 7, limit: 5, wait: wait,
                body: { Array("\($0.changes.count) to \($0.seq)".utf8) },
                report: { _ in })
        }
        #expect(Service.pieces(of: poll(.zero)) == [Array("0 to 7".utf8)])
        let draining = poll(.seconds(60))
        draining.start {}
        guard case .later = draining.next() else { throw CancellationError() }
        draining.drain()
        #expect(Service.pieces(of: draining) == [Array("0 to 7".utf8)])
        draining.cancel()
    }

    // MARK: Events

    @Test func eventsGoOnWhereTheClientLeftOff() throws {
        let service = try Service()
        let (head, source) = try #require(service.stream("/v1/stream"))
        #expect(head.fields[.contentType] == "text/event-stream")
        source.start {}
        var events = Events()
        try events.read(source.next())
        #expect(events.last == "7" && events.told.isEmpty)
        guard case .later(let time?) = source.next() else { throw CancellationError() }
        #expect(time > .seconds(10) && time <= .seconds(15))
        try ingest(service, "new", "News")
        try remove(service, "b")
        try events.read(source.next())
        #expect(
            events.told == [
                Told(seq: 8, change: "created", id: "new"), Told(seq: 9, change: "deleted", id: "b"),
            ])
        source.cancel()
        try ingest(service, "c", "Changed")

        let again = try #require(service.stream("/v1/stream?since=2", fields: [(.lastEventID, events.last)]))
        try events.read(again.source.next())
        try events.read(again.source.next())
        #expect(events.told.map(\.seq) == [8, 9, 10])
    }

    @Test func aSlowClientGetsAllThatItMissed() throws {
        let service = try Service(try (0..<230).map { try Service.article("n\($0)", "Day \($0)") })
        let (_, source) = try #require(service.stream("/v1/stream?since=0"))
        var events = Events()
        for piece in Service.pieces(of: source) { try events.read(.bytes(piece)) }
        #expect(events.told.map(\.seq) == Array(1...230))
    }

    @Test func silenceIsFilledWithComments() throws {
        var options = APIOptions()
        options.keepAlive = .zero
        let service = try Service(options: options)
        let (_, source) = try #require(service.stream("/v1/stream?q=kenya&since=5"))
        var events = Events()
        try events.read(source.next())
        #expect(events.last == "5")
        try events.read(source.next())
        // What does not match need not be looked at again.
        #expect(events.comments == 1 && events.told.isEmpty && events.last == "7")
    }

    @Test func theEndOfTheServerEndsTheStream() throws {
        let service = try Service()
        let (_, source) = try #require(service.stream("/v1/stream?since=0"))
        source.drain()
        guard case .end = source.next() else { throw CancellationError() }
    }
}
