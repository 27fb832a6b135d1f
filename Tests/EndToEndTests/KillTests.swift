import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// The program is killed at random moments, as by a loss of power less what the disk itself would lose.
@Suite(.serialized) struct KillTests {
    /// How often each test kills; `SITREP_ROUNDS` asks for many.
    private static let rounds = ProcessInfo.processInfo.environment["SITREP_ROUNDS"] == nil ? 3 : 60

    /// What an article is for those who wrote it: its text, or that it was taken down.
    private enum Content: Hashable {
        case text(String)
        case gone
    }

    /// What the writers of one article have been told, and what they have asked for since.
    private struct Written {
        var acknowledged = Content.gone
        var asked: Content?
    }

    /// The titles of all articles, by id, as the program that runs gives them, page by page.
    private func articles(_ client: HTTPClient) throws -> [String: String] {
        var found: [String: String] = [:]
        var next: String? = "/v1/articles?sort=oldest&limit=1000"
        while let target = next {
            let page = try JSONParser().parse(try client.send("GET", target).body).object
            for item in try #require(page?["data"]?.array) {
                let id = try #require(item.object?["id"]?.string)
                let title = try #require(item.object?["title"]?.string)
                #expect(found.updateValue(title, forKey: id) == nil, "twice: \(id)")
            }
            next = page?["links"]?.object?["next"]?.string
        }
        return found
    }

    private func expectClean(_ program: Program) throws {
        let outcome = try program.run(["verify", "--data", program.data])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }

    @Test func whatAServerHasAcknowledgedIsThere() throws {
        let program = try Program()
        let key = try program.key("ingest")
        var random = SeededGenerator(seed: 11)
        let writers = 3
        var written = [[String: Written]](repeating: [:], count: writers)
        for round in 0..<Self.rounds {
            let client = try program.serve()
            let goal = Int.random(in: 1..<60, using: &random)
            let delay = UInt32.random(in: 0..<20_000, using: &random)
            let acknowledged = Counter()
            let before = written
            let seed = random.next()
            let results = Mutex(written)
            let group = DispatchGroup()
            for writer in 0..<writers {
                DispatchQueue.global().async(group: group) {
                    var random = SeededGenerator(seed: seed &+ UInt64(writer))
                    var own = before[writer]
                    // Until the server is no more; no more than so often, should it not be killed.
                    for number in 0..<5_000 {
                        guard Self.write(client, key, "\(writer)", round, number, &own, &random) else {
                            break
                        }
                        acknowledged.count.add(1, ordering: .relaxed)
                    }
                    results.withLock { $0[writer] = own }
                }
            }
            while acknowledged.count.load(ordering: .relaxed) < goal { usleep(500) }
            usleep(delay)
            program.kill()
            group.wait()
            written = results.withLock { $0 }
            try expectClean(program)
            let found = try articles(try program.serve())
            program.stop()
            var known: Set<String> = []
            for (id, state) in written.joined() {
                known.insert(id)
                let content = found[id].map { Content.text($0) } ?? .gone
                #expect(content == state.acknowledged || content == state.asked, "\(id) in round \(round)")
            }
            #expect(Set(found.keys).isSubset(of: known))
            // From here on it is known what became of what was asked for last.
            for writer in written.indices {
                for id in written[writer].keys {
                    written[writer][id] = Written(acknowledged: found[id].map { .text($0) } ?? .gone)
                }
            }
        }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    /// Writes a few articles, or takes one down.
    ///
    /// - Returns: Whether it was acknowledged.
    private static func write(
        _ client: HTTPClient, _ key: String, _ writer: String, _ round: Int, _ number: Int,
        _ written: inout [String: Written], _ random: inout SeededGenerator
    ) -> Bool {
        let authorization = ("Authorization", "Bearer \(key)")
        if number % 7 == 6, let id = written.keys.sorted().randomElement(using: &random) {
            written[id]?.asked = .gone
            let answer = try? client.send("DELETE", "/v1/articles/\(id)", fields: [authorization])
            guard let status = answer?.status, status == 204 || status == 404 else { return false }
            written[id] = Written(acknowledged: .gone)
            return true
        }
        var lines = ""
        var texts: [String: String] = [:]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let id = "\(writer)-\(Int.random(in: 0..<400, using: &random))"
            guard texts[id] == nil else { continue }
            let title = "Envoys meet in round \(round), part \(number)"
            texts[id] = title
            written[id, default: Written()].asked = .text(title)
            lines +=
                "{\"id\": \"\(id)\", \"title\": \"\(title)\", \"body\": \"“It holds,” said Vladimir Putin.\"}\n"
        }
        let answer = try? client.send(
            "POST", "/v1/articles" + (number % 5 == 0 ? "?refresh=wait" : ""),
            fields: [("Content-Type", "application/x-ndjson"), authorization], body: Array(lines.utf8))
        guard answer?.status == 200 else { return false }
        for (id, title) in texts { written[id] = Written(acknowledged: .text(title)) }
        return true
    }

    @Test func anImportThatIsKilledGoesOnWhereItWas() throws {
        let program = try Program()
        var random = SeededGenerator(seed: 12)
        let (batches, perBatch) = (8, 30)
        var text = ""
        for number in 0..<batches * perBatch {
            // Blanks make a batch of some: so many bytes are stored at once.
            let blanks = number % perBatch == perBatch - 1 ? String(repeating: " ", count: 1 << 21) : ""
            text +=
                "{\"id\": \"i\(number)\", \(blanks)\"title\": \"Talks \(number)\", \"body\": \"“It holds,” said Vladimir Putin.\"}\n"
        }
        let file = try program.write(text, to: "items.ndjson")
        var kills = 0
        for _ in 0..<Self.rounds {
            let errors = program.folder + "/errors"
            try Data().write(to: URL(fileURLWithPath: errors))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try Program.path)
            process.arguments = ["import", "--data", program.data, file]
            process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: errors)
            try process.run()
            while !FileManager.default.fileExists(atPath: program.data + "/sitrep.db"), process.isRunning {
                usleep(1_000)
            }
            usleep(UInt32.random(in: 0..<2_500_000, using: &random))
            if process.isRunning { kills += 1 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // What it said that it has read is stored.
            let told = try String(contentsOfFile: errors, encoding: .utf8).split(whereSeparator: \.isNewline)
            let read = told.flatMap { $0.split(separator: ",") }.filter { $0.hasSuffix(" read") }
                .compactMap { Int($0.filter(\.isNumber)) }
            try expectClean(program)
            let found = try articles(try program.serve())
            program.stop()
            #expect(found.count >= read.max() ?? 0)
            // Batches are stored whole and in order.
            #expect(found.count % perBatch == 0)
            #expect(Set(found.keys) == Set((0..<found.count).map { "i\($0)" }))
            // What is there already goes quickly.
            if found.count == batches * perBatch { try FileManager.default.removeItem(atPath: program.data) }
        }
        #expect(kills > 0)
        #expect(try program.run(["import", "--data", program.data, file]).status == 0)
        try expectClean(program)
        #expect(try articles(try program.serve()).count == batches * perBatch)
    }
}
