internal import Synchronization

/// Counts the streams that are open on all loops, up to a limit.
final class StreamLedger: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts one more.
    ///
    /// - Returns: `false` where there are too many already; then it is not counted.
    func open() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue > limit else { return true }
        close()
        return false
    }

    /// Counts one less.
    func close() { count.subtract(1, ordering: .relaxed) }
}
