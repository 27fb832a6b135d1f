import Foundation
import SearchIndex
import TestSupport
import Testing

/// Where the writer writes that is to be killed; only in the process that is started for it.
private let folderOfKilled = ProcessInfo.processInfo.environment["SITREP_KILLED_FOLDER"]

/// The changes of one mark.
private func changes(_ mark: Int) -> [IndexChange] {
    var generator = Generator(seed: UInt64(mark))
    generator.seq = Int64(mark) * 1000
    return generator.changes(40, keys: 200)
}

/// Small segments, so that merges never stop: every other time while changes are applied, else in the background.
private func options(_ mark: Int64) -> IndexOptions {
    var options = IndexOptions()
    options.mergeFactor = 2
    options.buildBytes = 500
    if mark % 2 == 1 { options.inlineBytes = 0 }
    return options
}

/// Writes until it is killed, and says in a file up to which mark it has written all down.
@Test(.enabled(if: folderOfKilled != nil)) func aWriterThatIsKilled() throws {
    let folder = try #require(folderOfKilled)
    let writer = try IndexWriter(
        folder: folder, schema: modelSchema, options: options(Int64(getpid())))
    let first = Int(writer.snapshot.mark) + 1
    // It ends by itself where nobody is left to kill it.
    let parent = getppid()
    for mark in first..<first + 5000 where getppid() == parent {
        try writer.apply(changes(mark), mark: Int64(mark))
        if mark % 3 == 0 { continue }
        try writer.checkpoint()
        try Data("\(mark)".utf8).write(to: URL(fileURLWithPath: folder + "/../written"), options: .atomic)
    }
}

/// A process that writes and merges all the time is killed at random moments: the folder then holds a state that it had,
/// none older than what it has written down, and whole.
@Test func aKilledWriterLeavesAWholeIndex() throws {
    let folder = try TemporaryFolder()
    let index = folder.path + "/index"
    func written() throws -> Int {
        guard folder.files.contains("written") else { return 0 }
        return Int(String(decoding: try folder.read("written"), as: UTF8.self)) ?? 0
    }
    var random = SeededGenerator(seed: 5)
    var queries = Generator(seed: 6)
    var model = Model()
    var applied = 0
    for _ in 0..<kills {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["--testing-library", "swift-testing", "--filter", "aWriterThatIsKilled"]
        process.environment = ProcessInfo.processInfo.environment.merging(["SITREP_KILLED_FOLDER": index]) {
            $1
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let goal = applied + Int.random(in: 1..<40, using: &random)
        while try written() < goal, process.isRunning { usleep(UInt32.random(in: 0..<3000, using: &random)) }
        #expect(process.isRunning)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let writer = try IndexWriter(folder: index, schema: modelSchema)
        #expect(writer.recovery.isEmpty)
        #expect(try writer.verify().isEmpty)
        let mark = Int(writer.snapshot.mark)
        #expect(try mark >= max(goal, written()))
        guard mark > applied else { return }
        for mark in applied + 1...mark { model.apply(changes(mark)) }
        applied = mark
        for _ in 0..<3 { expectAgreement(writer.snapshot, model, queries.query(), limit: 20) }
    }
}

private let kills = ProcessInfo.processInfo.environment["SITREP_ROUNDS"] == nil ? 6 : 100
