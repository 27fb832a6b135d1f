internal import Compression
internal import HTTPMessages
internal import Synchronization
internal import Transport

/// An answer whose content is made piece by piece, as far as it has come.
///
/// At most one piece is under way, and the next is asked for when the connection has room for it. Touched on its
/// connection's loop alone.
final class StreamedAnswer {
    /// What is made of a source's pieces off the loop.
    final class Maker: Sendable {
        let source: any ContentSource
        private let gzip: Mutex<GzipStream?>

        init(_ source: any ContentSource, compresses: Bool) {
            self.source = source
            gzip = Mutex(compresses ? GzipStream() : nil)
        }

        /// Makes the next piece, compressed where the client is to get it so.
        func make() -> Made {
            switch source.next() {
            case .bytes(let bytes): Made(bytes: gzip.withLock { $0?.feed(bytes) } ?? bytes, then: .more)
            case .later(let time): Made(bytes: [], then: .later(time))
            case .end: Made(bytes: gzip.withLock { $0?.finish() } ?? [], then: .end)
            case .failure: Made(bytes: [], then: .failure)
            }
        }
    }

    /// A piece as it is sent, but for its framing, and what comes after it.
    struct Made: Sendable {
        enum Then: Sendable { case more, later(Duration?), end, failure }

        let bytes: [UInt8]
        let then: Then
    }

    private enum State {
        /// The next piece can be asked for.
        case ready
        /// A piece is being made; the source may have called since.
        case making(isWoken: Bool)
        /// The source has nothing; it is asked again when it calls or at that time.
        case waiting(until: MonotonicTime)
    }

    /// What the access log will say of it at its end.
    struct LogEntry {
        let series: RequestSeries
        let started: MonotonicTime
        var record: AccessLine.Record
    }

    let maker: Maker
    let isChunked: Bool
    /// `nil` where requests are not logged.
    var entry: LogEntry?
    private var state = State.ready

    init(_ maker: Maker, isChunked: Bool) {
        self.maker = maker
        self.isChunked = isChunked
    }

    /// When the source should be asked again at the latest.
    var deadline: MonotonicTime {
        if case .waiting(let time) = state { time } else { .never }
    }

    /// Whether the source has nothing to give for now.
    var isWaiting: Bool {
        if case .waiting = state { true } else { false }
    }

    /// Whether a piece should be made now; if so it is under way.
    func begin() -> Bool {
        guard case .ready = state else { return false }
        state = .making(isWoken: false)
        return true
    }

    /// The source has called, or its time has come.
    func wake() {
        switch state {
        case .making: state = .making(isWoken: true)
        case .waiting: state = .ready
        case .ready: break
        }
    }

    /// A piece came, and there is more.
    func goOn() { state = .ready }

    /// The source had nothing when it was asked.
    func wait(_ time: Duration?, now: MonotonicTime) {
        // It called while it was asked: what it called for may have come after it had looked.
        if case .making(isWoken: true) = state { return state = .ready }
        state = .waiting(until: time.map { now.advanced(by: max(0, $0.wholeNanoseconds)) } ?? .never)
    }
}
