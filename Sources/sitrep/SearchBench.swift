internal import Bytes
internal import Files
internal import HTTPMessages
internal import JSON
internal import NewsAPI
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex
internal import Telemetry

/// Times the start from a warm index, and searches as requests: from the target's text to the answer's bytes.
///
/// Queries are made from the titles of the articles, evenly spread, so that every data folder can be measured.
struct SearchBench {
    private static let perClass = 100
    private static let passes = 7

    /// One query in Sitrep's words and in those of SQLite FTS5.
    private struct Query {
        let kind: String
        let text: String
        let match: String
    }

    let folder: String
    let queryFile: String?

    func run() throws {
        let analyzer = try Resources.analyzer(extraGazetteers: [])
        let clock = ContinuousClock()
        let start = clock.now
        let catalog = try Catalog(folder: folder, analyzer: analyzer, needsIndex: true)
        try catalog.catchUp(listsEntities: true)
        Terminal.print("open_s \((clock.now - start).seconds)\n")
        let memory = Measure.residentBytes
        Terminal.print(
            "resident_mb \(Double(memory.all) / 1e6) anonymous_mb \(Double(memory.anonymous) / 1e6)\n")
        let queries = self.queries(catalog.current.articles)
        if let queryFile {
            let lines = queries.map { "\($0.kind)\t\($0.match)\n" }
            try FileSystem.writeAtomically(Array(lines.joined().utf8), to: queryFile)
        }
        let api = API(
            slot: CatalogSlot(catalog), options: APIOptions(), version: VersionInfo(version: Sitrep.version),
            metrics: Metrics(), log: Log(level: .error))
        var times: [String: [Double]] = [:]
        var kinds: [String] = []
        for query in queries {
            let target = RequestTarget("/v1/articles?limit=10&q=" + PercentCoding.encode(query.text))
            var passes: [Double] = []
            for pass in 0...Self.passes {
                let start = clock.now
                let reply = api.reply(to: Request(method: .get, target: target))
                let response =
                    switch reply {
                    case .ready(let response): response
                    case .deferred(let work): work()
                    case .stream(let head, _): head
                    }
                let time = (clock.now - start).seconds * 1e6
                guard response.status == .ok else {
                    throw UsageError(description: "query \(query.text) is answered \(response.status.code)")
                }
                if pass > 0 { passes.append(time) }
            }
            if times[query.kind] == nil { kinds.append(query.kind) }
            times[query.kind, default: []].append(Measure.quantile(0.5, of: passes))
        }
        for kind in kinds {
            let values = times[kind] ?? []
            Terminal.print(
                "\(kind) \(Measure.quantile(0.5, of: values).short) \(Measure.quantile(0.99, of: values).short)\n"
            )
        }
        let all = times.values.flatMap { $0 }
        Terminal.print(
            "all \(Measure.quantile(0.5, of: all).short) \(Measure.quantile(0.99, of: all).short)\n")
    }

    private func queries(_ articles: IndexSnapshot) -> [Query] {
        let hits = articles.search(.all, order: .column(ArticleFields.seq, descending: false), limit: 20_000)
            .hits
        var queries: [Query] = []
        let step = max(1, hits.count / Self.perClass)
        for hit in stride(from: 0, to: hits.count, by: step).map({ hits[$0] }) {
            guard let title = try? JSONParser().parse(articles.summary(hit.address)).object?["title"]?.string
            else {
                continue
            }
            let words = TermAnalyzer.terms(title).filter {
                $0.utf8.count > 3 && $0.utf8.allSatisfy { $0 < 0x80 }
            }
            guard words.count >= 3 else { continue }
            let (one, two, three) = (words[0], words[1], words[2])
            queries.append(Query(kind: "term", text: one, match: "\"\(one)\""))
            queries.append(Query(kind: "and2", text: "\(one) \(two)", match: "\"\(one)\" AND \"\(two)\""))
            queries.append(
                Query(
                    kind: "and3", text: "\(one) \(two) \(three)",
                    match: "\"\(one)\" AND \"\(two)\" AND \"\(three)\""))
            queries.append(Query(kind: "or2", text: "\(one) OR \(two)", match: "\"\(one)\" OR \"\(two)\""))
            queries.append(Query(kind: "phrase", text: "\"\(one) \(two)\"", match: "\"\(one) \(two)\""))
            queries.append(Query(kind: "prefix", text: one.prefix(4) + "*", match: "\"\(one.prefix(4))\" *"))
        }
        return queries
    }
}
