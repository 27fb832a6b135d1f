internal import Glibc

/// A call on a file that the system refused.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What was tried: "open", "read", "replace" and so on.
    public let operation: String
    /// The system's number for the reason (`errno`).
    public let code: Int32

    /// Creates an error.
    public init(path: String, operation: String, code: Int32) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// Whether the file or folder is not there.
    public var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

    /// The reason in words: "No such file or directory".
    public var reason: String { SystemCalls.message(ofError: code) }

    /// "cannot open 'a/b': No such file or directory".
    public var description: String { "cannot \(operation) '\(path)': \(reason)" }
}
