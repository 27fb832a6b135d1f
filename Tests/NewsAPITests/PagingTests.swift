import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import SearchIndex
import Synchronization
import TestSupport
import Testing

@testable import NewsAPI

@Suite struct PagingTests {
    /// Articles many of which have the same date, or none, and the same score.
    private static func articles(_ count: Int, from first: Int = 0) throws -> [Article] {
        try (first..<first + count).map { number in
            try Service.article(
                "n\(number)", number % 3 == 0 ? "Treaty signed" : "Envoys meet",
                number % 2 == 0 ? "A treaty." : "Talks.",
                published: number % 5 == 0 ? nil : "2024-05-0\(1 + number % 4)")
        }
    }

    /// Follows the links from page to page; `between` runs after each.
    private func pages(
        _ service: Service, _ target: String, between: (Int) throws -> Void = { _ in }
    ) throws -> [String] {
        var ids: [String] = []
        var next: String? = target
        var number = 0
        while let link = next, number < 200 {
            let response = service.get(link)
            #expect(response.status == .ok, "\(response.text)")
            ids += response.object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
            next = response.object["links"]?.object?["next"]?.string
            #expect((response.meta?["next_cursor"]?.string == nil) == (next == nil))
            #expect(response.fields[.link] == next.map { "<\($0)>; rel=\"next\"" })
            number += 1
            try between(number)
        }
        return ids
    }

    private static let lists = [
        "/v1/articles?sort=newest", "/v1/articles?sort=oldest", "/v1/articles?q=treaty",
        "/v1/articles?q=treaty&sort=oldest&from=2024-05-02", "/v1/articles?q=treaty&sort=hot",
        "/v1/articles?sort=hot&half_life=6h", "/v1/articles?q=nosuchword", "/v1/entities?",
        "/v1/entities?q=vlad",
    ]

    @Test(arguments: [1, 2, 3, 7, 40])
    func pagesTogetherAreOneBigPage(limit: Int) throws {
        let service = try Service(try Self.articles(40))
        for list in Self.lists {
            let all = service.ids(list + "&limit=1000")
            #expect(try pages(service, list + "&limit=\(limit)") == all, "\(list)")
            #expect(Set(all).count == all.count)
        }
    }

    /// One of the things that a writer does: a new article, another text or date for one that is there, or none.
    ///
    /// There are never so many that pages come to no end.
    private static func change(_ number: Int, _ service: Service, using random: inout SeededGenerator) throws
    {
        let old = Int.random(in: 0..<30, using: &random)
        switch number % 3 {
        case 0:
            let article = try Service.article(
                "later\(Int.random(in: 0..<60, using: &random))", "Treaty \(number)",
                "treaty “It holds,” said Vladimir Putin.",
                published: "2024-05-0\(1 + number % 5)")
            _ = try service.catalog.ingest([article], waitsForIndex: true)
        case 1:
            let article = try Service.article(
                "n\(old)", "Treaty changed \(random.next())", "Putin: talks, a treaty, a treaty.",
                published: "2024-05-0\(1 + old % 7)")
            _ = try service.catalog.ingest([article], waitsForIndex: true)
        default: _ = try service.catalog.remove([try #require(ArticleID("n\(old)"))])
        }
    }

    @Test(arguments: [1, 2, 5, 11])
    func whatChangesMeanwhileShiftsNothing(limit: Int) throws {
        var random = SeededGenerator(seed: UInt64(limit))
        let service = try Service(try Self.articles(30) + Service.sample)
        for list in Self.lists + ["/v1/quotes?q=treaty", "/v1/quotes?sort=oldest"] {
            let all = service.ids(list + "&limit=1000")
            let paged = try pages(service, list + "&limit=\(limit)") { number in
                for step in 0..<2 { try Self.change(number + step, service, using: &random) }
                // Others page as well.
                _ = service.get("/v1/articles?limit=1")
            }
            #expect(paged == all, "\(list)")
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    @Test func whatChangesAtTheSameTimeShiftsNothing() async throws {
        let service = try Service(try Self.articles(30))
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var random = SeededGenerator(seed: 1)
                var number = 0
                while !isDone.isSet.load(ordering: .relaxed) {
                    try Self.change(number, service, using: &random)
                    number += 1
                }
            }
            group.addTask {
                defer { isDone.isSet.store(true, ordering: .relaxed) }
                for round in 0..<12 {
                    for list in Self.lists {
                        let first = service.get(list + "&limit=\(1 + round)")
                        let total = try #require(first.meta?["total"]?.int)
                        var paged = first.object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
                        if let token = first.meta?["next_cursor"]?.string {
                            let rest = try self.pages(service, list + "&limit=\(1 + round)&cursor=" + token)
                            let whole = service.ids(list + "&limit=1000&cursor=" + token)
                            #expect(rest == whole, "\(list)")
                            paged += rest
                        }
                        #expect(paged.count == total && Set(paged).count == total, "\(list)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aStateThatIsNotKeptIsGoneForItsCursors() throws {
        var options = APIOptions()
        options.keptSnapshots = 1
        let service = try Service(try Self.articles(30) + Service.sample, options: options)
        var random = SeededGenerator(seed: 7)
        for list in Self.lists.filter({ !$0.contains("nosuchword") }) {
            let first = service.get(list + "&limit=1")
            let next = try #require(first.object["links"]?.object?["next"]?.string)
            let second = service.get(next)
            #expect(second.status == .ok)
            let tag = try #require(second.fields[.entityTag])
            try Self.change(0, service, using: &random)
            #expect(service.get(next).body == second.body, "kept, \(list)")
            // Another state takes its place.
            let other = list.contains("entities") ? "/v1/entities?limit=1" : "/v1/articles?limit=1"
            #expect(service.get(other).status == .ok)
            let gone = service.get(next)
            #expect(gone.status == .gone && gone.code == "cursor-expired", "\(list)")
            #expect(gone.object["parameter"]?.string == "cursor")
            // What a client has of that state is still what it was.
            #expect(service.get(next, fields: [(.ifNoneMatch, tag)]).status == .notModified)
        }
    }

    @Test func aCursorOfTheNewestStateNeedsNoKeeping() throws {
        var options = APIOptions()
        options.keptBytes = 0
        options.keptSnapshots = 1
        let service = try Service(try Self.articles(30), options: options)
        for list in Self.lists {
            #expect(try pages(service, list + "&limit=4") == service.ids(list + "&limit=1000"))
        }
    }

    @Test func aCursorServesItsOwnListOnly() throws {
        let service = try Service(try Self.articles(10))
        let first = service.get("/v1/articles?q=treaty&limit=2")
        let token = try #require(first.meta?["next_cursor"]?.string)
        func status(_ target: String) -> String { service.get(target).code ?? "ok" }
        #expect(status("/v1/articles?q=treaty&cursor=\(token)") == "ok")
        #expect(status("/v1/articles?q=treaty&limit=5&format=ndjson&cursor=\(token)") == "ok")
        #expect(status("/v1/articles?q=Treaty+treaty&cursor=\(token)") == "ok")
        for other in ["", "q=envoys&", "q=treaty&sort=newest&", "q=treaty&from=2024&"] {
            #expect(status("/v1/articles?\(other)cursor=\(token)") == "bad-cursor", "\(other)")
        }
        #expect(status("/v1/quotes?q=treaty&cursor=\(token)") == "bad-cursor")
        // No other spelling, and no other digit.
        #expect(status("/v1/articles?q=treaty&cursor=\(token.uppercased())") == "bad-cursor")
        for wrong in [
            "", "0", token + "0", token + "00", String(token.dropLast(2)), "zz" + token.dropFirst(2),
        ] {
            #expect(status("/v1/articles?q=treaty&cursor=\(wrong)") == "bad-cursor", "\(wrong)")
        }
        for index in stride(from: 0, to: token.utf8.count, by: 5) {
            var digits = Array(token.utf8)
            digits[index] = digits[index] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            let changed = String(decoding: digits, as: UTF8.self)
            #expect(status("/v1/articles?q=treaty&cursor=\(changed)") == "bad-cursor", "\(index)")
        }
        let other = try Service(try Self.articles(10))
        #expect(other.get("/v1/articles?q=treaty&cursor=\(token)").code == "bad-cursor")
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func hostileCursorsAreRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let digits = Array("0123456789abcdefABC.%-~é".unicodeScalars)
        let count = Int.random(in: 0...140, using: &random)
        var token = ""
        for _ in 0..<count {
            token.unicodeScalars.append(digits[Int.random(in: 0..<digits.count, using: &random)])
        }
        let list = random.next()
        #expect(throws: Refusal.self) { try PageCursor(token, list: list) }
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func cursorsSurviveTheirToken(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cursor = PageCursor(
            generation: Int64(random.next() >> 1),
            position: .init(value: random.next(), tie: Int64(bitPattern: random.next())),
            key: seed % 2 == 0 ? "" : "person:é-\(seed)")
        let list = random.next()
        #expect(try PageCursor(cursor.token(list: list), list: list) == cursor)
        #expect(throws: Refusal.self) { try PageCursor(cursor.token(list: list), list: list &+ 1) }
    }
}
