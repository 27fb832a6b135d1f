import Files
import Foundation
import Testing

/// A folder of its own for one test, gone afterwards.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.path + "/sitrep-files-" + UUID().uuidString

    init() throws {
        try FileSystem.createFolder(path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

@Suite("Whole files and folders")
struct FileSystemTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    @Test(arguments: [0, 1, 4_096, 300_000])
    func whatIsWrittenIsRead(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = scratch.path + "/a"
        try FileSystem.writeAtomically(bytes, to: path)
        #expect(try FileSystem.read(path) == bytes)
        #expect(try FileSystem.size(of: path) == count)
        #expect(FileSystem.kind(of: path) == .file)
        var reader = try FileReader(path: path)
        var read: [UInt8] = []
        while true {
            let piece = try reader.read(upTo: 1_000)
            if piece.isEmpty { break }
            read += piece
        }
        #expect(read == bytes)
        let mapped = try MappedFile(path: path)
        #expect(mapped.count == count)
        #expect(mapped.withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } } == bytes)
    }

    @Test func replacingLeavesNothingElseBehindAndKeepsOldMappings() throws {
        let path = scratch.path + "/a"
        try FileSystem.writeAtomically(Array("old".utf8), to: path)
        let mapped = try MappedFile(path: path)
        try FileSystem.writeAtomically(Array("newer".utf8), to: path)
        #expect(try FileSystem.entries(of: scratch.path) == ["a"])
        #expect(try FileSystem.read(path) == Array("newer".utf8))
        #expect(
            mapped.withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } } == Array("old".utf8)
        )
    }

    @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
        // A folder with something in it cannot be replaced by a file.
        let path = scratch.path + "/folder"
        try FileSystem.createFolder(path + "/inner")
        #expect(throws: FileError.self) { try FileSystem.writeAtomically([1], to: path) }
        #expect(try FileSystem.entries(of: scratch.path) == ["folder"])
        #expect(FileSystem.kind(of: path + "/inner") == .folder)
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        let path = scratch.path + "/x/y/z"
        try FileSystem.createFolder(path)
        try FileSystem.createFolder(path + "/")
        #expect(FileSystem.kind(of: path) == .folder)
        try FileSystem.writeAtomically([], to: scratch.path + "/file")
        #expect(throws: FileError.self) { try FileSystem.createFolder(scratch.path + "/file") }
        #expect(throws: FileError.self) { try FileSystem.createFolder(scratch.path + "/file/below") }
    }

    @Test func entriesComeInTheOrderOfTheirBytes() throws {
        for name in ["b", "a", "Z", "é", ".hidden", "10", "9"] {
            try FileSystem.writeAtomically([], to: scratch.path + "/" + name)
        }
        #expect(try FileSystem.entries(of: scratch.path) == [".hidden", "10", "9", "Z", "a", "b", "é"])
    }

    @Test func removingTwiceIsFine() throws {
        let path = scratch.path + "/a"
        try FileSystem.writeAtomically([1], to: path)
        try FileSystem.remove(path)
        try FileSystem.remove(path)
        #expect(FileSystem.kind(of: path) == nil)
    }

    @Test func errorsSayWhatAndWhy() throws {
        let path = scratch.path + "/absent"
        let error = try #require(throws: FileError.self) { try FileSystem.read(path) }
        #expect(error == FileError(path: path, operation: "open", code: ENOENT))
        #expect(error.description == "cannot open '\(path)': No such file or directory")
        #expect(error.isAbsence)
        #expect(throws: FileError.self) { try FileSystem.entries(of: path) }
        #expect(throws: FileError.self) { try FileSystem.size(of: path) }
        #expect(throws: FileError.self) { try MappedFile(path: path) }
        #expect(throws: FileError(path: scratch.path, operation: "read", code: EISDIR)) {
            try FileSystem.read(scratch.path)
        }
    }

    @Test func aFileUnderProcIsReadThoughItTellsNoSize() throws {
        #expect(try FileSystem.size(of: "/proc/self/status") == 0)
        #expect(try FileSystem.read("/proc/self/status").starts(with: "Name:".utf8))
    }
}

@Suite("Locks between processes")
struct FileLockTests {
    @Test func onlyOneHoldsALock() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/lock"
        let first = try #require(try FileLock(path: path))
        #expect(try FileLock(path: path) == nil)
        first.unlock()
        first.unlock()
        let second = try FileLock(path: path)
        #expect(second != nil)
        #expect(try FileLock(path: path) == nil)
        withExtendedLifetime(second) {}
    }

    @Test func aLockEndsWithItsOwner() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/lock"
        do {
            let lock = try FileLock(path: path)
            #expect(lock != nil)
        }
        #expect(try FileLock(path: path) != nil)
    }

    @Test func anotherProcessIsKeptOut() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/lock"
        let lock = try #require(try FileLock(path: path))
        #expect(try Self.otherProcessCanLock(path) == false)
        lock.unlock()
        #expect(try Self.otherProcessCanLock(path))
    }

    private static func otherProcessCanLock(_ path: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["--nonblock", path, "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
