internal import Synchronization
internal import Transport

/// Lets one report through in a while, over all event loops: what goes wrong for want of descriptors goes wrong
/// for each connection, and a log full of it helps nobody.
final class ReportInterval: Sendable {
    private let nanoseconds: Int64
    private let next = Mutex<MonotonicTime?>(nil)

    init(_ interval: Duration) {
        nanoseconds = interval.wholeNanoseconds
    }

    /// Whether a report may be made now; if so, none may for the rest of the interval.
    func allows(at now: MonotonicTime) -> Bool {
        next.withLock { next in
            if let next, now < next { return false }
            next = now.advanced(by: nanoseconds)
            return true
        }
    }
}
