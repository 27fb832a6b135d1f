import Dispatch
import Foundation
import NewsModel
import Synchronization
import TestSupport
import Testing

@testable import NewsStore

@Suite("The store of articles")
struct SQLiteStoreTests {
    private let folder = DataFolder()
    private let store: SQLiteStore

    init() throws {
        let clock = TickingClock()
        store = try SQLiteStore(folder: folder.path, now: clock.now)
    }

    // MARK: Writing

    @Test func aNewStoreIsEmpty() throws {
        #expect(try store.highestSeq() == 0)
        #expect(try store.articleCount() == 0)
        #expect(try store.changes(after: 0, limit: 10) == [])
        #expect(try store.article(id("a")) == nil)
        #expect(try store.append([]) == [])
        #expect(try store.check() == [])
    }

    @Test(arguments: [1, 2] as [UInt64])
    func anArticleComesBackAsItWas(version: UInt64) throws {
        let new = write("a", version: version)
        let outcome = try #require(try store.append([new]).first)
        let (stored, annotations) = try #require(try store.article(id("a")))
        #expect(stored.article == new.article)
        #expect(annotations == new.annotations)
        #expect(stored.seq == outcome.seq)
        #expect(stored.revision == 1)
        #expect(stored.ingestedAt == outcome.ingestedAt)
    }

    @Test func writesAreCreatedUpdatedOrUnchanged() throws {
        let created = try store.append([write("a"), write("b")])
        #expect(created.map(\.status) == [.created, .created])
        #expect(created.map(\.seq) == [1, 2])
        let unchanged = try store.append([write("a")])
        #expect(unchanged.map(\.status) == [.unchanged])
        #expect(unchanged.map(\.seq) == [1])
        #expect(unchanged.map(\.ingestedAt) == [created[0].ingestedAt])
        let updated = try store.append([write("a", version: 2)])
        #expect(updated.map(\.status) == [.updated])
        #expect(updated.map(\.seq) == [3])
        #expect(updated.map(\.revision) == [2])
        #expect(updated[0].ingestedAt > created[0].ingestedAt)
        let analysed = try store.append([write("a", version: 2, analyzer: 2)])
        #expect(analysed.map(\.status) == [.updated])
        #expect(analysed.map(\.revision) == [3])
        #expect(try store.article(id("a"))?.1.mentions.first?.rule == "r2")
        #expect(try store.articleCount() == 2)
        #expect(try store.highestSeq() == 4)
        #expect(try store.check() == [])
    }

    @Test func oneIDTwiceInABatch() throws {
        let outcomes = try store.append([
            write("a"), write("b"), write("a"), write("a", version: 2), write("b"),
        ])
        #expect(outcomes.map(\.status) == [.created, .created, .unchanged, .updated, .unchanged])
        #expect(outcomes.map(\.seq) == [1, 2, 1, 3, 2])
        #expect(try store.changes(after: 0, limit: 10).map(\.seq) == [2, 3])
    }

    @Test func fingerprintsTellWhatIsStored() throws {
        _ = try store.append([write("a", version: 7), write("b", version: .max)])
        _ = try store.append([write("c")])
        _ = try store.remove([id("c")])
        #expect(try store.fingerprints(of: ["b", "x", "a", "c", "a"].map(id)) == [.max, nil, 7, nil, 7])
        #expect(try store.fingerprints(of: []) == [])
    }

    @Test func removalTakesTheContentAway() throws {
        _ = try store.append([write("a"), write("b")])
        #expect(try store.remove([id("x"), id("a"), id("a")]) == [nil, 3, nil])
        #expect(try store.article(id("a")) == nil)
        #expect(try store.articleCount() == 1)
        let changes = try store.changes(after: 0, limit: 10)
        #expect(changes.map(\.seq) == [2, 3])
        #expect(changes.last == .removed(id("a"), seq: 3))
        let again = try store.append([write("a")])
        #expect(again.map(\.status) == [.created])
        #expect(again.map(\.revision) == [1])
        #expect(try store.changes(after: 2, limit: 10).map(\.seq) == [4])
        #expect(try store.check() == [])
    }

    // MARK: Changes, against a model

    @Test(arguments: 0..<20 as Range<UInt64>)
    func changesAgreeWithADictionary(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // What each id was last heard of: seq, and the fingerprint unless it was removed.
        var model: [ArticleID: (seq: Int64, fingerprint: UInt64?)] = [:]
        for _ in 0..<30 {
            let names = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                "id-\(Int.random(in: 0..<12, using: &random))"
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                for (name, seq) in zip(names, try store.remove(names.map(id))) {
                    #expect((seq != nil) == (model[id(name)]?.fingerprint != nil))
                    if let seq { model[id(name)] = (seq, nil) }
                }
            } else {
                let writes = names.map { write($0, version: UInt64.random(in: 1...3, using: &random)) }
                for (write, outcome) in zip(writes, try store.append(writes)) {
                    let old = model[write.article.id]?.fingerprint
                    let expected: WriteOutcome.Status =
                        old == nil ? .created : old == write.fingerprint ? .unchanged : .updated
                    #expect(outcome.status == expected)
                    model[write.article.id] = (outcome.seq, write.fingerprint)
                }
            }
        }
        let expected = model.sorted { $0.value.seq < $1.value.seq }
        let limit = Int.random(in: 1...5, using: &random)
        var paged: [StoreChange] = []
        while true {
            let page = try store.changes(after: paged.last?.seq ?? 0, limit: limit)
            #expect(page.count <= limit)
            if page.isEmpty { break }
            paged += page
        }
        #expect(paged.map(\.seq) == expected.map(\.value.seq))
        for (change, (id, state)) in zip(paged, expected) {
            switch change {
            case .article(let stored, _):
                #expect(stored.article.id == id)
                #expect(stored.article == write(id.description, version: state.fingerprint ?? 0).article)
            case .removed(let removed, _):
                #expect(removed == id)
                #expect(state.fingerprint == nil)
            }
        }
        #expect(try store.articleCount() == model.values.count { $0.fingerprint != nil })
        #expect(try store.check() == [])
    }

    @Test func limitsOfNothingGiveNothing() throws {
        _ = try store.append([write("a")])
        #expect(try store.changes(after: 0, limit: 0) == [])
        #expect(try store.changes(after: 0, limit: -1) == [])
        #expect(try store.changes(after: 1, limit: 10) == [])
        #expect(try store.changes(after: .min, limit: .max).count == 1)
    }

    // MARK: Several threads, several instances

    @Test func threadsDoNotMixTheirOutcomes() throws {
        let outcomes = Mutex<[ArticleID: WriteOutcome]>([:])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 40) { index in
            let batch = (0..<5).map { write("t\(index)-\($0)") }
            do {
                let done = try store.append(batch)
                _ = try store.fingerprints(of: batch.map(\.article.id))
                outcomes.withLock { all in
                    for (write, outcome) in zip(batch, done) { all[write.article.id] = outcome }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let all = outcomes.withLock { $0 }
        #expect(all.values.map(\.seq).sorted() == Array(1...200))
        for (id, outcome) in all {
            #expect(outcome.status == .created)
            #expect(try store.article(id)?.0.seq == outcome.seq)
        }
        // A batch stays together and in order.
        for index in 0..<40 {
            let seqs = (0..<5).compactMap { all[id("t\(index)-\($0)")]?.seq }
            #expect(seqs == (0..<5).map { seqs[0] + $0 })
        }
        #expect(try store.check() == [])
    }

    @Test func twoInstancesShareTheSequence() throws {
        let other = try SQLiteStore(folder: folder.path)
        #expect(other.identity() == store.identity())
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 20) { index in
            do {
                let target = index.isMultiple(of: 2) ? store : other
                _ = try target.append([write("own-\(index)"), write("shared", version: UInt64(index))])
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try store.highestSeq() == 40)
        #expect(try store.articleCount() == 21)
        #expect(try store.article(id("shared"))?.0.revision == 20)
        #expect(try other.changes(after: 0, limit: 100) == store.changes(after: 0, limit: 100))
        #expect(try store.check() == [])
    }

    @Test func theMarkerMovesWhenAnotherInstanceWrites() throws {
        let other = try SQLiteStore(folder: folder.path)
        let before = try store.changeMarker()
        #expect(try store.changeMarker() == before)
        _ = try other.append([write("a")])
        let after = try store.changeMarker()
        #expect(after != before)
        _ = try other.append([write("a")])
        try other.addKey(hash: [1], scope: "read", createdAt: Timestamp(milliseconds: 0))
        #expect(try store.changeMarker() != after)
    }

    // MARK: Keys

    @Test func keysHaveTheirScope() throws {
        #expect(try store.keyCount() == 0)
        #expect(try store.keyScope(hash: [1, 2, 3]) == nil)
        try store.addKey(hash: [1, 2, 3], scope: "read", createdAt: Timestamp(milliseconds: 5))
        try store.addKey(hash: [0, 0xFF], scope: "admin", createdAt: Timestamp(milliseconds: 6))
        try store.addKey(hash: [1, 2, 3], scope: "ingest", createdAt: Timestamp(milliseconds: 7))
        #expect(try store.keyCount() == 2)
        #expect(try store.keyScope(hash: [1, 2, 3]) == "ingest")
        #expect(try store.keyScope(hash: [0, 0xFF]) == "admin")
        #expect(try store.keyScope(hash: []) == nil)
        #expect(try store.keys().map(\.hash) == [[1, 2, 3], [0, 0xFF]])
        #expect(try store.removeKey(hash: [1, 2, 3]))
        #expect(try !store.removeKey(hash: [1, 2, 3]))
        #expect(try store.keyScope(hash: [1, 2, 3]) == nil)
        #expect(try store.keys().map(\.scope) == ["admin"])
    }
}

@Suite("The database file")
struct DatabaseFileTests {
    private let folder = DataFolder()

    @Test func whatWasStoredIsThereAfterReopening() throws {
        let identity: String
        do {
            let store = try SQLiteStore(folder: folder.path)
            identity = store.identity()
            _ = try store.append([write("a"), write("b")])
            _ = try store.remove([id("b")])
        }
        let store = try SQLiteStore(folder: folder.path)
        #expect(store.identity() == identity)
        #expect(try store.article(id("a"))?.0.article == write("a").article)
        #expect(try store.append([write("c")]).map(\.seq) == [4])
        let elsewhere = DataFolder()
        #expect(try SQLiteStore(folder: elsewhere.path).identity() != identity)
    }

    /// The files as a killed process leaves them: the log is not yet written back to the database.
    @Test func whatWasStoredSurvivesTheProcess() throws {
        let store = try SQLiteStore(folder: folder.path)
        for index in 0..<5 { _ = try store.append([write("a\(index)")]) }
        let copy = DataFolder()
        try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: true)
        for name in ["sitrep.db", "sitrep.db-wal"] {
            try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        let reopened = try SQLiteStore(folder: copy.path)
        #expect(try reopened.articleCount() == 5)
        #expect(try reopened.check() == [])
        withExtendedLifetime(store) {}
    }

    @Test func aNewerSchemaIsRefused() throws {
        do { _ = try SQLiteStore(folder: folder.path) }
        do { try SQLiteConnection(path: folder.database).execute("PRAGMA user_version = 7") }
        let error = #expect(throws: StoreError.self) { try SQLiteStore(folder: folder.path) }
        #expect(error?.path == folder.database)
        #expect(
            error?.reason == "the database has schema version 7, and this sitrep knows only up to version "
                + "\(Schema.migrations.count); use a newer sitrep")
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        do { try SQLiteConnection(path: folder.database).execute("CREATE TABLE theirs (x)") }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(folder: folder.path) }
        #expect(error?.reason.contains("another program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
    }

    @Test func whatIsNoDatabaseIsRefused() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try Data(repeating: UInt8(ascii: "x"), count: 10_000).write(to: URL(fileURLWithPath: folder.database))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(folder: folder.path) }
        #expect(error?.reason.contains("not a database") == true)
        #expect(error?.description.contains(folder.database) == true)
    }

    @Test func aFileInPlaceOfTheFolderIsRefused() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(folder: folder.path) }
        #expect(error?.operation == "make the data folder")
    }

    @Test func aDamagedRowIsNamed() throws {
        let store = try SQLiteStore(folder: folder.path)
        _ = try store.append([write("a"), write("b")])
        try SQLiteConnection(path: folder.database).execute(
            "UPDATE articles SET annotations = x'01FF' WHERE id = 'b'")
        #expect(try store.check().count == 1)
        #expect(try store.check().first?.contains("annotations of 'b'") == true)
        #expect(try store.article(id("a")) != nil)
        let error = #expect(throws: StoreError.self) { try store.article(id("b")) }
        #expect(error?.reason.contains("damaged") == true)
        #expect(throws: StoreError.self) { try store.changes(after: 0, limit: 10) }
    }

    @Test(arguments: [
        ("UPDATE state SET articles = 9", "9 articles are counted, but there are 2"),
        ("UPDATE state SET seq = 1", "the highest change number is 1, but 3 is in use"),
        ("INSERT INTO removals VALUES (1, 'x')", "1 change numbers are given twice"),
        ("INSERT INTO removals VALUES (2, 'a')", "1 articles are there and removed at once"),
    ])
    func contradictionsAreFound(sql: String, problem: String) throws {
        let store = try SQLiteStore(folder: folder.path)
        _ = try store.append([write("a")])
        _ = try store.append([write("b")])
        _ = try store.append([write("b", version: 2)])
        #expect(try store.check() == [])
        try SQLiteConnection(path: folder.database).execute(sql)
        #expect(try store.check() == [problem])
    }

    /// Damage anywhere in the file is an error or a problem in words, or does no harm to what is read.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func damageIsReportedAndNeverATrap(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        do {
            let store = try SQLiteStore(folder: folder.path)
            _ = try store.append((0..<40).map { write("a\($0)") })
            _ = try store.remove([id("a3")])
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        let start = Int.random(in: 0..<bytes.count, using: &random)
        for index in start..<min(start + 600, bytes.count) {
            bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        }
        if seed.isMultiple(of: 5) { bytes = bytes.prefix(start) }
        try bytes.write(to: URL(fileURLWithPath: folder.database))
        do {
            let store = try SQLiteStore(folder: folder.path)
            _ = try store.check()
            for index in 0..<40 { _ = try? store.article(id("a\(index)")) }
            _ = try? store.changes(after: 0, limit: 100)
            _ = try? store.append([write("new"), write("a1", version: 2)])
        } catch {
            #expect(!error.reason.isEmpty)
        }
    }

    @Test func aFailedBatchStoresNothing() throws {
        let store = try SQLiteStore(folder: folder.path)
        _ = try store.append([write("a")])
        // The second article meets a trigger that refuses it.
        try SQLiteConnection(path: folder.database).execute(
            """
            CREATE TRIGGER refusal BEFORE INSERT ON articles WHEN new.id = 'bad'
            BEGIN SELECT raise(ABORT, 'refused by the test'); END
            """)
        let error = #expect(throws: StoreError.self) { try store.append([write("good"), write("bad")]) }
        #expect(error?.operation == "store articles")
        #expect(error?.reason.contains("refused by the test") == true)
        #expect(try store.article(id("good")) == nil)
        #expect(try store.highestSeq() == 1)
        #expect(try store.append([write("good")]).map(\.seq) == [2])
    }

    @Test func batchesThatWaitTogetherShareATransaction() throws {
        let outcomes = try appendedTogether((0..<10).map { "a\($0)" })
        // The clock is looked at once for each transaction.
        #expect(Set(try outcomes.values.map { try $0.get().ingestedAt }).count == 1)
        #expect(Set(try outcomes.values.map { try $0.get().seq }) == Set(1...10))
    }

    @Test func oneBadBatchDoesNotSpoilTheOthers() throws {
        do { _ = try SQLiteStore(folder: folder.path) }
        try SQLiteConnection(path: folder.database).execute(
            """
            CREATE TRIGGER refusal BEFORE INSERT ON articles WHEN new.id LIKE 'bad%'
            BEGIN SELECT raise(ABORT, 'refused by the test'); END
            """)
        let outcomes = try appendedTogether((0..<10).map { $0 % 5 == 0 ? "bad\($0)" : "good\($0)" })
        for (name, outcome) in outcomes {
            #expect((try? outcome.get()) == nil ? name.hasPrefix("bad") : name.hasPrefix("good"))
        }
        let store = try SQLiteStore(folder: folder.path)
        #expect(try store.articleCount() == 8)
        #expect(try store.highestSeq() == 8)
        #expect(try store.check() == [])
    }

    /// Stores one article for each name, each from a thread of its own, all of them while the database is locked.
    private func appendedTogether(
        _ names: [String]
    ) throws -> [String: Result<WriteOutcome, any Error>] {
        let clock = TickingClock()
        let store = try SQLiteStore(folder: folder.path, now: clock.now)
        let other = try SQLiteConnection(path: folder.database)
        try other.execute("BEGIN IMMEDIATE")
        let outcomes = Mutex<[String: Result<WriteOutcome, any Error>]>([:])
        let done = DispatchGroup()
        for name in names {
            done.enter()
            let thread = Thread {
                let outcome = Result { () throws(any Error) in try store.append([write(name)])[0] }
                outcomes.withLock { $0[name] = outcome }
                done.leave()
            }
            thread.start()
        }
        while store.waitingBatches < names.count { sched_yield() }
        try other.execute("COMMIT")
        done.wait()
        return outcomes.withLock { $0 }
    }

    @Test func severalMayMakeTheStoreAtOnce() throws {
        let path = folder.path
        let identities = Mutex<Set<String>>([])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                let identity = try SQLiteStore(folder: path).identity()
                identities.withLock { _ = $0.insert(identity) }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(identities.withLock { $0.count } == 1)
    }
}

@Suite("Entries one a line")
struct LinesTests {
    @Test(arguments: [
        [], [""], ["", ""], ["a"], ["a", "b"], ["a\nb", "\\", "\\n", "n\\"], ["\r\n", "e\u{301}"],
    ])
    func comeBackTheSame(entries: [String]) {
        let read = ArticleRow.entries(ArticleRow.lines(entries))
        #expect(read.map { Array($0.utf8) } == entries.map { Array($0.utf8) })
    }
}
