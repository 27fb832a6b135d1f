internal import Bytes
internal import Dispatch
internal import Files
public import NewsModel
public import NewsStore
internal import SearchIndex
internal import Synchronization
public import TextAnalysis

/// The articles of one data folder: the store that is the truth, and the indexes made from it.
///
/// Reading takes `current` once and never waits. Writing analyses on the caller's thread, then hands over to the one
/// writer, which stores what has gathered in one transaction and publishes a new snapshot. Other processes may write
/// to the same store; the writer notices and follows. Only one process has the indexes of a folder: a second one
/// (an import beside a running server) writes to the store alone.
public final class Catalog: Sendable {
    /// How far the start has come.
    public struct Progress: Hashable, Sendable {
        /// Whether everything in the store can be found.
        public var isReady: Bool
        /// Changes taken into the index so far.
        public var done: Int
        /// Changes there are to take in.
        public var total: Int
    }

    /// The store.
    public let store: any ArticleStore
    /// What articles are analysed with.
    public let analyzer: Analyzer
    /// Tells this store, with this gazetteer, from any other; for validators.
    public let stamp: UInt64
    /// What was found damaged at the start and is made anew from the store, in words.
    public let recovery: [String]

    private let indexes: Indexes?
    private let state: Mutex<State>
    private let writer = DispatchQueue(label: "catalog.writer", qos: .userInitiated)

    private struct Indexes: Sendable {
        let articles: IndexWriter
        let quotes: IndexWriter
        let lock: FileLock
    }

    private struct State {
        var snapshot: CatalogSnapshot
        var progress = Progress(isReady: false, done: 0, total: 0)
        var pending: [PendingWrite] = []
        var appliedSinceCheckpoint = 0
        var changeMarker: Int64 = -1
        var isFollowing = false
        var isIdle = true
        var ticks = 0
        var listsEntities = false
    }

    /// One caller's articles on their way to the writer.
    private final class PendingWrite: Sendable {
        let writes: [ArticleWrite]
        let removals: [ArticleID]
        let stored = DispatchGroup()
        let indexed = DispatchGroup()
        let outcome = Mutex<Result<[WriteOutcome], StoreError>?>(nil)
        let removed = Mutex<[Int64?]>([])

        init(writes: [ArticleWrite], removals: [ArticleID] = []) {
            self.writes = writes
            self.removals = removals
            stored.enter()
            indexed.enter()
        }
    }

    /// Opens a data folder, which is made if it is not there.
    ///
    /// Nothing that the store holds beyond the index is read yet: `catchUp` does that.
    ///
    /// - Parameters:
    ///   - folder: The data folder.
    ///   - analyzer: What new articles are analysed with.
    ///   - needsIndex: Whether to fail where another process has the indexes, instead of writing to the store alone.
    /// - Throws: `CatalogError` that says what to do.
    public init(folder: String, analyzer: Analyzer, needsIndex: Bool) throws(CatalogError) {
        self.analyzer = analyzer
        do {
            try FileSystem.createFolder(folder + "/index")
            let store = try SQLiteStore(folder: folder)
            self.store = store
            var hash = StableHash()
            hash.combine(store.identity())
            for entity in analyzer.gazetteer.entities {
                hash.combine(entity.id.description)
                hash.combine(entity.name)
            }
            stamp = hash.value
            if let lock = try FileLock(path: folder + "/index/lock") {
                let articles = try IndexWriter(
                    folder: folder + "/index/articles", schema: ArticleFields.schema)
                let quotes = try IndexWriter(folder: folder + "/index/quotes", schema: QuoteFields.schema)
                indexes = Indexes(articles: articles, quotes: quotes, lock: lock)
                recovery = articles.recovery + quotes.recovery
            } else if needsIndex {
                throw CatalogError(
                    "another sitrep serves \(folder); stop it first, or choose another folder with --data")
            } else {
                indexes = nil
                recovery = []
            }
            let empty = try IndexWriter(folder: nil, schema: ArticleFields.schema)
            let noQuotes = try IndexWriter(folder: nil, schema: QuoteFields.schema)
            let snapshot = CatalogSnapshot(
                articles: indexes?.articles.snapshot ?? empty.snapshot,
                quotes: indexes?.quotes.snapshot ?? noQuotes.snapshot, entities: EntityDirectory())
            state = Mutex(State(snapshot: snapshot))
        } catch let error as CatalogError {
            throw error
        } catch {
            throw CatalogError("cannot open the data folder \(folder): \(error)")
        }
    }

    /// Whether this process keeps the indexes, or writes to the store alone.
    public var hasIndex: Bool { indexes != nil }

    /// The newest snapshot.
    public var current: CatalogSnapshot { state.withLock { $0.snapshot } }

    /// How far the start has come.
    public var progress: Progress { state.withLock { $0.progress } }

    // MARK: Starting

    /// Takes in what the store has and the index has not, then is ready.
    ///
    /// - Parameter listsEntities: Whether the directory of entities is made; an import has no use for it.
    /// - Throws: `CatalogError` where the store cannot be read.
    public func catchUp(listsEntities: Bool) throws(CatalogError) {
        guard let indexes else { return }
        if listsEntities { writer.sync { listEntities() } }
        state.withLock { $0.listsEntities = listsEntities }
        let result = writer.sync { () -> Result<Void, CatalogError> in
            do {
                // The two indexes may have stopped at different changes; taking one in twice does no harm.
                let mark = min(indexes.articles.snapshot.mark, indexes.quotes.snapshot.mark)
                let total = try store.highestSeq() - mark
                state.withLock { $0.progress = Progress(isReady: false, done: 0, total: Int(max(0, total))) }
                try follow(from: mark)
                return .success(())
            } catch {
                return .failure(CatalogError("cannot read the store: \(error)"))
            }
        }
        try result.get()
        state.withLock { $0.progress.isReady = true }
    }

    private func listEntities() {
        let gazetteer = analyzer.gazetteer.entities.enumerated().map { index, entity in
            (
                entry: EntityDirectory.Entry(
                    id: entity.id, type: entity.type, name: entity.name, gazetteerIndex: index),
                names: [entity.name] + entity.aliases + entity.knownAs
            )
        }
        var directory = EntityDirectory(gazetteer)
        let articles = current.articles
        var counts: [(id: String, articles: Int)] = []
        articles.forEachKeyword(field: ArticleFields.entity) { id, count in counts.append((id, count)) }
        // Values are in ascending order: of several names of one entity the last one stays.
        var named: [EntityID: EntityDirectory.Entry] = [:]
        articles.forEachKeyword(field: ArticleFields.entityName) { value, _ in
            guard let entry = Self.entry(named: value) else { return }
            named[entry.id] = entry
        }
        var met: [(entry: EntityDirectory.Entry, articles: Int)] = []
        for (id, count) in counts where count > 0 {
            let id = EntityID(id)
            if directory[id] != nil {
                directory.count(id, by: count) { Self.entry(id, name: nil) }
            } else {
                met.append((named[id] ?? Self.entry(id, name: nil), count))
            }
        }
        directory.add(met)
        let now = current
        publish(CatalogSnapshot(articles: now.articles, quotes: now.quotes, entities: directory))
    }

    private static func entry(
        _ id: EntityID, name: String?, country: String? = nil, isProvisional: Bool = true
    ) -> EntityDirectory.Entry {
        let prefix = id.description.prefix { $0 != ":" }
        let type = EntityType.allCases.first { $0.prefix == prefix } ?? .place
        return EntityDirectory.Entry(
            id: id, type: type, name: name ?? String(id.description.dropFirst(prefix.count + 1)),
            gazetteerIndex: nil, country: country, isProvisional: isProvisional)
    }

    /// The entity that a value of `ArticleFields.entityName` names.
    private static func entry(named value: String) -> EntityDirectory.Entry? {
        let parts = value.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        let country = parts.count == 3 && !parts[2].isEmpty ? String(parts[2]) : nil
        return entry(
            EntityID(String(parts[0])), name: String(parts[1]), country: country,
            isProvisional: parts.count == 2)
    }

    /// Watches for changes by other processes and writes the index to disk when it has rested.
    public func startFollowing() {
        state.withLock { $0.isFollowing = true }
        scheduleTick()
    }

    private func scheduleTick() {
        writer.asyncAfter(deadline: .now() + .milliseconds(200)) { [weak self] in
            guard let self, state.withLock({ $0.isFollowing }) else { return }
            tick()
            scheduleTick()
        }
    }

    private func tick() {
        guard let marker = try? store.changeMarker() else { return }
        let isNews = state.withLock { state in
            defer { state.changeMarker = marker }
            return state.changeMarker != marker
        }
        if isNews { try? follow(from: current.generation) }
        let isDue = state.withLock { state in
            defer { state.isIdle = true }
            state.ticks += 1
            // Now and then also without a change: a merge in the background has made segments that are in memory only.
            return state.appliedSinceCheckpoint > 20_000
                || state.isIdle && (state.appliedSinceCheckpoint > 0 || state.ticks % 25 == 0)
        }
        if isDue { try? checkpoint() }
    }

    /// Stops following and writes the index to disk.
    public func close() {
        writer.sync {
            state.withLock { $0.isFollowing = false }
            try? checkpoint()
        }
    }

    // MARK: Writing

    /// Analyses and stores articles; when it returns they survive a crash.
    ///
    /// - Parameters:
    ///   - articles: What to take in. One that is stored already with the same content is left as it is.
    ///   - waitsForIndex: Whether to return only when they can be found.
    /// - Returns: One result for each, in order.
    /// - Throws: `StoreError` where the store cannot be written; then nothing of the batch counts as taken.
    public func ingest(_ articles: [Article], waitsForIndex: Bool) throws(StoreError) -> [IngestResult] {
        try commit(analyze(articles), waitsForIndex: waitsForIndex)
    }

    /// Articles that have been analysed and wait to be stored.
    public struct Batch: Sendable {
        fileprivate let ids: [ArticleID]
        fileprivate let writes: [ArticleWrite]
        /// For each article its place in `writes`; `nil` where it is stored already as it is.
        fileprivate let places: [Int?]
    }

    /// The first half of `ingest`: leaves out what is stored already and analyses the rest on all cores.
    ///
    /// - Throws: `StoreError` where the store cannot be read.
    public func analyze(_ articles: [Article]) throws(StoreError) -> Batch {
        let prints = articles.map(\.fingerprint)
        let stored = try store.fingerprints(of: articles.map(\.id))
        var latest: [ArticleID: UInt64] = [:]
        var places: [Int?] = []
        var changed: [Int] = []
        for index in articles.indices {
            let known = latest[articles[index].id] ?? stored[index]
            if known == prints[index] {
                places.append(nil)
            } else {
                places.append(changed.count)
                changed.append(index)
                latest[articles[index].id] = prints[index]
            }
        }
        let chosen = changed
        let writes = parallelMap(chosen.count) { number in
            let article = articles[chosen[number]]
            return ArticleWrite(
                article: article, annotations: annotate(article), fingerprint: prints[chosen[number]],
                analyzer: Analyzer.version)
        }
        return Batch(ids: articles.map(\.id), writes: writes, places: places)
    }

    /// The second half of `ingest`: stores what has been analysed.
    ///
    /// - Throws: `StoreError` where the store cannot be written.
    public func commit(_ batch: Batch, waitsForIndex: Bool) throws(StoreError) -> [IngestResult] {
        var outcomes: [WriteOutcome] = []
        if !batch.writes.isEmpty {
            let pending = PendingWrite(writes: batch.writes)
            enqueue(pending)
            pending.stored.wait()
            if waitsForIndex { pending.indexed.wait() }
            outcomes = try pending.outcome.withLock { $0 }?.get() ?? []
        }
        return batch.ids.indices.map { index in
            guard let place = batch.places[index] else {
                return IngestResult(id: batch.ids[index], status: .unchanged, seq: nil)
            }
            return IngestResult(
                id: batch.ids[index], status: outcomes[place].status, seq: outcomes[place].seq)
        }
    }

    /// Takes articles down; when it returns they are gone from the store and from new snapshots.
    ///
    /// - Returns: For each whether it was there.
    /// - Throws: `StoreError` where the store cannot be written.
    public func remove(_ ids: [ArticleID]) throws(StoreError) -> [Bool] {
        let pending = PendingWrite(writes: [], removals: ids)
        enqueue(pending)
        pending.indexed.wait()
        _ = try pending.outcome.withLock { $0 }?.get()
        return pending.removed.withLock { $0 }.map { $0 != nil }
    }

    /// Annotates an article; its authors, poster and source are kept out of the actors.
    public func annotate(_ article: Article) -> Annotations {
        analyzer.annotate(article)
    }

    private func enqueue(_ pending: PendingWrite) {
        let isFirst = state.withLock { state in
            state.pending.append(pending)
            return state.pending.count == 1
        }
        if isFirst { writer.async { self.writePending() } }
    }

    /// Stores all that has gathered in one transaction, then publishes it.
    private func writePending() {
        let batch = state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
        let writes = batch.flatMap(\.writes)
        let removals = batch.flatMap(\.removals)
        var outcomes: [WriteOutcome] = []
        var failure: StoreError?
        do {
            if !writes.isEmpty { outcomes = try store.append(writes) }
            var gone = (removals.isEmpty ? [] : try store.remove(removals))[...]
            var rest = outcomes[...]
            for pending in batch {
                let part = Array(rest.prefix(pending.writes.count))
                rest = rest.dropFirst(pending.writes.count)
                pending.outcome.withLock { $0 = .success(part) }
                pending.removed.withLock { $0 = Array(gone.prefix(pending.removals.count)) }
                gone = gone.dropFirst(pending.removals.count)
            }
        } catch {
            failure = error
            for pending in batch { pending.outcome.withLock { $0 = .failure(error) } }
        }
        for pending in batch { pending.stored.leave() }
        if failure == nil, indexes != nil {
            // Where this process was alone, the changes follow on each other and need not be read back.
            let mark = current.generation
            let new = zip(writes, outcomes).filter { $0.1.status != .unchanged }
            let isAlone =
                removals.isEmpty
                && new.enumerated().allSatisfy { $0.element.1.seq == mark + 1 + Int64($0.offset) }
            if isAlone {
                apply(
                    new.map { write, outcome in
                        .article(
                            StoredArticle(
                                article: write.article, seq: outcome.seq, revision: outcome.revision,
                                ingestedAt: outcome.ingestedAt), write.annotations)
                    })
            } else {
                try? follow(from: mark)
            }
        }
        for pending in batch { pending.indexed.leave() }
    }

    // MARK: Indexing; on the writer's queue

    private func follow(from mark: Int64) throws {
        var mark = mark
        while true {
            let changes = try store.changes(after: mark, limit: 2_000)
            guard let last = changes.last else { return }
            apply(changes)
            mark = last.seq
            state.withLock { $0.progress.done += changes.count }
        }
    }

    private func apply(_ all: [StoreChange]) {
        guard let indexes, let last = all.last else { return }
        // Of several revisions of one article only the newest counts; its neighbours would leave quotations behind.
        var newest: [ArticleID: Int64] = [:]
        for change in all { newest[change.id] = change.seq }
        let changes = all.filter { newest[$0.id] == $0.seq }
        let before = current
        let documents = parallelMap(changes.count) {
            number -> (articles: [IndexChange], quotes: [IndexChange]) in
            switch changes[number] {
            case .article(let stored, let annotations):
                (
                    [.put(ArticleFields.document(stored, annotations, analyzer.gazetteer))],
                    QuoteFields.documents(stored, annotations).map(IndexChange.put)
                )
            case .removed(let id, _): ([.remove(key: id.description)], [])
            }
        }
        let listsEntities = state.withLock { $0.listsEntities }
        var directory = before.entities
        var staleQuotes: [IndexChange] = []
        for change in changes {
            retire(change.id, in: before, &directory, &staleQuotes)
            guard listsEntities, case .article(_, let annotations) = change else { continue }
            for entity in annotations.entities {
                directory.count(entity.id, by: 1) {
                    EntityDirectory.Entry(
                        id: entity.id, type: entity.type, name: entity.name, gazetteerIndex: nil,
                        country: entity.isProvisional ? nil : entity.country,
                        isProvisional: entity.isProvisional)
                }
            }
        }
        directory.compactIfLarge()
        do {
            let articles = try indexes.articles.apply(documents.flatMap(\.articles), mark: last.seq)
            let quotes = try indexes.quotes.apply(staleQuotes + documents.flatMap(\.quotes), mark: last.seq)
            publish(CatalogSnapshot(articles: articles, quotes: quotes, entities: directory))
            state.withLock { state in
                state.appliedSinceCheckpoint += changes.count
                state.isIdle = false
            }
        } catch {
            // The store has the changes; the next start, or the next change, takes them in.
            return
        }
    }

    /// Takes the earlier revision of an article out of the counts, and its quotations out of their index.
    private func retire(
        _ id: ArticleID, in before: CatalogSnapshot, _ directory: inout EntityDirectory,
        _ quotes: inout [IndexChange]
    ) {
        guard let record = try? before.record(id) else { return }
        for entity in record.annotations.entities {
            directory.count(entity.id, by: -1) { Self.entry(entity.id, name: entity.name) }
        }
        for number in record.annotations.quotes.indices {
            quotes.append(.remove(key: QuoteFields.key(id, number)))
        }
    }

    private func publish(_ snapshot: CatalogSnapshot) {
        state.withLock { $0.snapshot = snapshot }
    }

    private func checkpoint() throws {
        guard let indexes else { return }
        try indexes.articles.checkpoint()
        try indexes.quotes.checkpoint()
        let (articles, quotes) = (indexes.articles.snapshot, indexes.quotes.snapshot)
        publish(CatalogSnapshot(articles: articles, quotes: quotes, entities: current.entities))
        state.withLock { $0.appliedSinceCheckpoint = 0 }
    }

    // MARK: Checking

    /// Holds the index against the store, and every checksum against its bytes.
    ///
    /// - Returns: What does not agree, in words; empty where all is well.
    /// - Throws: `CatalogError` where the store or the index cannot be read at all.
    public func verify() throws(CatalogError) -> [String] {
        do {
            var problems = try store.check()
            guard let indexes else { return problems }
            problems += recovery
            problems += try indexes.articles.verify()
            problems += try indexes.quotes.verify()
            let snapshot = current
            var seq: Int64 = 0
            var found = 0
            while true {
                let changes = try store.changes(after: seq, limit: 1_000)
                guard let last = changes.last else { break }
                for case .article(let stored, _) in changes where stored.seq <= snapshot.generation {
                    let id = stored.article.id
                    guard let address = snapshot.articles.address(ofKey: id.description) else {
                        problems.append("article \(id) is in the store and not in the index")
                        continue
                    }
                    found += 1
                    if snapshot.articles.column(ArticleFields.seq, address) != stored.seq {
                        problems.append("article \(id) is in the index in another revision than in the store")
                    }
                }
                seq = last.seq
            }
            if found != snapshot.articles.documentCount {
                problems.append(
                    "the index has \(snapshot.articles.documentCount) articles of which \(found) are in the store"
                )
            }
            return problems
        } catch {
            throw CatalogError("cannot check: \(error)")
        }
    }
}

extension StoreChange {
    /// The article that changed.
    var id: ArticleID {
        switch self {
        case .article(let stored, _): stored.article.id
        case .removed(let id, _): id
        }
    }
}

extension Analyzer {
    /// Annotates an article; its authors, poster and source are kept out of the actors.
    public func annotate(_ article: Article) -> Annotations {
        annotate(
            title: article.title, body: article.body, published: article.published,
            language: article.language,
            outsiders: article.authors + [article.poster, article.source?.name].compactMap { $0 })
    }
}
