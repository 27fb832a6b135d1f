import SearchIndex
import Testing

/// Documents by number, so many that postings have several blocks and segments several windows.
private let count = 9_500

private func document(_ number: Int, revision: Int = 0) -> IndexDocument {
    var words = ["all"]
    if number % 2 == 0 { words.append("even") }
    if number % 37 == 0 { words += ["peace", "talks"] }
    if number % 37 == 5 { words += ["talks", "and", "peace"] }
    if number % 1000 == 10 { words.append("rare") }
    if number / 1000 == 6 { words.append("cluster") }
    words.append("word\(number % 300)")
    return IndexDocument(
        key: "\(number)", texts: [[], Array(words.joined(separator: " ").utf8)],
        keywords: [["source\(number % 7)"], ["entity\(number % 1500)"]],
        columns: [number % 10 == 0 ? nil : Int64(number * 7919 % 10_007), Int64(number), Int64(revision)])
}

private func isThere(_ number: Int) -> Bool { number % 11 != 3 }

private let cases: [(query: IndexQuery, matches: @Sendable (Int) -> Bool)] = [
    (.all, { _ in true }),
    (.term(field: nil, "all"), { _ in true }),
    (.term(field: "body", "even"), { $0 % 2 == 0 }),
    (.term(field: "title", "even"), { _ in false }),
    (.term(field: nil, "rare"), { $0 % 1000 == 10 }),
    (.and([.term(field: nil, "all"), .term(field: nil, "rare")]), { $0 % 1000 == 10 }),
    (
        .and([.term(field: nil, "even"), .term(field: nil, "peace")]),
        { $0 % 2 == 0 && [0, 5].contains($0 % 37) }
    ),
    (
        .and([.term(field: nil, "cluster"), .not(.term(field: nil, "even"))]),
        { $0 / 1000 == 6 && $0 % 2 == 1 }
    ),
    (.or([.term(field: nil, "rare"), .term(field: nil, "cluster")]), { $0 % 1000 == 10 || $0 / 1000 == 6 }),
    (.phrase(field: nil, ["peace", "talks"], slop: 0), { $0 % 37 == 0 }),
    (.phrase(field: nil, ["peace", "talks"], slop: 3), { [0, 5].contains($0 % 37) }),
    (.prefix(field: nil, "word29"), { $0 % 300 == 29 || $0 % 300 >= 290 }),
    (.keyword(field: "source", value: "source3"), { $0 % 7 == 3 }),
    (.range(column: "seq", from: 4090, to: 8200), { (4090..<8200).contains($0) }),
    (
        .and([.range(column: "published", from: 100, to: 2000), .term(field: nil, "even")]),
        { $0 % 2 == 0 && $0 % 10 != 0 && (100..<2000).contains($0 * 7919 % 10_007) }
    ),
    (.absent(column: "published"), { $0 % 10 == 0 }),
]

/// Builds it in one batch or in many, takes some documents out and replaces others.
private func makeWriter(batch: Int, options: IndexOptions) throws -> IndexWriter {
    let writer = try IndexWriter(folder: nil, schema: modelSchema, options: options)
    for start in stride(from: 0, to: count, by: batch) {
        try writer.apply((start..<min(start + batch, count)).map { .put(document($0)) }, mark: 1)
    }
    let changes: [IndexChange] = (0..<count).compactMap { number in
        if !isThere(number) { return .remove(key: "\(number)") }
        return number % 13 == 0 ? .put(document(number, revision: 1)) : nil
    }
    try writer.apply(changes, mark: 2)
    return writer
}

@Test(arguments: [count, 3000, 400]) func manyBlocksAndWindows(batch: Int) throws {
    var options = IndexOptions()
    options.mergeFactor = batch == 400 ? 4 : 50
    let snapshot = try makeWriter(batch: batch, options: options).snapshot
    #expect(snapshot.documentCount == (0..<count).count { isThere($0) })
    func number(_ hit: Hit) -> Int { Int(snapshot.column("seq", hit.address) ?? -1) }
    for (query, matches) in cases {
        let expected = (0..<count).filter { isThere($0) && matches($0) }
        #expect(snapshot.count(query) == expected.count, "\(query)")
        let oldest = snapshot.search(query, order: .column("seq", descending: false), limit: .max)
        #expect(oldest.hits.map(number) == expected, "\(query)")
        let newest = snapshot.search(query, order: .column("seq", descending: true), limit: 15)
        #expect(newest.hits.map(number) == expected.suffix(15).reversed(), "\(query)")
        #expect(newest.total == expected.count)
        let best = snapshot.search(query, order: .relevance, limit: .max)
        #expect(best.hits.map(number).sorted() == expected, "\(query)")
        let first = snapshot.search(query, order: .relevance, limit: 10)
        #expect(first.hits == Array(best.hits.prefix(10)), "\(query)")
        // Passing over what cannot be among the best changes nothing.
        #expect(snapshot.best(query, limit: 10) == first.hits, "\(query)")
        #expect(
            snapshot.best(query, limit: 3, after: first.hits.first?.position)
                == Array(best.hits.dropFirst().prefix(3)), "\(query)")
        let rest = snapshot.search(query, order: .relevance, limit: .max, after: first.hits.last?.position)
        if expected.count > 10 { #expect(first.hits + rest.hits == best.hits, "\(query)") }
        var counts: [String: Int] = [:]
        for number in expected { counts["entity\(number % 1500)", default: 0] += 1 }
        let facet = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
        let answer = snapshot.matches(query).facet("entity", limit: 5)
        #expect(answer.map(\.value) == facet.map(\.key), "\(query)")
        #expect(answer.map(\.count) == facet.map(\.value), "\(query)")
    }
}

@Test func aPrefixTakesTheMostFrequentTerms() throws {
    var options = IndexOptions()
    options.prefixTerms = 2
    let writer = try IndexWriter(folder: nil, schema: modelSchema, options: options)
    let texts = ["war", "war", "war", "warn warm", "warn", "warm warp", "ward"]
    try writer.apply(
        texts.enumerated().map { index, text in
            .put(
                IndexDocument(
                    key: "\(index)", texts: [[], Array(text.utf8)], keywords: [[], []],
                    columns: [nil, Int64(index), nil]))
        }, mark: 1)
    // "war" has three documents; "warm" and "warn" have two, and "warm" comes first.
    #expect(writer.snapshot.count(.prefix(field: nil, "war")) == 5)
}

@Test func documentsOfAnotherShapeAreRefused() throws {
    let writer = try IndexWriter(folder: nil, schema: modelSchema)
    var wrong = document(1)
    wrong.texts.removeLast()
    #expect(throws: IndexError.shape(key: "1", reason: "it has 1 text fields, and the schema 2")) {
        try writer.apply([.put(document(2)), .put(wrong)], mark: 3)
    }
    #expect(writer.snapshot.documentCount == 0 && writer.snapshot.mark == 0)
}

@Test func hostilePositionsAreHarmless() throws {
    let snapshot = try makeWriter(batch: count, options: .init()).snapshot
    for value in [
        0, 1, UInt64.max, Double.nan.bitPattern, (-1.0).bitPattern, Double.infinity.bitPattern, 1 << 63,
    ] {
        for tie in [Int64.min, 0, .max] {
            let position = SearchPosition(value: value, tie: tie)
            for order in [
                SortOrder.relevance, .column("published", descending: true),
                .column("published", descending: false), .column("none", descending: true),
                .recency(Recency(column: "published", halfLife: 7)),
                .recency(Recency(column: "none", halfLife: 1)),
            ] {
                let page = snapshot.search(.term(field: nil, "rare"), order: order, limit: 3, after: position)
                #expect(page.total == snapshot.count(.term(field: nil, "rare")))
            }
        }
    }
    #expect(snapshot.search(.all, order: .relevance, limit: -1).hits.isEmpty)
    #expect(snapshot.matches(.all).histogram(of: "seq", in: Buckets(boundaries: [])).isEmpty)
}
