internal import HTTPMessages
internal import NewsCatalog
internal import Synchronization

/// One answer about changes, made as soon as there is one, or when the client has waited as long as it would.
final class PollSource: ContentSource {
    private struct State {
        var seq: Int64
        var isDone = false
    }

    private let query: ChangeQuery
    private let listener: ChangeListener
    private let limit: Int
    private let deadline: ContinuousClock.Instant
    private let body: @Sendable (ChangePage) -> [UInt8]
    private let report: @Sendable (any Error) -> Void
    /// Touched by `next` alone.
    private let state: Mutex<State>

    init(
        _ query: ChangeQuery, since: Int64, limit: Int, wait: Duration,
        body: @escaping @Sendable (ChangePage) -> [UInt8], report: @escaping @Sendable (any Error) -> Void
    ) {
        self.query = query
        listener = ChangeListener(query.serving.bell)
        self.limit = limit
        self.body = body
        self.report = report
        deadline = .now + wait
        state = Mutex(State(seq: since))
    }

    func start(wake: @escaping @Sendable () -> Void) { listener.start(wake: wake) }

    func next() -> ContentPiece {
        state.withLock { state in
            if state.isDone { return .end }
            do {
                let page = try query.page(after: state.seq, limit: limit)
                state.seq = page.seq
                let left = deadline - .now
                if page.changes.isEmpty, left > .zero, !listener.isDraining { return .later(left) }
                state.isDone = true
                return .bytes(body(page))
            } catch {
                report(error)
                return .failure
            }
        }
    }

    func drain() { listener.drain() }

    func cancel() { listener.cancel() }
}
