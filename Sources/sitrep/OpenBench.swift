internal import SearchIndex

/// Opens an index that `bench index` has left in its folder, and times that and queries of each kind.
struct OpenBench {
    let folder: String
    let queries: String
    let passes: Int

    func run() throws {
        let parsed = try BenchQuery.all(of: queries)
        let clock = ContinuousClock()
        let start = clock.now
        let writer = try IndexWriter(folder: folder, schema: BenchCorpus.schema)
        let snapshot = writer.snapshot
        guard let first = parsed.first else { throw UsageError(description: "\(queries) has no queries") }
        _ = first.answer(snapshot)
        let ready = clock.now - start
        for reason in writer.recovery { Terminal.complain("sitrep bench: \(reason)") }
        let opened = Measure.residentBytes
        Terminal.print(
            "documents \(snapshot.documentCount)\nready_s \(ready.seconds)\nopened_mb \(Self.megabytes(opened.all)) "
                + "anonymous \(Self.megabytes(opened.anonymous)) peak \(Self.megabytes(opened.peak))\n")
        var times: [String: [Double]] = [:]
        for query in parsed {
            let own = (0..<passes).map { _ in
                let start = clock.now
                _ = query.answer(snapshot)
                return (clock.now - start).seconds * 1e6
            }
            times[query.kind, default: []].append(Measure.quantile(0.5, of: own))
        }
        for (kind, times) in times.sorted(by: { $0.key < $1.key }) {
            Terminal.print(
                "\(kind) \(Measure.quantile(0.5, of: times).short) \(Measure.quantile(0.99, of: times).short)\n"
            )
        }
        let used = Measure.residentBytes
        Terminal.print("used_mb \(Self.megabytes(used.all)) anonymous \(Self.megabytes(used.anonymous))\n")
    }

    private static func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).short }
}
