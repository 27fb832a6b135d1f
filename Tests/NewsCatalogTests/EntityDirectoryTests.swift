import NewsModel
import TestSupport
import Testing

@testable import NewsCatalog

@Suite struct EntityDirectoryTests {
    private static func entry(_ id: String, _ name: String) -> EntityDirectory.Entry {
        let type = EntityType.allCases.first { id.hasPrefix($0.prefix + ":") } ?? .place
        return EntityDirectory.Entry(id: EntityID(id), type: type, name: name, gazetteerIndex: 0)
    }

    private func sample() -> EntityDirectory {
        var directory = EntityDirectory([
            (Self.entry("country:ge", "Georgia"), ["Georgia", "Republic of Georgia"]),
            (Self.entry("place:georgia-us", "Georgia"), ["Georgia"]),
            (
                Self.entry("person:recep-tayyip-erdogan", "Recep Tayyip Erdoğan"),
                ["Recep Tayyip Erdoğan", "Tayyip Erdogan"]
            ),
        ])
        directory.count(EntityID("country:ge"), by: 3) { Self.entry("country:ge", "Georgia") }
        directory.count(EntityID("person:jo-ek"), by: 2) { Self.entry("person:jo-ek", "Jo Ek") }
        return directory
    }

    @Test func findsByTheBeginningOfAnyWord() {
        let directory = sample()
        #expect(
            directory.search(prefix: "geor", limit: 9).entities.map(\.entry.id.description) == [
                "country:ge", "place:georgia-us",
            ])
        #expect(directory.search(prefix: "erdog", limit: 9).total == 1)
        #expect(directory.search(prefix: "ERDOĞAN", limit: 9).total == 1)
        #expect(directory.search(prefix: "of geo", limit: 9).total == 1)
        #expect(directory.search(prefix: "ek", limit: 9).entities.first?.articles == 2)
        #expect(directory.search(prefix: "geor", type: .place, limit: 9).total == 1)
        #expect(directory.search(prefix: "xyz", limit: 9).total == 0)
        #expect(directory.search(prefix: "?!", limit: 9).total == 0)
    }

    @Test func theSameSpellingIsShownWhicheverCameFirst() {
        func shown(_ names: [String]) -> String? {
            var directory = EntityDirectory()
            for name in names {
                directory.count(EntityID("org:acme"), by: 1) {
                    EntityDirectory.Entry(
                        id: EntityID("org:acme"), type: .organisation, name: name, gazetteerIndex: nil)
                }
            }
            return directory.search(prefix: "acm", limit: 2).entities.first?.entry.name
        }
        #expect(shown(["ACME", "Acme"]) == "Acme")
        #expect(shown(["Acme", "ACME"]) == "Acme")
    }

    @Test func whatOnlyArticlesKnewGoesWithThem() {
        var directory = sample()
        for id in ["org:acme", "country:ge"] {
            for change in [1, -1] {
                directory.count(EntityID(id), by: change) {
                    EntityDirectory.Entry(
                        id: EntityID(id), type: .organisation, name: "Acme", gazetteerIndex: nil)
                }
            }
        }
        #expect(directory[EntityID("org:acme")] == nil)
        #expect(directory.named("acme").isEmpty)
        #expect(directory.search(prefix: "acm", limit: 9).total == 0)
        #expect(directory[EntityID("country:ge")]?.articles == 3)
    }

    @Test func resolvesWholeNamesOnly() {
        #expect(sample().named("georgia").count == 2)
        #expect(sample().named("georgia").first?.entry.id == EntityID("country:ge"))
        #expect(sample().named("geor").isEmpty)
        #expect(sample().named("erdogan").isEmpty)
        #expect(sample().named("tayyip erdogan").count == 1)
    }

    @Test func listsWithoutPrefixOnlyWhatArticlesMention() {
        let all = sample().search(prefix: "", limit: 9)
        #expect(all.entities.map(\.entry.id.description) == ["country:ge", "person:jo-ek"])
        #expect(all.total == 2)
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func agreesWithAPlainList(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var directory = EntityDirectory()
        var counts: [String: Int] = [:]
        for _ in 0..<12_000 {
            let number = Int.random(in: 0..<9_000, using: &random)
            let id = "person:n\(number)"
            counts[id, default: 0] += 1
            directory.count(EntityID(id), by: 1) { Self.entry(id, "Name n\(number)") }
        }
        let expected = counts.filter { $0.key.hasPrefix("person:n12") }.sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        var found: [String] = []
        var after: (articles: Int, id: EntityID)?
        repeat {
            let page = directory.search(prefix: "n12", limit: 7, after: after)
            #expect(page.total == expected.count)
            found += page.entities.map(\.entry.id.description)
            after = page.entities.last.map { ($0.articles, $0.entry.id) }
            if page.entities.isEmpty { break }
        } while true
        #expect(found == expected.map(\.key))
        for (id, count) in counts { #expect(directory[EntityID(id)]?.articles == count) }
    }
}
