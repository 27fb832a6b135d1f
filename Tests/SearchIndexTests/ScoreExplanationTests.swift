import SearchIndex
import Testing

/// What the parts of a query score a document, put together by the rules of the language; `nil` if it does not match.
private func explained(_ query: IndexQuery, _ snapshot: IndexSnapshot, _ hit: Hit) -> Double? {
    let probe = snapshot.probe(query)
    guard probe.matches(hit.address) else { return nil }
    switch query {
    case .and(let parts), .or(let parts):
        return parts.reduce(0) { $0 + (explained($1, snapshot, hit) ?? 0) }
    case .all, .none, .keyword, .range, .absent, .not: return 0
    default:
        let parts = probe.scoreParts(hit.address) ?? []
        for part in parts {
            let frequency = part.fields.reduce(0) { $0 + Double($1.count) * $1.norm }
            let weight = part.idf * 2.2 / Double(1 + (part.terms.first?.edits ?? 0))
            guard abs(part.score - weight * frequency / (1.2 + frequency)) < 1e-5 else { return .nan }
        }
        return parts.reduce(0) { $0 + $1.score }
    }
}

/// The parts of a score add up to the score, and what is not a hit has none.
@Test(arguments: 0..<12 as Range<UInt64>) func partsAddUpToTheScore(seed: UInt64) throws {
    var generator = seed % 3 == 0 ? Generator(manyWordsOf: seed) : Generator(seed: seed)
    let writer = try IndexWriter(folder: nil, schema: modelSchema)
    for mark in 0..<4 {
        try writer.apply(generator.changes(60, keys: 100), mark: Int64(mark))
    }
    let snapshot = writer.snapshot
    let all = snapshot.search(.all, order: .relevance, limit: .max).hits
    for _ in 0..<25 {
        let query = generator.query()
        let hits = snapshot.search(query, order: .relevance, limit: .max).hits
        for hit in hits {
            let sum = explained(query, snapshot, hit)
            #expect(
                abs((sum ?? .nan) - hit.score) <= 1e-5 * max(1, hit.score),
                "\(query): \(sum as Any), \(hit.score)")
        }
        let matched = Set(hits.map(\.address))
        for hit in all where !matched.contains(hit.address) {
            #expect(explained(query, snapshot, hit) == nil)
            #expect(snapshot.probe(query).scoreParts(hit.address) == nil)
        }
    }
}

@Test func partsSayWhatTheyAreMadeOf() throws {
    let schema = IndexSchema(
        texts: [.init(name: "title", weight: 2, b: 0), .init(name: "body", weight: 1, b: 0)], stems: true,
        keywords: [], columns: ["seq"], tieBreaker: "seq")
    let writer = try IndexWriter(folder: nil, schema: schema)
    try writer.apply(
        ["sanctions", "sanction trade", "trade war"].enumerated().map { number, body in
            .put(
                IndexDocument(
                    key: "\(number)", texts: [Array("trade".utf8), Array(body.utf8)],
                    language: number == 2 ? nil : "en",
                    keywords: [], columns: [Int64(number)]))
        }, mark: 1)
    let snapshot = writer.snapshot
    let address = try #require(snapshot.address(ofKey: "1"))
    func term(_ text: String, _ language: String?, edits: Int = 0, _ documents: Int) -> [String] {
        [text, language ?? "", "\(edits)", "\(documents)"]
    }
    func terms(_ query: IndexQuery) -> [[String]] {
        snapshot.probe(query).terms.map { term($0.text, $0.language, edits: $0.edits, $0.documents) }
    }
    #expect(terms(.stem(field: nil, "sanctions")) == [term("sanction", "en", 2)])
    #expect(terms(.stem(field: nil, "trade")) == [term("trade", "-", 1), term("trade", "en", 2)])
    #expect(terms(.term(field: nil, "sanctions")) == [term("sanctions", nil, 1)])
    #expect(terms(.prefix(field: nil, "sanct")) == [term("sanction", nil, 1), term("sanctions", nil, 1)])
    #expect(
        terms(.fuzzy(field: nil, "sanctoin", distance: 2)) == [
            term("sanction", nil, edits: 1, 1), term("sanctions", nil, edits: 2, 1),
        ])
    #expect(
        terms(.phrase(field: nil, ["trade", "war"], slop: 0)) == [term("trade", nil, 3), term("war", nil, 1)])
    #expect(terms(.phrase(field: nil, ["no", "war"], slop: 0)).isEmpty)
    #expect(terms(.all).isEmpty)
    let part = try #require(snapshot.probe(.stem(field: nil, "trade")).scoreParts(address)?.first)
    #expect(part.fields.map(\.name) == ["title", "body"])
    #expect(part.fields.map(\.count) == [1, 1])
    #expect(part.fields.map(\.length) == [1, 2])
    #expect(part.fields.map(\.norm) == [2, 1])
    #expect(part.frequency == 3)
    let phrase = try #require(
        snapshot.probe(.phrase(field: nil, ["sanction", "trade"], slop: 0)).scoreParts(address)?.first)
    #expect(phrase.fields.map(\.name) == ["body"] && phrase.terms.map(\.text) == ["sanction", "trade"])
}
