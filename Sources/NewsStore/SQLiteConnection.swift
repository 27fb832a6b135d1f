internal import CSQLite
internal import Glibc

/// A value on its way into a statement.
enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    static func optional(_ text: String?) -> SQLiteValue { text.map(SQLiteValue.text) ?? .null }
    static func optional(_ integer: Int64?) -> SQLiteValue { integer.map(SQLiteValue.integer) ?? .null }
}

/// A failed call of SQLite.
struct SQLiteFailure: Error {
    let code: Int32
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// A failure that is ours, not SQLite's: the whole reason is in `refusal`.
    init(refusal: String) {
        self.init(code: SQLITE_OK, message: refusal)
    }

    /// A failure because of a row that does not hold what it should.
    init(damagedRow message: String) {
        self.init(code: SQLITE_CORRUPT, message: message)
    }

    /// Whether another connection was in the way for longer than the timeout.
    var isBusy: Bool { code & 0xFF == SQLITE_BUSY }

    /// The reason in words for whoever runs the service.
    var reason: String {
        switch code & 0xFF {
        case SQLITE_OK: message
        case SQLITE_NOTADB: "the file is not a database; move it away or name another data folder"
        case SQLITE_CORRUPT: "the database is damaged (\(message)); restore the data folder from a backup"
        case SQLITE_FULL: "the disk is full"
        case SQLITE_READONLY, SQLITE_PERM: "the file may not be written to (\(message))"
        case SQLITE_CANTOPEN: "the file cannot be opened (\(message))"
        case SQLITE_BUSY: "another process keeps the database locked"
        case SQLITE_IOERR: "the disk does not read or write (\(message), code \(code))"
        default: "\(message) (SQLite code \(code))"
        }
    }
}

/// A connection to a database with the statements prepared on it; all unsafe calls of SQLite are in this file.
///
/// SQLite's own locking is off: one thread uses a connection at a time.
// SAFETY (@unchecked Sendable): a connection is reached only through the Mutex that holds it or by the one thread that
// took it out of the pool.
@safe
final class SQLiteConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    /// Opens a database, which is made if it is not there.
    init(path: String) throws(SQLiteFailure) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        // SAFETY: the path's bytes live until the call returns; the handle is kept or closed below.
        let status = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened = unsafe opened else { throw SQLiteFailure(code: status, message: "no memory") }
        guard status == SQLITE_OK else {
            let failure = unsafe SQLiteFailure(code: status, message: String(cString: sqlite3_errmsg(opened)))
            _ = unsafe sqlite3_close_v2(opened)
            throw failure
        }
        unsafe handle = opened
    }

    deinit {
        // SAFETY: opened in `init`. A statement still held elsewhere keeps the connection half open until it goes.
        statements.removeAll()
        _ = unsafe sqlite3_close_v2(handle)
    }

    /// Waits up to 20 seconds for other connections before a call fails as busy.
    ///
    /// SQLite's own timeout sleeps longer and longer; a process that writes without a pause would starve this one.
    func waitForOthers() {
        // SAFETY: the handle is open, and the function needs nothing besides its arguments.
        _ = unsafe sqlite3_busy_handler(
            handle,
            { _, attempts in
                usleep(2_000)
                return attempts < 10_000 ? 1 : 0
            }, nil)
    }

    /// Runs statements that give no rows and are not worth keeping.
    func execute(_ sql: String) throws(SQLiteFailure) {
        // SAFETY: the text lives until the call returns.
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs one statement, which stays prepared, and calls `row` for each row.
    func run(
        _ sql: String, _ values: [SQLiteValue] = [],
        row: (SQLiteStatement) throws(SQLiteFailure) -> Void = { (_) throws(SQLiteFailure) in }
    ) throws(SQLiteFailure) {
        let statement = try statement(sql)
        defer { statement.reset() }
        for (index, value) in values.enumerated() { try check(statement.bind(value, at: Int32(index + 1))) }
        while try step(statement) { try row(statement) }
    }

    /// Runs one statement that gives one integer; `nil` where it gives no row.
    func integer(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteFailure) -> Int64? {
        var value: Int64?
        try run(sql, values) { (row) throws(SQLiteFailure) in value = row.integer(0) }
        return value
    }

    /// Runs `body` inside a transaction, which is kept only where `body` does not throw.
    ///
    /// An "IMMEDIATE" one is for writing: no other process writes meanwhile; a "DEFERRED" one reads one state.
    func transaction<Output>(
        _ kind: String, _ body: () throws(SQLiteFailure) -> Output
    ) throws(SQLiteFailure) -> Output {
        try run("BEGIN \(kind)")
        do throws(SQLiteFailure) {
            let output = try body()
            try run("COMMIT")
            return output
        } catch {
            // Some failures have ended the transaction already; then there is nothing to roll back.
            try? run("ROLLBACK")
            throw error
        }
    }

    private func statement(_ sql: String) throws(SQLiteFailure) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        // SAFETY: the text lives until the call returns; the statement is finalised by its owner.
        try check(
            unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
        guard let prepared = unsafe prepared else {
            throw SQLiteFailure(code: SQLITE_MISUSE, message: "no statement")
        }
        let statement = unsafe SQLiteStatement(prepared)
        statements[sql] = statement
        return statement
    }

    private func step(_ statement: SQLiteStatement) throws(SQLiteFailure) -> Bool {
        let status = statement.step()
        guard status != SQLITE_ROW else { return true }
        guard status != SQLITE_DONE else { return false }
        throw failure(status)
    }

    private func check(_ status: Int32) throws(SQLiteFailure) {
        guard status == SQLITE_OK else { throw failure(status) }
    }

    private func failure(_ status: Int32) -> SQLiteFailure {
        // SAFETY: the message is copied before the next call on this connection.
        unsafe SQLiteFailure(code: status, message: String(cString: sqlite3_errmsg(handle)))
    }
}

/// A prepared statement and the row that it stands on.
@safe
final class SQLiteStatement {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        // SAFETY: prepared before `init`, finalised only here.
        _ = unsafe sqlite3_finalize(handle)
    }

    /// The integer in a column; 0 where there is none.
    func integer(_ column: Int32) -> Int64 {
        // SAFETY: the statement lives; a column out of range gives 0.
        unsafe sqlite3_column_int64(handle, column)
    }

    /// The integer in a column, or `nil` where it is null.
    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// The text in a column, empty where it is null.
    func text(_ column: Int32) throws(SQLiteFailure) -> String {
        // SAFETY: the pointer is valid for `sqlite3_column_bytes` bytes until the next call on this statement; it is
        // asked for first, as the length may depend on the conversion that it makes.
        let start = unsafe sqlite3_column_text(handle, column)
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw SQLiteFailure(damagedRow: "a text is not UTF-8")
        }
        return text
    }

    /// The text in a column, or `nil` where it is null.
    func optionalText(_ column: Int32) throws(SQLiteFailure) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// The bytes in a column, none where it is null.
    func blob(_ column: Int32) -> [UInt8] {
        // SAFETY: as for `text`.
        let start = unsafe sqlite3_column_blob(handle, column)
        return unsafe [UInt8](
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func isNull(_ column: Int32) -> Bool {
        // SAFETY: the statement lives; a column out of range is null.
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    fileprivate func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        // SAFETY: SQLite is told to copy what it is given (its SQLITE_TRANSIENT is the pointer -1), and the bytes
        // live until the call returns.
        let copying = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let integer): return unsafe sqlite3_bind_int64(handle, index, integer)
        case .text(var text):
            return text.withUTF8 { utf8 in
                // An empty text may have no address, which SQLite would take for null.
                guard let start = utf8.baseAddress else {
                    return unsafe sqlite3_bind_text(handle, index, "", 0, nil)
                }
                return unsafe start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { start in
                    unsafe sqlite3_bind_text64(
                        handle, index, start, UInt64(utf8.count), copying, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
            return unsafe sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), copying)
        }
    }

    fileprivate func step() -> Int32 {
        // SAFETY: the statement lives.
        unsafe sqlite3_step(handle)
    }

    /// Makes ready to run again and gives up what the statement holds in the database.
    fileprivate func reset() {
        // SAFETY: the statement lives. What `sqlite3_reset` answers repeats the failure of the last step.
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }
}
