public import NewsModel

extension SQLiteStore {
    /// The fingerprints under which articles are stored, `nil` where there is none or it was removed.
    public func fingerprints(of ids: [ArticleID]) throws(StoreError) -> [UInt64?] {
        try read("look up articles") { (connection) throws(SQLiteFailure) in
            var fingerprints: [UInt64?] = []
            fingerprints.reserveCapacity(ids.count)
            for id in ids {
                let value = try connection.integer(
                    "SELECT fingerprint FROM articles WHERE id = ?", [.text(id.description)])
                fingerprints.append(value.map(UInt64.init(bitPattern:)))
            }
            return fingerprints
        }
    }

    /// One article with its annotations.
    public func article(_ id: ArticleID) throws(StoreError) -> (StoredArticle, Annotations)? {
        try read("read an article") { (connection) throws(SQLiteFailure) in
            var found: (StoredArticle, Annotations)?
            try connection.run(
                "SELECT \(ArticleRow.columns) FROM articles WHERE id = ?", [.text(id.description)]
            ) { (row) throws(SQLiteFailure) in
                found = try ArticleRow.read(row)
            }
            return found
        }
    }

    /// Up to `limit` changes with a higher seq than the one given, ascending; each id once, in its newest state.
    public func changes(after seq: Int64, limit: Int) throws(StoreError) -> [StoreChange] {
        guard limit > 0 else { return [] }
        return try read("read changes") { (connection) throws(SQLiteFailure) in
            let bounds = [SQLiteValue.integer(seq), .integer(Int64(limit))]
            var removals: [StoreChange] = []
            try connection.run("SELECT seq, id FROM removals WHERE seq > ? ORDER BY seq LIMIT ?", bounds) {
                (row) throws(SQLiteFailure) in
                removals.append(.removed(try ArticleRow.id(of: row), seq: row.integer(0)))
            }
            var changes: [StoreChange] = []
            var nextRemoval = removals[...]
            try connection.run(
                "SELECT \(ArticleRow.columns) FROM articles WHERE seq > ? ORDER BY seq LIMIT ?", bounds
            ) { (row) throws(SQLiteFailure) in
                while let removal = nextRemoval.first, removal.seq < row.integer(0) {
                    changes.append(removal)
                    nextRemoval.removeFirst()
                }
                guard changes.count < limit else { return }
                let (article, annotations) = try ArticleRow.read(row)
                changes.append(.article(article, annotations))
            }
            changes.append(contentsOf: nextRemoval)
            return Array(changes.prefix(limit))
        }
    }

    /// Up to `limit` removals with a higher seq than the one given and none above the other, ascending.
    public func removals(
        after seq: Int64, through last: Int64, limit: Int
    ) throws(StoreError) -> [StoredRemoval] {
        try read("read removals") { (connection) throws(SQLiteFailure) in
            var removals: [StoredRemoval] = []
            try connection.run(
                "SELECT seq, id FROM removals WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                [.integer(seq), .integer(last), .integer(Int64(max(0, limit)))]
            ) { (row) throws(SQLiteFailure) in
                removals.append(StoredRemoval(seq: row.integer(0), id: try ArticleRow.id(of: row)))
            }
            return removals
        }
    }

    /// The highest seq ever given; 0 in a new store.
    public func highestSeq() throws(StoreError) -> Int64 {
        try read("read the change number") { (connection) throws(SQLiteFailure) in try Tally(connection).seq }
    }

    /// How many articles there are.
    public func articleCount() throws(StoreError) -> Int {
        try read("count articles") { (connection) throws(SQLiteFailure) in Int(try Tally(connection).articles)
        }
    }

    /// What a key may do; `nil` where there is no such key.
    public func keyScope(hash: [UInt8]) throws(StoreError) -> String? {
        try read("look up a key") { (connection) throws(SQLiteFailure) in
            var scope: String?
            try connection.run("SELECT scope FROM keys WHERE hash = ?", [.blob(hash)]) {
                (row) throws(SQLiteFailure) in
                scope = try row.text(0)
            }
            return scope
        }
    }

    /// All keys, the oldest first.
    public func keys() throws(StoreError) -> [StoredKey] {
        try read("list keys") { (connection) throws(SQLiteFailure) in
            var keys: [StoredKey] = []
            try connection.run("SELECT hash, scope, created_at FROM keys ORDER BY created_at, hash") {
                (row) throws(SQLiteFailure) in
                keys.append(
                    StoredKey(
                        hash: row.blob(0), scope: try row.text(1),
                        createdAt: Timestamp(milliseconds: row.integer(2))))
            }
            return keys
        }
    }

    /// How many keys there are.
    public func keyCount() throws(StoreError) -> Int {
        try read("count keys") { (connection) throws(SQLiteFailure) in
            Int(try connection.integer("SELECT count(*) FROM keys") ?? 0)
        }
    }

    /// Reads everything and says in words what is wrong; nothing where all is well.
    public func check() throws(StoreError) -> [String] {
        try read("check the store") { (connection) throws(SQLiteFailure) in
            var problems: [String] = []
            do throws(SQLiteFailure) {
                try connection.run("PRAGMA integrity_check") { (row) throws(SQLiteFailure) in
                    let line = try row.text(0)
                    if line != "ok" { problems.append(line) }
                }
                try Self.checkNumbers(connection, &problems)
                try connection.run("SELECT \(ArticleRow.columns) FROM articles ORDER BY seq") {
                    (row) throws(SQLiteFailure) in
                    do throws(SQLiteFailure) {
                        _ = try ArticleRow.read(row)
                    } catch {
                        problems.append("row \(row.integer(0)): \(error.message)")
                    }
                }
            } catch {
                problems.append(error.reason)
            }
            return problems
        }
    }

    private static func checkNumbers(
        _ connection: SQLiteConnection, _ problems: inout [String]
    ) throws(SQLiteFailure) {
        let tally = try Tally(connection)
        let highest =
            try connection.integer(
                "SELECT max(seq) FROM (SELECT seq FROM articles UNION ALL SELECT seq FROM removals)") ?? 0
        if highest > tally.seq {
            problems.append("the highest change number is \(tally.seq), but \(highest) is in use")
        }
        let count = try connection.integer("SELECT count(*) FROM articles") ?? 0
        if count != tally.articles {
            problems.append("\(tally.articles) articles are counted, but there are \(count)")
        }
        let shared = try connection.integer("SELECT count(*) FROM articles JOIN removals USING (seq)") ?? 0
        if shared > 0 { problems.append("\(shared) change numbers are given twice") }
        let undead = try connection.integer("SELECT count(*) FROM articles JOIN removals USING (id)") ?? 0
        if undead > 0 { problems.append("\(undead) articles are there and removed at once") }
    }
}
