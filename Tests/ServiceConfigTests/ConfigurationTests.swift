import Foundation
import HTTPServer
import HTTPWire
import NewsAPI
import Telemetry
import Testing

@testable import ServiceConfig

@Suite struct ConfigurationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Writes a file, loads it, and takes it away.
    private func load(
        _ text: String?, environment: [String: String] = [:], flags: [(name: String, value: String)] = []
    ) throws -> LoadedConfiguration {
        guard let text else { return try Configuration.load(environment: environment, flags: flags) }
        let path = NSTemporaryDirectory() + "sitrep-config-" + UUID().uuidString + ".json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Configuration.load(file: path, environment: environment, flags: flags)
    }

    @Test func theShippedFileSetsEveryKeyToItsDefault() throws {
        let path = Self.root + "/Config/sitrep.json"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Configuration().json)
        let loaded = try Configuration.load(file: path)
        #expect(loaded.configuration == (try Configuration().validated()))
        #expect(Set(loaded.origins.keys) == Set(Setting.all.map(\.key)))
    }

    @Test func everyKeyIsDocumentedWithItsDefault() throws {
        let text = try String(contentsOfFile: Self.root + "/Docs/configuration.md", encoding: .utf8)
        for setting in Setting.all {
            let row = "| `\(setting.key)` | `\(setting.json(in: Configuration()))` | \(setting.help) |"
            #expect(text.contains(row), "missing: \(row)")
        }
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") && !$0.contains("SITREP_") }
        #expect(rows.count == Setting.all.count)
    }

    @Test func keysFlagsAndVariablesAreUnique() {
        #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
        #expect(Setting.find("limits.head_bytes")?.flag == "limits-head-bytes")
        #expect(Setting.find("limits.head_bytes")?.variable == "SITREP_LIMITS_HEAD_BYTES")
    }

    @Test func flagsWinOverVariablesAndThoseOverTheFile() throws {
        let file = """
            {"loops": 3, "data": "from-file", "listen": "127.0.0.1:1000",
             "limits": {"head_seconds": 2.5, "body_bytes": 5}, "log": {"level": "debug"}, "gazetteers": ["a"]}
            """
        let loaded = try load(
            file, environment: ["SITREP_DATA": "from-variable", "SITREP_LISTEN": "[::1]:2000", "HOME": "/"],
            flags: [("listen", "3000"), ("gazetteer", "x"), ("gazetteer", "y")])
        let configuration = loaded.configuration
        #expect(configuration.server.loops == 3)
        #expect(configuration.data == "from-variable")
        #expect(configuration.server.address == "127.0.0.1" && configuration.server.port == 3_000)
        #expect(configuration.server.limits.headTime == .milliseconds(2_500))
        #expect(configuration.server.limits.wire.bodyBytes == 5)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.gazetteers == ["x", "y"])
        #expect(loaded.origins["data"] == .variable("SITREP_DATA"))
        #expect(loaded.origins["listen"] == .flag("listen"))
        #expect(loaded.origins["api.default_limit"] == nil)
        #expect(loaded.listing.contains("data = \"from-variable\"  (variable SITREP_DATA)\n"))
        #expect(loaded.listing.contains("api.default_limit = 20  (default)\n"))
        #expect(loaded.listing.split(separator: "\n").count == Setting.all.count)
        #expect(loaded.warnings.isEmpty)
    }

    @Test(arguments: [
        ("{\n  \"listen\": \"127.0.0.1:0\",\n  \"lop\": 2\n}", 3, "lop: unknown key; did you mean loops?"),
        ("{\n  \"zzzzzz\": 2\n}", 2, "Docs/configuration.md"),
        ("{\n  \"limits\": {\n    \"head_byte\": 2\n  }\n}", 3, "did you mean limits.head_bytes?"),
        ("{\n\n  \"loops\": \"2\"\n}", 3, "loops: expected a whole number from 1 to 256, found \"2\""),
        ("{\"loops\": 0}", 1, "from 1 to 256, found 0"), ("{\"loops\": 1.5}", 1, "found 1.5"),
        ("{\"data\": 7}", 1, "data: expected a string, found 7"),
        ("{\n\"listen\": \"nowhere\"\n}", 2, "listen: expected an address and a port"),
        ("{\"data\": \"\"}", 1, "data: expected a folder"), ("{\"api\": true}", 1, "api: expected an object"),
        ("{\"api\": {\"write_needs_key\": \"no\"}}", 1, "expected true or false"),
        ("{\"gazetteers\": \"x\"}", 1, "an array of strings"),
        ("{\"gazetteers\": [1]}", 1, "an array of strings"),
        ("{\"log\": {\"level\": \"loud\"}}", 1, "one of \"debug\", \"info\""),
        ("{\"limits\": {\"idle_seconds\": 0}}", 1, "a number of seconds from 0.001 to 86400"),
        ("{\n\"loops\": 2,\n}", 3, "not JSON"), ("[]", 1, "expected an object"),
        ("{\"loops\": 2, \"loops\": 3}", 1, "not JSON"),
    ])
    func aBadFileIsNamedWithItsLine(text: String, line: Int, words: String) throws {
        let error = #expect(throws: ConfigError.self) { try load(text) }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(".json:\(line): ") == true)
    }

    @Test func aBadValueIsRefusedAlsoWhereAFlagOverridesIt() {
        let error = #expect(throws: ConfigError.self) {
            try load("{\"listen\": \"nowhere\"}", flags: [("listen", "3000")])
        }
        #expect(error?.key == "listen" && error?.line == 1)
    }

    @Test func badVariablesAndFlagsAreNamed() throws {
        let variable = #expect(throws: ConfigError.self) {
            try load(nil, environment: ["SITREP_LOOPS": "many"])
        }
        #expect(
            variable?.description
                == "SITREP_LOOPS: loops: expected a whole number from 1 to 256, found \"many\"")
        let flag = #expect(throws: ConfigError.self) { try load(nil, flags: [("lops", "1")]) }
        #expect(flag?.description == "--lops: unknown flag; did you mean loops?")
        // Other programs may have variables that begin alike.
        #expect(
            try load(nil, environment: ["SITREP_LOPS": "1"]).warnings == [
                "SITREP_LOPS is no setting; did you mean SITREP_LOOPS?"
            ])
        let missing = #expect(throws: ConfigError.self) {
            try Configuration.load(file: "/nowhere/at/all.json")
        }
        #expect(missing?.description.hasPrefix("/nowhere/at/all.json: cannot be read") == true)
        let named = #expect(throws: ConfigError.self) {
            try load(nil, environment: ["SITREP_CONFIG": "/none.json"])
        }
        #expect(named?.description.contains("/none.json") == true)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8_080, true), ("8080", "127.0.0.1", 8_080, true),
        ("localhost:0", "127.0.0.1", 0, true), ("[::1]:65535", "::1", 65_535, true),
        ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
        ("127.1.2.3:80", "127.1.2.3", 80, true),
    ])
    func addressesAreRead(text: String, address: String, port: UInt16, isLoopback: Bool) throws {
        let read = try ListenAddress(text)
        #expect(read.address == address && read.port == port && read.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
        "::1:80",
        "[::1]", "[::1]80", "[1]:80", "example.org:80", "256.0.0.1:80", "1.2.3:80", "127.0.0.1:80 ",
    ])
    func otherAddressesAreRefused(text: String) {
        let error = #expect(throws: ConfigError.self) { try ListenAddress(text) }
        #expect(error?.key == "listen")
    }

    @Test func valuesThatDoNotFitTogetherAreNamed() throws {
        func message(_ text: String) -> String {
            let error = #expect(throws: ConfigError.self) { try load(text) }
            return error?.description ?? ""
        }
        #expect(
            message("{\"api\": {\"default_limit\": 50, \"maximum_limit\": 10}}").contains("api.default_limit")
        )
        #expect(message("{\"limits\": {\"head_bytes\": 100}}").contains("limits.request_line_bytes"))
        #expect(message("{\"limits\": {\"connections\": 10}}").contains("limits.connections_per_address"))
        #expect(message("{\"data\": \"\"}").contains("data: expected a folder"))
    }

    @Test func othersAreServedOnlyOnceThereIsAKey() throws {
        var configuration = Configuration()
        try configuration.checkExposure(keyCount: 0)
        configuration.listen = "0.0.0.0:8080"
        let error = #expect(throws: ConfigError.self) { try configuration.checkExposure(keyCount: 0) }
        #expect(error?.description.contains("sitrep key create") == true)
        try configuration.checkExposure(keyCount: 1)
        configuration.allowsUnauthenticatedReads = true
        try configuration.checkExposure(keyCount: 0)
    }
}
