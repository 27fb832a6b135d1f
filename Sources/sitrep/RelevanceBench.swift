internal import JSON
internal import NewsCatalog
internal import SearchIndex
internal import TextAnalysis

/// Ranks the documents of a collection for each of its queries, in several ways, so that a judge can say what each adds.
///
/// Takes documents of NDJSON with `id`, `title`, `body` and `language`, and queries with `id` and `title`, which are read as
/// `q` is once what the query language gives a meaning is taken out. Prints a line for each document found, best first: the way, the
/// query's id, the document's id.
struct RelevanceBench {
    /// How many documents of a query are printed at most.
    private static let depth = 1_000

    /// One way to index and to search.
    private struct Way {
        let name: String
        let hasFields: Bool
        let stems: Bool
        /// Whether all words must be met; `nil` to read sentences as any of their words, as the service does.
        let needsAll: Bool?
    }

    private static let ways = [
        Way(name: "words", hasFields: false, stems: false, needsAll: false),
        Way(name: "stems", hasFields: false, stems: true, needsAll: false),
        Way(name: "fields", hasFields: true, stems: true, needsAll: false),
        Way(name: "all", hasFields: true, stems: true, needsAll: true),
        Way(name: "service", hasFields: true, stems: true, needsAll: nil),
    ]

    let documents: String
    let queries: String

    func run() throws {
        let documents = try Self.objects(documents)
        let queries = try Self.objects(queries)
        let gazetteer = try Resources.analyzer(extraGazetteers: []).gazetteer
        let parser = QueryParser(
            scope: .articles,
            resolver: EntityResolver(directory: EntityDirectory(), codes: EntityCodes(gazetteer)))
        let ids = documents.map { $0["id"]?.string ?? "" }
        for way in Self.ways {
            let snapshot = try Self.index(documents, way)
            for query in queries {
                let text = Self.plain(query["title"]?.string ?? "")
                let all = try parser.parse(text)
                let needsAll = way.needsAll ?? !QueryParser.isSentence(text)
                let hits = snapshot.search(
                    (needsAll ? all : all.matchingAny).indexQuery, order: .relevance, limit: Self.depth
                ).hits
                for hit in hits {
                    let line = Int(snapshot.column("line", hit.address) ?? 0)
                    Terminal.print("\(way.name)\t\(query["id"]?.string ?? "")\t\(ids[line])\n")
                }
            }
        }
    }

    /// The words of a text, without signs and capitals that mean something in a query.
    private static func plain(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || "\"“”„‟«»():*~<>^".contains($0) }
        return words.map {
            ["OR", "AND", "NOT"].contains($0) ? $0.lowercased() : String($0.drop { $0 == "-" })
        }
        .filter { QueryTerms($0).count > 0 }.joined(separator: " ")
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
