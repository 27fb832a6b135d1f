internal import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)
    private let parts = Mutex<[Counter]>([])
    /// Keeps the counts of two objects out of one cache line, which two threads would fight over.
    private let padding = InlineArray<12, UInt64>(repeating: 0)

    /// Creates a counter at 0; `Metrics.counter` makes one that is reported.
    public init() {}

    /// Makes a counter whose count is part of this one's, for one thread that counts much.
    public func part() -> Counter {
        let part = Counter()
        parts.withLock { $0.append(part) }
        return part
    }

    /// Counts `amount` more.
    public func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The count, that of all parts included.
    public var value: UInt64 {
        parts.withLock { $0 }.reduce(count.load(ordering: .relaxed)) { $0 &+ $1.value }
    }
}
