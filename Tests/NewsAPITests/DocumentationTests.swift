import Foundation
import HTTPMessages
import JSON
import Testing

@testable import NewsAPI

/// Docs/api.md and Docs/errors.md say what the code does.
@Suite struct DocumentationTests {
    private static func document(_ name: String) throws -> String {
        try String(contentsOfFile: Service.root + "/Docs/" + name, encoding: .utf8)
    }

    @Test func everyProblemHasItsSection() throws {
        let text = try Self.document("errors.md")
        for code in ProblemCode.allCases {
            #expect(text.contains("\n### \(code.rawValue)\n\n\(code.status.code). "), "\(code.rawValue)")
        }
    }

    @Test func everyProblemThatIsDocumentedCanBeAskedFor() throws {
        let service = try Service([])
        let codes = try Self.document("errors.md").components(separatedBy: "\n### ").dropFirst()
            .map { String($0.prefix { $0 != "\n" }) }
        #expect(codes.count == ProblemCode.allCases.count + ProtocolProblemCode.allCases.count)
        for code in codes {
            let answer = service.get("/problems/\(code)")
            #expect(answer.status == .ok && answer.object["code"]?.string == code, "\(answer.text)")
            let status = answer.object["status"]?.int ?? 0
            #expect(try Self.document("errors.md").contains("\n### \(code)\n\n\(status). "), "\(code)")
        }
    }

    @Test func everyEndpointAndParameterIsDescribed() throws {
        let text = try Self.document("api.md")
        let sections = text.components(separatedBy: "\n## ")
        for definition in EndpointDefinition.all {
            let title = "`\(definition.method.rawValue) \(definition.path)`"
            let section =
                sections.first { $0.hasPrefix(title) } ?? sections.first { $0.contains("\n| \(title)") }
            #expect(section != nil, "\(title)")
            for parameter in definition.parameters {
                for name in [parameter.name] + parameter.aliases {
                    #expect(section?.contains("`\(name)`") == true, "\(title) \(name)")
                }
            }
        }
    }

    /// A request of Docs/api.md and what is said to come of it.
    private struct Example {
        var command = ""
        var answer = ""
        var method = NewsAPIMethod.get
        var target = ""
        var fields: [(FieldName, String)] = []
        var body = ""

        /// Reads the parts of a curl line that the document uses: `-X`, `-H`, a URL in quotes and a here-document.
        init(command: String, answer: String, key: String) throws {
            self.command = command
            self.answer = answer
            let lines = command.components(separatedBy: "\n")
            let first = try #require(lines.first)
            if let start = first.range(of: "<<'END'") {
                #expect(start.upperBound == first.endIndex && lines.last == "END", "\(command)")
                body = lines.dropFirst().dropLast().joined(separator: "\n")
                method = .post
            }
            for part in first.components(separatedBy: " -H ").dropFirst() {
                let quote = try #require(part.first)
                let value = part.dropFirst().prefix { $0 != quote }.replacingOccurrences(
                    of: "$KEY", with: key)
                let sides = value.split(separator: ":", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                fields.append((try #require(FieldName(sides[0])), sides[1]))
            }
            if first.contains(" -X DELETE ") { method = .delete }
            if first.contains(" -X PUT ") { method = .put }
            let base = try #require(first.range(of: "'http://127.0.0.1:8080/"))
            target = "/" + first[base.upperBound...].prefix { $0 != "'" }
        }
    }

    private func examples(key: String) throws -> [Example] {
        var examples: [Example] = []
        let blocks = try Self.document("api.md").components(separatedBy: "```")
        for (index, block) in blocks.enumerated() where block.hasPrefix("sh\ncurl ") {
            let command = block.dropFirst(3).trimmingCharacters(in: .newlines)
            let answer = blocks[index + 2]
            #expect(answer.hasPrefix("json\n"), "\(command) has no answer")
            examples.append(try Example(command: command, answer: String(answer.dropFirst(5)), key: key))
        }
        return examples
    }

    /// The commands of the document, run one after another on an empty store, give the answers that stand below them.
    @Test func everyExampleGivesItsAnswer() throws {
        let service = try Service([])
        let examples = try examples(key: try service.key(.ingest))
        #expect(examples.count >= 12)
        for example in examples {
            let response = service.send(
                example.method, example.target, fields: example.fields, body: example.body)
            guard !example.answer.hasPrefix("\"204") else {
                #expect(response.status == .noContent)
                continue
            }
            let expected = try JSONParser().parse(Array(example.answer.utf8))
            let found = try JSONParser().parse(response.body)
            #expect(Self.matches(expected, found), "\(example.command)\n\(response.text)")
        }
    }

    /// Whether a value is as described: `"…"` stands for anything, or for the members or elements left out.
    private static func matches(_ expected: JSONValue, _ found: JSONValue) -> Bool {
        switch (expected, found) {
        case (.string("…"), _): return true
        case (.array(let wanted), .array(let elements)):
            let isPart = wanted.last == .string("…")
            let known = isPart ? wanted.dropLast() : wanted[...]
            guard isPart ? elements.count >= known.count : elements.count == known.count else { return false }
            return zip(known, elements).allSatisfy { matches($0, $1) }
        case (.object(let wanted), .object(let object)):
            let isPart = wanted["…"] != nil
            let members = wanted.members.filter { $0.name != "…" }
            guard isPart || members.count == object.members.count else { return false }
            return members.allSatisfy { member in
                object[member.name].map { matches(member.value, $0) } ?? false
            }
        default: return expected == found
        }
    }
}
