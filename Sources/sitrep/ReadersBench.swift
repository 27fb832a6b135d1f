internal import Dispatch
internal import Files
internal import Glibc
internal import SearchIndex
internal import Synchronization

/// How much slower readers are while a writer adds articles: queries per second of eight threads, alone and beside it.
///
/// All cores are busy with reading, so that what the writer takes of them is missing in any case: what it takes where
/// nobody reads is measured as well, and told beside the ratio.
struct ReadersBench {
    private static let threads = 8
    private static let written = 1_000
    /// Articles that come at once.
    private static let batch = 50

    let corpus: String
    let queries: String
    let seconds: Int
    let folder: String

    func run() throws {
        try FileSystem.createFolder(folder)
        let queries = try BenchQuery.all(of: queries).map(\.query)
        guard !queries.isEmpty else { throw UsageError(description: "\(self.queries) has no queries") }
        let writer = try IndexWriter(folder: folder, schema: BenchCorpus.schema)
        var samples: [IndexDocument] = []
        try BenchCorpus(path: corpus).forEachBatch { documents, end in
            try writer.apply(documents.map(IndexChange.put), mark: end)
            if samples.count < 20_000 { samples += documents }
        }
        writer.compact()
        try writer.checkpoint()
        let feed = Feed(writer: writer, samples: samples)

        let cores = Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let busy = Measure.processorSeconds
        _ = measure(writer, queries: [], feed)
        let share = (Measure.processorSeconds - busy) / Double(seconds) / cores
        writer.compact()
        var alone: [Double] = []
        var beside: [Double] = []
        var after: [Double] = []
        for _ in 0..<3 {
            alone.append(measure(writer, queries: queries, nil))
            beside.append(measure(writer, queries: queries, feed))
            // Over the segments that it has left, and then alone again over as many as at the beginning.
            after.append(measure(writer, queries: queries, nil))
            writer.compact()
        }
        let (one, other) = (Measure.quantile(0.5, of: alone), Measure.quantile(0.5, of: beside))
        let left = Measure.quantile(0.5, of: after)
        Terminal.print(
            "alone \(Int(one)) beside \(Int(other)) queries/s\nratio \((other / one).short)\n"
                + "alone over the segments that the writer left: \((left / one).short)\n"
                + "the writer alone takes \((share * 100).short) % of \(Int(cores)) cores: that explains "
                + "\((1 - share).short)\nwritten \(feed.count) articles, \(writer.snapshot.documentCount) in the index\n"
        )
    }

    /// Adds articles, at a steady rate.
    private final class Feed: Sendable {
        let writer: IndexWriter
        let samples: [IndexDocument]
        private let next = Atomic(0)

        init(writer: IndexWriter, samples: [IndexDocument]) {
            self.writer = writer
            self.samples = samples
        }

        var count: Int { next.load(ordering: .relaxed) }

        func run(until isOver: () -> Bool) throws {
            let clock = ContinuousClock()
            let start = clock.now
            var added = 0
            while !isOver() {
                let first = next.add(ReadersBench.batch, ordering: .relaxed).oldValue
                let changes = (first..<first + ReadersBench.batch).map { number in
                    let sample = samples[number % samples.count]
                    return IndexChange.put(
                        IndexDocument(
                            key: "new\(number)", texts: sample.texts, keywords: sample.keywords,
                            columns: [sample.columns[0], Int64(10_000_000 + number)], summary: [],
                            content: []))
                }
                try writer.apply(changes, mark: Int64(first))
                added += ReadersBench.batch
                let due = start + .milliseconds(added * 1_000 / ReadersBench.written)
                while clock.now < due, !isOver() { usleep(1_000) }
            }
        }
    }

    /// - Returns: Queries per second of all threads; with no queries nobody reads.
    private func measure(_ writer: IndexWriter, queries: [IndexQuery], _ feed: Feed?) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let group = DispatchGroup()
        let total = Total()
        for thread in 0..<(queries.isEmpty ? 0 : Self.threads) {
            // A queue of its own is a thread of its own.
            DispatchQueue(label: "bench.reader").async(group: group) {
                var count = 0
                while clock.now < end {
                    let query = queries[(count + thread * queries.count / Self.threads) % queries.count]
                    _ = writer.snapshot.best(query, limit: 10)
                    count += 1
                }
                total.queries.add(count, ordering: .relaxed)
            }
        }
        if let feed {
            DispatchQueue(label: "bench.writer").async(group: group) {
                do {
                    try feed.run { clock.now >= end }
                } catch {
                    Terminal.complain("sitrep bench: \(error)")
                }
            }
        }
        group.wait()
        return Double(total.queries.load(ordering: .relaxed)) / (clock.now - start).seconds
    }

    private final class Total: Sendable {
        let queries = Atomic(0)
    }
}
