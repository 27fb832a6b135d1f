internal import CTLS

/// TLS cannot be spoken: which file is at fault, and why.
public struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; empty where none is at fault.
    public let file: String
    /// What is wrong with it, in words.
    public let reason: String

    /// Creates an error.
    init(file: String = "", reason: String) {
        self.file = file
        self.reason = reason
    }

    /// The file and the reason.
    public var description: String { file.isEmpty ? reason : "\(file): \(reason)" }

    /// OpenSSL's words for what went wrong last; they are forgotten with this.
    static func takeReason() -> String? {
        // SAFETY: the text is a constant of the library.
        unsafe tls_take_reason().map { unsafe String(cString: $0) }
    }
}
