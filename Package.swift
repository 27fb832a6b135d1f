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
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// One layer: may import only what is listed, and those must appear above it.
func layer(_ name: String, on below: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: below, swiftSettings: strict)
}

/// The tests of one layer.
func tests(_ name: String, on below: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: below + ["TestSupport"], swiftSettings: strict)
}

let package = Package(
    name: "sitrep",
    products: [.executable(name: "sitrep", targets: ["sitrep"])],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        layer("Bytes"),
        layer("Files"),
        layer("Compression", on: ["CZlib"]),
        layer("Cryptography", on: ["COpenSSL"]),
        layer("Telemetry"),
        layer("JSON", on: ["Bytes"]),
        layer("HTTPMessages", on: ["Bytes", "JSON"]),
        layer("HTTPWire", on: ["Bytes", "HTTPMessages"]),
        layer("Transport", on: ["Telemetry", "CLinux"]),
        layer(
            "HTTPServer",
            on: ["Bytes", "HTTPMessages", "HTTPWire", "Transport", "Telemetry", "Compression"]),
        layer("Routing", on: ["HTTPMessages"]),

        layer("NewsModel", on: ["Bytes"]),
        layer("TextAnalysis", on: ["Bytes", "Files", "NewsModel"]),
        layer("SearchIndex", on: ["Bytes", "Files", "Compression"]),
        layer("NewsStore", on: ["Bytes", "Files", "NewsModel", "CSQLite"]),
        layer(
            "NewsCatalog",
            on: [
                "Bytes", "NewsModel", "TextAnalysis", "SearchIndex", "NewsStore", "JSON", "Telemetry",
                "CZlib",
            ]),
        layer(
            "NewsAPI",
            on: [
                "Bytes", "HTTPMessages", "Routing", "JSON", "NewsModel", "SearchIndex", "TextAnalysis",
                "NewsStore", "NewsCatalog", "Telemetry",
            ]),
        layer("ServiceConfig", on: ["JSON", "HTTPServer", "NewsCatalog", "NewsAPI"]),
        .executableTarget(
            name: "sitrep",
            dependencies: [
                "Bytes", "Telemetry", "JSON", "HTTPMessages", "HTTPServer", "NewsModel", "TextAnalysis",
                "SearchIndex", "NewsStore", "NewsCatalog", "NewsAPI", "ServiceConfig",
            ],
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("BytesTests", on: ["Bytes"]),
        tests("TelemetryTests", on: ["Telemetry"]),
        tests("JSONTests", on: ["JSON"]),
        tests("HTTPMessagesTests", on: ["HTTPMessages"]),
        tests("HTTPWireTests", on: ["HTTPWire", "HTTPMessages"]),
        tests("TransportTests", on: ["Transport"]),
        tests("HTTPServerTests", on: ["HTTPServer", "HTTPMessages", "Telemetry"]),
        tests("RoutingTests", on: ["Routing", "HTTPMessages"]),
        tests("NewsModelTests", on: ["NewsModel"]),
        tests("TextAnalysisTests", on: ["TextAnalysis", "NewsModel"]),
        tests("SearchIndexTests", on: ["SearchIndex", "Bytes"]),
        tests("NewsStoreTests", on: ["NewsStore", "NewsModel"]),
        tests(
            "NewsCatalogTests",
            on: ["NewsCatalog", "NewsModel", "NewsStore", "SearchIndex", "TextAnalysis", "JSON"]),
        tests("NewsAPITests", on: ["NewsAPI", "NewsCatalog", "NewsModel", "HTTPMessages", "JSON"]),
        tests("ServiceConfigTests", on: ["ServiceConfig"]),
        tests("EndToEndTests", on: ["sitrep", "JSON"]),
    ],
    swiftLanguageModes: [.v6]
)
