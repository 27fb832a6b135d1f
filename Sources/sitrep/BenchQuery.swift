internal import Files
internal import SearchIndex

/// A query of the index's benches: a line of the columns number, operation, mode, from, to (seconds since 1970, -1 for
/// none), terms.
struct BenchQuery: Sendable {
    private static let day: Int64 = 86_400_000

    let number: Int
    /// Queries of one kind cost about the same: operation, mode, number of terms, and whether there is a date range.
    let kind: String
    let query: IndexQuery
    private let operation: Substring

    /// The queries of a file.
    static func all(of path: String) throws -> [BenchQuery] {
        try FileSystem.read(path).split(separator: 0x0A).compactMap {
            BenchQuery(String(decoding: $0, as: UTF8.self))
        }
    }

    private init?(_ line: String) {
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
        kind = "\(columns[1])-\(columns[2])-\(words.count)" + (from >= 0 || to >= 0 ? "-dates" : "")
    }

    /// The number of matches, -1 where it is not asked for, and the lines of the hits.
    func answer(_ snapshot: IndexSnapshot) -> (hits: Int, lines: [Int64]) {
        switch operation {
        case "count": return (snapshot.count(query), [])
        case "histogram":
            guard let bounds = snapshot.reach(of: "published") else { return (0, []) }
            let matches = snapshot.matches(query)
            let first = bounds.min - bounds.min % Self.day
            let days = Buckets(
                from: first, width: Self.day, count: Int((bounds.max - first) / Self.day) + 1)
            return (matches.histogram(of: "published", in: days).isEmpty ? 0 : matches.count, [])
        case "facet":
            let matches = snapshot.matches(query)
            let top = matches.facet("source", limit: 10)
            return (top.isEmpty ? 0 : matches.count, [])
        default:
            let hits = snapshot.best(query, limit: 10)
            // The tie-breaker is the column of the line.
            return (-1, hits.map(\.position.tie))
        }
    }
}
