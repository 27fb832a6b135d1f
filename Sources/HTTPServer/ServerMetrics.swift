internal import HTTPMessages
internal import Telemetry

/// What the server counts.
final class ServerMetrics: Sendable {
    private let requests: [Counter]
    let connections: Gauge
    let accepted: Counter
    let refusedConnections: Counter
    let refusedDeferrals: Counter
    let receivedBytes: Counter
    let sentBytes: Counter
    let timeouts: Counter
    let durations: Histogram

    init(_ metrics: Metrics) {
        requests = ["1xx", "2xx", "3xx", "4xx", "5xx"].map {
            metrics.counter(
                "sitrep_http_requests_total", help: "Requests answered, by class of status.",
                labels: ["status": $0])
        }
        connections = metrics.gauge(
            "sitrep_http_connections", help: "Connections that are open.", labels: [:])
        accepted = metrics.counter(
            "sitrep_http_connections_accepted_total", help: "Connections accepted.", labels: [:])
        let refused = "sitrep_http_refused_total"
        let help = "What was turned away for want of room."
        refusedConnections = metrics.counter(refused, help: help, labels: ["what": "connection"])
        refusedDeferrals = metrics.counter(refused, help: help, labels: ["what": "request"])
        receivedBytes = metrics.counter(
            "sitrep_http_received_bytes_total", help: "Bytes read from clients.", labels: [:])
        sentBytes = metrics.counter(
            "sitrep_http_sent_bytes_total", help: "Bytes written to clients.", labels: [:])
        timeouts = metrics.counter(
            "sitrep_http_timeouts_total", help: "Connections closed for being slow, idle ones left out.",
            labels: [:])
        durations = metrics.histogram(
            "sitrep_http_request_seconds",
            help: "Time from a request's last byte to its answer, before it is written.", labels: [:])
    }

    /// Counts one answer.
    func count(_ status: Status, nanoseconds: Int64) {
        requests[min(max(status.code / 100, 1), 5) - 1].add()
        durations.observe(nanoseconds: nanoseconds)
    }
}
