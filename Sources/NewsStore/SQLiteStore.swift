internal import Files
internal import Glibc
public import NewsModel
internal import Synchronization

/// The store in one SQLite database, `sitrep.db` in the data folder.
///
/// Several processes may have it open at once: what one has stored the others see at their next call. A write that
/// returned survives the end of the process and of the machine's power (write-ahead log, flushed at every commit).
public final class SQLiteStore: ArticleStore {
    /// The database file.
    public let path: String
    private let storeIdentity: String
    private let now: @Sendable () -> Timestamp
    /// The one connection that writes.
    private let writer: Mutex<SQLiteConnection>
    /// What waits for the writer.
    private let queue = Mutex<[AppendJob]>([])
    /// Connections that nobody is reading with.
    private let idleReaders: Mutex<[SQLiteConnection]>
    /// The connection whose `data_version` is the change marker: the value has a meaning only on one connection.
    private let marker: Mutex<SQLiteConnection>

    /// Opens the store in `folder`, which is made if it is not there.
    public convenience init(folder: String) throws(StoreError) {
        try self.init(folder: folder, now: { Timestamp(milliseconds: SystemClock.milliseconds()) })
    }

    /// Opens the store in `folder` with another clock than the system's.
    public init(folder: String, now: @escaping @Sendable () -> Timestamp) throws(StoreError) {
        let path = folder + "/sitrep.db"
        self.path = path
        self.now = now
        do throws(FileError) {
            try FileSystem.createFolder(folder)
        } catch {
            throw StoreError(operation: "make the data folder", reason: error.reason, path: folder)
        }
        let (connection, identity) = try Self.attempt("open the store", path) {
            () throws(SQLiteFailure) -> (SQLiteConnection, String) in
            let connection = try Self.connect(path, Schema.prepareToWrite)
            var identity = ""
            try connection.run("SELECT identity FROM state") { (row) throws(SQLiteFailure) in
                identity = try row.text(0)
            }
            return (connection, identity)
        }
        let (reader, watcher) = try Self.attempt("open the store", path) {
            () throws(SQLiteFailure) -> (SQLiteConnection, SQLiteConnection) in
            (try Self.connect(path, Schema.prepareToRead), try Self.connect(path, Schema.prepareToRead))
        }
        storeIdentity = identity
        writer = Mutex(connection)
        idleReaders = Mutex([reader])
        marker = Mutex(watcher)
    }

    /// A random word made together with the store, by which it differs from every other.
    public func identity() -> String { storeIdentity }

    // MARK: Writing

    /// Stores articles in order; all of them are durable when this returns, or none is stored.
    ///
    /// Whoever gets hold of the writer first does the work of all that wait for it, in one transaction.
    public func append(_ batch: [ArticleWrite]) throws(StoreError) -> [WriteOutcome] {
        guard !batch.isEmpty else { return [] }
        let job = AppendJob(batch)
        queue.withLock { $0.append(job) }
        let outcome = writer.withLock { connection in
            // Another caller may have done this job already.
            if let outcome = job.outcome { return outcome }
            appendWaiting(connection)
            return job.outcome ?? .failure(SQLiteFailure(refusal: "the write was lost"))
        }
        return try Self.attempt("store articles", path) { () throws(SQLiteFailure) in try outcome.get() }
    }

    /// Takes articles away, content and all; gives each removal's seq, or `nil` where there was nothing of that id.
    public func remove(_ ids: [ArticleID]) throws(StoreError) -> [Int64?] {
        try write("remove articles") { (connection) throws(SQLiteFailure) in
            var tally = try Tally(connection)
            var removals: [Int64?] = []
            for id in ids {
                let text = SQLiteValue.text(id.description)
                guard let old = try connection.integer("SELECT seq FROM articles WHERE id = ?", [text]) else {
                    removals.append(nil)
                    continue
                }
                tally.seq += 1
                tally.articles -= 1
                try connection.run("DELETE FROM articles WHERE seq = ?", [.integer(old)])
                try connection.run(
                    "INSERT INTO removals (seq, id) VALUES (?, ?)", [.integer(tally.seq), text])
                removals.append(tally.seq)
            }
            try tally.save(connection)
            return removals
        }
    }

    /// Adds a key by its hash, or gives a key that is there another scope.
    public func addKey(hash: [UInt8], scope: String, createdAt: Timestamp) throws(StoreError) {
        try write("add a key") { (connection) throws(SQLiteFailure) in
            try connection.run(
                """
                INSERT INTO keys (hash, scope, created_at) VALUES (?, ?, ?)
                ON CONFLICT (hash) DO UPDATE SET scope = excluded.scope
                """,
                [.blob(hash), .text(scope), .integer(createdAt.milliseconds)])
        }
    }

    /// Takes a key away.
    ///
    /// - Returns: Whether it was there.
    public func removeKey(hash: [UInt8]) throws(StoreError) -> Bool {
        try write("remove a key") { (connection) throws(SQLiteFailure) in
            var isThere = false
            try connection.run("DELETE FROM keys WHERE hash = ? RETURNING 1", [.blob(hash)]) { _ in
                isThere = true
            }
            return isThere
        }
    }

    /// How many batches wait for a transaction.
    var waitingBatches: Int { queue.withLock { $0.count } }

    private func takeWaiting() -> [AppendJob] {
        queue.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// Runs all jobs that wait in one transaction; where that fails, each in its own, so that one cannot spoil the
    /// others'.
    private func appendWaiting(_ connection: SQLiteConnection) {
        var jobs: [AppendJob] = []
        do throws(SQLiteFailure) {
            let outcomes = try connection.transaction("IMMEDIATE") { () throws(SQLiteFailure) in
                // Only now: while another process was writing, more may have come.
                jobs = takeWaiting()
                return try appended(jobs, connection)
            }
            for (job, outcome) in zip(jobs, outcomes) { job.finish(.success(outcome)) }
        } catch {
            guard jobs.count > 1 else {
                // Where the transaction did not even begin, it would not for the others that wait.
                for job in jobs.isEmpty ? takeWaiting() : jobs { job.finish(.failure(error)) }
                return
            }
            for job in jobs { appendAlone(job, connection) }
        }
    }

    private func appendAlone(_ job: AppendJob, _ connection: SQLiteConnection) {
        job.finish(
            Result { () throws(SQLiteFailure) in
                try connection.transaction("IMMEDIATE") { () throws(SQLiteFailure) in
                    try appended([job], connection).first ?? []
                }
            })
    }

    private func appended(
        _ jobs: [AppendJob], _ connection: SQLiteConnection
    ) throws(SQLiteFailure) -> [[WriteOutcome]] {
        var tally = try Tally(connection)
        let ingestedAt = now()
        var outcomes: [[WriteOutcome]] = []
        for job in jobs {
            var done: [WriteOutcome] = []
            done.reserveCapacity(job.batch.count)
            for write in job.batch { done.append(try put(write, at: ingestedAt, &tally, connection)) }
            outcomes.append(done)
        }
        try tally.save(connection)
        return outcomes
    }

    private func put(
        _ write: ArticleWrite, at ingestedAt: Timestamp, _ tally: inout Tally, _ connection: SQLiteConnection
    ) throws(SQLiteFailure) -> WriteOutcome {
        var old: (stored: WriteOutcome, isSame: Bool)?
        try connection.run(
            "SELECT seq, revision, ingested_at, fingerprint, analyzer FROM articles WHERE id = ?",
            [.text(write.article.id.description)]
        ) { (row) throws(SQLiteFailure) in
            let stored = WriteOutcome(
                status: .unchanged, seq: row.integer(0), revision: Int(row.integer(1)),
                ingestedAt: Timestamp(milliseconds: row.integer(2)))
            let isSame =
                UInt64(bitPattern: row.integer(3)) == write.fingerprint
                && row.integer(4) == Int64(write.analyzer)
            old = (stored, isSame)
        }
        if let old, old.isSame { return old.stored }
        tally.seq += 1
        if let old {
            // The row's key is its seq: the row moves to the end of the table.
            try connection.run("DELETE FROM articles WHERE seq = ?", [.integer(old.stored.seq)])
        } else {
            tally.articles += 1
            try connection.run("DELETE FROM removals WHERE id = ?", [.text(write.article.id.description)])
        }
        let revision = (old?.stored.revision ?? 0) + 1
        try connection.run(
            Self.insertion,
            ArticleRow.values(
                write, seq: tally.seq, revision: Int64(revision), ingestedAt: ingestedAt.milliseconds))
        return WriteOutcome(
            status: old == nil ? .created : .updated, seq: tally.seq, revision: revision,
            ingestedAt: ingestedAt)
    }

    private func write<Output: Sendable>(
        _ operation: String, _ body: (SQLiteConnection) throws(SQLiteFailure) -> Output
    ) throws(StoreError) -> Output {
        try Self.attempt(operation, path) { () throws(SQLiteFailure) in
            try writer.withLock { (connection) throws(SQLiteFailure) in
                try connection.transaction("IMMEDIATE") { () throws(SQLiteFailure) in try body(connection) }
            }
        }
    }

    private static let insertion =
        "INSERT INTO articles (\(ArticleRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    // MARK: Connections

    /// Calls `body` with a connection that sees one state of the database throughout.
    func read<Output>(
        _ operation: String, _ body: (SQLiteConnection) throws(SQLiteFailure) -> Output
    ) throws(StoreError) -> Output {
        let idle = idleReaders.withLock { $0.popLast() }
        return try Self.attempt(operation, path) { () throws(SQLiteFailure) in
            let connection = if let idle { idle } else { try Self.connect(path, Schema.prepareToRead) }
            defer {
                idleReaders.withLock { readers in
                    if readers.count < Self.idleReadersLimit { readers.append(connection) }
                }
            }
            return try connection.transaction("DEFERRED") { () throws(SQLiteFailure) in try body(connection) }
        }
    }

    /// A value that changes whenever another connection, of this process or another, has written.
    public func changeMarker() throws(StoreError) -> Int64 {
        try Self.attempt("look for changes", path) { () throws(SQLiteFailure) in
            try marker.withLock { (connection) throws(SQLiteFailure) in
                try connection.integer("PRAGMA data_version") ?? 0
            }
        }
    }

    private static func connect(
        _ path: String, _ prepare: (SQLiteConnection) throws(SQLiteFailure) -> Void
    ) throws(SQLiteFailure) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path)
        connection.waitForOthers()
        // Two processes that turn on the write-ahead log at once are in each other's way without regard to the timeout.
        for _ in 0..<200 {
            do throws(SQLiteFailure) {
                try prepare(connection)
                return connection
            } catch {
                guard error.isBusy else { throw error }
                usleep(10_000)
            }
        }
        try prepare(connection)
        return connection
    }

    private static func attempt<Output>(
        _ operation: String, _ path: String, _ body: () throws(SQLiteFailure) -> Output
    ) throws(StoreError) -> Output {
        do throws(SQLiteFailure) {
            return try body()
        } catch {
            throw StoreError(operation: operation, reason: error.reason, path: path)
        }
    }

    /// So many connections are kept open while nobody reads.
    private static let idleReadersLimit = 4
}

/// One caller's batch on its way through the writer.
private final class AppendJob: Sendable {
    let batch: [ArticleWrite]
    private let state = Mutex<Result<[WriteOutcome], SQLiteFailure>?>(nil)

    init(_ batch: [ArticleWrite]) {
        self.batch = batch
    }

    var outcome: Result<[WriteOutcome], SQLiteFailure>? { state.withLock { $0 } }

    func finish(_ outcome: Result<[WriteOutcome], SQLiteFailure>) {
        state.withLock { $0 = outcome }
    }
}

/// The highest seq and the number of articles, as they stand in the database.
struct Tally {
    var seq: Int64 = 0
    var articles: Int64 = 0

    init(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        var found: (Int64, Int64)?
        try connection.run("SELECT seq, articles FROM state") { (row) throws(SQLiteFailure) in
            found = (row.integer(0), row.integer(1))
        }
        guard let found else { throw SQLiteFailure(damagedRow: "the row of the change number is missing") }
        (seq, articles) = found
    }

    func save(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        try connection.run("UPDATE state SET seq = ?, articles = ?", [.integer(seq), .integer(articles)])
    }
}
