internal import Synchronization

/// Durations counted by how long they were.
public final class Histogram: Sendable {
    /// Bounds for the time a request takes, in seconds: 100 µs to 10 s, about two and a half to a step.
    public static let requestBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// The upper bounds of the buckets in seconds, inclusive and ascending; one more bucket takes what is longer.
    public let bounds: [Double]
    private let boundNanoseconds: [Int64]
    private let buckets: [Counter]
    private let nanoseconds = Atomic<UInt64>(0)

    /// Creates an empty histogram; `Metrics.histogram` makes one that is reported.
    ///
    /// - Parameter bounds: Upper bounds in seconds, ascending, from 1 ns to a year.
    public init(bounds: [Double] = Histogram.requestBounds) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds ascend")
        precondition(bounds.allSatisfy { $0 >= 1e-9 && $0 <= 3.2e7 }, "bounds lie between 1 ns and a year")
        self.bounds = bounds
        boundNanoseconds = bounds.map { Int64(($0 * 1e9).rounded()) }
        buckets = (0...bounds.count).map { _ in Counter() }
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
        buckets[index].add()
        nanoseconds.wrappingAdd(UInt64(max(0, length)), ordering: .relaxed)
    }

    /// What has been counted.
    public var reading: Reading {
        Reading(
            counts: buckets.map(\.value), seconds: Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
    }

    /// The state of a histogram at one moment.
    public struct Reading: Sendable, Hashable {
        /// How many durations fell in each bucket, the one without a bound last.
        public let counts: [UInt64]
        /// All durations together.
        public let seconds: Double
    }
}
