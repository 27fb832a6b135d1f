import SearchIndex
import TestSupport
import Testing

let modelSchema = IndexSchema(
    texts: [.init(name: "title", weight: 3, b: 0.5), .init(name: "body", weight: 1, b: 0.75)],
    keywords: ["source", "entity"], columns: ["published", "seq", "tone"], tieBreaker: "seq")

/// What the index should answer, worked out document by document without an index.
struct Model {
    var documents: [String: IndexDocument] = [:]

    mutating func apply(_ changes: [IndexChange]) {
        for change in changes {
            switch change {
            case .put(let document): documents[document.key] = document
            case .remove(let key): documents[key] = nil
            }
        }
    }

    func terms(_ document: IndexDocument) -> [[String]] {
        document.texts.map { TermAnalyzer.terms(String(decoding: $0, as: UTF8.self)) }
    }

    func fields(_ name: String?) -> [Int] {
        modelSchema.texts.indices.filter { name == nil || modelSchema.texts[$0].name == name }
    }

    func column(_ document: IndexDocument, _ name: String) -> Int64? {
        modelSchema.columns.firstIndex(of: name).flatMap { document.columns[$0] }
    }

    func matches(_ query: IndexQuery, _ document: IndexDocument) -> Bool {
        switch query {
        case .all: return true
        case .none: return false
        case .term(let field, let term):
            let terms = terms(document)
            return fields(field).contains { terms[$0].contains(term) }
        case .phrase(let field, let phrase, let slop):
            let terms = terms(document)
            return fields(field).contains { Self.phraseCount(phrase, terms[$0], slop: slop) > 0 }
        case .prefix(let field, let prefix):
            let terms = terms(document)
            return fields(field).contains { terms[$0].contains { $0.hasPrefix(prefix) } }
        case .keyword(let field, let value):
            return modelSchema.keywords.firstIndex(of: field).map { document.keywords[$0].contains(value) }
                ?? false
        case .range(let column, let from, let to):
            guard let value = self.column(document, column) else { return false }
            return from.map { $0 <= value } ?? true && to.map { value < $0 } ?? true
        case .absent(let column):
            return modelSchema.columns.contains(column) && self.column(document, column) == nil
        case .and(let queries): return queries.allSatisfy { matches($0, document) }
        case .or(let queries): return queries.contains { matches($0, document) }
        case .not(let query): return !matches(query, document)
        }
    }

    /// How often a phrase occurs: choices of places, no place twice, counted by the least.
    static func phraseCount(_ phrase: [String], _ text: [String], slop: Int) -> Int {
        guard !phrase.isEmpty else { return 0 }
        var firsts: Set<[Int]> = []
        func choose(_ slot: Int, _ chosen: [Int]) {
            if slot == phrase.count {
                let shifted = chosen.enumerated().map { $1 - $0 }
                let least = shifted.min() ?? 0
                if (shifted.max() ?? 0) - least <= slop, let first = shifted.firstIndex(of: least) {
                    firsts.insert([first, least])
                }
                return
            }
            for (place, term) in text.enumerated()
            where term == phrase[slot] && !chosen.contains(place) {
                choose(slot + 1, chosen + [place])
            }
        }
        choose(0, [])
        return firsts.count
    }

    func found(_ query: IndexQuery) -> [IndexDocument] {
        documents.values.filter { matches(query, $0) }
    }

    /// BM25F as the textbook has it.
    func score(_ query: IndexQuery, _ document: IndexDocument) -> Double {
        guard matches(query, document) else { return 0 }
        switch query {
        case .term(let field, let term):
            return bm25([term], field, document) { text in text.count { $0 == term } }
        case .phrase(let field, let phrase, let slop):
            return bm25(phrase, field, document) { Self.phraseCount(phrase, $0, slop: slop) }
        case .prefix(let field, let prefix):
            let all = Set(documents.values.flatMap { terms($0).joined() }.filter { $0.hasPrefix(prefix) })
            return all.reduce(0) { $0 + score(.term(field: field, $1), document) }
        case .and(let queries), .or(let queries): return queries.reduce(0) { $0 + score($1, document) }
        default: return 0
        }
    }

    private func bm25(
        _ weighed: [String], _ field: String?, _ document: IndexDocument, _ count: ([String]) -> Int
    ) -> Double {
        let all = documents.values.map(terms)
        var weight = 0.0
        for term in weighed {
            let with = Double(all.count { $0.contains { $0.contains(term) } })
            weight += logarithm(1 + (Double(all.count) - with + 0.5) / (with + 0.5))
        }
        var sum = 0.0
        let own = terms(document)
        for field in fields(field) {
            let mean = Double(all.reduce(0) { $0 + $1[field].count }) / Double(all.count)
            let (b, boost) = (modelSchema.texts[field].b, modelSchema.texts[field].weight)
            sum += boost * Double(count(own[field])) / (1 - b + b * Double(own[field].count) / mean)
        }
        return weight * 2.2 * sum / (1.2 + sum)
    }
}

/// The natural logarithm, by halving and a series, as tests do without Foundation here.
func logarithm(_ value: Double) -> Double {
    var (mantissa, exponent) = (value, 0.0)
    while mantissa > 1.5 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var (power, sum) = (ratio, 0.0)
    for term in stride(from: 1.0, to: 60, by: 2) {
        sum += power / term
        power *= ratio * ratio
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
}

/// Makes documents and queries over few words, so that they meet often.
struct Generator {
    var random: SeededGenerator
    var seq: Int64 = 0
    let words = ["peace", "talks", "war", "ceasefire", "putin", "pe", "xi", "the", "u", "peacekeeper"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func word() -> String {
        // The first words are the most frequent.
        words[min(number(0..<words.count), number(0..<words.count))]
    }

    mutating func text(_ lengths: Range<Int>) -> [UInt8] {
        Array((0..<number(lengths)).map { _ in word() }.joined(separator: " ").utf8)
    }

    mutating func document(keys: Int) -> IndexDocument {
        seq += 1
        return IndexDocument(
            key: "key\(number(0..<keys))", texts: [text(0..<4), text(0..<15)],
            keywords: [
                number(0..<5) == 0 ? [] : ["source\(number(0..<4))"],
                (0..<number(0..<4)).map { _ in "entity\(min(number(0..<40), number(0..<40)))" },
            ],
            columns: [
                number(0..<6) == 0 ? nil : Int64(number(-20..<20)), seq,
                number(0..<2) == 0 ? nil : number(0..<20) == 0 ? .max : Int64(number(-5..<5)) * 1 << 40,
            ],
            summary: Array("summary \(seq)".utf8),
            content: number(0..<4) == 0 ? [] : Array("content \(seq) of many words".utf8))
    }

    mutating func changes(_ count: Int, keys: Int) -> [IndexChange] {
        (0..<count).map { _ in
            number(0..<8) == 0 ? .remove(key: "key\(number(0..<keys))") : .put(document(keys: keys))
        }
    }

    mutating func field() -> String? { [nil, nil, "title", "body"][number(0..<4)] }

    mutating func query(depth: Int = 3) -> IndexQuery {
        switch number(0..<(depth > 0 ? 15 : 10)) {
        case 0, 1: return .term(field: field(), word())
        case 2: return .phrase(field: field(), (0..<number(1..<4)).map { _ in word() }, slop: 0)
        case 3:
            return .phrase(
                field: field(), (0..<number(1..<4)).map { _ in word() }, slop: number(0..<4))
        case 4: return .prefix(field: field(), ["p", "pe", "peace", "t", "zz"][number(0..<5)])
        case 5: return .keyword(field: "source", value: "source\(number(0..<5))")
        case 6: return .keyword(field: "entity", value: "entity\(number(0..<40))")
        case 7:
            let bounds = [Int64(number(-22..<22)), Int64(number(-22..<22))].sorted()
            return .range(
                column: "published", from: number(0..<4) == 0 ? nil : bounds[0],
                to: number(0..<4) == 0 ? nil : bounds[1])
        case 8: return .absent(column: ["published", "tone"][number(0..<2)])
        case 9: return number(0..<2) == 0 ? .all : .none
        case 10, 11: return .and((0..<number(0..<4)).map { _ in query(depth: depth - 1) })
        case 12, 13: return .or((0..<number(0..<4)).map { _ in query(depth: depth - 1) })
        default: return .not(query(depth: depth - 1))
        }
    }
}

/// Compares every answer of a snapshot with the model's.
func expectAgreement(_ snapshot: IndexSnapshot, _ model: Model, _ query: IndexQuery, limit: Int) {
    let expected = model.found(query)
    #expect(snapshot.documentCount == model.documents.count)
    #expect(snapshot.count(query) == expected.count, "\(query)")
    func key(_ hit: Hit) -> Int64? { snapshot.column("seq", hit.address) }

    let scores = Dictionary(
        uniqueKeysWithValues: expected.map { ($0.columns[1] ?? 0, model.score(query, $0)) })
    let all = snapshot.search(query, order: .relevance, limit: .max)
    #expect(all.total == expected.count)
    #expect(Set(all.hits.compactMap(key)) == Set(scores.keys))
    for hit in all.hits {
        let score = scores[key(hit) ?? 0] ?? -1
        #expect(abs(hit.score - score) <= 1e-4 * max(1, score), "\(query)")
    }
    let isOrdered = zip(all.hits, all.hits.dropFirst()).allSatisfy { first, second in
        first.score > second.score
            || first.score == second.score && first.position.tie > second.position.tie
    }
    #expect(isOrdered, "\(query)")
    expectPaging(snapshot, query, .relevance, all, limit: limit)

    for (column, descending) in [("published", true), ("published", false), ("tone", true), ("tone", false)] {
        let order = SortOrder.column(column, descending: descending)
        let page = snapshot.search(query, order: order, limit: .max)
        let sorted = expected.sorted { left, right in
            let (a, b) = (model.column(left, column), model.column(right, column))
            if a == b { return (left.columns[1] ?? 0) > (right.columns[1] ?? 0) }
            guard let a else { return false }
            guard let b else { return true }
            return descending ? a > b : a < b
        }
        #expect(page.hits.compactMap(key) == sorted.compactMap { $0.columns[1] }, "\(query) \(order)")
        #expect(page.total == expected.count)
        expectPaging(snapshot, query, order, page, limit: limit)
    }

    let values = expected.compactMap { $0.columns[0] }
    let bounds = snapshot.columnBounds(query, column: "published")
    #expect(bounds?.min == values.min() && bounds?.max == values.max())
    let boundaries: [Int64] = [-15, -3, 0, 1, 12]
    #expect(
        snapshot.histogram(query, column: "published", boundaries: boundaries)
            == zip(boundaries, boundaries.dropFirst()).map { low, high in
                values.count { $0 >= low && $0 < high }
            })

    for (index, field) in modelSchema.keywords.enumerated() {
        let facet = model.facet(expected, index)
        let answer = snapshot.keywordCounts(query, field: field, limit: 3)
        #expect(answer.map(\.value) == facet.prefix(3).map(\.0), "\(query)")
        #expect(answer.map(\.count) == facet.prefix(3).map(\.1), "\(query)")
        #expect(snapshot.keywordCounts(query, field: field, limit: .max).count == facet.count)
    }
}

extension Model {
    /// The values of a keyword field, most frequent first.
    func facet(_ documents: [IndexDocument], _ field: Int) -> [(String, Int)] {
        var counts: [String: Int] = [:]
        for document in documents {
            for value in Set(document.keywords[field]) { counts[value, default: 0] += 1 }
        }
        return counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}

/// Many pages, put together, are one big page.
func expectPaging(
    _ snapshot: IndexSnapshot, _ query: IndexQuery, _ order: SortOrder, _ all: SearchResult, limit: Int
) {
    var hits: [Hit] = []
    var after: SearchPosition?
    while true {
        let page = snapshot.search(query, order: order, limit: limit, after: after)
        #expect(page.total == all.total)
        hits += page.hits
        after = page.hits.last?.position
        if page.hits.count < limit || hits.count > all.total { break }
    }
    #expect(hits == all.hits, "\(query) \(order)")
}

@Test(arguments: 0..<40 as Range<UInt64>) func everyAnswerAgreesWithTheModel(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    var options = IndexOptions()
    options.mergeFactor = generator.number(2..<9)
    options.buildBytes = generator.number(50..<3000)
    // Half of them merge in the background, while more changes come in.
    if seed % 2 == 1 { options.inlineBytes = 0 }
    let writer = try IndexWriter(folder: nil, schema: modelSchema, options: options)
    var model = Model()
    let keys = generator.number(5..<120)
    for mark in 0..<generator.number(2..<25) {
        let changes = generator.changes(generator.number(0..<30), keys: keys)
        let snapshot = try writer.apply(changes, mark: Int64(mark))
        model.apply(changes)
        #expect(snapshot.mark == Int64(mark))
        if mark % 3 == 0 {
            for _ in 0..<3 {
                expectAgreement(snapshot, model, generator.query(), limit: generator.number(1..<9))
            }
        }
    }
    let snapshot = writer.snapshot
    for _ in 0..<12 { expectAgreement(snapshot, model, generator.query(), limit: generator.number(1..<9)) }
    for number in 0..<keys {
        let document = model.documents["key\(number)"]
        let address = snapshot.address(ofKey: "key\(number)")
        #expect((address == nil) == (document == nil))
        guard let address, let document else { continue }
        #expect(snapshot.summary(address) == document.summary)
        #expect(try snapshot.content(address) == document.content)
        for (name, value) in zip(modelSchema.columns, document.columns) {
            #expect(snapshot.column(name, address) == value)
        }
    }
    for (index, field) in modelSchema.keywords.enumerated() {
        let facet = model.facet(Array(model.documents.values), index).sorted { $0.0 < $1.0 }
        var answer: [(String, Int)] = []
        snapshot.forEachKeyword(field: field) { answer.append(($0, $1)) }
        #expect(answer.map(\.0) == facet.map(\.0))
        #expect(answer.map(\.1) == facet.map(\.1))
        for (value, count) in facet {
            #expect(snapshot.keywordFrequency(field: field, value: value) == count)
        }
    }
}

/// The same documents, spread over segments in different ways, and with removed ones between them.
@Test(arguments: 0..<20 as Range<UInt64>) func scoresDoNotDependOnSegments(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let changes = generator.changes(150, keys: 60)
    let queries = (0..<10).map { _ in generator.query() }
    var answers: [[SearchResult]] = []
    for batch in [1, 7, 150] {
        var options = IndexOptions()
        options.mergeFactor = batch == 7 ? 100 : 3
        if seed % 2 == 1 { options.inlineBytes = 0 }
        let writer = try IndexWriter(folder: nil, schema: modelSchema, options: options)
        for start in stride(from: 0, to: changes.count, by: batch) {
            try writer.apply(Array(changes[start..<min(start + batch, changes.count)]), mark: 0)
        }
        let snapshot = writer.snapshot
        answers.append(queries.map { snapshot.search($0, order: .relevance, limit: 1000) })
    }
    for answer in answers.dropFirst() {
        for (result, first) in zip(answer, answers[0]) {
            #expect(result.hits.map(\.position) == first.hits.map(\.position))
            #expect(result.total == first.total)
        }
    }
}
