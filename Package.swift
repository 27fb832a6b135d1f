// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    // A small public predicate called from another module runs two to three times slower without it.
    // Overlapping access to one variable is looked for in debug builds, in which the tests run; looking for it costs a
    // tenth of a served request.
    .unsafeFlags(
        ["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// One layer: may import only what is listed, and those must appear above it.
func layer(_ name: String, on below: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: below, swiftSettings: strict)
}

/// What the fuzz targets and the tests that keep their seeds need.
let fuzzed: [Target.Dependency] = [
    "Bytes", "JSON", "HTTPMessages", "HTTPWire", "Transport", "HTTPServer", "TextAnalysis", "SearchIndex",
    "NewsCatalog", "NewsAPI", "TestSupport",
]

/// The tests of one layer.
func tests(_ name: String, on below: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: below + ["TestSupport"], swiftSettings: strict)
}

let package = Package(
    name: "sitrep",
    products: [.executable(name: "sitrep", targets: ["sitrep"])],
    targets: [
        .target(name: "CLinux"),
        .target(name: "CTLS", dependencies: ["COpenSSL"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        layer("Bytes"),
        layer("Files"),
        layer("Compression", on: ["CZlib"]),
        layer("Cryptography", on: ["COpenSSL"]),
        layer("Telemetry", on: ["Bytes"]),
        layer("JSON", on: ["Bytes"]),
        layer("HTTPMessages", on: ["Bytes", "JSON"]),
        layer("HTTPWire", on: ["Bytes", "HTTPMessages"]),
        layer("Transport", on: ["CLinux"]),
        layer("TLS", on: ["COpenSSL", "CTLS", "Transport"]),
        layer(
            "HTTPServer",
            on: ["Bytes", "HTTPMessages", "HTTPWire", "Transport", "TLS", "Telemetry", "Compression"]),
        layer("Routing", on: ["HTTPMessages"]),

        layer("NewsModel", on: ["Bytes"]),
        layer("TextAnalysis", on: ["Bytes", "Files", "NewsModel"]),
        layer("SearchIndex", on: ["Bytes", "Files", "Compression", "CStemmer"]),
        layer("NewsStore", on: ["Bytes", "Files", "NewsModel", "CSQLite"]),
        layer(
            "NewsCatalog",
            on: [
                "Bytes", "Files", "Compression", "Cryptography", "JSON", "NewsModel", "TextAnalysis",
                "SearchIndex", "NewsStore",
            ]),
        layer(
            "NewsAPI",
            on: [
                "Bytes", "Compression", "Cryptography", "Telemetry", "JSON", "HTTPMessages", "Routing",
                "NewsModel", "TextAnalysis", "SearchIndex", "NewsStore", "NewsCatalog",
            ]),
        layer(
            "ServiceConfig",
            on: ["Files", "Telemetry", "JSON", "HTTPWire", "TLS", "HTTPServer", "NewsCatalog", "NewsAPI"]),
        .executableTarget(
            name: "sitrep",
            dependencies: [
                "Bytes", "Files", "Cryptography", "Telemetry", "JSON", "HTTPMessages", "Transport",
                "HTTPServer", "NewsModel", "TextAnalysis", "SearchIndex", "NewsStore", "NewsCatalog",
                "NewsAPI",
                "ServiceConfig",
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["COpenSSL"], path: "Tests/TestSupport", swiftSettings: strict),
        tests("BytesTests", on: ["Bytes"]),
        tests("FilesTests", on: ["Files"]),
        tests("CompressionTests", on: ["Compression"]),
        tests("CryptographyTests", on: ["Cryptography"]),
        tests("TelemetryTests", on: ["Telemetry"]),
        tests("JSONTests", on: ["JSON"]),
        tests("HTTPMessagesTests", on: ["HTTPMessages"]),
        tests("HTTPWireTests", on: ["HTTPWire", "HTTPMessages"]),
        tests("TransportTests", on: ["Transport"]),
        tests("TLSTests", on: ["TLS", "Transport"]),
        tests(
            "HTTPServerTests",
            on: ["HTTPServer", "HTTPMessages", "HTTPWire", "Transport", "TLS", "Telemetry", "Compression"]),
        tests("RoutingTests", on: ["Routing", "HTTPMessages"]),
        tests("NewsModelTests", on: ["Bytes", "NewsModel"]),
        tests("TextAnalysisTests", on: ["TextAnalysis", "NewsModel"]),
        tests("SearchIndexTests", on: ["SearchIndex"]),
        tests("NewsStoreTests", on: ["NewsStore", "NewsModel"]),
        tests(
            "NewsCatalogTests",
            on: [
                "Files", "Compression", "NewsModel", "TextAnalysis", "SearchIndex", "NewsStore",
                "NewsCatalog",
            ]),
        tests(
            "NewsAPITests",
            on: [
                "Compression", "Cryptography", "Telemetry", "JSON", "HTTPMessages", "NewsModel",
                "TextAnalysis", "SearchIndex", "NewsStore", "NewsCatalog", "NewsAPI",
            ]),
        tests("ServiceConfigTests", on: ["ServiceConfig", "HTTPServer", "NewsAPI", "Telemetry"]),
        tests("EndToEndTests", on: ["sitrep", "JSON", "Compression"]),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings a main function of its own, so that no plain build may link its program; see `make fuzz`.
if Context.environment["SITREP_FUZZ"] != nil {
    package.targets.removeAll(where: \.isTest)
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["FuzzTests.swift", "DifferentialTests.swift", "fuzz.sh", "seeds"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
} else {
    package.targets.append(
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["FuzzEntry.swift", "fuzz.sh", "seeds"],
            swiftSettings: strict))
}
