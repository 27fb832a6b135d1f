internal import Cryptography
internal import Files
internal import Glibc
internal import NewsAPI
internal import NewsModel
internal import NewsStore

/// Makes keys.
enum KeyCommand: Command {
    static let name = "key"
    static let usage = "create --data DIR --scope ingest|read|admin"
    static let summary =
        "Makes a key and prints it, alone on the last line; only its hash is kept, so it cannot be shown again."
    static let options: [Arguments.Option] = [
        .data,
        .init(
            name: "scope", value: "SCOPE",
            help: "what it allows: read, ingest (write articles) or admin (all)"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard arguments.operands == ["create"] else { throw UsageError(description: "expected create") }
        let scope = try arguments.required("scope", "ingest|read|admin")
        guard KeyScope(rawValue: scope) != nil else {
            throw UsageError(description: "unknown scope \(scope); known are read, ingest, admin")
        }
        let folder = arguments["data"] ?? "data"
        try FileSystem.createFolder(folder)
        let store = try SQLiteStore(folder: folder)
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        // 32 letters of 5 bits each: 160 bits.
        let key =
            "sitrep_" + String(decoding: SecureRandom.bytes(32).map { digits[Int($0 & 31)] }, as: UTF8.self)
        let now = Timestamp(milliseconds: Int64(time(nil)) * 1_000)
        try store.addKey(hash: SHA256.hash(Array(key.utf8)), scope: scope, createdAt: now)
        Terminal.print("key with scope \(scope) for \(folder); keep it, it is not shown again:\n\(key)\n")
        return 0
    }
}
