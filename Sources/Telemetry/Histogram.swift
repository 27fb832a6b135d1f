internal import Synchronization

/// Durations counted by how long they were.
public final class Histogram: Sendable {
    /// Bounds for the time a request takes, in seconds: 10 µs to 10 s, about two and a half to a step.
    public static let requestBounds = [
        0.000_01, 0.000_025, 0.000_05, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
        0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// The upper bounds of the buckets in seconds, inclusive and ascending; one more bucket takes what is longer.
    public let bounds: [Double]
    private let boundNanoseconds: [Int64]
    private let buckets: InlineArray<24, Atomic<UInt64>>
    private let nanoseconds = Atomic<UInt64>(0)
    private let parts = Mutex<[Histogram]>([])

    /// Creates an empty histogram; `Metrics.histogram` makes one that is reported.
    ///
    /// - Parameter bounds: Upper bounds in seconds, ascending, from 1 ns to a year; at most 23.
    public init(bounds: [Double] = Histogram.requestBounds) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds ascend")
        precondition(bounds.count < 24, "there is a bucket for each bound and one more")
        precondition(bounds.allSatisfy { $0 >= 1e-9 && $0 <= 3.2e7 }, "bounds lie between 1 ns and a year")
        self.bounds = bounds
        boundNanoseconds = bounds.map { Int64(($0 * 1e9).rounded()) }
        buckets = InlineArray { _ in Atomic(0) }
    }

    /// Makes a histogram whose durations are part of this one's, for one thread that counts much.
    public func part() -> Histogram {
        let part = Histogram(bounds: bounds)
        parts.withLock { $0.append(part) }
        return part
    }

    /// Counts one duration; a negative one counts as 0.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        observe(nanoseconds: overflow ? Int64.max : whole &+ attoseconds / 1_000_000_000)
    }

    /// Counts one duration in nanoseconds; a negative one counts as 0.
    public func observe(nanoseconds length: Int64) {
        var index = 0
        while index < boundNanoseconds.count, boundNanoseconds[index] < length { index += 1 }
        buckets[index].wrappingAdd(1, ordering: .relaxed)
        nanoseconds.wrappingAdd(UInt64(max(0, length)), ordering: .relaxed)
    }

    /// What has been counted, in all parts too.
    public var reading: Reading {
        var counts = (0...bounds.count).map { buckets[$0].load(ordering: .relaxed) }
        var seconds = Double(nanoseconds.load(ordering: .relaxed)) / 1e9
        for part in parts.withLock({ $0 }) {
            let reading = part.reading
            for (index, count) in reading.counts.enumerated() { counts[index] &+= count }
            seconds += reading.seconds
        }
        return Reading(counts: counts, seconds: seconds)
    }

    /// The state of a histogram at one moment.
    public struct Reading: Sendable, Hashable {
        /// How many durations fell in each bucket, the one without a bound last.
        public let counts: [UInt64]
        /// All durations together.
        public let seconds: Double
    }
}
