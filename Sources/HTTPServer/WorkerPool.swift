internal import Dispatch
internal import Synchronization
internal import Telemetry
internal import Transport

/// Runs blocks off the event loops: so many at a time, with so many waiting, and no more.
final class WorkerPool: Sendable {
    private struct Job {
        let block: @Sendable () -> Void
        let submitted = MonotonicTime.now()
    }

    private struct State {
        var waiting: [Job?] = []
        var first = 0
        var running = 0
    }

    private let queue = DispatchQueue(label: "sitrep.deferred", qos: .userInitiated, attributes: .concurrent)
    private let width: Int
    private let backlog: Int
    private let waits: Histogram
    private let state = Mutex(State())

    /// Creates a pool that tells `waits` how long each block waited.
    init(width: Int, backlog: Int, waits: Histogram) {
        self.waits = waits
        self.width = max(1, width)
        self.backlog = max(0, backlog)
    }

    /// How many blocks wait, and how many are being run.
    var counts: (waiting: Int, running: Int) {
        state.withLock { ($0.waiting.count - $0.first, $0.running) }
    }

    /// Runs a block as soon as there is room.
    ///
    /// - Returns: `false` where too many wait already; the block is then never run.
    func submit(_ block: @escaping @Sendable () -> Void) -> Bool {
        enum Verdict { case start, queued, refused }
        let job = Job(block: block)
        let verdict = state.withLock { state -> Verdict in
            if state.running < width {
                state.running += 1
                return .start
            }
            guard state.waiting.count - state.first < backlog else { return .refused }
            state.waiting.append(job)
            return .queued
        }
        if verdict == .start { queue.async { [self] in run(job) } }
        return verdict != .refused
    }

    private func run(_ first: Job) {
        var next: Job? = first
        while let job = next {
            waits.observe(nanoseconds: MonotonicTime.now().nanoseconds - job.submitted.nanoseconds)
            job.block()
            next = state.withLock { state in
                guard state.first < state.waiting.count else {
                    state.running -= 1
                    state.waiting.removeAll(keepingCapacity: true)
                    state.first = 0
                    return nil
                }
                let job = state.waiting[state.first]
                state.waiting[state.first] = nil
                state.first += 1
                if state.first > 512 {
                    state.waiting.removeFirst(state.first)
                    state.first = 0
                }
                return job
            }
        }
    }
}
