import Compression
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func importReadsTheSampleTwiceAndChangesNothing() throws {
        let program = try Program()
        let sample = Program.root + "/Config/sample"
        let first = try program.run(["import", "--data", program.data, sample])
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("new 89, updated 1, unchanged 0, refused 0"), "\(first.output)")
        let second = try program.run([
            "import", "--data", program.data, Program.root + "/Config/sample/60-wire.ndjson",
        ])
        #expect(second.output.contains("new 0, updated 0, unchanged 28, refused 0"), "\(second.output)")
        #expect(try program.run(["verify", "--data", program.data]).status == 0)
    }

    @Test func aBadLineIsReportedAndTheRestGoesOn() throws {
        let program = try Program()
        let outcome = try program.run([
            "import", "--data", program.data, Program.root + "/Tests/Vectors/bad.ndjson",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("bad.ndjson:2: not JSON"), "\(outcome.errors)")
        #expect(outcome.errors.contains("bad.ndjson:3: title: expected a string, found a number"))
        #expect(outcome.output.contains("read 4: new 2, updated 0, unchanged 0, refused 2"))
        #expect(try program.run(["import", "--data", program.data, program.folder + "/none"]).status == 2)
    }

    @Test func relevanceRanksEachQueryInEachWay() throws {
        let program = try Program()
        let documents = program.folder + "/documents.ndjson"
        let queries = program.folder + "/queries.ndjson"
        let lines = [
            "{\"id\": \"a\", \"title\": \"Grain treaty\", \"body\": \"The talks went on.\"}\n",
            "{\"id\": \"b\", \"title\": null, \"body\": \"A grain of sand, and talk of it.\"}\n",
        ]
        try lines.joined().write(toFile: documents, atomically: true, encoding: .utf8)
        try "{\"id\": \"q\", \"title\": \"Treaties: -grain (!)\"}\n".write(
            toFile: queries, atomically: true, encoding: .utf8)
        let outcome = try program.run(["bench", "relevance", documents, queries])
        let found = ["words": "ab", "stems": "ab", "fields": "ab", "all": "a", "service": "a"]
        for (way, ids) in found {
            let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix(way + "\t") }
            #expect(lines.elementsEqual(ids.map { "\(way)\tq\t\($0)" }), "\(outcome.output)")
        }
        let missing = try program.run(["bench", "relevance", documents])
        #expect(missing.status == 2)
        #expect(missing.errors.contains("expected relevance DOCUMENTS.ndjson QUERIES.ndjson"))
    }

    @Test func analyzeAnswersEveryLineInOrder() throws {
        let program = try Program()
        let lines =
            "{\"id\":\"1\",\"body\":\"Ukraine’s envoy met Angela Merkel in Kyiv.\"}\n{\"id\":\"2\",\"body\":\"\"}\n"
        let outcome = try program.run(
            ["analyze", "--ndjson", "-"], input: lines + "{\"id\":\"3\",\"title\":\"NATO\",\"body\":null}\n")
        let answers = try outcome.output.split(separator: "\n").map { try JSONParser().parse(Array($0.utf8)) }
        #expect(answers.first?.object?["id"]?.string == "1")
        #expect(answers.last?.object?["id"]?.string == "3")
        let mention = answers.first?.object?["mentions"]?.array?.first?.object
        #expect(mention?["text"]?.string == "Ukraine")
        #expect(mention?["entity"]?.string == "country:ua")
    }

    @Test func analyzeReadsTheSeedWhereItIs() throws {
        let folder = Program.root + "/../shared/seed"
        guard let name = try? FileManager.default.contentsOfDirectory(atPath: folder).first else {
            print("no reference data at ../shared; the seed is not read")
            return
        }
        let program = try Program()
        let outcome = try program.run(["analyze", "--json", folder + "/" + name])
        let answer = try JSONParser().parse(Array(outcome.output.utf8)).object
        #expect(answer?["authors"]?.array?.first?.string == "Willie R. Tubbs")
        #expect(answer?["source"]?.object?["name"]?.string == "FISM News")
        #expect(answer?["poster"]?.string == "mcardinal")
        let entities = answer?["entities"]?.array?.compactMap(\.object) ?? []
        let ids = Set(entities.compactMap { $0["id"]?.string })
        for id in [
            "person:vladimir-putin", "person:xi-jinping", "person:jake-sullivan", "country:ru", "country:cn",
            "country:us", "country:ua", "country:tw", "org:nato", "org:cn-foreign-ministry",
            "org:white-house",
        ] {
            #expect(ids.contains(id), "\(id) is missing")
        }
        #expect(!ids.contains { $0.contains("tubbs") || $0.contains("fism") || $0.contains("mcardinal") })
        let names = Set(entities.compactMap { $0["name"]?.string })
        #expect(names.contains("The Hill"))
        #expect(entities.contains { $0["type"]?.string == "treaty" })
        #expect(entities.contains { $0["type"]?.string == "event" })
        for person in entities where person["type"]?.string == "person" {
            #expect(person["role"]?.string != nil)
        }
        let speakers = (answer?["quotes"]?.array ?? []).compactMap { $0.object?["speaker"]?.string }
        #expect(speakers.count { $0 == "person:vladimir-putin" } >= 2)
        #expect(speakers.count { $0 == "org:cn-foreign-ministry" } >= 2)
    }

    @Test func aRevokedKeyNoLongerWrites() throws {
        let program = try Program()
        let client = try program.serve()
        let (kept, lost) = (try program.key("ingest"), try program.key("admin"))
        let list = try program.run(["key", "list", "--data", program.data]).output
        #expect(!list.contains(lost))
        let line = try #require(list.split(separator: "\n").first { $0.contains("  admin  ") })
        let id = String(line.prefix(8))
        #expect(try program.run(["key", "revoke", "--data", program.data, id]).status == 0)
        #expect(try program.run(["key", "revoke", "--data", program.data, id]).status == 2)
        func status(_ key: String) throws -> Int {
            try client.send(
                "POST", "/v1/articles", fields: [("X-API-Key", key), ("Content-Type", "application/json")],
                body: Array("{\"title\": \"Envoys meet\"}".utf8)
            ).status
        }
        #expect(try status(lost) == 401)
        #expect(try status(kept) == 200)
    }

    @Test func usageErrorsSayWhatIsKnown() throws {
        let program = try Program()
        #expect(try program.run(["emport"]).errors.contains("import"))
        #expect(
            try program.run(["key", "create", "--data", program.data, "--scope", "all"]).errors.contains(
                "ingest"))
        #expect(try program.run(["analyze"]).status == 2)
        #expect(try program.run(["help"]).status == 0)
        #expect(try program.run(["version"]).output.hasPrefix("sitrep "))
    }

    @Test func importReadsStandardInputCompressedOrNot() throws {
        let program = try Program()
        let items =
            "{\"id\":\"n1\",\"title\":\"Envoys meet\"}\nnot an item\n{\"id\":\"n2\",\"title\":\"Ports reopen\"}\n"
        let outcome = try program.run(["import", "--data", program.data, "-"], input: items)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("standard input:2: not JSON"), "\(outcome.errors)")
        #expect(outcome.output.contains("read 3: new 2, updated 0, unchanged 0, refused 1"))
        let zipped = Deflate.gzip(Array("{\"id\":\"n3\",\"title\":\"Envoys part\"}\n".utf8))
        let again = try program.run(["import", "--data", program.data, "-"], input: zipped)
        #expect(again.output.contains("new 1,"), "\(again.output) \(again.errors)")
    }

    @Test func analyzeReadsCompressedText() throws {
        let program = try Program()
        let path = program.folder + "/item.txt.gz"
        let text = "Envoys meet in Geneva\n\nAna Ruiz, Meridian Wire\n\nAngela Merkel came.\n"
        try Data(Deflate.gzip(Array(text.utf8))).write(to: URL(fileURLWithPath: path))
        let outcome = try program.run(["analyze", "--json", path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"title\":\"Envoys meet in Geneva\""))
    }

    @Test func verifyChangesNothing() throws {
        let program = try Program()
        let none = try program.run(["verify", "--data", program.data])
        #expect(none.status == 2)
        #expect(none.errors.contains("holds no sitrep.db"), "\(none.errors)")
        #expect(!FileManager.default.fileExists(atPath: program.data))
        #expect(try program.run(["verify", program.data]).status == 2)

        let item = try program.write("{\"id\":\"a\",\"title\":\"Envoys meet\"}", to: "a.json")
        #expect(try program.run(["import", "--data", program.data, item]).status == 0)
        let manifest = URL(fileURLWithPath: program.data + "/index/articles/manifest")
        var bytes = try Data(contentsOf: manifest)
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: manifest)
        for _ in 0..<2 {
            #expect(try program.run(["verify", "--data", program.data]).status == 1)
        }
        #expect(try Data(contentsOf: manifest) == bytes)
        // Whoever writes makes it anew.
        #expect(try program.run(["import", "--data", program.data, item]).status == 0)
        #expect(try program.run(["verify", "--data", program.data]).status == 0)
    }

    @Test func outputThatCannotBeWrittenIsAnError() throws {
        let program = try Program()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Program.path)
        process.arguments = ["version"]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(try program.run(["help", "emport"]).status == 2)
        #expect(try program.run(["import", "-h"]).output.hasPrefix("sitrep import"))
    }
}
