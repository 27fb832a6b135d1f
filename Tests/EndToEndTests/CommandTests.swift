import Foundation
import JSON
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
}
