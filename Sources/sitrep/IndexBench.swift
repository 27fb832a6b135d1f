internal import Bytes
internal import Files
internal import JSON
internal import NewsModel
internal import SearchIndex

/// Times the index alone: builds it from a corpus, writes it to disk, and runs queries against it.
///
/// Takes a corpus of NDJSON with `title`, `body`, `published` and `source`, and queries a line each, the columns number,
/// operation, mode, from, to (seconds since 1970, -1 for none), terms. Prints `[number, microseconds, hits, [lines]]`
/// for each and the figures of the build, so that it can be run beside other engines by the same script.
struct IndexBench {
    let corpus: String
    let queries: String
    let passes: Int
    let folder: String

    func run() throws {
        try FileSystem.createFolder(folder)
        let writer = try IndexWriter(folder: folder, schema: BenchCorpus.schema)
        let build = try fill(writer)
        let snapshot = writer.snapshot
        let parsed = try BenchQuery.all(of: queries)
        var times = Array(repeating: [Double](), count: parsed.count)
        var answers = parsed.map { $0.answer(snapshot) }
        let clock = ContinuousClock()
        for _ in 0..<passes {
            for (index, query) in parsed.enumerated() {
                let start = clock.now
                answers[index] = query.answer(snapshot)
                times[index].append((clock.now - start).seconds * 1e6)
            }
        }
        for (index, query) in parsed.enumerated() {
            let rows = answers[index].lines.map(String.init).joined(separator: ",")
            let time = Measure.quantile(0.5, of: times[index])
            Terminal.print("[\(query.number),\(time),\(answers[index].hits),[\(rows)]]\n")
        }
        let memory = Measure.residentBytes
        var bytes = 0
        for name in try FileSystem.entries(of: folder) {
            bytes += try FileSystem.size(of: "\(folder)/\(name)")
        }
        Terminal.print(
            "{\"build_s\":\(build),\"rss_mb\":\(Double(memory.all) / 1e6),\"anonymous_mb\":"
                + "\(Double(memory.anonymous) / 1e6),\"peak_mb\":\(Double(memory.peak) / 1e6),"
                + "\"index_bytes\":\(bytes)}\n")
    }

    /// Builds the index.
    ///
    /// - Returns: The CPU seconds spent, those of reading and parsing the corpus taken off.
    private func fill(_ writer: IndexWriter) throws -> Double {
        var spent = 0.0
        func timed(_ work: () throws -> Void) rethrows {
            let before = Measure.processorSeconds
            try work()
            spent += Measure.processorSeconds - before
        }
        var written: Int64 = 0
        try BenchCorpus(path: corpus).forEachBatch { documents, end in
            try timed {
                try writer.apply(documents.map(IndexChange.put), mark: end)
                // As often as a catalog does, so that what is in files need not stay in memory.
                guard end - written >= 20_000 else { return }
                try writer.checkpoint()
                written = end
            }
        }
        try timed {
            writer.compact()
            try writer.checkpoint()
        }
        return spent
    }
}
