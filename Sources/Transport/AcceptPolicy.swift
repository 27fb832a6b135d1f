internal import Glibc

/// What a listener does when a connection cannot be accepted; it never gives up.
public struct AcceptPolicy: Sendable {
    /// What to do next.
    public enum Step: Sendable, Equatable {
        /// No connection waits.
        case wait
        /// This one is gone; there may be another.
        case retry
        /// Close the reserve, take the connection with the number that it frees, turn it away, and open the
        /// reserve anew.
        case useReserve
        /// Stop accepting for a while. `report`: this is the first time since connections were last accepted.
        case pause(nanoseconds: Int64, report: Bool)
    }

    /// How long a pause takes.
    public static let pauseNanoseconds: Int64 = 100_000_000

    private var isShort = false
    private var triedReserve = false

    /// Creates the policy of a listener that has had no trouble yet.
    public init() {}

    /// A connection was accepted in the ordinary way.
    public mutating func accepted() {
        isShort = false
        triedReserve = false
    }

    /// Says what to do after `accept` failed.
    ///
    /// - Parameters:
    ///   - code: The `errno`.
    ///   - hasReserve: Whether there is a descriptor that can be given up.
    /// - Returns: The next step.
    public mutating func failed(code: Int32, hasReserve: Bool) -> Step {
        switch code {
        case EAGAIN: return .wait
        // The peer left, or the network reports an error of that connection alone (accept(2), "Error
        // handling").
        case ECONNABORTED, EINTR, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH, EPERM:
            return .retry
        case EMFILE where hasReserve && !triedReserve, ENFILE where hasReserve && !triedReserve:
            // Once for each round: another loop may have taken the number that was freed.
            triedReserve = true
            return .useReserve
        default:
            defer {
                isShort = true
                triedReserve = false
            }
            return .pause(nanoseconds: Self.pauseNanoseconds, report: !isShort)
        }
    }

    /// A connection was turned away by means of the reserve.
    ///
    /// - Returns: Whether to report it: it is the first time since connections were last accepted.
    public mutating func usedReserve() -> Bool {
        defer {
            isShort = true
            triedReserve = false
        }
        return !isShort
    }
}
