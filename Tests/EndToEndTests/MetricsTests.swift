import Foundation
import TestSupport
import Testing

/// What /metrics of a server says, read as Prometheus reads it.
private struct Exposition {
    struct Family {
        var kind = ""
        var help = ""
        var samples: [(name: String, labels: [String: String], value: Double)] = []
    }

    private(set) var families: [String: Family] = [:]

    /// Reads the text format 0.0.4; whatever is not in it is recorded.
    init(_ text: String) {
        var current = ""
        var seen: Set<Substring> = []
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                current = String(words[2])
                #expect(families[current] == nil, "\(current) comes twice")
                families[current, default: Family()].help = words.count > 3 ? String(words[3]) : ""
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == current[...], "\(line)")
                families[current]?.kind = String(words[3])
            } else {
                guard let end = line.lastIndex(of: " "), let value = Double(line[line.index(after: end)...])
                else {
                    Issue.record("no sample: \(line)")
                    continue
                }
                #expect(seen.insert(line[..<end]).inserted, "\(line) comes twice")
                let series = line[..<end].split(separator: "{", maxSplits: 1)
                var labels: [String: String] = [:]
                if series.count == 2 {
                    for label in series[1].dropLast().components(separatedBy: "\",") {
                        let sides = label.components(separatedBy: "=\"")
                        labels[sides[0]] = sides[1].hasSuffix("\"") ? String(sides[1].dropLast()) : sides[1]
                    }
                }
                families[current]?.samples.append((String(series[0]), labels, value))
            }
        }
    }
}

@Suite struct MetricsTests {
    private static let abbreviations: Set<Substring> = [
        "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
    ]
    private static let otherUnits: Set<Substring> = [
        "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days", "bits", "kilobytes",
        "megabytes", "percent",
    ]

    /// The rules of `promtool check metrics`, and that Docs/operations.md explains each figure.
    @Test func everyFigureKeepsTheRulesAndIsDocumented() throws {
        let program = try Program()
        let client = try program.serve([
            "--log-access", "true", "--log-access-file", program.folder + "/access.log",
        ])
        for target in ["/healthz", "/v1/articles", "/none", "/v1/timeline"] {
            _ = try client.send("GET", target)
        }
        _ = try client.exchange(Array("GET / HTTP/1.1\r\nHost : a\r\n\r\n".utf8))
        let families = Exposition(try client.send("GET", "/metrics").text).families
        let documentation = try String(contentsOfFile: Program.root + "/Docs/operations.md", encoding: .utf8)
        #expect(families.count > 15)
        for (name, family) in families {
            #expect(documentation.contains("\n| `\(name)` | \(family.kind) |"), "\(name) is not documented")
            #expect(name.hasPrefix("sitrep_") && name == name.lowercased() && !name.contains(":"), "\(name)")
            #expect(family.help.hasSuffix(".") && !family.samples.isEmpty, "\(name)")
            #expect(["counter", "gauge", "histogram"].contains(family.kind), "\(name)")
            #expect(name.hasSuffix("_total") == (family.kind == "counter"), "\(name)")
            let words = Set(name.split(separator: "_"))
            #expect(words.isDisjoint(with: Self.abbreviations.union(Self.otherUnits)), "\(name)")
            #expect(
                words.isDisjoint(with: ["counter", "gauge", "histogram", "sum", "count", "bucket"]), "\(name)"
            )
            for sample in family.samples {
                #expect(sample.labels.keys.allSatisfy { $0 == $0.lowercased() && !$0.contains("__") })
                #expect(
                    sample.name == name
                        || family.kind == "histogram"
                            && ["_bucket", "_sum", "_count"].contains(sample.name.dropFirst(name.count))
                )
            }
            if family.kind == "histogram" { check(name, family) }
        }
        let requests = try #require(families["sitrep_http_requests_total"])
        #expect(
            requests.samples.contains {
                $0.labels == ["route": "/healthz", "method": "GET", "status": "200"] && $0.value == 1
            })
        #expect(requests.samples.contains { $0.labels["route"] == "none" && $0.labels["status"] == "404" })
        let refusals = try #require(families["sitrep_http_refusals_total"])
        #expect(refusals.samples.contains { $0.labels["reason"] == "malformed-request" && $0.value == 1 })
    }

    /// Buckets hold all that is below their bounds, the last one all there is.
    private func check(_ name: String, _ family: Exposition.Family) {
        var series: [[String: String]: [(bound: Double, count: Double)]] = [:]
        var counts: [[String: String]: Double] = [:]
        for sample in family.samples {
            var labels = sample.labels
            let bound = labels.removeValue(forKey: "le")
            if sample.name.hasSuffix("_bucket") {
                let number = bound == "+Inf" ? .infinity : bound.flatMap(Double.init) ?? .nan
                series[labels, default: []].append((number, sample.value))
            } else if sample.name.hasSuffix("_count") {
                counts[labels] = sample.value
            }
        }
        #expect(!series.isEmpty, "\(name)")
        for (labels, buckets) in series {
            #expect(
                zip(buckets, buckets.dropFirst()).allSatisfy { $0.bound < $1.bound && $0.count <= $1.count })
            #expect(buckets.last?.bound == .infinity && buckets.last?.count == counts[labels], "\(name)")
        }
    }

    /// Config/prometheus/ asks for figures that there are.
    @Test func theAlertRulesNameFiguresThatAreDocumented() throws {
        let folder = Program.root + "/Config/prometheus"
        let documentation = try String(contentsOfFile: Program.root + "/Docs/operations.md", encoding: .utf8)
        let rules = try String(contentsOfFile: folder + "/alerts.yml", encoding: .utf8)
        let expression = try NSRegularExpression(pattern: "sitrep_[a-z_]+")
        let matches = expression.matches(in: rules, range: NSRange(rules.startIndex..., in: rules))
        #expect(matches.count > 5)
        for match in matches {
            let name = try #require(Range(match.range, in: rules).map { String(rules[$0]) })
            let family = ["_bucket", "_sum", "_count"].reduce(name) {
                $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
            }
            #expect(documentation.contains("\n| `\(family)` |"), "\(name)")
        }
        let scrape = try String(contentsOfFile: folder + "/prometheus.yml", encoding: .utf8)
        #expect(scrape.contains("alerts.yml") && scrape.contains("metrics_path: /metrics"))
    }
}
