internal import HTTPMessages
internal import HTTPWire
internal import Telemetry
internal import Transport

/// What all loops of a server share; none of it changes.
struct ServerShared: Sendable {
    let options: ServerOptions
    let responder: any Responder
    let log: Log
    let metrics: ServerMetrics
    let rules: ConnectionMachine.Rules
    let ledger: ConnectionLedger
    let pool: WorkerPool
    let shortageReports = ReportInterval(.seconds(60))
}

/// One event loop of the server with its listener, its connections and what they share.
///
/// - Invariant: Everything that changes is touched on `loop` alone, which is what `@unchecked Sendable` rests
///   on.
final class ServerLoop: EventHandler, @unchecked Sendable {
    private static let readBufferBytes = 64 * 1024
    /// An output that grew beyond this is given back.
    private static let outputKeptBytes = 1024 * 1024
    private static let outputBytes = 64 * 1024
    /// Connections accepted before those that are open have their turn.
    private static let acceptBound = 256
    /// Connections accepted at last, when draining begins: all that a backlog usually holds.
    private static let drainAcceptBound = 4096
    /// Connections beyond the limit that are told so at one time; more are closed without a word.
    private static let turnedAwayBound = 64

    let loop: EventLoop
    let shared: ServerShared
    // Out of `shared` for what each request needs: going through a struct of many references counts them all.
    let responder: any Responder
    let metrics: ServerMetrics
    let compressesFrom: Int
    let receivedBytes: Counter
    let sentBytes: Counter
    private var series: RequestSeriesTable
    private var accessLog: AccessLog?
    /// Where connections read into.
    var readBuffer = [UInt8](repeating: 0, count: readBufferBytes)
    /// What the connection at hand has to send; empty in between.
    var output: [UInt8] = []
    var cache: CompressedCache
    var answers: AnswerCache
    var ids = RequestIDGenerator()

    private var listener: Listener?
    private var listenerToken: EventLoop.Token?
    private var policy = AcceptPolicy()
    private var reserve = ReserveDescriptor()
    private var openCount = 0
    private var turnedAwayCount = 0
    private var isDraining = false
    private var whenEmpty: (@Sendable () -> Void)?
    private var dateSeconds = Int64.min
    private var dateBytes: [UInt8] = []

    init(_ shared: ServerShared, _ listener: Listener, number: Int, log: LogWriter.Ring?) throws(SystemError)
    {
        self.shared = shared
        responder = shared.responder
        metrics = shared.metrics
        compressesFrom = shared.options.compressesFrom
        receivedBytes = shared.metrics.receivedBytes.part()
        sentBytes = shared.metrics.sentBytes.part()
        series = RequestSeriesTable(shared.metrics)
        accessLog = log.map { AccessLog($0, logsTargets: shared.options.accessLogTargets) }
        self.listener = listener
        let lag = shared.metrics.lag(loop: number)
        loop = try EventLoop(label: "sitrep.http.\(number)", turned: { lag.observe(nanoseconds: $0) })
        cache = CompressedCache(limit: shared.options.limits.compressedCacheBytes)
        answers = AnswerCache(limit: shared.options.limits.answerCacheBytes)
        output.reserveCapacity(Self.outputBytes)
    }

    /// Begins to accept.
    func start() {
        loop.start()
        loop.enqueue { [self] in
            guard let listener, !isDraining else { return }
            do throws(SystemError) {
                listenerToken = try loop.register(listener, self)
            } catch {
                shared.log.error("listener failed", ["reason": error.description])
            }
        }
    }

    /// Stops accepting, and calls `whenEmpty` on the loop when the last connection has closed.
    func drain(whenEmpty: @escaping @Sendable () -> Void) {
        loop.enqueue { [self] in
            self.whenEmpty = whenEmpty
            // What the kernel has accepted already would be reset with the listener. Nothing is answered in between:
            // a client that is told to close comes again at once, and would find the listener still open.
            if listenerToken != nil { acceptWaiting(atMost: Self.drainAcceptBound) }
            closeListener()
            isDraining = true
            for handler in loop.handlers { (handler as? Connection)?.drain() }
            reportIfEmpty()
        }
    }

    /// Closes what is left.
    func closeAll() {
        loop.enqueue { [self] in
            closeListener()
            for handler in loop.handlers { (handler as? Connection)?.close() }
            reportIfEmpty()
        }
    }

    func becameReady(_ readiness: Readiness) { acceptWaiting() }

    func deadlinePassed() { acceptWaiting() }

    /// Gives a connection, if it is still there, what the worker pool made for it.
    func complete(_ token: EventLoop.Token, _ outcome: Connection.Outcome) {
        (loop.handler(token) as? Connection)?.complete(outcome)
    }

    /// A connection has closed.
    func closed(_ address: String, isCounted: Bool) {
        openCount -= 1
        metrics.connections.add(-1)
        if isCounted {
            shared.ledger.close(from: address)
        } else {
            turnedAwayCount -= 1
        }
        reportIfEmpty()
    }

    /// Gives a request its id, with the name that the client has for it.
    func identify(_ request: inout Request) {
        request.id = ids.next()
        guard request.fields.contains(.requestID) else { return }
        let names = request.fields.values(.requestID)
        if names.count == 1 { request.id = RequestID(request.id.number, name: names[0]) }
    }

    /// The series in which an answer is counted; see `RequestSeriesTable`.
    func series(_ route: String?, _ method: Method?, _ status: Status) -> RequestSeries {
        series.find(route, method, status)
    }

    /// Whether lines of the access log have the request's target.
    var logsTargets: Bool { accessLog?.logsTargets ?? false }

    /// Counts an answer that was made at a time, and logs it.
    func note(
        _ series: RequestSeries, _ record: @autoclosure () -> AccessLine.Record, nanoseconds: Int64,
        at now: MonotonicTime
    ) {
        series.count(nanoseconds: nanoseconds)
        accessLog?.log(record(), series, nanoseconds: nanoseconds, at: now)
    }

    /// The time as `Date` has it, written once a second.
    func date() -> [UInt8] {
        let seconds = MonotonicTime.wallSeconds()
        if seconds != dateSeconds {
            dateSeconds = seconds
            dateBytes = HTTPDate.format(seconds: seconds)
        }
        return dateBytes
    }

    /// Empties the output.
    func resetOutput() {
        if output.capacity > Self.outputKeptBytes {
            output = []
            output.reserveCapacity(Self.outputBytes)
        } else {
            output.removeAll(keepingCapacity: true)
        }
    }

    /// Takes what lies in the output from `start` on, and empties it.
    func takeOutput(from start: Int) -> [UInt8] {
        let rest = Array(output[start...])
        resetOutput()
        return rest
    }

    private func acceptWaiting(atMost bound: Int = acceptBound) {
        guard let listener else { return }
        // Another loop may have taken the number of the reserve when that was last of use.
        reserve.restore()
        for _ in 0..<bound {
            switch listener.accept() {
            case .accepted(let socket, let peer):
                policy.accepted()
                admit(socket, from: peer)
            case .failed(let code):
                switch policy.failed(code: code, hasReserve: reserve.isHeld) {
                case .wait: return
                case .retry: break
                case .useReserve: turnAwayWithReserve(listener)
                case .pause(let nanoseconds, let report):
                    if report { reportShortage(SystemError(call: "accept", code: code)) }
                    if let listenerToken {
                        loop.setDeadline(listenerToken, loop.now.advanced(by: nanoseconds))
                    }
                    return
                }
            }
        }
        if let listenerToken { loop.callAgain(listenerToken) }
    }

    private func turnAwayWithReserve(_ listener: Listener) {
        reserve.release()
        if case .accepted(let socket, _) = listener.accept() {
            socket.close()
            metrics.refusals("no-descriptors").add()
            if policy.usedReserve() { reportShortage(nil) }
        }
        reserve.restore()
    }

    private func reportShortage(_ error: SystemError?) {
        guard shared.shortageReports.allows(at: loop.now) else { return }
        shared.log.error(
            "connections cannot be accepted",
            [
                "reason": error?.description ?? "no descriptors are left",
                "remedy": "raise the limit of open files (ulimit -n) or lower the limit of connections",
            ])
    }

    private func admit(_ socket: Socket, from peer: SocketAddress) {
        let address = peer.host
        let isCounted = shared.ledger.open(from: address)
        metrics.accepted.add()
        if !isCounted {
            metrics.refusals(Problem.tooManyConnections.code).add()
            guard turnedAwayCount < Self.turnedAwayBound else { return socket.close() }
            turnedAwayCount += 1
        }
        openCount += 1
        metrics.connections.add(1)
        let connection = Connection(self, socket, clientAddress: address, isCounted: isCounted)
        do throws(SystemError) {
            try connection.open()
        } catch {
            shared.log.error("connection failed", ["reason": error.description])
            socket.close()
            return closed(address, isCounted: isCounted)
        }
        if !isCounted {
            connection.turnAway()
        }
    }

    private func closeListener() {
        guard let listener else { return }
        if let listenerToken { loop.unregister(listenerToken) }
        listener.close()
        self.listener = nil
        listenerToken = nil
    }

    private func reportIfEmpty() {
        guard isDraining, openCount == 0, let whenEmpty else { return }
        self.whenEmpty = nil
        whenEmpty()
    }
}
