internal import Dispatch
internal import Synchronization

/// Runs blocks off the event loops: so many at a time, with so many waiting, and no more.
final class WorkerPool: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var first = 0
        var running = 0
    }

    private let queue = DispatchQueue(label: "sitrep.deferred", qos: .userInitiated, attributes: .concurrent)
    private let width: Int
    private let backlog: Int
    private let state = Mutex(State())

    init(width: Int, backlog: Int) {
        self.width = max(1, width)
        self.backlog = max(0, backlog)
    }

    /// Runs a block as soon as there is room.
    ///
    /// - Returns: `false` where too many wait already; the block is then never run.
    func submit(_ block: @escaping @Sendable () -> Void) -> Bool {
        enum Verdict { case start, queued, refused }
        let verdict = state.withLock { state -> Verdict in
            if state.running < width {
                state.running += 1
                return .start
            }
            guard state.waiting.count - state.first < backlog else { return .refused }
            state.waiting.append(block)
            return .queued
        }
        if verdict == .start { queue.async { [self] in run(block) } }
        return verdict != .refused
    }

    private func run(_ first: @escaping @Sendable () -> Void) {
        var next: (@Sendable () -> Void)? = first
        while let block = next {
            block()
            next = state.withLock { state in
                guard state.first < state.waiting.count else {
                    state.running -= 1
                    state.waiting.removeAll(keepingCapacity: true)
                    state.first = 0
                    return nil
                }
                let block = state.waiting[state.first]
                state.waiting[state.first] = {}
                state.first += 1
                if state.first > 512 {
                    state.waiting.removeFirst(state.first)
                    state.first = 0
                }
                return block
            }
        }
    }
}
