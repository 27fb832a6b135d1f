import Foundation
import SearchIndex
import Testing

/// A random corpus, how it came into the index, and queries put to it; told by its seed alone.
private struct RandomIndex {
    let seed: UInt64
    let options: IndexOptions
    let batches: [[IndexChange]]
    private(set) var generator: Generator

    /// A corpus of up to `size` documents in batches of any size, many of them replaced or removed later on.
    init(seed: UInt64, size: Int) {
        generator = Generator(manyWordsOf: seed)
        self.seed = seed
        var options = IndexOptions()
        options.mergeFactor = generator.number(2..<9)
        options.buildBytes = [3000, 100_000, 12 << 20][generator.number(0..<3)]
        if generator.number(0..<2) == 0 { options.inlineBytes = 0 }
        self.options = options
        let total = generator.number(1..<size)
        let keys = generator.number(max(1, total / 2)..<total + 1)
        var batches: [[IndexChange]] = []
        var left = total
        while left > 0 {
            let count = min(left, 1 + generator.number(0..<(1 << generator.number(0..<14))))
            batches.append(generator.changes(count, keys: keys))
            left -= count
        }
        self.batches = batches
    }

    mutating func agreement(_ snapshot: IndexSnapshot, _ model: Model) -> Agreement {
        let column = ["published", "tone", "seq"][generator.number(0..<3)]
        let order =
            generator.number(0..<3) == 0
            ? SortOrder.recency(Recency(column: column, halfLife: Int64(generator.number(1..<30))))
            : .column(column, descending: generator.number(0..<2) == 0)
        return Agreement(
            snapshot: snapshot, model: model, query: generator.query(),
            limit: [0, 1, 10, 1000][generator.number(0..<4)], pages: 3, orders: [order])
    }
}

/// Fewer changes and a smaller query that disagree as well, by leaving out what can be left out.
private func smallest(_ changes: [IndexChange], _ failing: Agreement) throws -> (Int, String) {
    func answer(_ changes: [IndexChange], _ query: IndexQuery) throws -> String? {
        let writer = try IndexWriter(folder: nil, schema: modelSchema)
        var model = Model()
        try writer.apply(changes, mark: 1)
        model.apply(changes)
        return Agreement(
            snapshot: writer.snapshot, model: model, query: query, limit: failing.limit, pages: failing.pages,
            orders: failing.orders
        ).disagreement()
    }
    var (changes, query) = (changes, failing.query)
    guard try answer(changes, query) != nil else {
        return (changes.count, "in one segment they agree: see the seed")
    }
    var isSmaller = true
    while isSmaller {
        isSmaller = false
        for part in parts(query) where try answer(changes, part) != nil {
            (query, isSmaller) = (part, true)
            break
        }
    }
    var length = changes.count / 2
    while length > 0 {
        var start = 0
        while start < changes.count {
            var fewer = changes
            fewer.removeSubrange(start..<min(start + length, changes.count))
            if try answer(fewer, query) != nil { changes = fewer } else { start += length }
        }
        length /= 2
    }
    let shown = changes.prefix(3).map { String("\($0)".prefix(2000)) }
    return (changes.count, "\(query) with \(shown.joined(separator: "\n"))")
}

private func parts(_ query: IndexQuery) -> [IndexQuery] {
    switch query {
    case .not(let inner): [inner]
    case .and(let inner): inner + inner.indices.map { .and(without($0, inner)) }
    case .or(let inner): inner + inner.indices.map { .or(without($0, inner)) }
    default: []
    }
}

private func without(_ index: Int, _ queries: [IndexQuery]) -> [IndexQuery] {
    Array(queries[..<index] + queries[(index + 1)...])
}

/// How many corpora are made; `SITREP_ROUNDS` asks for more than fit into every run of the tests.
private let rounds = ProcessInfo.processInfo.environment["SITREP_ROUNDS"].flatMap { UInt64($0) } ?? 6

/// Corpora of many blocks of postings and several windows: while they grow and are merged, and after a restart, each
/// answer is that of the slow and obvious model.
///
/// A failure names the seed, and the smallest corpus and query that were found to fail.
@Test(arguments: 0..<rounds) func largeCorporaAgreeWithTheModel(seed: UInt64) throws {
    let isThorough = rounds > 6
    var index = RandomIndex(seed: seed, size: isThorough && seed % 4 == 0 ? 14_000 : 2500)
    let folder = try TemporaryFolder()
    var model = Model()
    var applied: [IndexChange] = []
    func check(_ snapshot: IndexSnapshot, queries: Int, _ moment: String) throws {
        for _ in 0..<queries {
            let agreement = index.agreement(snapshot, model)
            guard let found = agreement.disagreement() else { continue }
            let (count, smallest) = try smallest(applied, agreement)
            Issue.record(
                """
                seed \(seed), \(moment), \(agreement.query), \(agreement.limit) at a time: \(found)
                smallest: \(count) changes, \(smallest)
                """)
            return
        }
    }
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: index.options)
        for (mark, changes) in index.batches.enumerated() {
            try writer.apply(changes, mark: Int64(mark + 1))
            model.apply(changes)
            applied += changes
            if mark % 5 == 4 { try writer.checkpoint() }
            if mark % 8 == 7 { try check(writer.snapshot, queries: isThorough ? 8 : 1, "batch \(mark)") }
        }
        try writer.checkpoint()
        try check(writer.snapshot, queries: isThorough ? 50 : 5, "at the end")
    }
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: index.options)
    #expect(writer.recovery.isEmpty)
    #expect(writer.snapshot.mark == Int64(index.batches.count))
    try check(writer.snapshot, queries: isThorough ? 150 : 8, "after a restart")
}
