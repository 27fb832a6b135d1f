internal import HTTPMessages
internal import Synchronization
internal import Telemetry

/// What is counted of requests.
final class RequestCounts: Sendable {
    private struct Key: Hashable {
        let endpoint: Endpoint?
        let status: Int
    }

    private let metrics: Metrics
    private let requests = Mutex<[Key: Counter]>([:])
    private let durations: [Endpoint: Histogram]
    private let articles: [Counter]

    init(_ metrics: Metrics) {
        self.metrics = metrics
        durations = Dictionary(
            uniqueKeysWithValues: Endpoint.allCases.filter { $0.readsData || $0.writesData }.map { endpoint in
                (
                    endpoint,
                    metrics.histogram(
                        "sitrep_query_seconds", help: "How long the work of a request takes.",
                        labels: ["endpoint": endpoint.rawValue])
                )
            })
        articles = ["created", "updated", "unchanged", "rejected"].map {
            metrics.counter(
                "sitrep_articles_received_total", help: "Articles handed in, by what became of them.",
                labels: ["status": $0])
        }
    }

    func count(_ endpoint: Endpoint?, _ status: Status) {
        let key = Key(endpoint: endpoint, status: status.code)
        let counter = requests.withLock { requests in
            if let counter = requests[key] { return counter }
            let counter = metrics.counter(
                "sitrep_requests_total", help: "Requests answered, by endpoint and status.",
                labels: ["endpoint": endpoint?.rawValue ?? "none", "status": String(status.code)])
            requests[key] = counter
            return counter
        }
        counter.add()
    }

    func observe(_ endpoint: Endpoint, _ duration: Duration) {
        durations[endpoint]?.observe(duration)
    }

    func ingested(created: Int, updated: Int, unchanged: Int, rejected: Int) {
        for (counter, count) in zip(articles, [created, updated, unchanged, rejected]) where count > 0 {
            counter.add(UInt64(count))
        }
    }
}
