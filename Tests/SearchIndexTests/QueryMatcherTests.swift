import SearchIndex
import Testing

private let schema = IndexSchema(
    texts: [.init(name: "title"), .init(name: "body")], stems: true, keywords: ["entity"], columns: ["seq"],
    tieBreaker: "seq")

/// What a query finds in a body, in the order in which it stands there.
private struct MatchVector: Sendable {
    let query: IndexQuery
    let text: String
    let found: [String]
    var language: String? = "en"
}

private let vectors: [MatchVector] = [
    .init(
        query: .stem(field: nil, "sanction"), text: "Sanctions, sanctioned: a SANCTION.",
        found: ["Sanctions", "sanctioned", "SANCTION"]),
    .init(
        query: .stem(field: nil, "wahlen"), text: "Die Wahl. The Wahlen.", found: ["Wahl", "Wahlen"],
        language: "de-AT"),
    .init(
        query: .stem(field: nil, "sanctions"), text: "sanction sanctions", found: ["sanctions"], language: nil
    ),
    .init(query: .term(field: nil, "sanctions"), text: "sanction sanctions", found: ["sanctions"]),
    .init(
        query: .stem(field: nil, "erdogan"), text: "Erdoğan's, ERDOĞAN’S, Erdogan and Erdog\u{306}an",
        found: ["Erdoğan", "ERDOĞAN", "Erdogan", "Erdog\u{306}an"]),
    .init(query: .stem(field: nil, "us"), text: "US and U.S. troops", found: ["US", "U.S."]),
    .init(
        query: .prefix(field: nil, "cease"), text: "ceasefire, cease-fire, decease",
        found: ["ceasefire", "cease-fire"]),
    .init(
        query: .fuzzy(field: nil, "treaty", distance: 1), text: "the traety, treaties, Treat",
        found: ["traety", "Treat"]),
    .init(query: .stem(field: "title", "treaty"), text: "the treaty", found: []),
    .init(query: .stem(field: "body", "treaty"), text: "the treaty", found: ["treaty"]),
    .init(
        query: .phrase(field: nil, ["cote", "d", "ivoire"], slop: 0), text: "In Côte d’Ivoire, cote ivoire",
        found: ["Côte d’Ivoire"]),
    .init(
        query: .phrase(field: nil, ["peace", "talks"], slop: 0),
        text: "talks, peace; peace talks; peace and talks",
        found: ["peace talks"]),
    .init(
        query: .phrase(field: nil, ["a", "b", "a"], slop: 0), text: "a b a b a c a b",
        found: ["a b a", "a b a"]),
    .init(
        query: .phrase(field: nil, ["peace", "talks"], slop: 1),
        text: "peace far away from talks, and peace new talks", found: ["peace", "talks"]),
    .init(
        query: .phrase(field: nil, ["peace", "talks"], slop: 2), text: "talks peace",
        found: ["talks", "peace"]),
    .init(query: .phrase(field: nil, ["peace", "talks"], slop: 1), text: "talks peace", found: []),
    .init(
        query: .near(field: nil, ["peace", "talks"], within: 2),
        text: "talks on peace, a long way off more talks", found: ["talks", "peace"]),
    .init(query: .near(field: nil, ["peace", "talks"], within: 1), text: "talks on peace", found: []),
    .init(
        query: .repeated(field: nil, ["war"], atLeast: 3), text: "war and wars and war",
        found: ["war", "war"]),
    .init(query: .phrase(field: nil, ["war", "war"], slop: 3), text: "one war only", found: []),
    .init(query: .phrase(field: nil, ["war", "war"], slop: 3), text: "war on war", found: ["war", "war"]),
    .init(query: .phrase(field: nil, ["treaty"], slop: 0), text: "treaty treaties", found: ["treaty"]),
    .init(
        query: .and([
            .stem(field: nil, "a"), .not(.stem(field: nil, "b")), .keyword(field: "entity", value: "c"),
        ]),
        text: "a b c", found: ["a"]),
    .init(
        query: .or([.stem(field: nil, "talk"), .prefix(field: nil, "tal")]), text: "talks",
        found: ["talks", "talks"]),
    .init(query: .all, text: "all", found: []),
    .init(query: .and([]), text: "", found: []),
]

@Test(arguments: vectors.indices) func matchesAreWhatMeetsTheQuery(_ index: Int) {
    let vector = vectors[index]
    let bytes = Array(vector.text.utf8)
    var matcher = QueryMatcher(vector.query, schema: schema)
    for _ in 0..<2 {
        let matches = matcher.matches(in: bytes, field: "body", language: vector.language)
        #expect(matches.map { String(decoding: bytes[$0.range], as: UTF8.self) } == vector.found)
        #expect(matches.allSatisfy { $0.part >= 0 && $0.part < matcher.partCount })
    }
}

@Test func valuesOfKeywordsAreThoseAskedFor() {
    let keyword = IndexQuery.keyword(field: "entity", value: "person:a")
    let other = IndexQuery.keyword(field: "entity", value: "person:b")
    let matcher = QueryMatcher(.and([.or([keyword]), .not(other)]), schema: schema)
    #expect(matcher.values(of: "entity") == ["person:a"] && matcher.values(of: "source").isEmpty)
    #expect(matcher.partCount == 0)
}

/// A document is a hit of a part of a query exactly where a matcher finds the part in its texts.
@Test(arguments: 0..<40 as Range<UInt64>) func hitsAreWhereMatchesAre(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let languages = ["en", "de", "fr", nil]
    var documents: [Int64: IndexDocument] = [:]
    for _ in 0..<60 {
        let texts = [generator.text(0..<4), generator.text(0..<15)]
        let seq = Int64(documents.count)
        documents[seq] = IndexDocument(
            key: "\(seq)", texts: texts, language: languages[generator.number(0..<4)], keywords: [[]],
            columns: [seq])
    }
    let writer = try IndexWriter(folder: nil, schema: schema)
    try writer.apply(documents.values.map { .put($0) }, mark: 1)
    let snapshot = writer.snapshot
    for _ in 0..<60 {
        let query = generator.query(depth: 0)
        // One text alone does not tell whether a document has a phrase often enough.
        if case .repeated = query { continue }
        var matcher = snapshot.matcher(query)
        guard matcher.partCount > 0 else { continue }
        #expect(matcher.partQueries == [query])
        let hits = snapshot.search(query, order: .relevance, limit: .max).hits
        let found = Set(hits.compactMap { snapshot.column("seq", $0.address) })
        let matched = documents.filter { _, document in
            zip(["title", "body"], document.texts).contains { field, text in
                !matcher.matches(in: text, field: field, language: document.language).isEmpty
            }
        }
        #expect(Set(matched.keys) == found, "\(query)")
    }
}

/// Crowded places of words that may stand far apart are not looked at in pairs: that would take minutes here.
@Test func crowdedTextsAreMatchedInLinearTime() {
    let text = Array(String(repeating: "peace talks ", count: 5_000).utf8)
    for terms in [["peace", "talks"], ["peace", "talks", "peace"], ["peace", "peace", "peace", "peace"]] {
        var matcher = QueryMatcher(.phrase(field: nil, terms, slop: 1_000_000), schema: schema)
        let matches = matcher.matches(in: text, field: "body", language: "en")
        #expect(matches.count == (terms.contains("talks") ? 10_000 : 5_000))
    }
}
