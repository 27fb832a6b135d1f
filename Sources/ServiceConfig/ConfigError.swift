/// A configuration that cannot be used: which value, where it came from, and what would be right.
public struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, or the name of the variable or flag; empty where values do not fit together.
    public let place: String
    /// The line in the file, the first being 1.
    public let line: Int?
    /// The key, as "limits.head_bytes".
    public let key: String?
    /// What was expected and what was found.
    public let reason: String

    /// Creates an error.
    public init(place: String = "", line: Int? = nil, key: String? = nil, reason: String) {
        self.place = place
        self.line = line
        self.key = key
        self.reason = reason
    }

    /// "sitrep.json:3: loops: expected a whole number from 1 to 64, found a string".
    public var description: String {
        var text = place
        if let line { text += ":\(line)" }
        if !text.isEmpty { text += ": " }
        if let key { text += key + ": " }
        return text + reason
    }
}
