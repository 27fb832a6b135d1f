/// An instant of the clock that only goes forward.
///
/// Whole nanoseconds in 64 bits: it is compared and added to for each request, where
/// `ContinuousClock.Instant` with its 128 bits would be felt.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since some start that is the same for the life of the process.
    public var nanoseconds: Int64

    /// Creates an instant.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant of this call.
    public static func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: SystemCalls.monotonicNanoseconds())
    }

    /// An instant that never comes.
    public static let never = MonotonicTime(nanoseconds: .max)

    /// Seconds of the Unix epoch by the wall clock, exact to some milliseconds.
    public static func wallSeconds() -> Int64 { SystemCalls.wallSeconds() }

    /// Whether one instant comes before another.
    @inlinable public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant that comes `nanoseconds` later; no later than `never`.
    @inlinable public func advanced(by nanoseconds: Int64) -> MonotonicTime {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }
}

extension Duration {
    /// This duration in whole nanoseconds; one of over 292 years is cut down to that.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return whole.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}
