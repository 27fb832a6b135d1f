internal import Synchronization

/// Who has how many connections open, over all event loops; asked when a connection opens or closes, never in
/// between.
final class ConnectionLedger: Sendable {
    private struct State {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let limits: ServerLimits
    private let state = Mutex(State())

    init(limits: ServerLimits) {
        self.limits = limits
    }

    /// Enters a connection, unless that would be one too many.
    ///
    /// - Parameter address: The client's; `nil` where it is not known yet.
    /// - Returns: Whether there was room.
    func open(from address: String?) -> Bool {
        let isBounded = isBounded(address)
        return state.withLock { state in
            guard state.total < limits.connections else { return false }
            if isBounded, let address {
                let count = state.byAddress[address, default: 0]
                guard count < limits.connectionsPerAddress else { return false }
                state.byAddress[address] = count + 1
            }
            state.total += 1
            return true
        }
    }

    /// Takes a connection out that `open` had entered.
    func close(from address: String?) {
        let isBounded = isBounded(address)
        state.withLock { state in
            state.total -= 1
            guard isBounded, let address, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    private func isBounded(_ address: String?) -> Bool {
        guard let address else { return false }
        return limits.boundsLoopbackAddresses
            || !(address == "::1" || address == "unix" || address.hasPrefix("127."))
    }
}
