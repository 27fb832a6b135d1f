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
    private static let day: Int64 = 86_400_000

    let corpus: String
    let queries: String
    let passes: Int
    let folder: String

    func run() throws {
        try FileSystem.createFolder(folder)
        let schema = IndexSchema(
            texts: [.init(name: "text", weight: 1, b: 0.75)], keywords: ["source"],
            columns: ["published", "line"],
            tieBreaker: "line")
        let writer = try IndexWriter(folder: folder, schema: schema)
        let build = try fill(writer)
        let snapshot = writer.snapshot
        let lines = try FileSystem.read(queries).split(separator: 0x0A)
        let parsed = lines.compactMap { Query(String(decoding: $0, as: UTF8.self)) }
        var times = Array(repeating: [Double](), count: parsed.count)
        var answers = parsed.map { answer($0, snapshot) }
        let clock = ContinuousClock()
        for _ in 0..<passes {
            for (index, query) in parsed.enumerated() {
                let start = clock.now
                answers[index] = answer(query, snapshot)
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
                + "\(Double(memory.anonymous) / 1e6),\"index_bytes\":\(bytes)}\n")
    }

    /// Builds the index.
    ///
    /// - Returns: The CPU seconds spent, those of reading and parsing the corpus taken off.
    private func fill(_ writer: IndexWriter) throws -> Double {
        var reader = try FileReader(path: corpus)
        let parser = JSONParser()
        var pending: [UInt8] = []
        var number: Int64 = 0
        var spent = 0.0
        var isAtEnd = false
        while !isAtEnd {
            let chunk = try reader.read(upTo: 1 << 23)
            isAtEnd = chunk.isEmpty
            pending += chunk
            let end = isAtEnd ? pending.count : (pending.lastIndex(of: 0x0A) ?? -1) + 1
            var changes: [IndexChange] = []
            for line in pending[..<end].split(separator: 0x0A) {
                let article = try parser.parse(line).object
                let text = (article?["title"]?.string ?? "") + "\n" + (article?["body"]?.string ?? "")
                let published = article?["published"]?.string.flatMap { Timestamp($0) }
                changes.append(
                    .put(
                        IndexDocument(
                            key: String(number), texts: [Array(text.utf8)],
                            keywords: [[article?["source"]?.string ?? ""]],
                            columns: [published?.milliseconds, number], summary: [], content: [])))
                number += 1
            }
            pending.removeSubrange(..<end)
            let before = Measure.processorSeconds
            if !changes.isEmpty { _ = try writer.apply(changes, mark: number) }
            if isAtEnd {
                writer.compact()
                try writer.checkpoint()
            }
            spent += Measure.processorSeconds - before
        }
        return spent
    }

    private struct Query {
        let number: Int
        let operation: Substring
        let query: IndexQuery

        init?(_ line: String) {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count >= 6, let number = Int(columns[0]), let from = Int64(columns[3]),
                let to = Int64(columns[4])
            else { return nil }
            self.number = number
            operation = columns[1]
            let words = columns[5].split(separator: " ").map(String.init)
            let terms = words.map { IndexQuery.term(field: nil, $0) }
            var query: IndexQuery =
                switch columns[2] {
                case "phrase": .phrase(field: nil, words, slop: 0)
                case "prefix":
                    .prefix(
                        field: nil, words.first.map { $0.hasSuffix("*") ? String($0.dropLast()) : $0 } ?? "")
                case "or": .or(terms)
                default: terms.count == 1 ? terms[0] : .and(terms)
                }
            if from >= 0 || to >= 0 {
                query = .and([
                    query,
                    .range(
                        column: "published", from: from >= 0 ? from * 1_000 : nil,
                        to: to >= 0 ? to * 1_000 : nil),
                ])
            }
            self.query = query
        }
    }

    private func answer(_ query: Query, _ snapshot: IndexSnapshot) -> (hits: Int, lines: [Int64]) {
        switch query.operation {
        case "count": return (snapshot.count(query.query), [])
        case "histogram":
            guard let bounds = snapshot.reach(of: "published") else { return (0, []) }
            let matches = snapshot.matches(query.query)
            let first = bounds.min - bounds.min % Self.day
            let days = Buckets(
                from: first, width: Self.day, count: Int((bounds.max - first) / Self.day) + 1)
            return (matches.histogram(of: "published", in: days).isEmpty ? 0 : matches.count, [])
        case "facet":
            let matches = snapshot.matches(query.query)
            let top = matches.facet("source", limit: 10)
            return (top.isEmpty ? 0 : matches.count, [])
        default:
            let hits = snapshot.best(query.query, limit: 10)
            // The tie-breaker is the column of the line.
            return (-1, hits.map(\.position.tie))
        }
    }
}
