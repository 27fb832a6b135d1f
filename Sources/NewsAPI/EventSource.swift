internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import Synchronization

/// Changes as server-sent events.
///
/// It keeps the number of the last change that it told of and nothing else: a client that is slow gets what it missed
/// from the catalog, however long it takes.
///
/// - Source: HTML, "Server-sent events", §9.2.
final class EventSource: ContentSource {
    private struct State {
        var seq: Int64
        var hasBegun = false
        var lastSent = ContinuousClock.now
    }

    /// Changes in one piece.
    private static let pageSize = 50
    /// How long a client that lost its connection waits before it comes again.
    private static let retryMilliseconds = 3_000

    private let query: ChangeQuery
    private let listener: ChangeListener
    private let keepAlive: Duration
    private let report: @Sendable (any Error) -> Void
    /// Touched by `next` alone.
    private let state: Mutex<State>

    init(
        _ query: ChangeQuery, since: Int64, keepAlive: Duration,
        report: @escaping @Sendable (any Error) -> Void
    ) {
        self.query = query
        listener = ChangeListener(query.serving.bell)
        self.keepAlive = keepAlive
        self.report = report
        state = Mutex(State(seq: since))
    }

    func start(wake: @escaping @Sendable () -> Void) { listener.start(wake: wake) }

    func next() -> ContentPiece {
        state.withLock { state in
            if listener.isDraining { return .end }
            guard state.hasBegun else {
                state.hasBegun = true
                // An id without data is remembered and not told of: so nothing is missed by a client that loses its
                // connection before the first change.
                return .bytes(Array("retry: \(Self.retryMilliseconds)\nid: \(state.seq)\n\n".utf8))
            }
            do {
                let page = try query.page(after: state.seq, limit: Self.pageSize)
                state.seq = page.seq
                let left = keepAlive - (ContinuousClock.now - state.lastSent)
                if page.changes.isEmpty, left > .zero { return .later(left) }
                state.lastSent = .now
                return .bytes(page.changes.isEmpty ? comment(state.seq) : events(page.changes))
            } catch {
                report(error)
                return .failure
            }
        }
    }

    func drain() { listener.drain() }

    func cancel() { listener.cancel() }

    /// What shows that the stream is alive, with how far it has come.
    private func comment(_ seq: Int64) -> [UInt8] { Array(": nothing new\nid: \(seq)\n\n".utf8) }

    private func events(_ changes: [CatalogChange]) -> [UInt8] {
        var bytes: [UInt8] = []
        for change in changes {
            var writer = JSONWriter(capacity: 1_024)
            writer.change(change)
            bytes += "id: \(change.seq)\nevent: \(change.kind.rawValue)\ndata: ".utf8
            bytes += writer.bytes
            bytes += "\n\n".utf8
        }
        return bytes
    }
}
