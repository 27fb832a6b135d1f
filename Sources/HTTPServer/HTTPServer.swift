internal import Dispatch
public import HTTPMessages
internal import Synchronization
public import TLS
public import Telemetry
internal import Transport

/// An HTTP/1.1 server: listens, keeps connections, and asks a `Responder` for the answers.
///
/// The responder is called on the event loops. A `.ready` reply that takes long to make holds up every
/// connection of its loop; work of more than about a millisecond belongs in a `.deferred` reply, which runs
/// elsewhere.
///
/// The server adds what is not the API's business: `Date`, `Connection` and `Content-Length`; gzip with
/// `Vary` and a tag of its own; 304 where a 200 with `ETag` or `Last-Modified` would bring what the client
/// holds; limits and time-outs.
public final class HTTPServer: Sendable {
    /// How a shutdown went.
    public enum DrainOutcome: Sendable, Hashable {
        /// Every request in flight was answered.
        case finished
        /// Connections were cut off: the grace was over, or `drain` was called again.
        case forced
    }

    private enum Phase {
        case created, running
        case draining(loopsLeft: Int, isForced: Bool, callbacks: [@Sendable (DrainOutcome) -> Void])
        case stopped(DrainOutcome)
    }

    /// How long the last lines of the access log may take at the end.
    private static let logTime = DispatchTimeInterval.seconds(2)

    /// How long opening a connection may take that began before another process was given the port: some round
    /// trips.
    private static let handOverTime = DispatchTimeInterval.milliseconds(500)

    private let loops: [ServerLoop]
    private let options: ServerOptions
    private let accessLog: LogWriter?
    private let certificates: ServerCertificates?
    private let log: Log
    private let phase = Mutex(Phase.created)
    /// Those of the first loop, which stand for those of all.
    private let firstListeners: [Listener]
    /// Where the server listens; with the real ports where 0 was asked for.
    public let listeners: [ListenerOptions]
    /// The first port that it listens at; 0 where it listens at paths alone.
    public let port: UInt16

    /// Opens the listeners; connections wait until `start`.
    ///
    /// The soft limit of open files is raised to the hard one. A server that was started runs until it has
    /// drained, also when nobody holds it any more.
    ///
    /// - Throws: `ServerError`, with nothing left open.
    public init(
        options: ServerOptions, responder: any Responder, log: Log, metrics: Metrics
    ) throws(ServerError) {
        let limits = options.limits
        if let descriptors = DescriptorLimit.raise(), descriptors < limits.connections {
            log.warning(
                "fewer descriptors than connections",
                [
                    "descriptors": String(descriptors), "connections": String(limits.connections),
                    "remedy": "raise the limit of open files (ulimit -Hn) or lower the limit of connections",
                ])
        }
        do throws(TLSError) {
            let usesTLS = options.listeners.contains(where: \.isTLS)
            certificates = usesTLS ? try ServerCertificates(options.tls) : nil
        } catch {
            throw .tls(error)
        }
        self.log = log
        do throws(LogFileError) {
            accessLog =
                options.accessLog
                ? try LogWriter(
                    path: options.accessLogFile, threads: max(1, options.loops), metrics: metrics) : nil
        } catch {
            throw .accessLog(error)
        }
        let serverMetrics = ServerMetrics(metrics)
        let shared = ServerShared(
            options: options, responder: responder, log: log, metrics: serverMetrics,
            ledger: ConnectionLedger(limits: limits),
            pool: WorkerPool(
                width: limits.deferredWidth, backlog: limits.deferredBacklog,
                waits: serverMetrics.workerWaits),
            streams: StreamLedger(limit: limits.streams),
            certificates: certificates)
        serverMetrics.watch(shared.pool)
        let opened = try Self.open(options)
        do throws(SystemError) {
            var loops: [ServerLoop] = []
            for number in 0..<max(1, options.loops) {
                let listeners = opened.map { ($0.listeners[number], $0.options) }
                loops.append(
                    try ServerLoop(shared, listeners, number: number, log: accessLog?.ring(number)))
            }
            self.loops = loops
        } catch {
            Self.close(opened)
            throw .system(error)
        }
        self.options = options
        firstListeners = opened.map { $0.listeners[0] }
        listeners = opened.map { $0.options }
        port = firstListeners.map(\.address.port).first { $0 != 0 } ?? 0
        reportCertificates()
    }

    private typealias Opened = (listeners: [Listener], options: ListenerOptions)

    /// Opens all listeners, one of each for each loop, or none.
    private static func open(_ options: ServerOptions) throws(ServerError) -> [Opened] {
        var opened: [Opened] = []
        for listener in options.listeners {
            do throws(ServerError) {
                let listeners = try open(listener, options)
                var bound = listener
                bound.address = listeners[0].address.description
                opened.append((listeners, bound))
            } catch {
                close(opened)
                throw error
            }
        }
        return opened
    }

    private static func open(
        _ listener: ListenerOptions, _ options: ServerOptions
    ) throws(ServerError) -> [Listener] {
        let count = max(1, options.loops)
        if let descriptor = listener.descriptor {
            do throws(SystemError) {
                return try Listener.adopt(descriptor, count: count)
            } catch {
                throw .notInherited(name: listener.address, error)
            }
        }
        guard let address = ListenAddress(listener.address) else { throw .addressInvalid(listener.address) }
        do throws(SystemError) {
            return try Listener.open(
                address, count: count, sharesPort: options.sharesPort, mode: options.socketMode)
        } catch {
            throw ServerError(error, at: address)
        }
    }

    private static func close(_ opened: [Opened]) {
        for listener in opened.flatMap(\.listeners) {
            listener.removePath()
            listener.close()
        }
    }

    /// Begins to accept connections; later calls do nothing.
    public func start() {
        let isFirst = phase.withLock { phase -> Bool in
            guard case .created = phase else { return false }
            phase = .running
            return true
        }
        guard isFirst else { return }
        if options.sharesPort { for listener in firstListeners { listener.beShared() } }
        for loop in loops { loop.start() }
    }

    /// Calls back again and again as long as no event loop is stuck.
    ///
    /// - Parameters:
    ///   - interval: How long the loops may take; it is called back that often, and no more once one of them takes
    ///     longer, until that one turns again.
    ///   - allTurned: Called on one of the loops; must be quick.
    public func watch(every interval: Duration, _ allTurned: @escaping @Sendable () -> Void) {
        let heartbeat = Heartbeat(count: loops.count, allTurned)
        for (number, loop) in loops.enumerated() {
            loop.pulse(every: interval) { heartbeat.beat(number) }
        }
    }

    /// Opens the file of the access log anew, for whoever has moved it away.
    ///
    /// - Parameter whenDone: Called on another thread; with what went wrong, and the old file then stays in use.
    public func reopenAccessLog(whenDone: @escaping @Sendable (LogFileError?) -> Void) {
        guard let accessLog else { return whenDone(nil) }
        accessLog.reopen(whenDone: whenDone)
    }

    /// Reads the files of certificates and keys anew, for connections to come; those that are open stay.
    ///
    /// - Returns: Whether there are any.
    /// - Throws: `TLSError` that names the file at fault; all stays as it was then.
    @discardableResult public func reloadCertificates() throws(TLSError) -> Bool {
        try certificates?.reload()
        reportCertificates()
        return certificates != nil
    }

    private func reportCertificates() {
        for warning in certificates?.context.warnings ?? [] {
            log.warning("certificate", ["reason": warning])
        }
    }

    /// Shuts down: listeners close, requests in flight are answered with `Connection: close`, idle
    /// connections close.
    ///
    /// With `sharesPort`, new connections go to another process that shares the port from now on; the listeners stay
    /// for a moment longer, so that none is lost that was being opened.
    ///
    /// When `shutdownGrace` is over, or at a second call, what is left is cut off.
    ///
    /// - Parameter whenDone: Called once, on any thread, when the last connection has closed.
    public func drain(whenDone: @escaping @Sendable (DrainOutcome) -> Void) {
        enum Action { case begin, startThenBegin, force, report(DrainOutcome) }
        let action = phase.withLock { phase -> Action in
            switch phase {
            case .created:
                phase = .draining(loopsLeft: loops.count, isForced: false, callbacks: [whenDone])
                return .startThenBegin
            case .running:
                phase = .draining(loopsLeft: loops.count, isForced: false, callbacks: [whenDone])
                return .begin
            case .draining(let left, _, let callbacks):
                phase = .draining(loopsLeft: left, isForced: true, callbacks: callbacks + [whenDone])
                return .force
            case .stopped(let outcome): return .report(outcome)
            }
        }
        switch action {
        case .report(let outcome): whenDone(outcome)
        case .force: for loop in loops { loop.closeAll() }
        case .startThenBegin:
            for loop in loops { loop.start() }
            begin(handsOver: false)
        case .begin: begin(handsOver: options.sharesPort)
        }
    }

    /// Shuts down as `drain(whenDone:)` does, and returns when the last connection has closed.
    @discardableResult
    public func drain() async -> DrainOutcome {
        await withCheckedContinuation { continuation in
            drain { continuation.resume(returning: $0) }
        }
    }

    private func begin(handsOver: Bool) {
        for listener in firstListeners { listener.removePath() }
        // First, as clients that are told to close come again at once.
        if handsOver { for listener in firstListeners { listener.handOver(count: loops.count) } }
        for loop in loops {
            loop.drain(keepsListening: handsOver, whenEmpty: { self.loopEmptied() })
        }
        if handsOver {
            // Connections that were being opened end up here, whoever gets those to come.
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.handOverTime) { [loops] in
                for loop in loops { loop.stopListening() }
            }
        }
        let grace = DispatchTimeInterval.nanoseconds(
            Int(clamping: max(0, options.shutdownGrace.wholeNanoseconds)))
        DispatchQueue.global().asyncAfter(deadline: .now() + grace) { [weak self] in self?.force() }
    }

    private func force() {
        let mustForce = phase.withLock { phase -> Bool in
            guard case .draining(let left, _, let callbacks) = phase else { return false }
            phase = .draining(loopsLeft: left, isForced: true, callbacks: callbacks)
            return true
        }
        guard mustForce else { return }
        for loop in loops { loop.closeAll() }
    }

    private func loopEmptied() {
        typealias Report = (outcome: DrainOutcome, callbacks: [@Sendable (DrainOutcome) -> Void])
        let report = phase.withLock { phase -> Report? in
            guard case .draining(let left, let isForced, let callbacks) = phase else { return nil }
            guard left == 1 else {
                phase = .draining(loopsLeft: left - 1, isForced: isForced, callbacks: callbacks)
                return nil
            }
            let outcome = isForced ? DrainOutcome.forced : .finished
            phase = .stopped(outcome)
            return (outcome, callbacks)
        }
        guard let report else { return }
        for loop in loops { loop.loop.stop() }
        let tell = { @Sendable in
            for callback in report.callbacks { callback(report.outcome) }
        }
        guard let accessLog else { return tell() }
        accessLog.finish(within: Self.logTime, whenDone: tell)
    }
}
