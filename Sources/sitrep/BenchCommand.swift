internal import Files

/// Times what this program is made of.
enum BenchCommand: Command {
    static let name = "bench"
    static let usage =
        "search --data DIR | suggest --data DIR | index --work DIR CORPUS.ndjson QUERIES.tsv PASSES "
        + "| open --work DIR QUERIES.tsv PASSES | readers --work DIR CORPUS.ndjson QUERIES.tsv SECONDS "
        + "| relevance DOCUMENTS QUERIES"
    static let summary =
        "Times searches and suggestions or the index alone, or ranks for a judge; make bench and quality run it."
    static let options: [Arguments.Option] = [
        .data,
        .init(
            name: "work", value: "DIR",
            help: "index, readers: an empty folder for the index; open: that of index"),
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
            let (files, passes) = try operands(arguments, ["CORPUS.ndjson", "QUERIES.tsv"], "PASSES")
            let folder = try arguments.required("work", "DIR")
            try IndexBench(corpus: files[0], queries: files[1], passes: passes, folder: folder).run()
        case "open":
            let (files, passes) = try operands(arguments, ["QUERIES.tsv"], "PASSES")
            let folder = try arguments.required("work", "DIR")
            try OpenBench(folder: folder, queries: files[0], passes: passes).run()
        case "readers":
            let (files, seconds) = try operands(arguments, ["CORPUS.ndjson", "QUERIES.tsv"], "SECONDS")
            let folder = try arguments.required("work", "DIR")
            try ReadersBench(corpus: files[0], queries: files[1], seconds: seconds, folder: folder).run()
        case "relevance":
            guard arguments.operands.count == 3 else {
                throw UsageError(description: "expected relevance DOCUMENTS.ndjson QUERIES.ndjson")
            }
            try RelevanceBench(documents: arguments.operands[1], queries: arguments.operands[2]).run()
        default: throw UsageError(description: "expected search, suggest, index, open, readers or relevance")
        }
        return 0
    }

    /// The files and the number that follow the name of a bench.
    private static func operands(
        _ arguments: Arguments, _ files: [String], _ number: String
    ) throws -> (files: [String], number: Int) {
        let words = arguments.operands
        guard words.count == files.count + 2, let last = Int(words[words.count - 1]), last > 0 else {
            throw UsageError(
                description: "expected \(words[0]) \((files + [number]).joined(separator: " "))")
        }
        return (Array(words[1...files.count]), last)
    }
}
