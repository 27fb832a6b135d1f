import Foundation
import NewsModel
import Testing

/// One real news item, which lies beside the package on developers' machines and is not part of it.
@Suite struct SeedTests {
    private static let folder = Sample.root + "/../shared/seed"

    private static var item: String? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder),
            let name = names.sorted().first(where: { $0.hasSuffix(".txt") })
        else { return nil }
        return try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    @Test(.enabled(if: SeedTests.item != nil, "no ../shared/seed beside the package")) func theItem() throws {
        let lines = try #require(Self.item).components(separatedBy: "\n")
        let byline = try #require(lines.firstIndex { $0.contains(", FISM News") })
        let body = lines[(byline + 1)...].joined(separator: "\n")
        let sample = try Sample(
            body, title: lines[0], outsiders: ["mcardinal", "Willie R. Tubbs", "FISM News"])

        for id in [
            "person:vladimir-putin", "person:xi-jinping", "person:jake-sullivan", "country:ru", "country:cn",
            "country:us",
            "country:ua", "country:tw", "org:nato", "org:cn-foreign-ministry", "org:the-hill",
            "org:white-house",
        ] {
            #expect(sample.entity(id) != nil, "\(id)")
        }
        #expect(sample.entity("person:vladimir-putin")?.role == "president of Russia")
        #expect(sample.entity("person:xi-jinping")?.role == "president of China")
        #expect(sample.entity("person:jake-sullivan")?.role == "National Safety Advisor")
        let ushakov = try #require(sample.mention("Yuriy Ushakov"))
        #expect(sample.entity(ushakov.id)?.role == "Russian Presidential Foreign Policy Advisor")
        #expect(
            sample.annotations.entities.contains { $0.type == .treaty && $0.name.hasPrefix("Treaty on Good") }
        )
        #expect(sample.annotations.entities.contains { $0.type == .event && $0.name.contains("Olympic") })
        #expect(sample.annotations.countries.prefix(2).sorted() == ["CN", "RU"])
        #expect(Set(sample.annotations.countries).isSuperset(of: ["US", "UA"]))

        #expect(sample.speaker("The multifaceted") == "person:vladimir-putin")
        #expect(sample.speaker("The foreign policy") == "person:vladimir-putin")
        #expect(sample.speaker("President Xi pointed out") == "org:cn-foreign-ministry")
        #expect(sample.speaker("China and Russia need") == "org:cn-foreign-ministry")
        #expect(sample.speaker("I would like to note") == "person:vladimir-putin")
        #expect(sample.speaker("I have no doubt") == "person:vladimir-putin")
        #expect(sample.speaker("a concrete action") == "org:cn-foreign-ministry")
        #expect(sample.quote("a concrete action")?.kind == .mixed)
        #expect(sample.speaker("very much looks forward") == "org:cn-foreign-ministry")
        #expect(sample.quote("democracy") == nil)
        #expect(sample.quote("security guarantees") == nil)

        #expect(sample.annotations.quotes.count { $0.kind != .indirect } == 8)
        #expect(!sample.sentences.contains { $0.hasSuffix("the U.S.") })
        #expect(sample.sentences.count == 16)
        #expect(
            !sample.annotations.entities.contains { $0.name.contains("Tubbs") || $0.name.contains("FISM") })
    }
}
