import Compression
import Files
import Foundation
import Testing

@testable import NewsCatalog

/// A folder that goes away with the test.
private final class Folder {
    let path = NSTemporaryDirectory() + "sitrep-sources-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}

@Suite struct SourceFilesTests {
    /// What a file gives: the titles of its items, the lines of those refused, and what ended it.
    private func read(_ path: String) throws -> (titles: [String], refused: [Int?], end: (any Error)?) {
        let file = try #require(try SourceFiles(paths: [path]).files.first)
        var reader = try SourceFileReader(file)
        var titles: [String] = []
        var refused: [Int?] = []
        do {
            while true {
                let items = try reader.next(bytes: 1 << 16)
                guard !items.isEmpty else { return (titles, refused, nil) }
                for item in items {
                    switch item.parsed {
                    case .success(let draft): titles.append(draft.title)
                    case .failure(let fault): refused.append(fault.line)
                    }
                }
            }
        } catch {
            return (titles, refused, error)
        }
    }

    private let lines = (0..<3_000).map {
        "{\"id\":\"\($0)\",\"title\":\"Envoys meet \($0 &* 2_654_435_761)\"}"
    }

    @Test func whatCameBeforeACutIsTaken() throws {
        let folder = try Folder()
        let zipped = Deflate.gzip(Array(lines.joined(separator: "\n").utf8))
        let found = try read(folder.write(Array(zipped.prefix(zipped.count / 2)), to: "cut.ndjson.gz"))
        #expect(found.titles.count > 500)
        #expect(found.refused.isEmpty)
        #expect((found.end as? ItemFault)?.reason == "the gzip data is cut short")

        let trailing = Deflate.gzip(Array((lines[0] + "\n").utf8)) + Array("garbage".utf8)
        let whole = try read(folder.write(trailing, to: "trailing.ndjson.gz"))
        #expect(whole.titles.count == 1)
        #expect(whole.end is ItemFault)
    }

    @Test func gzipIsKnownByItsFirstBytes() throws {
        let folder = try Folder()
        let zipped = Deflate.gzip(Array(lines.joined(separator: "\n").utf8))
        #expect(try read(folder.write(zipped, to: "unnamed")).titles.count == lines.count)
    }

    @Test func aLineTooLongIsRefusedAndTheRestGoesOn() throws {
        let folder = try Folder()
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 2 * SourceFileReader.itemBytes + 17)
        let bytes = Array((lines[0] + "\n").utf8) + long + Array(("\n" + lines[1] + "\n").utf8) + long
        let found = try read(folder.write(bytes, to: "long.ndjson"))
        #expect(found.titles.count == 2)
        #expect(found.refused == [2, 4])
        #expect(found.end == nil)
    }

    @Test func aLinkBackIsNotFollowed() throws {
        let folder = try Folder()
        _ = try folder.write(Array(lines[0].utf8), to: "a.ndjson")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: ".")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/gone.json", withDestinationPath: "nowhere")
        let sources = try SourceFiles(paths: [folder.path])
        #expect(sources.files.map(\.path) == [folder.path + "/a.ndjson"])
        #expect(sources.passedOver == [folder.path + "/gone.json"])
        #expect(throws: FileError.self) { try SourceFiles(paths: [folder.path + "/none"]) }
    }
}
