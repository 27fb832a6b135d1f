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
        if let folder = arguments["check-gazetteer"] {
            let gazetteer = try Gazetteer.load(folders: [folder])
            Terminal.print("\(gazetteer.entities.count.grouped) entities, no bad line\n")
            return 0
        }
        let analyzer = try Resources.analyzer(extraGazetteers: [])
        let catalog = try Catalog(folder: arguments["data"] ?? "data", analyzer: analyzer, needsIndex: false)
        let problems = try catalog.verify()
        for problem in problems { Terminal.complain("sitrep verify: \(problem)") }
        guard problems.isEmpty else {
            Terminal.complain(
                "sitrep verify: \(problems.count) problems; the index is made anew from the store when index/ is deleted"
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
