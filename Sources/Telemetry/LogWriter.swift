public import Dispatch
internal import Synchronization

/// Writes the lines that many threads make, on a thread of its own: none of them ever waits for the file.
///
/// Each thread puts its lines into a ring. A line for which there is no room, because whatever reads the file does not
/// keep up, is dropped and counted.
///
/// - Invariant: What changes is touched on `queue` alone, which is what `@unchecked Sendable` rests on.
public final class LogWriter: @unchecked Sendable {
    /// Where one thread puts its lines.
    ///
    /// - Invariant: `append` is called by one thread at a time, which is what `@unchecked Sendable` rests on.
    public final class Ring: @unchecked Sendable {
        fileprivate let bytes: ByteRing
        private let dropped: Counter
        private let isCalled = Atomic(false)
        private let call: any DispatchSourceUserDataAdd

        fileprivate init(capacity: Int, dropped: Counter, call: any DispatchSourceUserDataAdd) {
            bytes = ByteRing(capacity: capacity)
            self.dropped = dropped
            self.call = call
        }

        /// Hands a line over, with its line feed; drops and counts it where there is no room.
        public func append(_ line: [UInt8]) {
            guard bytes.append(line) else { return dropped.add() }
            // The writer comes by itself in a moment, unless that would be too late.
            guard bytes.isHalfFull, !isCalled.load(ordering: .relaxed) else { return }
            isCalled.store(true, ordering: .relaxed)
            call.add(data: 1)
        }

        fileprivate func drain(into output: inout [UInt8]) {
            isCalled.store(false, ordering: .relaxed)
            bytes.drain(into: &output)
        }
    }

    /// Room in each ring unless said otherwise; at 100,000 requests a second, lines of some 40 ms.
    public static let ringBytes = 1 << 20
    private static let interval = DispatchTimeInterval.milliseconds(100)

    private let path: String
    private let rings: [Ring]
    private let unwritten: Counter
    private let queue = DispatchQueue(label: "sitrep.log", qos: .utility)
    private let timer: any DispatchSourceTimer
    private let calls: any DispatchSourceUserDataAdd
    private let whenFinished = Mutex<(@Sendable () -> Void)?>(nil)
    private var file: LogFile
    private var lines: [UInt8] = []

    /// Opens a file, and begins to write to it.
    ///
    /// - Parameters:
    ///   - path: The file, which is appended to; empty for standard error.
    ///   - threads: How many rings there are.
    ///   - metrics: Where dropped lines are counted.
    ///   - ringBytes: Room in each ring.
    /// - Throws: `LogFileError` where the file cannot be opened.
    public init(
        path: String, threads: Int, metrics: Metrics, ringBytes: Int = LogWriter.ringBytes
    ) throws(LogFileError) {
        self.path = path
        file = path.isEmpty ? .standardError : try LogFile(path: path)
        let calls = DispatchSource.makeUserDataAddSource(queue: queue)
        let (name, help) = ("sitrep_log_dropped_total", "Lines of the access log that were lost, by reason.")
        let full = metrics.counter(name, help: help, labels: ["reason": "full"])
        unwritten = metrics.counter(name, help: help, labels: ["reason": "write"])
        rings = (0..<threads).map { _ in Ring(capacity: ringBytes, dropped: full, call: calls) }
        self.calls = calls
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval, leeway: .milliseconds(20))
        timer.setEventHandler { [weak self] in self?.write() }
        calls.setEventHandler { [weak self] in self?.write() }
        timer.activate()
        calls.activate()
    }

    deinit {
        timer.cancel()
        calls.cancel()
        file.close()
    }

    /// Where the thread of that number puts its lines.
    public func ring(_ thread: Int) -> Ring { rings[thread] }

    /// Opens the file anew, for whoever has moved it away; lines that were handed over before go to the old one.
    ///
    /// - Parameter whenDone: Called on another thread, with what went wrong; lines then still go to the old file.
    public func reopen(whenDone: @escaping @Sendable (LogFileError?) -> Void) {
        queue.async { [self] in
            write()
            do throws(LogFileError) {
                if !path.isEmpty {
                    let opened = try LogFile(path: path)
                    file.close()
                    file = opened
                }
                whenDone(nil)
            } catch {
                whenDone(error)
            }
        }
    }

    /// Writes what was handed over before; nothing may be handed over any more.
    ///
    /// - Parameters:
    ///   - time: How long to wait for a file that takes nothing.
    ///   - whenDone: Called once, on another thread, when all has been written or the time is over.
    public func finish(within time: DispatchTimeInterval, whenDone: @escaping @Sendable () -> Void) {
        whenFinished.withLock { $0 = whenDone }
        let report = { @Sendable [self] in whenFinished.withLock { $0.take() }?() }
        queue.async { [self] in
            write()
            report()
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + time) { report() }
    }

    private func write() {
        for ring in rings {
            ring.drain(into: &lines)
            unwritten.add(UInt64(file.write(lines)))
            lines.removeAll(keepingCapacity: true)
        }
    }
}
