/// The tables of the database, version by version.
enum Schema {
    /// What marks a database as one of ours: "SITR".
    static let applicationID: Int64 = 0x5349_5452

    /// What leads from each version to the next; the first makes the tables in an empty file.
    ///
    /// A step that has been in a release is never changed; its effects are undone or completed by a later one.
    static let migrations = [
        """
        CREATE TABLE state (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          identity TEXT NOT NULL,
          seq INTEGER NOT NULL,
          articles INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE articles (
          seq INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          revision INTEGER NOT NULL,
          ingested_at INTEGER NOT NULL,
          fingerprint INTEGER NOT NULL,
          analyzer INTEGER NOT NULL,
          published INTEGER,
          language TEXT,
          url TEXT,
          source_name TEXT,
          source_domain TEXT,
          source_country TEXT,
          poster TEXT,
          authors TEXT NOT NULL,
          title TEXT NOT NULL,
          body TEXT NOT NULL,
          annotations BLOB NOT NULL
        ) STRICT;
        CREATE TABLE removals (
          seq INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE keys (
          hash BLOB PRIMARY KEY,
          scope TEXT NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
    ]

    /// Makes ready a connection that will write: creates the tables or brings them up to date.
    static func prepareToWrite(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        // Before anything is changed: the file may be another program's.
        _ = try version(of: connection)
        // Big pages hold two or three articles each, which loads and reads faster than the usual 4 KiB; the size is
        // settled before the first table is made.
        try connection.execute("PRAGMA page_size = 16384")
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA wal_autocheckpoint = 1000")
        try connection.execute("PRAGMA journal_size_limit = 67108864")
        try connection.execute("PRAGMA cache_size = -16384")
        try connection.transaction("IMMEDIATE") { () throws(SQLiteFailure) in
            let version = try version(of: connection)
            guard version < migrations.count else { return }
            for step in migrations[version...] { try connection.execute(step) }
            if version == 0 {
                let identity = String(UInt64.random(in: .min ... .max), radix: 36)
                try connection.run(
                    "INSERT INTO state (id, identity, seq, articles) VALUES (1, ?, 0, 0)", [.text(identity)])
                try connection.execute("PRAGMA application_id = \(applicationID)")
            }
            try connection.execute("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// The schema's version, 0 in an empty file; refuses what is not ours or too new.
    private static func version(of connection: SQLiteConnection) throws(SQLiteFailure) -> Int {
        if try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 { return 0 }
        let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
        guard try connection.integer("PRAGMA application_id") == applicationID, version > 0 else {
            throw SQLiteFailure(
                refusal: "the file is a database of another program; name another data folder")
        }
        guard version <= migrations.count else {
            throw SQLiteFailure(
                refusal:
                    "the database has schema version \(version), and this sitrep knows only up to version "
                    + "\(migrations.count); use a newer sitrep")
        }
        return version
    }

    /// Makes ready a connection that will only read.
    static func prepareToRead(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        try connection.execute("PRAGMA query_only = ON")
    }
}
