import Foundation
import Testing

@testable import SearchIndex

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
    // Merging reads all of it, and notices.
    let damage = try writer.verify()
    try writer.apply(generator.changes(600, keys: 900), mark: 3)
    writer.compact()
    #expect(damage.count == 1 && writer.damage != nil)
    for _ in 0..<10 { readAll(writer.snapshot, generator.query()) }
    try file.close()
}

/// One bit after the other flips under an open index that is then merged: the merge comes to nothing and says why, or
/// the bit was one that it does not read, and what it has made is whole and answers as before.
@Test(arguments: 0..<4 as Range<UInt64>) func aMergeNoticesWhatHasFlipped(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: seed)
    var model = Model()
    var options = IndexOptions()
    options.mergeFactor = 100
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        for mark in 1...2 {
            let changes = generator.changes(30, keys: 80)
            model.apply(changes)
            try writer.apply(changes, mark: Int64(mark))
            try writer.checkpoint()
        }
    }
    let names = folder.segments
    #expect(names.count == 2)
    // What a merge does not read again: the header and the table of the sections were read at opening.
    let manifest = try folder.read("manifest")
    let whole = try names.map(folder.read)
    var noticed = 0
    for flip in 0..<2 * flips {
        try folder.write(manifest, to: "manifest")
        for (name, bytes) in zip(names, whole) { try folder.write(bytes, to: name) }
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        #expect(writer.recovery.isEmpty)
        let place = flip % 2
        // The beginning as well, of which there is little.
        let offset = generator.number(0..<(flip % 20 == 0 ? 1_000 : whole[place].count))
        let file = try #require(FileHandle(forUpdatingAtPath: folder.path + "/" + names[place]))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: [whole[place][offset] ^ 1 << UInt8(generator.number(0..<8))])
        try file.close()
        writer.compact()
        if case .damaged(let path, _, let reason) = writer.damage {
            noticed += 1
            #expect(path == names[place] && reason.contains("checksum"))
            #expect(writer.snapshot.mark == 2)
            // It begins anew, in a folder that the next opening takes over.
            guard flip % 10 < 2 else { continue }
            try writer.reset()
            #expect(writer.damage == nil && writer.snapshot.documentCount == 0 && writer.snapshot.mark == 0)
            try writer.apply(generator.changes(5, keys: 5), mark: 1)
            try writer.checkpoint()
            #expect(try writer.verify().isEmpty)
        } else {
            try writer.checkpoint()
            #expect(try writer.verify().isEmpty)
            expectAgreement(writer.snapshot, model, generator.query(), limit: 5)
        }
    }
    #expect(noticed > flips && noticed < 2 * flips)
}

/// A large index is open before its checksums have been looked at; what they say is known soon after.
@Test(arguments: 0..<20 as Range<UInt64>) func aLargeIndexIsCheckedOnceItIsOpen(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: seed)
    var options = IndexOptions()
    options.verifiedBytes = 0
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        for mark in 1...2 {
            try writer.apply(generator.changes(30, keys: 80), mark: Int64(mark))
            try writer.checkpoint()
        }
    }
    func expectDamage(_ isDamaged: Bool) throws {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        #expect(writer.recovery.isEmpty && writer.snapshot.mark == 2)
        writer.waitForCheck()
        #expect((writer.damage != nil) == isDamaged)
        // Changes are taken all the same, and nothing that is damaged is merged.
        try writer.apply(generator.changes(30, keys: 80), mark: 3)
        writer.compact()
        #expect((writer.damage != nil) == isDamaged)
    }
    try expectDamage(false)
    // The last ones are what was merged after the checkpoint.
    let name = try #require(folder.segments.first)
    var bytes = try folder.read(name)
    // Behind the header and the table of sections, which are checked in any case.
    bytes[generator.number(1_000..<bytes.count)] ^= 1 << UInt8(generator.number(0..<8))
    try folder.write(bytes, to: name)
    try expectDamage(true)
}

/// How many flips for each index: 1,000 in all for each test.
private let flips = 125

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
