/// The service manager that started this process and wants to know how it fares, such as systemd.
///
/// Where there is none, telling it does nothing. A message that cannot be sent is lost: the service goes on.
///
/// - Source: sd_notify(3), sd_watchdog_enabled(3).
public struct Supervisor: Sendable {
    private let socket: String?
    /// How often it wants to hear `alive`, at the latest; `nil` where it does not ask.
    public let watchdog: Duration?

    /// Reads what the service manager asks for.
    ///
    /// - Parameter environment: The variables of the process; `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`
    ///   are looked at.
    public init(environment: [String: String]) {
        self.init(environment: environment, processID: SystemCalls.processID())
    }

    init(environment: [String: String], processID: Int32) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
            .flatMap { isMeant && $0 > 0 ? .microseconds($0) : nil }
    }

    /// The service can be used.
    public func ready(_ status: String) { send("READY=1", "STATUS=\(Self.line(status))") }

    /// The configuration is being read anew; `ready` must follow.
    public func reloading() {
        send("RELOADING=1", "MONOTONIC_USEC=\(MonotonicTime.now().nanoseconds / 1_000)")
    }

    /// The service is ending.
    public func stopping(_ status: String) { send("STOPPING=1", "STATUS=\(Self.line(status))") }

    /// What the service does at the moment, for people to read.
    public func say(_ status: String) { send("STATUS=\(Self.line(status))") }

    /// The service is not stuck.
    public func alive() { send("WATCHDOG=1") }

    private func send(_ assignments: String...) {
        guard let socket else { return }
        try? SystemCalls.send(assignments.joined(separator: "\n"), to: socket)
    }

    /// A line break would begin another assignment.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
