/// A file of the gazetteer or the lexicon that cannot be used as it is.
public struct GazetteerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path.
    public let file: String
    /// The line at fault, the first being 1; 0 where it is the file as a whole.
    public let line: Int
    /// What is wrong, in words that say what to change.
    public let reason: String

    /// Creates an error.
    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// `places.tsv:12: unknown country "ZZ"`.
    public var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}
