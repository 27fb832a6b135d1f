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
    /// Hears of what goes wrong where no caller waits for the outcome.
    private let report: @Sendable (CatalogError) -> Void

    private let indexes: Indexes?
    private let state: Mutex<State>
    private let writer = DispatchQueue(label: "catalog.writer", qos: .userInitiated)
    private let observers = Mutex<[@Sendable () -> Void]>([])

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
        var isClosing = false
        var isIdle = true
        var ticks = 0
        var listsEntities = false
        /// Whether the indexes are to be made anew, or are being made.
        var isRenewing = false
        /// What failed at its last try, so that a trouble that stays is told once.
        var failing: Set<String> = []
        /// Ticks to let pass before the index is tried to be written again.
        var pause = 0
    }

    /// So many changes are kept in memory alone before the index is written to disk.
    private static let checkpointChanges = 20_000
    /// Ticks after a failure before the index is tried to be written again: six seconds.
    private static let pauseAfterTrouble = 30

    /// One caller's articles on their way to the writer.
    private final class PendingWrite: Sendable {
        let writes: [ArticleWrite]
        let removals: [ArticleID]
        /// In which state one of the articles must be, or nothing is written.
        let expected: (id: ArticleID, state: Expectation)?
        let stored = DispatchGroup()
        let indexed = DispatchGroup()
        let outcome = Mutex<Result<[WriteOutcome], StoreError>?>(nil)
        let removed = Mutex<[Int64?]>([])
        let isRefused = Mutex(false)

        init(
            writes: [ArticleWrite], removals: [ArticleID] = [],
            expected: (id: ArticleID, state: Expectation)? = nil
        ) {
            self.writes = writes
            self.removals = removals
            self.expected = expected
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
    ///   - repairs: Whether a damaged index is given up with its files; where not, it counts as empty and the files
    ///     stay as they are, until something is written.
    ///   - report: Hears of what goes wrong where no caller waits for the outcome.
    /// - Throws: `CatalogError` that says what to do.
    public init(
        folder: String, analyzer: Analyzer, needsIndex: Bool, repairs: Bool = true,
        report: @escaping @Sendable (CatalogError) -> Void = { _ in }
    ) throws(CatalogError) {
        self.analyzer = analyzer
        self.report = report
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
            if let lock = try FileLock(path: Self.lockPath(of: folder)) {
                var options = IndexOptions()
                options.removesUnusable = repairs
                let articles = try IndexWriter(
                    folder: folder + "/index/articles", schema: ArticleFields.schema, options: options)
                let quotes = try IndexWriter(
                    folder: folder + "/index/quotes", schema: QuoteFields.schema, options: options)
                indexes = Indexes(articles: articles, quotes: quotes, lock: lock)
                recovery = articles.recovery + quotes.recovery
            } else if needsIndex {
                throw CatalogError(
                    "another sitrep serves or imports into \(folder); stop it first, or choose another folder with --data"
                )
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

    /// The file whose lock the process holds that keeps the indexes of a data folder.
    public static func lockPath(of folder: String) -> String { folder + "/index/lock" }

    /// Whether this process keeps the indexes, or writes to the store alone.
    public var hasIndex: Bool { indexes != nil }

    /// Has `observer` called after each change of `current`, on the writer's thread, which it must not hold up; what
    /// is acknowledged was told to it before.
    public func whenPublished(_ observer: @escaping @Sendable () -> Void) {
        observers.withLock { $0.append(observer) }
    }

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
                try takeIn(indexes)
                return .success(())
            } catch {
                return .failure(CatalogError("cannot read the store: \(error)"))
            }
        }
        try result.get()
    }

    /// Takes in what the store has and the indexes have not, then is ready; on the writer's queue.
    private func takeIn(_ indexes: Indexes) throws {
        // The two indexes may have stopped at different changes; taking one in twice does no harm.
        let mark = min(indexes.articles.snapshot.mark, indexes.quotes.snapshot.mark)
        let total = try store.highestSeq() - mark
        state.withLock { $0.progress = Progress(isReady: false, done: 0, total: Int(max(0, total))) }
        try follow(from: mark)
        state.withLock { $0.progress.isReady = !$0.isClosing }
    }

    /// Makes the indexes anew from the store where a merge has found damage in their files; on the writer's queue.
    ///
    /// Meanwhile nothing is ready, as after any other damage: what has been answered from damaged bytes is not known.
    private func renewIfDamaged() {
        guard let indexes else { return }
        if let damage = indexes.articles.damage ?? indexes.quotes.damage {
            report(CatalogError("the index is made anew from the store: \(damage)"))
            state.withLock { $0.isRenewing = true }
        }
        guard state.withLock({ $0.isRenewing && !$0.isClosing }) else { return }
        attempt("make the index anew") {
            state.withLock { $0.progress.isReady = false }
            try indexes.articles.reset()
            try indexes.quotes.reset()
            publish(
                CatalogSnapshot(
                    articles: indexes.articles.snapshot, quotes: indexes.quotes.snapshot,
                    entities: EntityDirectory()))
            if state.withLock({ $0.listsEntities }) { listEntities() }
            try takeIn(indexes)
            state.withLock { $0.isRenewing = false }
        }
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
        renewIfDamaged()
        attempt("follow the store") {
            let marker = try store.changeMarker()
            guard state.withLock({ $0.changeMarker != marker }) else { return }
            try follow(from: current.generation)
            // Only now: what could not be taken in is tried again.
            state.withLock { $0.changeMarker = marker }
        }
        let isDue = state.withLock { state in
            defer { state.isIdle = true }
            state.ticks += 1
            state.pause = max(0, state.pause - 1)
            // Now and then also without a change: a merge in the background has made segments that are in memory only.
            return state.pause == 0 && state.isIdle
                && (state.appliedSinceCheckpoint > 0 || state.ticks % 25 == 0)
        }
        if isDue { writeIndex() }
    }

    private func writeIndex() {
        let isWritten = attempt("write the index") { try checkpoint() }
        state.withLock { $0.pause = isWritten ? 0 : Self.pauseAfterTrouble }
    }

    /// Does what no caller waits for; a failure is reported, once until it succeeds again.
    @discardableResult private func attempt(_ operation: String, _ body: () throws -> Void) -> Bool {
        do {
            try body()
            state.withLock { _ = $0.failing.remove(operation) }
            return true
        } catch {
            let isNew = state.withLock { $0.failing.insert(operation).inserted }
            if isNew { report(CatalogError("cannot \(operation): \(error)")) }
            return false
        }
    }

    /// Stops following and writes the index to disk.
    public func close() {
        state.withLock { $0.isClosing = true }
        writer.sync {
            state.withLock { $0.isFollowing = false }
            writeIndex()
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
        fileprivate let articles: [Article]
        /// The store's highest change number, or an earlier one, when this was analysed.
        fileprivate let seq: Int64
        fileprivate let writes: [ArticleWrite]
        /// For each article its place in `writes`; `nil` where it is stored already as it is.
        fileprivate let places: [Int?]
    }

    /// The first half of `ingest`: leaves out what is stored already and analyses the rest on all cores.
    ///
    /// - Throws: `StoreError` where the store cannot be read.
    public func analyze(_ articles: [Article]) throws(StoreError) -> Batch {
        let prints = articles.map(\.fingerprint)
        let seq = try store.highestSeq()
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
        return Batch(articles: articles, seq: seq, writes: writes, places: places)
    }

    /// The batch, analysed again where an article that was left out as unchanged has been changed since.
    private func renewed(_ batch: Batch) throws(StoreError) -> Batch {
        let left = batch.articles.indices.filter { batch.places[$0] == nil }.map { batch.articles[$0] }
        guard !left.isEmpty, try store.highestSeq() != batch.seq else { return batch }
        // One that the batch itself changes is not told from one that others have changed: that costs time alone.
        let isAsBefore = zip(try store.fingerprints(of: left.map(\.id)), left).allSatisfy {
            $0 == $1.fingerprint
        }
        return isAsBefore ? batch : try analyze(batch.articles)
    }

    /// The second half of `ingest`: stores what has been analysed.
    ///
    /// - Throws: `StoreError` where the store cannot be written.
    public func commit(_ batch: Batch, waitsForIndex: Bool) throws(StoreError) -> [IngestResult] {
        try commit(batch, expected: nil, waitsForIndex: waitsForIndex) ?? []
    }

    /// Analyses and stores one article in the place of the one with its id.
    ///
    /// - Parameters:
    ///   - article: What to take in.
    ///   - expected: In which state the one with its id must be; `nil` for any, or none.
    ///   - waitsForIndex: Whether to return only when it can be found.
    /// - Returns: What became of it; `nil` where it was in another state than was expected, and nothing was written.
    /// - Throws: `StoreError` where the store cannot be written.
    public func replace(
        _ article: Article, expecting expected: Expectation?, waitsForIndex: Bool
    ) throws(StoreError) -> IngestResult? {
        try commit(
            analyze([article]), expected: expected.map { (article.id, $0) }, waitsForIndex: waitsForIndex)?
            .first
    }

    /// - Returns: `nil` where nothing was written because of what was expected.
    private func commit(
        _ batch: Batch, expected: (id: ArticleID, state: Expectation)?, waitsForIndex: Bool
    ) throws(StoreError) -> [IngestResult]? {
        let batch = try renewed(batch)
        var outcomes: [WriteOutcome] = []
        // Another process may have stored what is unchanged, and the index may not have it yet.
        var isBehind = false
        if waitsForIndex, hasIndex { isBehind = try store.highestSeq() > current.generation }
        if !batch.writes.isEmpty || isBehind || expected != nil {
            let pending = PendingWrite(writes: batch.writes, expected: expected)
            enqueue(pending)
            pending.stored.wait()
            if waitsForIndex { pending.indexed.wait() }
            outcomes = try pending.outcome.withLock { $0 }?.get() ?? []
            if pending.isRefused.withLock({ $0 }) { return nil }
        }
        let newest = hasIndex ? current.generation : -1
        return batch.articles.indices.map { index in
            let id = batch.articles[index].id
            guard let place = batch.places[index] else {
                return IngestResult(
                    id: id, status: .unchanged, seq: nil, isIndexed: newest >= batch.seq)
            }
            let outcome = outcomes[place]
            return IngestResult(
                id: id, status: outcome.status, seq: outcome.seq, isIndexed: newest >= outcome.seq)
        }
    }

    /// Takes articles down; when it returns they are gone from the store.
    ///
    /// Waits until they are gone from new snapshots, too, or that has failed.
    ///
    /// - Parameters:
    ///   - ids: Those of the articles.
    ///   - expected: In which state the first of them must be, or none is taken down; `nil` for any.
    /// - Returns: For each what became of it.
    /// - Throws: `StoreError` where the store cannot be written.
    public func remove(_ ids: [ArticleID], expecting expected: Expectation? = nil) throws(StoreError)
        -> [RemovalResult]
    {
        let first = ids.first
        let pending = PendingWrite(
            writes: [], removals: ids, expected: expected.flatMap { state in first.map { ($0, state) } })
        enqueue(pending)
        pending.indexed.wait()
        _ = try pending.outcome.withLock { $0 }?.get()
        if pending.isRefused.withLock({ $0 }) { return ids.map { _ in .refused } }
        let newest = current.generation
        return pending.removed.withLock { $0 }.map { seq in
            guard let seq else { return .absent }
            return seq <= newest ? .removed : .removedFromStore
        }
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
        let batch = admitted(
            state.withLock { state in
                defer { state.pending = [] }
                return state.pending
            })
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
                removals.isEmpty && !new.isEmpty
                && new.enumerated().allSatisfy { $0.element.1.seq == mark + 1 + Int64($0.offset) }
            if isAlone {
                let changes = new.map { write, outcome in
                    StoreChange.article(
                        StoredArticle(
                            article: write.article, seq: outcome.seq, revision: outcome.revision,
                            ingestedAt: outcome.ingestedAt), write.annotations)
                }
                attempt("index articles") { try apply(changes) }
            } else {
                attempt("index articles") { try follow(from: mark) }
            }
            renewIfDamaged()
        }
        // Also where the index could not take it in: whoever waited sees by the generation whether it did.
        for pending in batch { pending.indexed.leave() }
    }

    /// Those that are to be written; the others are answered: what they expected of an article does not hold.
    private func admitted(_ waiting: [PendingWrite]) -> [PendingWrite] {
        var touched: Set<ArticleID> = []
        return waiting.filter { pending in
            let outcome: Result<[WriteOutcome], StoreError>
            do throws(StoreError) {
                if try holds(pending.expected, touched) {
                    touched.formUnion(pending.writes.map(\.article.id))
                    touched.formUnion(pending.removals)
                    return true
                }
                outcome = .success([])
            } catch {
                outcome = .failure(error)
            }
            pending.outcome.withLock { $0 = outcome }
            pending.isRefused.withLock { $0 = true }
            pending.stored.leave()
            pending.indexed.leave()
            return false
        }
    }

    /// Whether an article is in a state, as it is stored and as nobody else of this batch is about to change it.
    private func holds(
        _ expected: (id: ArticleID, state: Expectation)?, _ touched: Set<ArticleID>
    ) throws(StoreError) -> Bool {
        guard let expected else { return true }
        guard !touched.contains(expected.id) else { return false }
        let stored = try store.article(expected.id)?.0
        switch expected.state {
        case .absent: return stored == nil
        case .revision(let seq): return stored?.seq == seq
        }
    }

    // MARK: Indexing; on the writer's queue

    private func follow(from mark: Int64) throws {
        var mark = mark
        while true {
            let changes = try store.changes(after: mark, limit: 2_000)
            guard let last = changes.last, !state.withLock({ $0.isClosing }) else { return }
            try apply(changes)
            mark = last.seq
            state.withLock { $0.progress.done += changes.count }
        }
    }

    /// Takes changes into the indexes and publishes them.
    ///
    /// - Throws: `IndexError`; then the published state has not gone on, and the same changes can be applied again.
    private func apply(_ all: [StoreChange]) throws {
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
            staleQuotes += Self.quotations(of: change.id, in: before).map(IndexChange.remove)
            guard listsEntities else { continue }
            retire(change.id, in: before, &directory)
            guard case .article(_, let annotations) = change else { continue }
            for entity in annotations.entities {
                directory.count(entity.id, by: 1) {
                    EntityDirectory.Entry(
                        id: entity.id, type: entity.type, name: entity.name, gazetteerIndex: nil,
                        country: entity.isProvisional ? nil : entity.country,
                        isProvisional: entity.isProvisional)
                }
            }
        }
        let articles = try indexes.articles.apply(documents.flatMap(\.articles), mark: last.seq)
        let quotes = try indexes.quotes.apply(staleQuotes + documents.flatMap(\.quotes), mark: last.seq)
        publish(CatalogSnapshot(articles: articles, quotes: quotes, entities: directory))
        let isDue = state.withLock { state in
            state.appliedSinceCheckpoint += changes.count
            state.isIdle = false
            return state.appliedSinceCheckpoint >= Self.checkpointChanges && state.pause == 0
        }
        // What is in files is mapped and need not stay in memory, however much is taken in at once.
        if isDue { writeIndex() }
    }

    /// The keys of the quotations that a snapshot has of an article.
    ///
    /// They are numbered without gaps. Their own index is asked, as after a crash it may hold those of another revision
    /// than the index of articles.
    private static func quotations(of id: ArticleID, in snapshot: CatalogSnapshot) -> [String] {
        var keys: [String] = []
        while case let key = QuoteFields.key(id, keys.count), snapshot.quotes.address(ofKey: key) != nil {
            keys.append(key)
        }
        return keys
    }

    /// Takes the earlier revision of an article out of the counts.
    private func retire(_ id: ArticleID, in before: CatalogSnapshot, _ directory: inout EntityDirectory) {
        guard let record = try? before.record(id) else { return }
        for entity in record.annotations.entities {
            directory.count(entity.id, by: -1) { Self.entry(entity.id, name: entity.name) }
        }
    }

    private func publish(_ snapshot: CatalogSnapshot) {
        state.withLock { $0.snapshot = snapshot }
        for observer in observers.withLock({ $0 }) { observer() }
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
            // With a store that cannot be trusted the index is not compared.
            guard problems.isEmpty, let indexes else { return problems }
            problems += recovery
            problems += try indexes.articles.verify()
            problems += try indexes.quotes.verify()
            let snapshot = current
            var seq: Int64 = 0
            var found = 0
            var quoted = 0
            while true {
                let changes = try store.changes(after: seq, limit: 1_000)
                guard let last = changes.last else { break }
                for change in changes {
                    let id = change.id
                    let address = snapshot.articles.address(ofKey: id.description)
                    if change.seq > snapshot.generation {
                        // The index has not come so far; it may well have an earlier revision.
                        if address != nil { found += 1 }
                        continue
                    }
                    guard case .article(let stored, let annotations) = change else { continue }
                    guard let address else {
                        problems.append("article \(id) is in the store and not in the index")
                        continue
                    }
                    found += 1
                    quoted += annotations.quotes.count
                    if snapshot.articles.column(ArticleFields.seq, address) != stored.seq {
                        problems.append("article \(id) is in the index in another revision than in the store")
                    }
                    for number in annotations.quotes.indices {
                        let key = QuoteFields.key(id, number)
                        let quote = snapshot.quotes.address(ofKey: key)
                        if snapshot.quotes.mark == snapshot.generation,
                            quote.flatMap({ snapshot.quotes.column(QuoteFields.seq, $0) }) != stored.seq
                        {
                            problems.append("quotation \(key) is in the store and not in the index")
                        }
                    }
                }
                seq = last.seq
            }
            if found != snapshot.articles.documentCount {
                problems.append(
                    "the index has \(snapshot.articles.documentCount) articles of which \(found) are in the store"
                )
            }
            let isLevel =
                try store.highestSeq() == snapshot.generation && snapshot.quotes.mark == snapshot.generation
            if isLevel, quoted != snapshot.quotes.documentCount {
                problems.append(
                    "the index has \(snapshot.quotes.documentCount) quotations, and the store \(quoted)")
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
