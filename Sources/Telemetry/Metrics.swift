internal import Synchronization

/// The counters, gauges and histograms of a process, by name and labels.
///
/// What `counter`, `gauge` and `histogram` return is meant to be kept: counting then takes no lock.
/// Asking again for a name with the same labels returns the same object.
public final class Metrics: Sendable {
    /// Creates an empty registry.
    public init() {}

    /// A counter; by custom its name ends in `_total`.
    public func counter(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter
    {
        Counter()
    }

    /// A gauge.
    public func gauge(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        Gauge()
    }

    /// A gauge whose number is asked for at each report.
    ///
    /// - Parameter read: Called by whoever asks for the report; must be quick.
    public func gauge(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        read: @escaping @Sendable () -> Double
    ) {
    }

    /// A histogram of durations; by custom its name ends in `_seconds`.
    ///
    /// - Parameter bounds: See `Histogram`; one name has the same bounds with all labels.
    public func histogram(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        bounds: [Double] = Histogram.requestBounds
    ) -> Histogram {
        Histogram(bounds: bounds)
    }

    /// Everything as Prometheus reads it, text format 0.0.4; sorted by name, then by labels.
    ///
    /// Nobody who counts waits for this.
    public func prometheus() -> [UInt8] {
        []
    }
}
