internal import Synchronization

/// Wakes those who wait for a change.
final class ChangeBell: Sendable {
    private struct State {
        var last = 0
        var listeners: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// Has `wake` called at each change, until `leave` is called with the number that this gives.
    func listen(_ wake: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.last += 1
            state.listeners[state.last] = wake
            return state.last
        }
    }

    /// Calls a listener no more.
    func leave(_ number: Int) { _ = state.withLock { $0.listeners.removeValue(forKey: number) } }

    /// Something may have changed.
    func ring() {
        for wake in state.withLock({ Array($0.listeners.values) }) { wake() }
    }
}

/// One who waits for changes until the server shuts down.
final class ChangeListener: Sendable {
    private struct State {
        var number: Int?
        var isDraining = false
    }

    private let bell: ChangeBell
    private let state = Mutex(State())

    init(_ bell: ChangeBell) {
        self.bell = bell
    }

    /// Whether the server shuts down.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    func start(wake: @escaping @Sendable () -> Void) {
        let number = bell.listen(wake)
        state.withLock { $0.number = number }
    }

    func drain() { state.withLock { $0.isDraining = true } }

    func cancel() {
        if let number = state.withLock({ $0.number }) { bell.leave(number) }
    }
}
