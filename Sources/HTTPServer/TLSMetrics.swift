internal import Telemetry

/// What is counted of TLS handshakes.
struct TLSMetrics: Sendable {
    private static let name = "sitrep_tls_handshakes_total"
    private static let help = "TLS handshakes, by how they went."

    private let done: [String: (full: Counter, resumed: Counter)]
    let failed: Counter
    let plain: Counter

    init(_ metrics: Metrics) {
        func counter(_ result: String, _ version: String) -> Counter {
            metrics.counter(Self.name, help: Self.help, labels: ["result": result, "version": version])
        }
        var done: [String: (full: Counter, resumed: Counter)] = [:]
        for version in ["TLSv1.2", "TLSv1.3"] {
            done[version] = (counter("full", version), counter("resumed", version))
        }
        self.done = done
        failed = counter("failed", "")
        plain = counter("plain_http", "")
    }

    /// Counts a handshake that is done.
    func count(_ version: String, isResumed: Bool) {
        guard let counters = done[version] else { return }
        (isResumed ? counters.resumed : counters.full).add()
    }
}
