internal import HTTPMessages
internal import Telemetry

/// What one event loop counts of the answers of one route, method and status; found once, then counted without a lock.
final class RequestSeries: Sendable {
    let requests: Counter
    let durations: Histogram
    /// The part of a line of the access log that all of them share.
    let logged: [UInt8]

    init(requests: Counter, durations: Histogram, logged: [UInt8]) {
        self.requests = requests
        self.durations = durations
        self.logged = logged
    }

    func count(nanoseconds: Int64) {
        requests.add()
        durations.observe(nanoseconds: nanoseconds)
    }
}

/// The series that one event loop has counted in.
///
/// There are no more than the responder's routes with the methods and statuses that it answers: nothing that a client
/// makes up becomes a label.
struct RequestSeriesTable {
    private struct Key: Hashable {
        let route: String?
        let method: Method?
        let status: Int
    }

    private let metrics: ServerMetrics
    private var series: [Key: RequestSeries] = [:]
    private var durations: [String?: Histogram] = [:]

    init(_ metrics: ServerMetrics) {
        self.metrics = metrics
    }

    /// The series of an answer; the method is `nil` where the head could not be read.
    mutating func find(_ route: String?, _ method: Method?, _ status: Status) -> RequestSeries {
        let key = Key(route: route, method: method, status: status.code)
        if let found = series[key] { return found }
        let histogram = durations[route] ?? metrics.durations(route).part()
        durations[route] = histogram
        let made = RequestSeries(
            requests: metrics.requests(route, method, status).part(), durations: histogram,
            logged: AccessLine.shared(route, method, status))
        series[key] = made
        return made
    }
}
