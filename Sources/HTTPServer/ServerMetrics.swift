internal import HTTPMessages
internal import Telemetry

/// What the server counts; Docs/operations.md says what each figure means.
final class ServerMetrics: Sendable {
    private let metrics: Metrics
    let connections: Gauge
    let accepted: Counter
    let streams: Gauge
    let cutStreams: Counter
    let receivedBytes: Counter
    let sentBytes: Counter
    let repeatedAnswers: Counter
    let keptAnswerBytes: Gauge
    let workerWaits: Histogram
    let tls: TLSMetrics

    init(_ metrics: Metrics) {
        self.metrics = metrics
        connections = metrics.gauge("sitrep_http_connections", help: "Connections that are open.")
        accepted = metrics.counter(
            "sitrep_http_connections_accepted_total", help: "Connections accepted.")
        streams = metrics.gauge("sitrep_http_streams", help: "Answers being made piece by piece.")
        cutStreams = metrics.counter(
            "sitrep_http_streams_cut_total", help: "Streams cut off because their content could not be had.")
        receivedBytes = metrics.counter(
            "sitrep_http_received_bytes_total", help: "Bytes read from clients.")
        sentBytes = metrics.counter("sitrep_http_sent_bytes_total", help: "Bytes written to clients.")
        repeatedAnswers = metrics.counter(
            "sitrep_http_answers_repeated_total", help: "Answers given again to equal requests.")
        keptAnswerBytes = metrics.gauge(
            "sitrep_http_answers_kept_bytes", help: "Bytes of answers kept for equal requests.")
        workerWaits = metrics.histogram(
            "sitrep_http_worker_wait_seconds", help: "Time that costly requests waited for a worker.")
        tls = TLSMetrics(metrics)
        // All reasons and phases are there from the start: a rate needs what comes before the first.
        for code in [
            "malformed-request", "no-descriptors", "overloaded", "proxy-header", "too-many-connections",
            "too-many-connections-silent", "too-many-streams",
        ] {
            _ = refusals(code)
        }
        for phase in TimeoutPhase.allCases { _ = timeouts(phase) }
    }

    /// Answers of one route, method and status.
    func requests(_ route: String?, _ method: Method?, _ status: Status) -> Counter {
        metrics.counter(
            "sitrep_http_requests_total", help: "Requests answered, by route, method and status.",
            labels: [
                "route": route ?? "none", "method": method?.rawValue ?? "none",
                "status": String(status.code),
            ])
    }

    /// How long answers of one route take.
    func durations(_ route: String?) -> Histogram {
        metrics.histogram(
            "sitrep_http_request_seconds",
            help: "Time from a request's last byte to its answer, before it is written, by route.",
            labels: ["route": route ?? "none"])
    }

    /// What the server itself turned away, by the code of the problem that the client was told.
    func refusals(_ code: String) -> Counter {
        metrics.counter(
            "sitrep_http_refusals_total",
            help: "Connections and requests that the server turned away before the API, by problem code.",
            labels: ["reason": code])
    }

    /// Clients that were too slow.
    func timeouts(_ phase: TimeoutPhase) -> Counter {
        metrics.counter(
            "sitrep_http_timeouts_total",
            help:
                "Connections closed because the client was slow or silent, by what it was slow in.",
            labels: ["phase": phase.rawValue])
    }

    /// How long one turn of an event loop takes, which is how long what comes to it may have to wait.
    func lag(loop number: Int) -> Histogram {
        metrics.histogram(
            "sitrep_http_loop_lag_seconds",
            help: "Time that one turn of an event loop took, and that what came meanwhile had to wait.",
            labels: ["loop": String(number)])
    }

    /// Reports how many requests wait for a worker, or are with one.
    func watch(_ pool: WorkerPool) {
        let (name, help) = ("sitrep_http_worker_requests", "Costly requests, by whether a worker has them.")
        metrics.gauge(name, help: help, labels: ["state": "waiting"]) { Double(pool.counts.waiting) }
        metrics.gauge(name, help: help, labels: ["state": "running"]) { Double(pool.counts.running) }
    }
}

/// What a client was too slow in.
enum TimeoutPhase: String, CaseIterable {
    case handshake, head, content, request, idle, write
}
