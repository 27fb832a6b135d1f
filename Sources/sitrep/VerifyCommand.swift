internal import Files
internal import NewsCatalog
internal import NewsStore
internal import TextAnalysis

/// Checks a data folder, or a gazetteer.
enum VerifyCommand: Command {
    static let name = "verify"
    static let usage = "--data DIR | --check-gazetteer DIR"
    static let summary =
        "Checks that store and index agree and that every checksum holds; or that gazetteer files have no bad line."
    static let options: [Arguments.Option] = [
        .data,
        .init(name: "check-gazetteer", value: "DIR", help: "check a folder of gazetteer files instead"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        if let word = arguments.operands.first {
            throw UsageError(description: "unexpected \(word); a data folder is given by --data")
        }
        if let folder = arguments["check-gazetteer"] {
            let gazetteer = try Gazetteer.load(folders: [folder])
            Terminal.print("\(gazetteer.entities.count.grouped) entities, no bad line\n")
            return 0
        }
        let folder = arguments["data"] ?? "data"
        // Opening a store makes one where none is; checking must not.
        guard FileSystem.kind(of: folder + "/sitrep.db") != nil else {
            throw UsageError(description: "\(folder) is no data folder: it holds no sitrep.db")
        }
        let analyzer = try Resources.analyzer(extraGazetteers: [])
        let catalog = try Catalog(folder: folder, analyzer: analyzer, needsIndex: false, repairs: false)
        let problems = try catalog.verify()
        for problem in problems { Terminal.complain("sitrep verify: \(problem)") }
        guard problems.isEmpty else {
            Terminal.complain(
                "sitrep verify: \(problems.count) problems; a damaged index is made anew at the next start, a damaged store comes from a backup"
            )
            return 1
        }
        let stored = try catalog.store.articleCount()
        var text = "store: \(stored.grouped) articles, all readable\n"
        if catalog.hasIndex {
            let behind = try catalog.store.highestSeq() - catalog.current.generation
            text += "index: agrees with the store, every checksum holds"
            text +=
                behind > 0 ? "; \(Int(behind).grouped) changes wait to be taken in at the next start\n" : "\n"
        } else {
            text += "index: in use by a running server, not checked\n"
        }
        Terminal.print(text)
        return 0
    }
}
