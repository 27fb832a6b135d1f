internal import JSON
internal import NewsCatalog
internal import SearchIndex

/// Ranks the documents of a collection for each of its queries, in several ways, so that a judge can say what each adds.
///
/// Takes documents of NDJSON with `id`, `title`, `body` and `language`, and queries with `id` and `title`, whose words are
/// taken as they are, without the query language. Prints a line for each document found, best first: the way, the
/// query's id, the document's id.
struct RelevanceBench {
    /// How many documents of a query are printed at most.
    private static let depth = 1_000

    /// One way to index and to search.
    private struct Way {
        let name: String
        let hasFields: Bool
        let stems: Bool
        let needsAll: Bool
    }

    private static let ways = [
        Way(name: "words", hasFields: false, stems: false, needsAll: false),
        Way(name: "stems", hasFields: false, stems: true, needsAll: false),
        Way(name: "fields", hasFields: true, stems: true, needsAll: false),
        Way(name: "all", hasFields: true, stems: true, needsAll: true),
    ]

    let documents: String
    let queries: String

    func run() throws {
        let documents = try Self.objects(documents)
        let queries = try Self.objects(queries)
        let ids = documents.map { $0["id"]?.string ?? "" }
        for way in Self.ways {
            let snapshot = try Self.index(documents, way)
            for query in queries {
                let terms = Set(TermAnalyzer.terms(query["title"]?.string ?? "")).sorted()
                let words = terms.map { IndexQuery.stem(field: nil, $0) }
                let hits = snapshot.search(
                    way.needsAll ? .and(words) : .or(words), order: .relevance, limit: Self.depth
                ).hits
                for hit in hits {
                    let line = Int(snapshot.column("line", hit.address) ?? 0)
                    Terminal.print("\(way.name)\t\(query["id"]?.string ?? "")\t\(ids[line])\n")
                }
            }
        }
    }

    /// The objects of a file of NDJSON.
    private static func objects(_ path: String) throws -> [JSONObject] {
        var reader = try SourceFileReader(
            SourceFile(path: path, form: .ndjson, isCompressed: path.hasSuffix(".gz"), size: 0))
        var objects: [JSONObject] = []
        while true {
            let items = try reader.next()
            if items.isEmpty { return objects }
            for case .line(let line, let number) in items {
                guard let object = try? JSONParser().parse(line).object else {
                    throw UsageError(description: "\(path):\(number) is no JSON object")
                }
                objects.append(object)
            }
        }
    }

    private static func index(_ documents: [JSONObject], _ way: Way) throws -> IndexSnapshot {
        let schema = IndexSchema(
            texts: way.hasFields ? ArticleFields.schema.texts : [.init(name: "text")], stems: way.stems,
            keywords: [], columns: ["line"], tieBreaker: "line")
        let writer = try IndexWriter(folder: nil, schema: schema)
        let changes: [IndexChange] = documents.enumerated().map { line, document in
            let texts = ["title", "body"].map { Array((document[$0]?.string ?? "").utf8) }
            return .put(
                IndexDocument(
                    key: String(line), texts: way.hasFields ? texts : [texts[0] + [0x0A] + texts[1]],
                    language: document["language"]?.string ?? "en", keywords: [], columns: [Int64(line)]))
        }
        try writer.apply(changes, mark: 1)
        return writer.snapshot
    }
}
