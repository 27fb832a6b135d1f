internal import JSON
internal import Telemetry

/// One key of the configuration: where its value lies, what it may be, and what it does.
public struct Setting: Sendable {
    /// Where the value lies, and what it may be.
    enum Target: Sendable {
        case text(any WritableKeyPath<Configuration, String> & Sendable)
        case texts(any WritableKeyPath<Configuration, [String]> & Sendable, List)
        case truth(any WritableKeyPath<Configuration, Bool> & Sendable)
        case integer(any WritableKeyPath<Configuration, Int> & Sendable, ClosedRange<Int>)
        /// In seconds, possibly with a fraction.
        case duration(any WritableKeyPath<Configuration, Duration> & Sendable, ClosedRange<Double>)
        case level(any WritableKeyPath<Configuration, Log.Level> & Sendable)
        case format(any WritableKeyPath<Configuration, Log.Format> & Sendable)
        case choice(any WritableKeyPath<Configuration, String> & Sendable, [String])
    }

    /// How several values are written.
    enum List: Sendable {
        /// In a variable with colons between them; in a file as an array.
        case paths
        /// In a variable or flag with commas between them; in a file as an array, or one alone as a string.
        case words
    }

    /// The key, with the group before a dot: "limits.head_bytes".
    public let key: String
    /// What it does, in a sentence without its full stop.
    public let help: String
    let target: Target

    init(_ key: String, _ target: Target, _ help: String) {
        self.key = key
        self.target = target
        self.help = help
    }

    /// The name of its flag without the dashes: "limits-head-bytes".
    public var flag: String { Self.flag(of: key) }

    /// The name of its environment variable: "SITREP_LIMITS_HEAD_BYTES".
    public var variable: String { "SITREP_" + flag.uppercased().map { $0 == "-" ? "_" : $0 } }

    /// Whether it holds several values.
    public var isList: Bool {
        if case .texts = target { true } else { false }
    }

    static func flag(of key: String) -> String {
        String(key.map { $0 == "." || $0 == "_" ? "-" : $0 })
    }

    /// The setting of a key, or `nil`.
    static func find(_ key: String) -> Setting? { all.first { $0.key == key } }
}

/// A value that is not of the kind that its key takes.
struct SettingMismatch: Error {
    let reason: String
}

extension Setting {
    /// Sets the value to one from a file.
    func set(_ value: JSONValue, in configuration: inout Configuration) throws(SettingMismatch) {
        func mismatch() -> SettingMismatch {
            SettingMismatch(reason: "expected \(expectation), found \(Self.shown(value))")
        }
        switch target {
        case .text, .level, .format, .choice:
            guard let text = value.string else { throw mismatch() }
            try set(text, in: &configuration)
        case .texts(_, .words) where value.string != nil:
            try set(value.string ?? "", in: &configuration)
        case .texts(let path, _):
            guard let values = value.array else { throw mismatch() }
            var texts: [String] = []
            for value in values {
                guard let text = value.string else { throw mismatch() }
                texts.append(text)
            }
            configuration[keyPath: path] = texts
        case .truth(let path):
            guard let truth = value.bool else { throw mismatch() }
            configuration[keyPath: path] = truth
        case .integer(let path, let range):
            guard let number = value.int, range.contains(number) else { throw mismatch() }
            configuration[keyPath: path] = number
        case .duration(let path, let range):
            guard let seconds = value.double, range.contains(seconds) else { throw mismatch() }
            configuration[keyPath: path] = .milliseconds(Int64((seconds * 1_000).rounded()))
        }
    }

    /// Sets the value to one from a variable or flag.
    func set(_ text: String, in configuration: inout Configuration) throws(SettingMismatch) {
        func mismatch() -> SettingMismatch {
            SettingMismatch(reason: "expected \(expectation), found \"\(text)\"")
        }
        switch target {
        case .text(let path): configuration[keyPath: path] = text
        case .texts(let path, let list): configuration[keyPath: path] = Self.split(text, list)
        case .truth(let path):
            guard let truth = Bool(text) else { throw mismatch() }
            configuration[keyPath: path] = truth
        case .integer(let path, let range):
            guard let number = Int(text), range.contains(number) else { throw mismatch() }
            configuration[keyPath: path] = number
        case .duration(let path, let range):
            guard let seconds = Double(text), range.contains(seconds) else { throw mismatch() }
            configuration[keyPath: path] = .milliseconds(Int64((seconds * 1_000).rounded()))
        case .level(let path):
            guard let level = Log.Level(rawValue: text) else { throw mismatch() }
            configuration[keyPath: path] = level
        case .format(let path):
            guard let format = Log.Format(rawValue: text) else { throw mismatch() }
            configuration[keyPath: path] = format
        case .choice(let path, let choices):
            guard choices.contains(text) else { throw mismatch() }
            configuration[keyPath: path] = text
        }
    }

    /// What a value may be.
    var expectation: String {
        switch target {
        case .text: "a string"
        case .texts(_, .paths): "an array of strings"
        case .texts(_, .words): "a string or an array of strings"
        case .truth: "true or false"
        case .integer(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(_, let range):
            "a number of seconds from \(Self.shown(range.lowerBound)) to \(Self.shown(range.upperBound))"
        case .level: "one of " + Log.Level.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        case .format: "one of " + Log.Format.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        case .choice(_, let choices): "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }

    /// The value as JSON.
    func json(in configuration: Configuration) -> String {
        var writer = JSONWriter(capacity: 32)
        switch target {
        case .text(let path), .choice(let path, _): writer.string(configuration[keyPath: path])
        case .texts(let path, _):
            writer.beginArray()
            for text in configuration[keyPath: path] { writer.string(text) }
            writer.endArray()
        case .truth(let path): writer.boolean(configuration[keyPath: path])
        case .integer(let path, _): writer.integer(configuration[keyPath: path])
        case .duration(let path, _):
            let (seconds, attoseconds) = configuration[keyPath: path].components
            writer.number(Double(seconds) + Double(attoseconds) / 1e18)
        case .level(let path): writer.string(configuration[keyPath: path].rawValue)
        case .format(let path): writer.string(configuration[keyPath: path].rawValue)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The values that a text stands for.
    static func split(_ text: String, _ list: List) -> [String] {
        switch list {
        case .paths: text.split(separator: ":").map(String.init)
        case .words: text.split { $0 == "," || $0 == " " }.map(String.init)
        }
    }

    private static func shown(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : number.description
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let truth): String(truth)
        case .number(let number): String(number.description.prefix(40))
        case .string(let text): "\"\(text.prefix(60))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
