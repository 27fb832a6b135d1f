internal import Bytes
internal import Dispatch
internal import Files
internal import NewsCatalog
internal import NewsModel
internal import NewsStore
internal import Synchronization

/// Takes in news items from files and folders.
enum ImportCommand: Command {
    static let name = "import"
    static let usage = "--data DIR PATH…"
    static let summary =
        "Takes in news items: .txt, .json, .ndjson, with or without .gz, and folders of these; - is standard input."
    static let options: [Arguments.Option] = [.data, .gazetteer]

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard !arguments.operands.isEmpty else {
            throw UsageError(description: "name at least one file or folder")
        }
        let folder = arguments["data"] ?? "data"
        let paths = arguments.operands
        let sources = try SourceFiles(paths: paths)
        let analyzer = try Resources.analyzer(extraGazetteers: arguments.values["gazetteer"] ?? [])
        let catalog = try Catalog(folder: folder, analyzer: analyzer, needsIndex: false) { trouble in
            Terminal.complain("sitrep import: \(trouble)")
        }
        for note in catalog.recovery { Terminal.complain("sitrep import: the index is made anew: \(note)") }
        try catalog.catchUp(listsEntities: false)
        var run = ImportRun(catalog: catalog, sources: sources)
        do {
            try run.all()
        } catch {
            // What was stored before stays, and is told.
            catalog.close()
            Terminal.print(run.summary)
            throw error
        }
        catalog.close()
        Terminal.print(run.summary)
        return run.tally.refused > 0 ? 1 : 0
    }
}

/// One import under way.
///
/// The caller's thread reads; all cores parse and analyse; a second queue stores and indexes the batch before.
struct ImportRun {
    /// What has come of the items so far.
    struct Tally {
        var created = 0
        var updated = 0
        var unchanged = 0
        var refused = 0
        var reasons: [String: Int] = [:]
        var words = 0
        var bytes = 0
        var read: Int { created + updated + unchanged + refused }
    }

    /// Bytes of items that are analysed and stored together.
    private static let batchBytes = 1 << 21
    /// Refusals that are reported one by one; the rest are only counted.
    private static let reportedRefusals = 1_000

    private let catalog: Catalog
    private let sources: SourceFiles
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastReport: ContinuousClock.Instant
    private let committer = DispatchQueue(label: "import.committer", qos: .userInitiated)
    private let underway = DispatchGroup()
    private let committed = Committed()
    private var items: [(file: Int, item: SourceFileReader.RawItem)] = []
    private var itemBytes = 0
    private var bytesDone = 0
    private let bytesTotal: Int
    private(set) var tally = Tally()
    private var elapsed = 0.0

    init(catalog: Catalog, sources: SourceFiles) {
        self.catalog = catalog
        self.sources = sources
        start = clock.now
        lastReport = start
        bytesTotal = sources.files.reduce(0) { $0 + $1.size }
    }

    /// Imports all files.
    ///
    /// - Throws: `StoreError` where the store cannot be written.
    mutating func all() throws {
        defer { elapsed = (clock.now - start).seconds }
        for error in sources.unreadable {
            refuse(
                ItemFault(reason: error.description),
                in: SourceFile(path: error.path, form: nil, isCompressed: false, size: 0))
        }
        for index in sources.files.indices {
            do {
                var reader = try SourceFileReader(sources.files[index])
                var before = 0
                while true {
                    let next = try reader.next()
                    bytesDone += reader.bytesRead - before
                    before = reader.bytesRead
                    if next.isEmpty { break }
                    for item in next { try add(item, of: index) }
                    report(isLast: false)
                }
            } catch let fault as ItemFault {
                refuse(fault, in: sources.files[index])
            } catch let error as FileError {
                refuse(ItemFault(reason: error.description), in: sources.files[index])
            }
        }
        try flush()
        underway.wait()
        try takeOutcome()
        report(isLast: true)
    }

    private mutating func add(_ item: SourceFileReader.RawItem, of file: Int) throws {
        switch item {
        case .line(let line, _): itemBytes += line.count
        case .read(.success(let draft)): itemBytes += draft.body.utf8.count + draft.title.utf8.count
        case .read(.failure): break
        }
        items.append((file, item))
        if itemBytes >= Self.batchBytes { try flush() }
    }

    private mutating func flush() throws {
        let batch = items
        items = []
        itemBytes = 0
        guard !batch.isEmpty else { return }
        let read = parallelMap(batch.count) { index -> (item: ReadItem, words: Int) in
            let item = batch[index].item.parsed
            guard case .success(let draft) = item else { return (item, 0) }
            return (item, draft.title.wordCount + draft.body.wordCount)
        }
        var articles: [Article] = []
        for (index, entry) in read.enumerated() {
            switch entry.item {
            case .success(let draft):
                articles.append(draft.article)
                tally.words += entry.words
                tally.bytes += draft.title.utf8.count + draft.body.utf8.count
            case .failure(let fault): refuse(fault, in: sources.files[batch[index].file])
            }
        }
        let analyzed = try catalog.analyze(articles)
        underway.wait()
        try takeOutcome()
        report(isLast: false)
        underway.enter()
        committer.async { [catalog, committed, underway] in
            do throws(StoreError) {
                committed.take(try catalog.commit(analyzed, waitsForIndex: true))
            } catch {
                committed.fail(error)
            }
            underway.leave()
        }
    }

    private mutating func takeOutcome() throws {
        let outcome = committed.outcome
        tally.created = outcome.created
        tally.updated = outcome.updated
        tally.unchanged = outcome.unchanged
        if let failure = outcome.failure { throw failure }
    }

    private mutating func refuse(_ fault: ItemFault, in file: SourceFile) {
        tally.refused += 1
        tally.reasons[fault.kind, default: 0] += 1
        guard tally.refused <= Self.reportedRefusals else { return }
        let name = file.path == "-" ? "standard input" : file.path
        let place = fault.line.map { "\(name):\($0)" } ?? name
        Terminal.complain("\(place): \(fault)")
        if tally.refused == Self.reportedRefusals {
            Terminal.complain("sitrep import: what else is refused is only counted")
        }
    }

    private mutating func report(isLast: Bool) {
        let now = clock.now
        let isScreen = Terminal.errorIsScreen
        guard isLast || now - lastReport >= .milliseconds(isScreen ? 100 : 1_000) else { return }
        lastReport = now
        let seconds = max((now - start).seconds, 0.001)
        let done = tally.read
        let share = bytesTotal > 0 ? min(1, Double(bytesDone) / Double(bytesTotal)) : 0
        let figures =
            "\(done.grouped) read, \(tally.refused.grouped) refused, \(Int(Double(done) / seconds).grouped)/s"
        if isScreen {
            let filled = Int(share * 30)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            Terminal.progress(isLast ? "" : "\(bar) \(Int(share * 100)) %  \(figures)")
        } else if !isLast {
            Terminal.progress("import: \(Int(share * 100)) %, \(figures)")
        }
    }

    /// What came of it, for a person.
    var summary: String {
        var text =
            "read \(tally.read.grouped): new \(tally.created.grouped), updated \(tally.updated.grouped), "
            + "unchanged \(tally.unchanged.grouped), refused \(tally.refused.grouped)\n"
        for (reason, count) in tally.reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(
            10)
        {
            text += "  refused \(count.grouped): \(reason)\n"
        }
        if !sources.passedOver.isEmpty {
            text +=
                "passed over \(sources.passedOver.count.grouped) files that are not .txt, .json or .ndjson\n"
        }
        let seconds = max(elapsed, 0.001)
        text +=
            "\(elapsed.short) s: \(Int(Double(tally.read) / seconds).grouped) articles/s, "
            + "\(Int(Double(tally.words) / seconds).grouped) words/s\n"
        return text
    }
}

/// What the committer has done so far, told to the thread that reads.
private final class Committed: Sendable {
    struct Outcome {
        var created = 0
        var updated = 0
        var unchanged = 0
        var failure: StoreError?
    }

    private let state = Mutex(Outcome())

    var outcome: Outcome { state.withLock { $0 } }

    func take(_ results: [IngestResult]) {
        state.withLock { outcome in
            for result in results {
                switch result.status {
                case .created: outcome.created += 1
                case .updated: outcome.updated += 1
                case .unchanged: outcome.unchanged += 1
                }
            }
        }
    }

    func fail(_ error: StoreError) {
        state.withLock { $0.failure = error }
    }
}

extension String {
    /// Words by white space.
    fileprivate var wordCount: Int {
        var count = 0
        var isInWord = false
        for byte in utf8 {
            let isBlank = byte.isWhitespace
            if !isBlank, !isInWord { count += 1 }
            isInWord = !isBlank
        }
        return count
    }
}
