internal import Synchronization

/// The counters, gauges and histograms of a process, by name and labels.
///
/// What `counter`, `gauge` and `histogram` return is meant to be kept: counting then takes no lock.
/// Asking again for a name with the same labels returns the same object.
/// A name that is no name, or that is asked for as another kind, is a mistake in the program, and ends it.
public final class Metrics: Sendable {
    private let families = Mutex<[String: Family]>([:])

    /// Creates an empty registry.
    public init() {}

    /// Finds or makes a counter; by custom its name ends in `_total`.
    public func counter(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter
    {
        let series = register(name, help, labels, kind: .counter) { .counter(Counter()) }
        guard case .counter(let counter) = series else { preconditionFailure("\(name) is a counter") }
        return counter
    }

    /// Finds or makes a gauge.
    public func gauge(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        let series = register(name, help, labels, kind: .gauge) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { preconditionFailure("\(name) is a gauge that is set") }
        return gauge
    }

    /// Adds a gauge whose number is asked for at each report; the first for a name and labels stays.
    ///
    /// - Parameters:
    ///   - name: The family's name.
    ///   - help: What the number is, in a sentence.
    ///   - labels: What tells it from others of the family.
    ///   - read: Called by whoever asks for the report; must be quick.
    public func gauge(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        read: @escaping @Sendable () -> Double
    ) {
        _ = register(name, help, labels, kind: .gauge) { .reader(read) }
    }

    /// Finds or makes a histogram of durations; by custom its name ends in `_seconds`.
    ///
    /// - Parameters:
    ///   - name: The family's name.
    ///   - help: What is measured, in a sentence.
    ///   - labels: What tells it from others of the family.
    ///   - bounds: See `Histogram`; those of the first one asked for with this name and labels stay.
    /// - Returns: The histogram.
    public func histogram(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        bounds: [Double] = Histogram.requestBounds
    ) -> Histogram {
        let series = register(name, help, labels, kind: .histogram) { .histogram(Histogram(bounds: bounds)) }
        guard case .histogram(let histogram) = series else { preconditionFailure("\(name) is a histogram") }
        return histogram
    }

    /// Everything as Prometheus reads it, text format 0.0.4; sorted by name, then by labels.
    ///
    /// Nobody who counts waits for this: the registry is copied, then read without a lock.
    ///
    /// - Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    public func prometheus() -> [UInt8] {
        var text = PrometheusText()
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text.append(name, family)
        }
        return text.bytes
    }

    private func register(
        _ name: String, _ help: String, _ labels: KeyValuePairs<String, String>, kind: Family.Kind,
        make: () -> Family.Series
    ) -> Family.Series {
        precondition(Self.isName(name, colons: true), "a metric's name is made of letters, digits, _ and :")
        precondition(
            labels.allSatisfy { Self.isName($0.key, colons: false) && $0.key != "le" },
            "a label's name is made of letters, digits and _")
        let key = PrometheusText.labels(labels.map { ($0.key, $0.value) })
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            precondition(family.kind == kind, "a metric has one kind")
            if let series = family.series[key] { return series }
            let series = make()
            family.series[key] = series
            families[name] = family
            return series
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): colons
            default: false
            }
        }
    }
}

/// All series of one name.
struct Family: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    enum Series: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case reader(@Sendable () -> Double)
        case histogram(Histogram)
    }

    let kind: Kind
    let help: String
    /// By their labels as they are written, without the braces.
    var series: [String: Series] = [:]
}
