internal import Synchronization

/// Counts the states that whatever answers has had; an object, so that a look at the count passes by no other.
public final class Epoch: Sendable {
    private let count = Atomic<UInt64>(0)

    /// Creates a count at 0.
    public init() {}

    /// The number of the state.
    public var number: UInt64 { count.load(ordering: .acquiring) }

    /// Begins another state; what is made from now on is of it.
    public func advance() {
        count.add(1, ordering: .releasing)
    }
}
