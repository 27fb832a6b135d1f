import Foundation
import SearchIndex
import Testing

/// Bits that flip under an open index, in segments of many blocks: each is one that the checks at opening never saw, so
/// that what reads postings, columns and dictionaries is on its own.
@Test(arguments: 0..<8 as Range<UInt64>) func flipsUnderAnOpenIndexDoNoHarm(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var generator = Generator(manyWordsOf: seed)
    var options = IndexOptions()
    options.mergeFactor = 100
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        for mark in 1...2 { try writer.apply(generator.changes(600, keys: 900), mark: Int64(mark)) }
        try writer.checkpoint()
    }
    options.mergeFactor = 2
    options.inlineBytes = 0
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
    #expect(writer.recovery.isEmpty)
    let snapshot = writer.snapshot
    let name = try #require(folder.segments.first)
    let bytes = try folder.read(name)
    // In place, so that the mapping sees it.
    let file = try #require(FileHandle(forUpdatingAtPath: folder.path + "/" + name))
    func write(_ byte: UInt8, at offset: Int) throws {
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: [byte])
    }
    for flip in 0..<flips {
        let offset = generator.number(0..<bytes.count)
        try write(flip % 2 == 0 ? bytes[offset] ^ 1 << UInt8(generator.number(0..<8)) : 0xFF, at: offset)
        for _ in 0..<3 { readAll(snapshot, generator.query()) }
        if flip % 20 == 0 { #expect(try writer.verify().count == 1) }
        // Every fourth stays, so that damage adds up.
        if flip % 4 != 0 { try write(bytes[offset], at: offset) }
    }
    for number in 0..<900 { _ = snapshot.address(ofKey: "key\(number)") }
    snapshot.forEachKeyword(field: "entity") { _, _ in }
    // Merging reads all of it.
    try writer.apply(generator.changes(600, keys: 900), mark: 3)
    for _ in 0..<10 { readAll(writer.snapshot, generator.query()) }
    try file.close()
}

/// How many flips for each segment: 1,000 in all where `SITREP_ROUNDS` asks for a long run.
private let flips = ProcessInfo.processInfo.environment["SITREP_ROUNDS"] == nil ? 25 : 125

/// Asks all that can be asked of a query.
func readAll(_ snapshot: IndexSnapshot, _ query: IndexQuery) {
    let result = snapshot.search(query, order: .relevance, limit: 10)
    _ = snapshot.search(query, order: .relevance, limit: 10, after: result.hits.last?.position)
    _ = snapshot.search(query, order: .column("published", descending: true), limit: 10)
    _ = snapshot.count(query)
    let matches = snapshot.matches(query)
    _ = snapshot.reach(of: "published")
    _ = matches.histogram(of: "published", in: Buckets(boundaries: [-5, 0, 5]))
    _ = matches.histogram(of: "published", in: Buckets(from: -5, width: 5, count: 2))
    _ = matches.means(of: "tone", by: "published", in: Buckets(boundaries: [-5, 0, 5]))
    _ = matches.bounds(of: "tone")
    for field in ["entity", "source"] {
        _ = matches.facet(field, limit: 3)
        _ = matches.facet(field, prefix: "s", limit: 3)
        _ = matches.counts(of: ["entity1", "source1"], field: field)
    }
    for hit in result.hits {
        _ = snapshot.summary(hit.address)
        _ = try? snapshot.content(hit.address)
    }
}
