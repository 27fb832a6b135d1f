import Dispatch
import Telemetry
import Testing

@Suite("Metrics") struct MetricsTests {
    @Test func prometheusText() {
        let metrics = Metrics()
        metrics.counter("http_requests_total", help: "Requests.", labels: ["code": "404", "method": "GET"])
            .add()
        metrics.counter("http_requests_total", help: "Requests.", labels: ["method": "GET", "code": "200"])
            .add(41)
        metrics.counter("http_requests_total", help: "Requests.", labels: ["code": "200", "method": "GET"])
            .add()
        metrics.gauge("connections", help: "Open connections:\nall \\ of them.").set(-3)
        metrics.gauge("generation", help: "Generation.", labels: ["of": "a\"b\\c\nd"]) { 1.5 }
        metrics.gauge("nothing", help: "Nothing.") { .nan }
        metrics.gauge("whole", help: "Whole.") { 12_345_678 }
        let histogram = metrics.histogram(
            "request_seconds", help: "Time.", labels: ["route": "/"], bounds: [0.001, 0.25, 1])
        for nanoseconds in [500_000, 1_000_000, 1_000_001, 900_000_000, 2_000_000_000, -5] as [Int64] {
            histogram.observe(nanoseconds: nanoseconds)
        }
        #expect(
            String(decoding: metrics.prometheus(), as: UTF8.self) == """
                # HELP connections Open connections:\\nall \\\\ of them.
                # TYPE connections gauge
                connections -3
                # HELP generation Generation.
                # TYPE generation gauge
                generation{of="a\\"b\\\\c\\nd"} 1.5
                # HELP http_requests_total Requests.
                # TYPE http_requests_total counter
                http_requests_total{code="200",method="GET"} 42
                http_requests_total{code="404",method="GET"} 1
                # HELP nothing Nothing.
                # TYPE nothing gauge
                nothing NaN
                # HELP request_seconds Time.
                # TYPE request_seconds histogram
                request_seconds_bucket{route="/",le="0.001"} 3
                request_seconds_bucket{route="/",le="0.25"} 4
                request_seconds_bucket{route="/",le="1"} 5
                request_seconds_bucket{route="/",le="+Inf"} 6
                request_seconds_sum{route="/"} 2.902500001
                request_seconds_count{route="/"} 6
                # HELP whole Whole.
                # TYPE whole gauge
                whole 12345678

                """)
    }

    @Test func oneNameAndLabelsIsOneObject() {
        let metrics = Metrics()
        let labels: KeyValuePairs = ["b": "1", "a": "2"]
        #expect(
            metrics.counter("c", help: "", labels: labels)
                === metrics.counter("c", help: "", labels: ["a": "2", "b": "1"]))
        #expect(metrics.gauge("g", help: "") === metrics.gauge("g", help: ""))
        #expect(metrics.histogram("h", help: "") === metrics.histogram("h", help: ""))
        #expect(metrics.gauge("g", help: "", labels: ["a": "1"]) !== metrics.gauge("g", help: ""))
    }

    @Test func gauges() {
        let gauge = Gauge()
        gauge.add(5)
        gauge.add(-7)
        #expect(gauge.value == -2)
        gauge.set(9)
        #expect(gauge.value == 9)
    }

    @Test func durations() {
        let histogram = Histogram(bounds: [0.001, 1])
        histogram.observe(.milliseconds(1))
        histogram.observe(.microseconds(1001))
        histogram.observe(.seconds(Int64.max))
        histogram.observe(.seconds(-1))
        #expect(histogram.reading.counts == [2, 1, 1])
    }

    @Test func partsAreCountedWithTheWhole() {
        let counter = Counter()
        let parts = [counter.part(), counter.part()]
        counter.add()
        parts[0].add(10)
        parts[1].add(100)
        #expect(counter.value == 111 && parts[0].value == 10)
        let histogram = Histogram(bounds: [0.001, 1])
        let part = histogram.part()
        histogram.observe(.milliseconds(1))
        part.observe(.milliseconds(500))
        part.observe(.seconds(2))
        #expect(histogram.reading.counts == [1, 1, 1] && histogram.reading.seconds == 2.501)
        #expect(part.reading.counts == [0, 1, 1])
    }

    @Test func nothingIsLostBetweenThreads() {
        let metrics = Metrics()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for _ in 0..<1000 {
                metrics.counter("c", help: "C.").add()
                metrics.gauge("g", help: "G.", labels: ["t": "\(thread % 2)"]).add(1)
                metrics.histogram("h", help: "H.").observe(.milliseconds(3))
            }
            _ = metrics.prometheus()
        }
        #expect(metrics.counter("c", help: "C.").value == 8000)
        #expect(metrics.gauge("g", help: "G.", labels: ["t": "0"]).value == 4000)
        #expect(metrics.histogram("h", help: "H.").reading.counts.reduce(0, +) == 8000)
    }
}
