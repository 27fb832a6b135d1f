/// Writes what happens, one line for each event.
///
/// A line has the time, the level, the event's name and its fields in the order given. Whatever a field holds, it can
/// neither end the line nor look like another field.
public final class Log: Sendable {
    /// How much an event matters.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        /// Of interest only when looking for a fault.
        case debug
        /// Ordinary running.
        case info
        /// Someone should look at it some time.
        case warning
        /// Someone should look at it now.
        case error

        /// Whether the one on the left matters less.
        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// How a line is written.
    public enum Format: String, Sendable, CaseIterable {
        /// `key=value`, quoted where needed.
        case text
        /// One JSON object.
        case json
    }

    /// The least level that is written.
    public let level: Level
    private let format: Format
    private let clock: @Sendable () -> WallTime
    private let sink: @Sendable ([UInt8]) -> Void

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - level: The least level that is written.
    ///   - format: How a line is written.
    ///   - clock: Tells the time.
    ///   - sink: Takes each line with its line feed, on the thread of whoever logs, several at once; by default it is
    ///     written to standard error.
    public init(
        level: Level = .info, format: Format = .text,
        clock: @escaping @Sendable () -> WallTime = { WallTime.now },
        sink: @escaping @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    ) {
        self.level = level
        self.format = format
        self.clock = clock
        self.sink = sink
    }

    /// Whether events of a level are written.
    public func isEnabled(_ level: Level) -> Bool { level >= self.level }

    /// Writes an event of interest only when looking for a fault.
    public func debug(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.debug, event, fields)
    }

    /// Writes an event of ordinary running.
    public func info(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.info, event, fields)
    }

    /// Writes an event that someone should look at some time.
    public func warning(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.warning, event, fields)
    }

    /// Writes an event that someone should look at now.
    public func error(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.error, event, fields)
    }

    private func write(_ level: Level, _ event: String, _ fields: () -> KeyValuePairs<String, String>) {
        guard isEnabled(level) else { return }
        var line = LogLine(format: format)
        line.append("time", clock().description)
        line.append("level", level.rawValue)
        line.append("event", event)
        for (name, value) in fields() { line.append(name, value) }
        sink(line.finished())
    }
}
