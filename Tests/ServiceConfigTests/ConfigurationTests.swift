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
        #expect(configuration.server.listeners == [ListenerOptions("3000")])
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

    @Test func listenTakesOneAddressOrSeveral() throws {
        func listeners(_ loaded: LoadedConfiguration) -> [String] {
            loaded.configuration.server.listeners.map(\.address)
        }
        #expect(try listeners(load("{\"listen\": \"[::1]:80\"}")) == ["[::1]:80"])
        #expect(
            try listeners(load("{\"listen\": [\"80\", \"unix:/run/a b\"]}")) == ["80", "unix:/run/a b"])
        #expect(
            try listeners(load(nil, environment: ["SITREP_LISTEN": "80,[::]:80, unix:/run/s"])) == [
                "80", "[::]:80", "unix:/run/s",
            ])
        #expect(
            try listeners(load(nil, flags: [("listen", "80"), ("listen", "81,82")])) == ["80", "81", "82"])
        for bad in ["[]", "\"\"", "[\"80\", \"nowhere\"]", "[\"unix:\"]"] {
            let error = #expect(throws: ConfigError.self) { try load("{\"listen\": \(bad)}") }
            #expect(error?.key == "listen" && error?.line == 1)
        }
    }

    @Test func proxiesAreAddressesNetworksOrUnix() throws {
        let loaded = try load(
            "{\"trusted_proxies\": [\"10.0.0.0/8\", \"::1\", \"unix\"], \"proxy_protocol\": \"required\"}")
        let proxies = loaded.configuration.server.proxies
        #expect(proxies.networks == [IPNetwork("10.0.0.0/8"), IPNetwork("::1")].compactMap { $0 })
        #expect(proxies.includesPaths && proxies.usesProxyProtocol && proxies.field == .xForwardedFor)
        let field = try load(nil, environment: ["SITREP_CLIENT_ADDRESS_FIELD": "Forwarded"])
        #expect(field.configuration.server.proxies.field == .forwarded)
        for bad in ["\"10.0.0.1/8\"", "\"proxy.example\"", "[\"10.0.0.0/33\"]"] {
            let error = #expect(throws: ConfigError.self) { try load("{\"trusted_proxies\": \(bad)}") }
            #expect(error?.key == "trusted_proxies" && error?.line == 1)
        }
        let nobody = #expect(throws: ConfigError.self) { try load("{\"proxy_protocol\": \"required\"}") }
        #expect(nobody?.key == "trusted_proxies")
    }

    @Test func socketPermissionsAreOctal() throws {
        #expect(try load("{\"socket_mode\": \"606\"}").configuration.server.socketMode == 0o606)
        for bad in ["", "8", "1777", "+7", "rw"] {
            let error = #expect(throws: ConfigError.self) { try load("{\"socket_mode\": \"\(bad)\"}") }
            #expect(error?.key == "socket_mode")
        }
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
        func check(_ listen: [String], keys: Int = 0) throws {
            configuration.listen = listen
            try configuration.checkExposure(
                of: try configuration.validated().server.listeners, keyCount: keys)
        }
        try check(["127.0.0.1:80", "[::1]:80", "unix:/run/s", "80"])
        for open in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80"] {
            let error = #expect(throws: ConfigError.self) { try check(["80", open]) }
            #expect(error?.description.contains("sitrep key create") == true)
            #expect(error?.description.contains(open) == true)
            try check([open], keys: 1)
        }
        configuration.allowsUnauthenticatedReads = true
        try check(["0.0.0.0:80"])
    }
}
