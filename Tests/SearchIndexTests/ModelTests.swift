import SearchIndex
import Testing

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
        let document = model.documents["key\(number)"]?.document
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
        let facet = model.facet(model.documents.values.map(\.document), index).sorted { $0.0 < $1.0 }
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
