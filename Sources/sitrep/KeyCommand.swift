internal import Cryptography
internal import Files
internal import NewsAPI
internal import NewsModel
internal import NewsStore

/// Makes, lists and takes away keys.
enum KeyCommand: Command {
    static let name = "key"
    static let usage = "create --data DIR --scope ingest|read|admin | list --data DIR | revoke --data DIR ID"
    static let summary =
        "Makes a key and prints it, alone on the last line (only its hash is kept, so it cannot be shown again); "
        + "lists keys by id; takes one away, which a running server heeds within seconds."
    static let options: [Arguments.Option] = [
        .data,
        .init(
            name: "scope", value: "SCOPE",
            help: "what it allows: read, ingest (write articles) or admin (all)"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        let folder = arguments["data"] ?? "data"
        switch (arguments.operands.first, arguments.operands.count) {
        case ("create", 1): return try create(arguments, folder)
        case ("list", 1):
            for key in try existingStore(folder).keys() {
                Terminal.print("\(key.id)  \(key.scope)  \(key.createdAt)\n")
            }
            return 0
        case ("revoke", 2): return try revoke(arguments.operands[1], folder)
        default: throw UsageError(description: "expected create, list, or revoke and an id")
        }
    }

    private static func existingStore(_ folder: String) throws -> SQLiteStore {
        guard FileSystem.kind(of: folder + "/sitrep.db") != nil else {
            throw UsageError(description: "there is no data folder \(folder)")
        }
        return try SQLiteStore(folder: folder)
    }

    private static func revoke(_ id: String, _ folder: String) throws -> Int32 {
        let store = try existingStore(folder)
        let found = try store.keys().filter { $0.id == id }
        guard !found.isEmpty else {
            throw UsageError(
                description: "no key has the id \(id); sitrep key list shows those that there are")
        }
        for key in found where try store.removeKey(hash: key.hash) {
            Terminal.print("revoked \(id), scope \(key.scope)\n")
        }
        return 0
    }

    private static func create(_ arguments: Arguments, _ folder: String) throws -> Int32 {
        let scope = try arguments.required("scope", "ingest|read|admin")
        guard KeyScope(rawValue: scope) != nil else {
            throw UsageError(description: "unknown scope \(scope); known are read, ingest, admin")
        }
        try FileSystem.createFolder(folder)
        let store = try SQLiteStore(folder: folder)
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        // 32 letters of 5 bits each: 160 bits.
        let key =
            "sitrep_" + String(decoding: SecureRandom.bytes(32).map { digits[Int($0 & 31)] }, as: UTF8.self)
        let now = Timestamp(milliseconds: SystemClock.milliseconds())
        try store.addKey(hash: SHA256.hash(Array(key.utf8)), scope: scope, createdAt: now)
        Terminal.print("key with scope \(scope) for \(folder); keep it, it is not shown again:\n\(key)\n")
        return 0
    }
}
