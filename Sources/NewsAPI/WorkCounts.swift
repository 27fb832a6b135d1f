internal import Telemetry

/// What is counted of the work that requests make; the requests themselves are counted by the server.
final class WorkCounts: Sendable {
    private let durations: [Endpoint: Histogram]
    private let articles: [Counter]

    init(_ metrics: Metrics) {
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

    func observe(_ endpoint: Endpoint, _ duration: Duration) {
        durations[endpoint]?.observe(duration)
    }

    func ingested(created: Int, updated: Int, unchanged: Int, rejected: Int) {
        for (counter, count) in zip(articles, [created, updated, unchanged, rejected]) where count > 0 {
            counter.add(UInt64(count))
        }
    }
}
