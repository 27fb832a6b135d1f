internal import Telemetry
internal import Transport

/// The access log of one event loop.
struct AccessLog {
    let logsTargets: Bool
    private let ring: LogWriter.Ring
    private var line = AccessLine()
    /// What the wall clock is ahead of the monotonic one, looked at once a second.
    private var aheadNanoseconds: Int64 = 0
    private var nextLook = MonotonicTime(nanoseconds: .min)

    init(_ ring: LogWriter.Ring, logsTargets: Bool) {
        self.ring = ring
        self.logsTargets = logsTargets
    }

    /// Logs a request that was answered at a time.
    mutating func log(
        _ record: borrowing AccessLine.Record, _ series: RequestSeries, nanoseconds: Int64,
        at now: MonotonicTime
    ) {
        if now >= nextLook {
            nextLook = now.advanced(by: 1_000_000_000)
            aheadNanoseconds = WallTime.now.milliseconds * 1_000_000 - now.nanoseconds
        }
        let milliseconds = (now.nanoseconds + aheadNanoseconds) / 1_000_000
        line.write(record, series.logged, nanoseconds: nanoseconds, milliseconds: milliseconds)
        ring.append(line.bytes)
    }
}
