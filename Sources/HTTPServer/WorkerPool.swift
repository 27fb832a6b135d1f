internal import Dispatch
internal import Synchronization
internal import Telemetry
internal import Transport

/// Runs blocks off the event loops: so many at a time, with so many waiting, and no more.
///
/// Pieces of streams wait in a line of their own, from which every second block is taken: neither many streams nor many
/// requests keep the other waiting for long.
final class WorkerPool: Sendable {
    private struct Job {
        let block: @Sendable () -> Void
        let submitted = MonotonicTime.now()
    }

    /// Jobs in the order in which they came.
    private struct Line {
        private var jobs: [Job?] = []
        private var first = 0

        var count: Int { jobs.count - first }

        mutating func append(_ job: Job) { jobs.append(job) }

        mutating func takeFirst() -> Job? {
            guard first < jobs.count else { return nil }
            let job = jobs[first]
            jobs[first] = nil
            first += 1
            if first == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                first = 0
            } else if first > 512 {
                jobs.removeFirst(first)
                first = 0
            }
            return job
        }
    }

    private struct State {
        var requests = Line()
        var pieces = Line()
        var running = 0
        private var tookPiece = false

        mutating func takeNext() -> Job? {
            tookPiece = pieces.count > 0 && (!tookPiece || requests.count == 0)
            if let job = tookPiece ? pieces.takeFirst() : requests.takeFirst() { return job }
            running -= 1
            return nil
        }
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
        state.withLock { ($0.requests.count + $0.pieces.count, $0.running) }
    }

    /// Runs a block as soon as there is room.
    ///
    /// - Returns: `false` where too many wait already; the block is then never run.
    func submit(_ block: @escaping @Sendable () -> Void) -> Bool {
        submit(Job(block: block), to: \.requests, atMost: backlog)
    }

    /// Runs a block that makes a piece of a stream; none is refused, as each stream has one at a time.
    func submitPiece(_ block: @escaping @Sendable () -> Void) {
        _ = submit(Job(block: block), to: \.pieces, atMost: .max)
    }

    private func submit(_ job: Job, to line: WritableKeyPath<State, Line>, atMost bound: Int) -> Bool {
        enum Verdict { case start, queued, refused }
        let verdict = state.withLock { state -> Verdict in
            if state.running < width {
                state.running += 1
                return .start
            }
            guard state[keyPath: line].count < bound else { return .refused }
            state[keyPath: line].append(job)
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
            next = state.withLock { $0.takeNext() }
        }
    }
}
