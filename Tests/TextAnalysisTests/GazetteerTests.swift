import Foundation
import NewsModel
import Testing

@testable import TextAnalysis

@Suite struct GazetteerTests {
    private static let countries = "id\tname\tiso2\tdemonyms\ncountry:aa\tAland\tAA\tAlandic\n"

    /// A folder that holds some files.
    private func folder(_ files: [String: String]) throws -> String {
        let path = NSTemporaryDirectory() + "gazetteer-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        }
        return path
    }

    private func error(_ files: [String: String]) throws -> GazetteerError? {
        let path = try folder(files)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            _ = try Gazetteer.load(folders: [path])
            return nil
        } catch {
            return error
        }
    }

    static let faults: [(String, String, Int, String)] = [
        ("people.tsv", "id\tname\tage\nperson:a\tA\t3\n", 1, "unknown column \"age\""),
        ("people.tsv", "id\nperson:a\n", 1, "column \"name\" is missing"),
        ("people.tsv", "# c\nid\tname\nperson:a\tA\tB\n", 3, "has 3 cells"),
        ("people.tsv", "id\tname\nperson:a\tA\nperson:a\tB\n", 3, "stands already"),
        ("people.tsv", "id\tname\nplace:a\tA\n", 2, "id \"place:a\""),
        ("people.tsv", "id\tname\nperson:A B\tA\n", 2, "id \"person:A B\""),
        ("people.tsv", "id\tname\tcountry\nperson:a\tA\tZZ\n", 2, "unknown country \"ZZ\""),
        ("people.tsv", "id\tname\toffices\nperson:a\tA\tking of AA\n", 2, "office \"king of AA\""),
        ("people.tsv", "id\tname\toffices\nperson:a\tA\tking@ZZ 2000..\n", 2, "unknown country \"ZZ\""),
        ("people.tsv", "id\tname\tgender\nperson:a\tA\tx\n", 2, "gender \"x\""),
        ("people.tsv", "id\tname\nperson:a\t A\n", 2, "begins or ends with a blank"),
        ("people.tsv", "id\tname\r\nperson:a\tA\r\n", 1, "carriage return"),
        ("places.tsv", "id\tname\tlat\tlon\nplace:a-aa\tA\t91\t0\n", 2, "lat \"91\""),
        ("places.tsv", "id\tname\tpopulation\nplace:a-aa\tA\tmany\n", 2, "population \"many\""),
        ("places.tsv", "id\tname\twikidata\nplace:a-aa\tA\t12\n", 2, "wikidata \"12\""),
        ("regions.tsv", "id\tname\tcountries\nregion:a\tA\tAA|ZZ\n", 2, "unknown country \"ZZ\""),
        ("other.tsv", "id\tname\n", 0, "is no file of a gazetteer"),
    ]

    @Test(arguments: faults) func refuses(_ name: String, _ text: String, _ line: Int, _ reason: String)
        throws
    {
        let error = try #require(try error(["countries.tsv": Self.countries, name: text]))
        #expect(error.file.hasSuffix(name))
        #expect(error.line == line)
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test func needsCountries() throws {
        #expect(
            try error(["people.tsv": "id\tname\nperson:a\tA\n"])?.reason.contains("countries.tsv") == true)
    }

    @Test func laterFoldersAddAndReplace() throws {
        let first = try folder([
            "countries.tsv": Self.countries, "people.tsv": "id\tname\nperson:a\tAda\nperson:b\tBo\n",
        ])
        let second = try folder(["people.tsv": "id\tname\tcountry\nperson:b\tBob\tAA\nperson:c\tCai\t\n"])
        defer { for path in [first, second] { try? FileManager.default.removeItem(atPath: path) } }
        let gazetteer = try Gazetteer.load(folders: [first, second])
        #expect(gazetteer.entities.map(\.name) == ["Aland", "Ada", "Bob", "Cai"])
        #expect(gazetteer.entity(EntityID("person:b"))?.country == "AA")
        #expect(gazetteer.country("AA")?.demonyms == ["Alandic"])
    }

    @Test func unknownHolderIsAProblem() throws {
        let path = try folder([
            "countries.tsv": Self.countries,
            "people.tsv": "id\tname\toffices\nperson:a\tAda\tchair@org:none 2000..\n",
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let gazetteer = try Gazetteer.load(folders: [path])
        #expect(gazetteer.problems.count == 1)
        #expect(gazetteer.problems.first?.contains("org:none") == true)
    }

    @Test func whatIsShippedLoads() throws {
        let gazetteer = try Gazetteer.load(folders: [Sample.root + "/Config/gazetteer"])
        #expect(gazetteer.entities.count > 5_000)
        #expect(gazetteer.problems == [])
    }
}
