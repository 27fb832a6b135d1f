/// Two routes that could match one request, with nothing to say which of them wins.
public struct RouteConflict: Error, Hashable, Sendable, CustomStringConvertible {
    /// Method and path of the one that stands first in the table.
    public let first: String
    /// Method and path of the other.
    public let second: String

    /// Creates a conflict.
    public init(first: String, second: String) {
        self.first = first
        self.second = second
    }

    /// Both, in a sentence.
    public var description: String { "\(first) and \(second) could match one request" }
}
