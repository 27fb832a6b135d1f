internal import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    /// Creates a counter at 0; `Metrics.counter` makes one that is reported.
    public init() {}

    /// Counts `amount` more.
    public func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The count.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}
