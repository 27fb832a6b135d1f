internal import HTTPMessages
internal import HTTPWire
internal import TLS
internal import Telemetry
internal import Transport

/// What all loops of a server share; none of it changes.
struct ServerShared: Sendable {
    let options: ServerOptions
    let responder: any Responder
    let log: Log
    let metrics: ServerMetrics
    let ledger: ConnectionLedger
    let pool: WorkerPool
    let streams: StreamLedger
    let certificates: ServerCertificates?
    let shortageReports = ReportInterval(.seconds(60))
}

/// One event loop of the server with its listeners, its connections and what they share.
///
/// - Invariant: Everything that changes is touched on `loop` alone, which is what `@unchecked Sendable` rests
///   on.
final class ServerLoop: @unchecked Sendable {
    private static let readBufferBytes = 64 * 1024
    /// An output that grew beyond this is given back.
    private static let outputKeptBytes = 1024 * 1024
    private static let outputBytes = 64 * 1024
    /// Connections beyond the limit that are told so at one time; more are closed without a word.
    private static let turnedAwayBound = 64

    let loop: EventLoop
    let shared: ServerShared
    // Out of `shared` for what each request needs: going through a struct of many references counts them all.
    let responder: any Responder
    let epoch: Epoch
    /// This loop's own, as all of its connections look at them all the time.
    let rules: ConnectionMachine.Rules
    let metrics: ServerMetrics
    let compressesFrom: Int
    let receivedBytes: Counter
    let sentBytes: Counter
    let repeatedAnswers: Counter
    private var series: RequestSeriesTable
    private var accessLog: AccessLog?
    /// Where connections read into.
    var readBuffer = [UInt8](repeating: 0, count: readBufferBytes)
    /// What the connection at hand has to send; empty in between.
    var output: [UInt8] = []
    var cache: CompressedCache
    let answers: AnswerCache
    var ids = RequestIDGenerator()

    /// Given up for a moment where a connection cannot be accepted for want of descriptors.
    var reserve = ReserveDescriptor()
    private var acceptors: [Acceptor] = []
    private var openCount = 0
    private var turnedAwayCount = 0
    private var isDraining = false
    private var whenEmpty: (@Sendable () -> Void)?
    private var dateSeconds = Int64.min
    private var dateBytes: [UInt8] = []

    /// Creates a loop that accepts from `listeners` once it is started.
    init(
        _ shared: ServerShared, _ listeners: [(listener: Listener, options: ListenerOptions)], number: Int,
        log: LogWriter.Ring?
    ) throws(SystemError) {
        self.shared = shared
        responder = shared.responder
        epoch = shared.responder.epoch
        rules = ConnectionMachine.Rules(shared.options.limits, shared.options.proxies)
        metrics = shared.metrics
        compressesFrom = shared.options.compressesFrom
        receivedBytes = shared.metrics.receivedBytes.part()
        sentBytes = shared.metrics.sentBytes.part()
        repeatedAnswers = shared.metrics.repeatedAnswers.part()
        series = RequestSeriesTable(shared.metrics)
        accessLog = log.map { AccessLog($0, logsTargets: shared.options.accessLogTargets) }
        let lag = shared.metrics.lag(loop: number)
        loop = try EventLoop(label: "sitrep.http.\(number)", turned: { lag.observe(nanoseconds: $0) })
        cache = CompressedCache(limit: shared.options.limits.compressedCacheBytes)
        answers = AnswerCache(limit: shared.options.limits.answerCacheBytes)
        output.reserveCapacity(Self.outputBytes)
        acceptors = listeners.map { Acceptor(self, $0.listener, $0.options) }
    }

    /// Begins to accept.
    func start() {
        loop.start()
        loop.enqueue { [self] in
            for acceptor in acceptors { acceptor.start() }
        }
    }

    /// Has `beat` called on the loop at an interval.
    func pulse(every interval: Duration, _ beat: @escaping @Sendable () -> Void) {
        loop.enqueue { [self] in Pulse(loop, every: interval, beat).start() }
    }

    /// Lets every connection end with its next answer, and calls `whenEmpty` on the loop when the last has closed.
    ///
    /// - Parameters:
    ///   - keepsListening: Whether connections are accepted, for one answer each, until `stopListening`.
    ///   - whenEmpty: Called once.
    func drain(keepsListening: Bool, whenEmpty: @escaping @Sendable () -> Void) {
        loop.enqueue { [self] in
            self.whenEmpty = whenEmpty
            // Nothing is answered in between: a client that is told to close comes again at once, and would find the
            // listener still open.
            if !keepsListening { closeListeners(accepting: true) }
            isDraining = true
            for handler in loop.handlers {
                (handler as? Connection)?.drain()
                (handler as? ProxyGreeting)?.drain()
            }
            reportIfEmpty()
        }
    }

    /// Stops accepting.
    func stopListening() {
        loop.enqueue { [self] in
            closeListeners(accepting: true)
            reportIfEmpty()
        }
    }

    /// Closes what is left.
    func closeAll() {
        loop.enqueue { [self] in
            closeListeners(accepting: false)
            for handler in loop.handlers {
                (handler as? Connection)?.close()
                (handler as? ProxyGreeting)?.close()
            }
            reportIfEmpty()
        }
    }

    /// Gives a connection, if it is still there, what the worker pool made for it.
    func complete(_ token: EventLoop.Token, _ outcome: Connection.Outcome) {
        (loop.handler(token) as? Connection)?.complete(outcome)
    }

    /// Tells a connection, if it is still there, that the source of its stream has something to give.
    func wake(_ token: EventLoop.Token) {
        (loop.handler(token) as? Connection)?.wake()
    }

    /// A connection closes; its room is free before the client can see that, and come again.
    func close(_ channel: Channel, from address: String, isCounted: Bool) {
        openCount -= 1
        metrics.connections.add(-1)
        if isCounted {
            shared.ledger.close(from: address)
        } else {
            turnedAwayCount -= 1
        }
        channel.close()
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

    /// Whether there is an access log.
    var logsRequests: Bool { accessLog != nil }

    /// Whether its lines have the request's target.
    var logsTargets: Bool { accessLog?.logsTargets ?? false }

    /// Counts an answer that was made at a time, and logs it.
    func note(
        _ series: RequestSeries, _ record: @autoclosure () -> AccessLine.Record, nanoseconds: Int64,
        at now: MonotonicTime
    ) {
        series.count(nanoseconds: nanoseconds)
        accessLog?.log(record(), series, nanoseconds: nanoseconds, at: now)
    }

    /// Logs an answer that was counted before.
    func log(
        _ record: borrowing AccessLine.Record, _ series: RequestSeries, nanoseconds: Int64,
        at now: MonotonicTime
    ) {
        accessLog?.log(record, series, nanoseconds: nanoseconds, at: now)
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

    /// Says, once in a while, that connections cannot be accepted.
    func reportShortage(_ error: SystemError?) {
        guard shared.shortageReports.allows(at: loop.now) else { return }
        shared.log.error(
            "connections cannot be accepted",
            [
                "reason": error?.description ?? "no descriptors are left",
                "remedy": "raise the limit of open files (ulimit -n) or lower the limit of connections",
            ])
    }

    /// Takes a connection that was accepted; of one from a proxy the header is waited for that says who the client is.
    func accepted(_ socket: Socket, from peer: String, _ options: ListenerOptions) {
        metrics.accepted.add()
        guard shared.options.proxies.greets(peer) else { return admit(socket, from: peer, options) }
        guard shared.ledger.open(from: nil) else {
            metrics.refusals("too-many-connections-silent").add()
            return socket.close()
        }
        openCount += 1
        metrics.connections.add(1)
        let greeting = ProxyGreeting(self, socket, from: peer, options)
        greeting.open()
        if isDraining { greeting.drain() }
    }

    /// A connection from a proxy has said who the client is, or has closed.
    func greeted() {
        openCount -= 1
        metrics.connections.add(-1)
        shared.ledger.close(from: nil)
        reportIfEmpty()
    }

    /// Takes a connection whose client is known.
    func admit(_ socket: Socket, from address: String, _ options: ListenerOptions) {
        let isCounted = shared.ledger.open(from: address)
        if !isCounted {
            // To tell a client by TLS would take a whole handshake.
            guard !options.isTLS, turnedAwayCount < Self.turnedAwayBound else {
                metrics.refusals("too-many-connections-silent").add()
                return socket.close()
            }
            metrics.refusals(Problem.tooManyConnections.code).add()
            turnedAwayCount += 1
        }
        openCount += 1
        metrics.connections.add(1)
        let channel: Channel
        if options.isTLS, let certificates = shared.certificates {
            guard let stream = TLSStream(socket, certificates.context) else {
                return close(.plain(socket), from: address, isCounted: isCounted)
            }
            channel = .secure(stream)
        } else {
            channel = .plain(socket)
        }
        let connection = Connection(self, channel, clientAddress: address, isCounted: isCounted)
        do throws(SystemError) {
            try connection.open()
        } catch {
            shared.log.error("connection failed", ["reason": error.description])
            return close(channel, from: address, isCounted: isCounted)
        }
        if !isCounted {
            connection.turnAway()
        } else if isDraining {
            connection.drain()
        }
    }

    private func closeListeners(accepting: Bool) {
        for acceptor in acceptors { acceptor.close(accepting: accepting) }
        acceptors = []
    }

    private func reportIfEmpty() {
        guard isDraining, openCount == 0, acceptors.isEmpty, let whenEmpty else { return }
        self.whenEmpty = nil
        whenEmpty()
    }
}
