import Foundation
import SearchIndex
import TestSupport
import Testing

/// A folder that is there for one test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "sitrep-index-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    var segments: [String] { files.filter { $0.hasPrefix("segment-") } }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    /// Puts a new file in the place of one, so that mappings of the old one stay as they were.
    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }
}

/// A folder with an index of some documents in several segments, one with removed documents.
private func makeIndex(_ folder: TemporaryFolder, seed: UInt64) throws -> Model {
    var generator = Generator(seed: seed)
    var options = IndexOptions()
    options.mergeFactor = 100
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
    var model = Model()
    for mark in 1...3 {
        let changes = generator.changes(40, keys: 150)
        try writer.apply(changes, mark: Int64(mark))
        model.apply(changes)
        try writer.checkpoint()
    }
    return model
}

@Test(arguments: 0..<6 as Range<UInt64>) func checkpointsAreFoundAgain(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: seed)
    var options = IndexOptions()
    options.mergeFactor = generator.number(2..<6)
    options.buildBytes = 800
    if seed % 2 == 1 { options.inlineBytes = 0 }
    var model = Model()
    for round in 0..<6 {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
        #expect(writer.recovery.isEmpty)
        #expect(writer.snapshot.mark == Int64(round))
        expectAgreement(writer.snapshot, model, generator.query(), limit: 3)
        for _ in 0..<generator.number(1..<5) {
            let changes = generator.changes(generator.number(1..<25), keys: 50)
            model.apply(changes)
            try writer.apply(changes, mark: Int64(round + 1))
            if generator.number(0..<2) == 0 { try writer.checkpoint() }
        }
        try writer.checkpoint()
        // Out of files, nothing has changed.
        for _ in 0..<4 { expectAgreement(writer.snapshot, model, generator.query(), limit: 4) }
        #expect(try writer.verify().isEmpty)
    }
}

@Test func whatIsNotCheckpointedIsLostAndTheMarkSaysSo() throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: 7)
    var model = Model()
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
        let kept = generator.changes(40, keys: 30)
        model.apply(kept)
        try writer.apply(kept, mark: 5)
        try writer.checkpoint()
        try writer.apply(generator.changes(40, keys: 30), mark: 9)
        #expect(writer.snapshot.mark == 9)
    }
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
    #expect(writer.recovery.isEmpty)
    #expect(writer.snapshot.mark == 5)
    for _ in 0..<5 { expectAgreement(writer.snapshot, model, generator.query(), limit: 5) }
}

@Test func whatIsMergedLiesInAFileAtOnceAndCountsFromTheCheckpointOn() throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: 9)
    var model = Model()
    let first = generator.changes(40, keys: 30)
    do {
        let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
        for changes in [first, generator.changes(40, keys: 30)] {
            try writer.apply(changes, mark: 1)
            #expect(folder.segments.isEmpty)
        }
        writer.compact()
        #expect(folder.segments.count == 1 && !folder.files.contains("manifest"))
        #expect(try writer.verify().isEmpty)
    }
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
    #expect(writer.recovery.isEmpty && writer.snapshot.mark == 0 && writer.snapshot.documentCount == 0)
    try writer.apply(first, mark: 1)
    model.apply(first)
    try writer.checkpoint()
    #expect(folder.segments.count == 1)
    #expect(try writer.verify().isEmpty)
    for _ in 0..<5 { expectAgreement(writer.snapshot, model, generator.query(), limit: 5) }
}

@Test func snapshotsStayAsTheyWere() throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: 3)
    var options = IndexOptions()
    options.mergeFactor = 2
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
    var model = Model()
    var old: [(IndexSnapshot, Model)] = []
    for mark in 0..<12 {
        let changes = generator.changes(12, keys: 20)
        model.apply(changes)
        old.append((try writer.apply(changes, mark: Int64(mark)), model))
        if mark % 4 == 3 { try writer.checkpoint() }
    }
    for (snapshot, model) in old { expectAgreement(snapshot, model, generator.query(), limit: 4) }
}

@Test func oneFolderHasOneWriter() throws {
    let folder = try TemporaryFolder()
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
    #expect(throws: IndexError.locked(folder: folder.path)) {
        try IndexWriter(folder: folder.path, schema: modelSchema)
    }
    #expect(writer.snapshot.documentCount == 0)
}

@Test func filesOfOldStatesAreRemoved() throws {
    let folder = try TemporaryFolder()
    var generator = Generator(seed: 5)
    var options = IndexOptions()
    options.mergeFactor = 2
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
    try folder.write([1, 2, 3], to: ".segment-x.1-1.partial")
    for mark in 0..<10 {
        try writer.apply(generator.changes(10, keys: 30), mark: Int64(mark))
        try writer.checkpoint()
        #expect(folder.segments.count <= 3)
    }
    #expect(!folder.files.contains { $0.hasSuffix(".partial") })
    let before = try folder.read("manifest")
    try writer.checkpoint()
    #expect(try folder.read("manifest") == before)
}

@Test func anotherSchemaBeginsAnew() throws {
    let folder = try TemporaryFolder()
    _ = try makeIndex(folder, seed: 1)
    let other = IndexSchema(
        texts: [.init(name: "title"), .init(name: "body")], keywords: ["source", "entity"],
        columns: ["published", "seq", "tone"], tieBreaker: "seq")
    do {
        let writer = try IndexWriter(folder: folder.path, schema: other)
        #expect(writer.recovery.count == 1)
        #expect(writer.snapshot.mark == 0 && writer.snapshot.documentCount == 0)
        #expect(folder.segments.isEmpty)
    }
    #expect(try IndexWriter(folder: folder.path, schema: other).recovery.isEmpty)
}

@Test func aMissingSegmentBeginsAnew() throws {
    let folder = try TemporaryFolder()
    _ = try makeIndex(folder, seed: 2)
    #expect(folder.segments.count > 1)
    try folder.remove(folder.segments[1])
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
    #expect(writer.recovery.count == 1 && writer.recovery[0].contains("gone"))
    #expect(writer.snapshot.mark == 0 && writer.snapshot.documentCount == 0)
    #expect(folder.segments.isEmpty)
}

/// One flipped bit, in every byte of every file, is noticed when the index is opened.
@Test func flippedBitsAreNoticed() throws {
    let folder = try TemporaryFolder()
    _ = try makeIndex(folder, seed: 3)
    var random = SeededGenerator(seed: 11)
    let files = folder.segments + ["manifest"]
    let originals = try files.map { ($0, try folder.read($0)) }
    func restore() throws {
        for (name, bytes) in originals { try folder.write(bytes, to: name) }
    }
    for (name, bytes) in originals {
        let step = max(1, bytes.count / 250)
        for start in stride(from: 0, to: bytes.count, by: step) {
            var damaged = bytes
            let shift = start < 200 ? 0 : Int.random(in: 0..<step, using: &random)
            let index = min(bytes.count - 1, start + shift)
            damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try restore()
            try folder.write(damaged, to: name)
            let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
            #expect(writer.recovery.count == 1, "byte \(index) of \(name)")
            #expect(writer.snapshot.documentCount == 0)
        }
    }
    try restore()
    #expect(try IndexWriter(folder: folder.path, schema: modelSchema).recovery.isEmpty)
}

@Test func truncatedFilesAreNoticed() throws {
    let folder = try TemporaryFolder()
    _ = try makeIndex(folder, seed: 4)
    let originals = try (folder.segments + ["manifest"]).map { ($0, try folder.read($0)) }
    for (name, bytes) in originals {
        let lengths = [0, 1, 7, 8, 47, 48, 100, bytes.count / 2, bytes.count - 1, bytes.count + 1]
        for length in lengths {
            // An empty manifest is that of a new index.
            if name == "manifest", length == 0 { continue }
            for (name, bytes) in originals { try folder.write(bytes, to: name) }
            let changed = length <= bytes.count ? Array(bytes.prefix(length)) : bytes + [0]
            try folder.write(changed, to: name)
            let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
            #expect(writer.recovery.count == 1, "\(length) bytes of \(name)")
        }
    }
}

/// Damage after the index was opened: `verify` tells, and nothing ends the process, whatever is read.
@Test(arguments: 0..<40 as Range<UInt64>) func damageThatGoesUnnoticedDoesNoHarm(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    _ = try makeIndex(folder, seed: seed)
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema)
    var generator = Generator(seed: seed)
    let name = folder.segments[generator.number(0..<folder.segments.count)]
    let length = try folder.read(name).count
    // In place, so that the mapping sees it.
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.path + "/" + name))
    for _ in 0..<generator.number(1..<60) {
        try handle.seek(toOffset: UInt64(generator.number(0..<length)))
        try handle.write(contentsOf: [UInt8(generator.number(0..<256))])
    }
    try handle.close()
    let snapshot = writer.snapshot
    for _ in 0..<30 {
        readAll(snapshot, generator.query())
    }
    snapshot.forEachKeyword(field: "entity") { _, _ in }
    for key in 0..<150 { _ = snapshot.address(ofKey: "key\(key)") }
    #expect(try writer.verify().count == 1)
}

/// One thread writes, checkpoints and merges while others search; each answer is that of one state.
@Test func readersSeeWholeStates() throws {
    let folder = try TemporaryFolder()
    var options = IndexOptions()
    options.mergeFactor = 2
    options.inlineBytes = 0
    let writer = try IndexWriter(folder: folder.path, schema: modelSchema, options: options)
    // Each state has the same documents, all of the same revision.
    @Sendable func state(_ revision: Int) -> [IndexChange] {
        (0..<20).map { number in
            .put(
                IndexDocument(
                    key: "\(number)", texts: [[], Array("peace revision\(revision)".utf8)],
                    keywords: [["source\(revision)"], []],
                    columns: [Int64(revision), Int64(revision * 100 + number), nil],
                    summary: Array("\(revision)".utf8)))
        }
    }
    try writer.apply(state(0), mark: 0)
    DispatchQueue.concurrentPerform(iterations: 3) { thread in
        if thread == 0 {
            for revision in 1...60 {
                _ = try? writer.apply(state(revision), mark: Int64(revision))
                if revision % 7 == 0 { try? writer.checkpoint() }
            }
            return
        }
        for _ in 0..<300 {
            let snapshot = writer.snapshot
            let revision = snapshot.mark
            let result = snapshot.search(.term(field: nil, "peace"), order: .relevance, limit: 50)
            #expect(result.total == 20 && result.hits.count == 20)
            #expect(result.hits.allSatisfy { snapshot.column("published", $0.address) == revision })
            #expect(result.hits.allSatisfy { snapshot.summary($0.address) == Array("\(revision)".utf8) })
            #expect(snapshot.keywordFrequency(field: "source", value: "source\(revision)") == 20)
        }
    }
    #expect(writer.snapshot.documentCount == 20)
}
