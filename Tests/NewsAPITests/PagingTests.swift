import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import SearchIndex
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
        "/v1/articles?q=treaty&sort=oldest&from=2024-05-02", "/v1/articles?q=nosuchword", "/v1/entities?",
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

    @Test(arguments: [1, 8])
    func articlesThatComeMeanwhileShiftNothing(kept: Int) throws {
        var options = APIOptions()
        options.keptSnapshots = kept
        let service = try Service(try Self.articles(30), options: options)
        // Scores move as articles come, so that relevance needs the kept state; other orders do not.
        for list in Self.lists.dropLast(2)
        where kept > 1 || !list.contains("q=treaty") || list.contains("sort") {
            let all = service.ids(list + "&limit=1000")
            var added = 0
            let paged = try pages(service, list + "&limit=4") { number in
                let article = try Service.article(
                    "later\(list.count)-\(number)", "Treaty", "treaty",
                    published: "2024-05-0\(1 + number % 5)")
                _ = try service.catalog.ingest([article], waitsForIndex: true)
                added += 1
                // Others page as well, so that states go off the shelf.
                if kept == 1 { _ = service.get("/v1/articles?limit=1") }
            }
            #expect(paged == all, "\(list)")
            #expect(added > 0)
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
