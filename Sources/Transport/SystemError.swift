/// A system call that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call, as in its manual page.
    public let call: String
    /// The value of `errno`.
    public let code: Int32

    /// Creates an error.
    public init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The system's words for the error.
    public var words: String { SystemCalls.words(for: code) }

    /// The call and the system's words for the error.
    public var description: String { "\(call): \(words)" }
}
