/// Writes families in Prometheus' text format 0.0.4.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    /// Labels as they are written, without the braces; sorted by name.
    static func labels(_ pairs: [(name: String, value: String)]) -> String {
        pairs.sorted { $0.name < $1.name }
            .map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    mutating func append(_ name: String, _ family: Family) {
        line("# HELP \(name) \(Self.escaped(family.help, quotes: false))")
        line("# TYPE \(name) \(family.kind.rawValue)")
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): sample(name, labels, String(counter.value))
            case .gauge(let gauge): sample(name, labels, String(gauge.value))
            case .reader(let read): sample(name, labels, Self.number(read()))
            case .histogram(let histogram): append(name, labels, histogram)
            }
        }
    }

    private mutating func append(_ name: String, _ labels: String, _ histogram: Histogram) {
        let reading = histogram.reading
        let bounds = histogram.bounds.map(Self.number) + ["+Inf"]
        var total: UInt64 = 0
        for (bound, count) in zip(bounds, reading.counts) {
            total += count
            let bucket = "le=\"\(bound)\""
            sample(name + "_bucket", labels.isEmpty ? bucket : labels + "," + bucket, String(total))
        }
        sample(name + "_sum", labels, Self.number(reading.seconds))
        sample(name + "_count", labels, String(total))
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        line(labels.isEmpty ? "\(name) \(value)" : "\(name){\(labels)} \(value)")
    }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
        guard value == value.rounded(), value.magnitude < 1e15 else { return value.description }
        return String(Int64(value))
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\"" where quotes: output += "\\\""
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
