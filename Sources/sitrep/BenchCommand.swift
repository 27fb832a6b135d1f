internal import Files

/// Times what this program is made of.
enum BenchCommand: Command {
    static let name = "bench"
    static let usage =
        "search --data DIR | suggest --data DIR | index --work DIR CORPUS.ndjson QUERIES.tsv PASSES "
        + "| relevance DOCUMENTS QUERIES"
    static let summary =
        "Times searches and suggestions or the index alone, or ranks for a judge; make bench and quality run it."
    static let options: [Arguments.Option] = [
        .data, .init(name: "work", value: "DIR", help: "index: an empty folder for the index"),
        .init(
            name: "write-queries", value: "FILE",
            help: "search: also write the queries, as SQLite FTS5 spells them"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        switch arguments.operands.first {
        case "search":
            try SearchBench(folder: arguments["data"] ?? "data", queryFile: arguments["write-queries"]).run()
        case "suggest": try SuggestBench(folder: arguments["data"] ?? "data").run()
        case "index":
            let words = arguments.operands
            guard words.count == 4, let passes = Int(words[3]), passes > 0 else {
                throw UsageError(description: "expected index CORPUS.ndjson QUERIES.tsv PASSES")
            }
            let folder = try arguments.required("work", "DIR")
            try IndexBench(corpus: words[1], queries: words[2], passes: passes, folder: folder).run()
        case "relevance":
            guard arguments.operands.count == 3 else {
                throw UsageError(description: "expected relevance DOCUMENTS.ndjson QUERIES.ndjson")
            }
            try RelevanceBench(documents: arguments.operands[1], queries: arguments.operands[2]).run()
        default: throw UsageError(description: "expected search, suggest, index or relevance")
        }
        return 0
    }
}
