import Foundation
import NewsModel
import NewsStore
import SearchIndex
import Synchronization
import TestSupport
import Testing
import TextAnalysis

@testable import NewsCatalog

/// A data folder that goes away with the test.
private final class Folder {
    let path = NSTemporaryDirectory() + "sitrep-catalog-" + UUID().uuidString

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

@Suite struct CatalogTests {
    private static let analyzer = Result { () throws -> Analyzer in
        let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config").path
        return Analyzer(
            gazetteer: try Gazetteer.load(folders: [config + "/gazetteer"]),
            lexicon: try Lexicon.load(folder: config + "/lexicon"))
    }

    private func open(_ folder: Folder) throws -> Catalog {
        let catalog = try Catalog(folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: false)
        try catalog.catchUp(listsEntities: true)
        return catalog
    }

    private func article(_ id: String, _ title: String, _ body: String = "", day: Int? = nil) throws
        -> Article
    {
        Article(
            id: try #require(ArticleID(id)), title: title, body: body,
            published: day.map { Timestamp(year: 2024, month: 5, day: $0) })
    }

    private func ids(_ catalog: Catalog, _ word: String) -> Set<String> {
        let articles = catalog.current.articles
        let result = articles.search(.term(field: nil, word), order: .relevance, limit: 100)
        return Set(
            result.hits.compactMap { hit in
                let text = String(decoding: articles.summary(hit.address), as: UTF8.self)
                return text.split(separator: "\"").dropFirst(3).first.map(String.init)
            })
    }

    @Test func damageThatAMergeFindsIsMadeGoodFromTheStore() throws {
        let folder = Folder()
        do {
            let catalog = try open(folder)
            let items = try (0..<40).map {
                try article("old\($0)", "Envoys meet", "“We agree,” Vladimir Putin said. \($0)")
            }
            _ = try catalog.ingest(items, waitsForIndex: true)
            catalog.close()
        }
        let reports = Mutex<[String]>([])
        let catalog = try Catalog(
            folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: true,
            report: { error in reports.withLock { $0.append("\(error)") } })
        try catalog.catchUp(listsEntities: true)
        // A bit flips in the middle of a file that is mapped.
        let index = folder.path + "/index/articles/"
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: index).first { $0.hasPrefix("segment-") })
        let file = try #require(FileHandle(forUpdatingAtPath: index + name))
        let middle = try file.seekToEnd() / 2
        try file.seek(toOffset: middle)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: middle)
        try file.write(contentsOf: [byte ^ 4])
        try file.close()
        // Articles come one by one, until there are so many segments that they are merged.
        for number in 0..<40 {
            _ = try catalog.ingest([try article("new\(number)", "Ports reopen")], waitsForIndex: true)
        }
        #expect(reports.withLock { $0.count } == 1)
        #expect(
            reports.withLock { $0.first?.contains("made anew") == true && $0.first?.contains(name) == true })
        #expect(catalog.progress.isReady)
        #expect(try catalog.verify().isEmpty)
        #expect(ids(catalog, "envoys").count == 40 && ids(catalog, "ports").count == 40)
        let putin = catalog.current.entities[EntityID("person:vladimir-putin")]
        #expect(putin?.articles == 40)
        #expect(catalog.current.generation == 80)
    }

    @Test func importingTwiceChangesNothing() throws {
        let folder = Folder()
        let catalog = try open(folder)
        let items = [
            try article("a", "Envoys meet"), try article("b", "Ports reopen"),
            try article("a", "Envoys meet"),
        ]
        #expect(
            try catalog.ingest(items, waitsForIndex: true).map(\.status) == [.created, .created, .unchanged])
        let generation = catalog.current.generation
        #expect(
            try catalog.ingest(items, waitsForIndex: true).map(\.status) == [
                .unchanged, .unchanged, .unchanged,
            ])
        #expect(catalog.current.generation == generation)
        #expect(ids(catalog, "envoys") == ["a"])
    }

    @Test func anUpdateReplacesTextCountsAndQuotations() throws {
        let folder = Folder()
        let catalog = try open(folder)
        let first = try article(
            "a", "Talks", "“We have agreed on all the points,” Vladimir Putin said in Moscow.")
        _ = try catalog.ingest([first], waitsForIndex: true)
        #expect(catalog.current.quotes.documentCount == 1)
        #expect(catalog.current.entities[EntityID("person:vladimir-putin")]?.articles == 1)
        let second = try article("a", "Talks", "Nothing was said.")
        #expect(try catalog.ingest([second], waitsForIndex: true).map(\.status) == [.updated])
        #expect(catalog.current.quotes.documentCount == 0)
        #expect(catalog.current.entities[EntityID("person:vladimir-putin")]?.articles == 0)
        let id = try #require(ArticleID("a"))
        let record = try #require(try catalog.current.record(id))
        #expect(record.stored.article.body == "Nothing was said.")
        #expect(record.stored.revision == 2)
    }

    @Test func whatWasStoredIsThereAfterACrash() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        _ = try catalog?.ingest(
            (0..<50).map { try article("a\($0)", "Envoys \($0)", day: 1 + $0 % 28) }, waitsForIndex: true)
        // No close: the index was never written, as after kill -9.
        catalog = nil
        let again = try open(folder)
        #expect(again.current.articles.documentCount == 50)
        #expect(ids(again, "envoys").count == 50)
        #expect(try again.verify().isEmpty)
    }

    /// Files of the index that were changed, cut off or grew while nothing ran: it is made anew, and answers as before.
    @Test func aDamagedIndexAnswersAsBefore() throws {
        let folder = Folder()
        do {
            let catalog = try open(folder)
            let articles = try (0..<60).map { try article("a\($0)", "Envoys \($0 % 7)", day: 1 + $0 % 28) }
            _ = try catalog.ingest(articles, waitsForIndex: true)
            catalog.close()
        }
        func answers(_ catalog: Catalog) -> [Set<String>] {
            (0..<7).map { ids(catalog, "\($0)") } + [ids(catalog, "envoys")]
        }
        var random = SeededGenerator(seed: 2)
        var expected: [Set<String>] = []
        for round in 0..<12 {
            let index = folder.path + "/index/articles/"
            let names = try FileManager.default.contentsOfDirectory(atPath: index).filter { $0 != "lock" }
                .sorted()
            if round > 0 {
                let path = URL(fileURLWithPath: index + names[Int.random(in: names.indices, using: &random)])
                var bytes = try Data(contentsOf: path)
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch round % 4 {
                case 0: bytes = bytes.prefix(place + 1).dropLast() + (place == 0 ? [0] : [])
                case 1: bytes.append(0)
                default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
                try bytes.write(to: path)
            }
            let catalog = try open(folder)
            #expect(catalog.recovery.isEmpty == (round == 0), "\(round): \(catalog.recovery)")
            if round == 0 { expected = answers(catalog) }
            #expect(expected.last?.count == 60)
            #expect(answers(catalog) == expected)
            // What was given up is told once more, and nothing else.
            #expect(try catalog.verify() == catalog.recovery)
            catalog.close()
        }
    }

    @Test func aClosedIndexIsOpenedNotMadeAnew() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        _ = try catalog?.ingest(
            [try article("a", "Talks", "“We have agreed on all the points,” Vladimir Putin said in Moscow.")],
            waitsForIndex: true)
        catalog?.close()
        let generation = catalog?.current.generation
        catalog = nil
        let again = try Catalog(folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: true)
        #expect(again.recovery.isEmpty)
        #expect(again.current.generation == generation)
        try again.catchUp(listsEntities: true)
        #expect(again.current.entities[EntityID("person:vladimir-putin")]?.articles == 1)
        #expect(try again.verify().isEmpty)
    }

    @Test func entitiesAreNamedTheSameAfterARestart() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        let bodies = [
            "Officials of the U.S. government met Zorbas Widget Corp in Chicago.",
            "ZORBAS WIDGET CORP said it would build a plant. The U.S. government agreed.",
        ]
        for (number, body) in bodies.enumerated() {
            _ = try catalog?.ingest([try article("a\(number)", "Talks", body)], waitsForIndex: true)
        }
        let before = try #require(catalog?.current.entities.search(prefix: "", limit: 100))
        catalog?.close()
        catalog = nil
        let after = try open(folder).current.entities.search(prefix: "", limit: 100)
        #expect(before.entities == after.entities)
        let government = after.entities.first { $0.entry.id == EntityID("org:us-government") }
        #expect(government?.entry.name == "Government of the United States")
        #expect(government?.entry.country == "US" && government?.entry.isProvisional == false)
        let company = after.entities.first { $0.entry.id == EntityID("org:zorbas-widget-corp") }
        #expect(company?.entry.name == "Zorbas Widget Corp" && company?.articles == 2)
        #expect(company?.entry.isProvisional == true)
    }

    @Test func aDamagedIndexIsMadeAnewFromTheStore() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        _ = try catalog?.ingest((0..<20).map { try article("a\($0)", "Envoys \($0)") }, waitsForIndex: true)
        catalog?.close()
        catalog = nil
        let index = URL(fileURLWithPath: folder.path + "/index/articles")
        for file in try FileManager.default.contentsOfDirectory(at: index, includingPropertiesForKeys: nil) {
            var bytes = try Data(contentsOf: file)
            guard bytes.count > 200 else { continue }
            bytes[bytes.count / 2] ^= 0x10
            try bytes.write(to: file)
        }
        let again = try open(folder)
        #expect(!again.recovery.isEmpty)
        #expect(ids(again, "envoys").count == 20)
    }

    @Test func aSecondProcessWritesToTheStoreAndTheFirstFollows() throws {
        let folder = Folder()
        let server = try open(folder)
        let importer = try open(folder)
        #expect(server.hasIndex)
        #expect(!importer.hasIndex)
        _ = try importer.ingest([try article("a", "Envoys meet")], waitsForIndex: true)
        #expect(ids(server, "envoys").isEmpty)
        // The server's own write makes it take in the other's, which came before.
        _ = try server.ingest([try article("b", "Envoys part")], waitsForIndex: true)
        #expect(ids(server, "envoys") == ["a", "b"])
        #expect(throws: CatalogError.self) {
            _ = try Catalog(folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: true)
        }
    }

    @Test func manyCallersShareTheWriter() async throws {
        let folder = Folder()
        let catalog = try open(folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                let items = try (0..<10).map { try article("c\(caller)-\($0)", "Envoys \(caller)") }
                group.addTask { _ = try catalog.ingest(items, waitsForIndex: true) }
            }
            try await group.waitForAll()
        }
        #expect(catalog.current.articles.documentCount == 80)
        #expect(try catalog.verify().isEmpty)
    }

    @Test func takingDownRemovesArticleAndQuotations() throws {
        let folder = Folder()
        let catalog = try open(folder)
        _ = try catalog.ingest(
            [try article("a", "Talks", "“We have agreed on all the points,” Vladimir Putin said in Moscow.")],
            waitsForIndex: true)
        let id = try #require(ArticleID("a"))
        #expect(try catalog.remove([id]) == [.removed])
        #expect(try catalog.remove([id]) == [.absent])
        #expect(catalog.current.articles.documentCount == 0)
        #expect(catalog.current.quotes.documentCount == 0)
        #expect(try catalog.verify().isEmpty)
    }

    @Test func anIndexThatLagsIsNoFault() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        let quoted = "“We have agreed on all the points,” Vladimir Putin said in Moscow."
        _ = try catalog?.ingest(
            [try article("a", "Envoys", quoted), try article("b", "Ports"), try article("c", "Roads")],
            waitsForIndex: true)
        catalog?.close()
        catalog = nil
        // Stored by a process that ended before it wrote the index.
        let store = try SQLiteStore(folder: folder.path)
        let changed = try article("a", "Envoys", "Nothing was said.")
        _ = try store.append([
            ArticleWrite(
                article: changed, annotations: try Self.analyzer.get().annotate(changed),
                fingerprint: changed.fingerprint, analyzer: Analyzer.version)
        ])
        _ = try store.remove([try #require(ArticleID("b"))])
        let lagging = try Catalog(folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: true)
        #expect(try lagging.verify() == [])
        try lagging.catchUp(listsEntities: true)
        #expect(try lagging.verify() == [])
        #expect(lagging.current.articles.documentCount == 2)
        #expect(lagging.current.quotes.documentCount == 0)
    }

    @Test func quotationsOfAnEarlierRevisionGoThoughTheOtherIndexIsAhead() throws {
        let folder = Folder()
        var catalog: Catalog? = try open(folder)
        let quoted = "“We have agreed on all the points,” Vladimir Putin said in Moscow."
        _ = try catalog?.ingest([try article("a", "Talks", quoted)], waitsForIndex: true)
        catalog?.close()
        let (quotes, kept) = (folder.path + "/index/quotes", folder.path + "/kept")
        try FileManager.default.copyItem(atPath: quotes, toPath: kept)
        _ = try catalog?.ingest([try article("a", "Talks", "Nothing was said.")], waitsForIndex: true)
        catalog?.close()
        catalog = nil
        // The end came between the writing of the one index and of the other.
        try FileManager.default.removeItem(atPath: quotes)
        try FileManager.default.moveItem(atPath: kept, toPath: quotes)
        let again = try open(folder)
        #expect(again.current.quotes.documentCount == 0)
        #expect(try again.verify() == [])
    }

    @Test func whatWasUnchangedWhenAnalysedMayHaveChangedSince() throws {
        let folder = Folder()
        let catalog = try open(folder)
        let first = try article("a", "Envoys meet")
        _ = try catalog.ingest([first], waitsForIndex: true)
        // An import analyses one batch while it stores the one before.
        let earlier = try catalog.analyze([try article("a", "Envoys part")])
        let later = try catalog.analyze([first])
        #expect(try catalog.commit(earlier, waitsForIndex: true).map(\.status) == [.updated])
        #expect(try catalog.commit(later, waitsForIndex: true).map(\.status) == [.updated])
        #expect(try catalog.current.record(first.id)?.stored.article.title == "Envoys meet")
    }

    @Test func waitingForTheIndexCoversWhatAnotherStored() throws {
        let folder = Folder()
        let server = try open(folder)
        let importer = try open(folder)
        let item = try article("a", "Envoys meet")
        _ = try importer.ingest([item], waitsForIndex: true)
        #expect(try server.ingest([item], waitsForIndex: true).map(\.status) == [.unchanged])
        #expect(ids(server, "envoys") == ["a"])
    }

    @Test func anIndexThatCannotBeWrittenIsReported() throws {
        let folder = Folder()
        let reports = Mutex<[CatalogError]>([])
        let catalog = try Catalog(
            folder: folder.path, analyzer: try Self.analyzer.get(), needsIndex: true,
            report: { error in reports.withLock { $0.append(error) } })
        try catalog.catchUp(listsEntities: false)
        _ = try catalog.ingest([try article("a", "Envoys meet")], waitsForIndex: true)
        try FileManager.default.removeItem(atPath: folder.path + "/index/articles")
        catalog.close()
        #expect(reports.withLock { $0.count } == 1)
        #expect(reports.withLock { $0.first?.description.hasPrefix("cannot write the index") } == true)
        #expect(ids(catalog, "envoys") == ["a"])
    }
}
