import SearchIndex
import TestSupport
import Testing

private let stemSchema = IndexSchema(
    texts: [.init(name: "title", weight: 2), .init(name: "body")], stems: true, keywords: [],
    columns: ["seq"], tieBreaker: "seq")

/// Documents of several languages: title, body, language.
private let documents: [(title: String, body: String, language: String?)] = [
    ("Elections in spring", "The minister promised new elections.", "en"),
    ("An election is promised", "Voters are called.", "en-GB"),
    ("Electing nobody", "The talks die down.", "en"),
    ("Neue Häuser", "Die Wahl und die Häuser.", "de"),
    ("Un haus", "Les élections et la négociation.", "fr"),
    ("選挙 elections", "東京", "ja"),
    ("Выборы президента", "О выборах", "ru"),
    ("Talks", "No language is known of these talks.", nil),
    ("Valg", "Valget er over", "nb"),
]

/// Queries and the documents that they find, by their places above.
private let questions: [(query: IndexQuery, found: Set<Int>)] = [
    (.stem(field: nil, "election"), [0, 1, 2, 4]),
    (.stem(field: nil, "elections"), [0, 1, 2, 4, 5]),
    (.stem(field: "title", "elections"), [0, 1, 2, 5]),
    (.stem(field: "body", "elections"), [0, 4]),
    (.stem(field: "nowhere", "elections"), []),
    (.term(field: nil, "election"), [1]),
    (.term(field: nil, "elections"), [0, 4, 5]),
    (.phrase(field: nil, ["new", "elections"], slop: 0), [0]),
    (.phrase(field: nil, ["new", "election"], slop: 0), []),
    (.prefix(field: nil, "elec"), [0, 1, 2, 4, 5]),
    (.prefix(field: nil, "electi"), [0, 1, 2, 4, 5]),
    // The English stem is that of the German article, but no English word stands there.
    (.stem(field: nil, "died"), [2]),
    (.stem(field: nil, "die"), [2, 3]),
    (.stem(field: nil, "haus"), [3, 4]),
    (.stem(field: nil, "negociations"), [4]),
    (.stem(field: nil, "выборы"), [6]),
    (.stem(field: nil, "президент"), [6]),
    (.stem(field: nil, "talk"), [2]),
    (.stem(field: nil, "talks"), [2, 7]),
    (.stem(field: nil, "valg"), [8]),
    (.stem(field: nil, ""), []),
    (.and([.stem(field: nil, "promises"), .not(.stem(field: nil, "voter"))]), [0]),
]

private func document(_ number: Int) -> IndexDocument {
    let (title, body, language) = documents[number]
    return IndexDocument(
        key: String(number), texts: [Array(title.utf8), Array(body.utf8)], language: language, keywords: [],
        columns: [Int64(number)])
}

private func found(_ query: IndexQuery, _ snapshot: IndexSnapshot) -> Set<Int> {
    Set(
        snapshot.search(query, order: .relevance, limit: 100).hits.compactMap {
            snapshot.column("seq", $0.address).map(Int.init)
        })
}

@Test(arguments: [1, 3, 100]) func wordsAreFoundByTheirStems(_ batch: Int) throws {
    let folder = try TemporaryFolder()
    var options = IndexOptions()
    options.mergeFactor = 2
    do {
        let writer = try IndexWriter(folder: folder.path, schema: stemSchema, options: options)
        var next = 0
        while next < documents.count {
            let end = min(next + batch, documents.count)
            try writer.apply((next..<end).map { .put(document($0)) }, mark: Int64(end))
            try writer.checkpoint()
            next = end
        }
        for (query, expected) in questions {
            #expect(found(query, writer.snapshot) == expected, "\(query)")
            #expect(writer.snapshot.count(query) == expected.count, "\(query)")
        }
        try writer.apply([.remove(key: "0")], mark: 100)
        try writer.checkpoint()
    }
    // Out of files, and merged without what was removed.
    let writer = try IndexWriter(folder: folder.path, schema: stemSchema, options: options)
    #expect(writer.recovery.isEmpty)
    for (query, expected) in questions {
        #expect(found(query, writer.snapshot) == expected.subtracting([0]), "\(query)")
    }
    #expect(try writer.verify().isEmpty)
}

@Test func formsOfOneStemWeighAlike() throws {
    let folder = try TemporaryFolder()
    let writer = try IndexWriter(folder: folder.path, schema: stemSchema)
    let texts = ["sanction talks", "sanctions talk", "sanctioned talking", "grain harvest"]
    try writer.apply(
        texts.enumerated().map { number, text in
            .put(
                IndexDocument(
                    key: text, texts: [[], Array(text.utf8)], language: "en", keywords: [],
                    columns: [Int64(number)]))
        }, mark: 1)
    for word in ["sanction", "sanctions"] {
        let hits = writer.snapshot.search(.stem(field: nil, word), order: .relevance, limit: 10).hits
        #expect(hits.count == 3)
        #expect(Set(hits.map(\.score)).count == 1)
    }
}

@Test func longWordsHaveStemsThatFit() throws {
    let folder = try TemporaryFolder()
    let writer = try IndexWriter(folder: folder.path, schema: stemSchema)
    for (number, length) in [60, 61, 62, 63, 64, 65, 200].enumerated() {
        let word = String(repeating: "q", count: length - 1) + "s"
        let document = IndexDocument(
            key: "k", texts: [Array(word.utf8), []], language: "en", keywords: [], columns: [Int64(number)])
        try writer.apply([.put(document)], mark: Int64(number))
        let term = TermAnalyzer.terms(word)[0]
        #expect(writer.snapshot.count(.stem(field: nil, term)) == 1, "\(length)")
    }
}

/// Where a stem is the word itself, both score alike, however often it stands in a document.
@Test(arguments: 0..<20 as Range<UInt64>) func stemsAreCountedAsWordsAre(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let writer = try IndexWriter(folder: nil, schema: stemSchema)
    let documents = (0..<300).map { number in
        IndexDocument(
            key: String(number), texts: [generator.text(0..<6), generator.text(0..<60)], keywords: [],
            columns: [Int64(number)])
    }
    try writer.apply(documents.map { .put($0) }, mark: 1)
    for word in generator.words {
        for field in [nil, "title", "body"] {
            let both = [IndexQuery.stem(field: field, word), .term(field: field, word)].map { query in
                writer.snapshot.search(query, order: .relevance, limit: 300).hits.map {
                    "\($0.address) \(($0.score * 10_000).rounded())"
                }
            }
            #expect(both[0] == both[1], "\(word)")
        }
    }
}
