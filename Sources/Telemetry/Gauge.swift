internal import Synchronization

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let number = Atomic<Int64>(0)

    /// Creates a gauge at 0; `Metrics.gauge` makes one that is reported.
    public init() {}

    /// Adds `amount`, which may be negative.
    public func add(_ amount: Int64) {
        number.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Replaces the number.
    public func set(_ newValue: Int64) {
        number.store(newValue, ordering: .relaxed)
    }

    /// The number.
    public var value: Int64 { number.load(ordering: .relaxed) }
}
