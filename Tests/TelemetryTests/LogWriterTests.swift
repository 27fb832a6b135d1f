import Foundation
import Telemetry
import Testing

@Suite struct LogWriterTests {
    private let folder = NSTemporaryDirectory() + "sitrep-log-" + UUID().uuidString
    private let metrics = Metrics()

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    private func finish(_ writer: LogWriter, within time: DispatchTimeInterval = .seconds(60)) async {
        await withCheckedContinuation { continuation in
            writer.finish(within: time) { continuation.resume() }
        }
    }

    private func dropped(_ reason: String) -> UInt64 {
        metrics.counter("sitrep_log_dropped_total", help: "", labels: ["reason": reason]).value
    }

    @Test func linesOfAllThreadsAreWrittenAndAppended() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("before\n".utf8).write(to: URL(fileURLWithPath: folder + "/a"))
        let writer = try LogWriter(path: folder + "/a", threads: 2, metrics: metrics)
        for number in 0..<1000 { writer.ring(0).append(Array("zero \(number)\n".utf8)) }
        writer.ring(1).append(Array("one\n".utf8))
        // Longer than what is written in one piece.
        writer.ring(1).append([UInt8](repeating: UInt8(ascii: "x"), count: 10_000) + [UInt8(ascii: "\n")])
        await finish(writer)
        let lines = try text("a").split(separator: "\n")
        #expect(lines.first == "before")
        #expect(lines.filter { $0.hasPrefix("zero") } == (0..<1000).map { "zero \($0)" })
        #expect(lines.suffix(2) == ["one", Substring(repeating: "x", count: 10_000)])
        #expect(lines.count == 1003)
        #expect(dropped("full") == 0 && dropped("write") == 0)
    }

    /// Nothing is lost where a file is moved away: what came before is in the old one, what came after in the new.
    @Test func aFileThatWasMovedAwayIsMadeAnew() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = try LogWriter(path: folder + "/a", threads: 1, metrics: metrics)
        writer.ring(0).append(Array("old\n".utf8))
        try FileManager.default.moveItem(atPath: folder + "/a", toPath: folder + "/b")
        #expect(await reopen(writer) == nil)
        writer.ring(0).append(Array("new\n".utf8))
        await finish(writer)
        #expect(try text("b") == "old\n")
        #expect(try text("a") == "new\n")
    }

    @Test func aFileThatCannotBeOpenedIsNamed() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = #expect(throws: LogFileError.self) {
            try LogWriter(path: folder + "/none/a", threads: 1, metrics: metrics)
        }
        #expect(error?.description == "\(folder)/none/a: No such file or directory")
        // A file that is open already stays in use.
        let inner = folder + "/inner"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        let writer = try LogWriter(path: inner + "/a", threads: 1, metrics: metrics)
        try FileManager.default.moveItem(atPath: inner, toPath: folder + "/moved")
        #expect(await reopen(writer)?.path == inner + "/a")
        writer.ring(0).append(Array("line\n".utf8))
        await finish(writer)
        #expect(try text("moved/a") == "line\n")
    }

    /// A pipe that nobody reads: whoever logs goes on, what does not fit is counted, and the end is in good time.
    @Test func aReaderThatHasStoppedHoldsNobodyUp() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pipe = Pipe()
        let end = pipe.fileHandleForWriting
        _ = fcntl(end.fileDescriptor, F_SETFL, fcntl(end.fileDescriptor, F_GETFL) | O_NONBLOCK)
        var filled = 0
        while (try? end.write(contentsOf: [UInt8(ascii: "\n")])) != nil { filled += 1 }
        let path = "/dev/fd/\(end.fileDescriptor)"
        let writer = try LogWriter(path: path, threads: 1, metrics: metrics, ringBytes: 10_000)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [UInt8(ascii: "\n")]
        // The ring takes 10 lines and the writer at most as much again.
        for _ in 0..<1000 { writer.ring(0).append(line) }
        try #require(dropped("full") >= 1000 - 20)
        await finish(writer, within: .milliseconds(1))
        // What was taken comes out whole once somebody reads.
        let expected = filled + (1000 - Int(dropped("full"))) * 1000
        var text: [UInt8] = []
        while text.count < expected { text += pipe.fileHandleForReading.availableData }
        #expect(text.count == expected)
        #expect(text.split(separator: UInt8(ascii: "\n")).allSatisfy { $0.count == 999 })
    }

    private func reopen(_ writer: LogWriter) async -> LogFileError? {
        await withCheckedContinuation { continuation in
            writer.reopen { continuation.resume(returning: $0) }
        }
    }
}
