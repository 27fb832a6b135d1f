/// A call on the store that failed.
///
/// The store is as it was before the call.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: "open the store", "store articles" and so on.
    public let operation: String
    /// Why it failed, and where there is something to do about it, what.
    public let reason: String
    /// The database file.
    public let path: String

    /// Creates an error.
    public init(operation: String, reason: String, path: String) {
        self.operation = operation
        self.reason = reason
        self.path = path
    }

    /// "cannot store articles in 'data/sitrep.db': the disk is full".
    public var description: String { "cannot \(operation) in '\(path)': \(reason)" }
}
