/// A query that cannot be read, or that names something unknown.
public struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is at fault.
    public enum Kind: String, Sendable, CaseIterable {
        /// The text does not follow the query language.
        case syntax
        /// The query is longer, deeper or has more terms than is allowed.
        case limit
        /// No entity is called so.
        case unknownEntity
        /// No country is called so.
        case unknownCountry
    }

    /// What is at fault.
    public let kind: Kind
    /// Where the fault lies, in bytes of UTF-8 from the start of the query.
    public let offset: Int
    /// What was expected there and what was found, in a sentence without its capital and full stop.
    public let reason: String

    /// Creates an error.
    public init(_ kind: Kind = .syntax, offset: Int, reason: String) {
        self.kind = kind
        self.offset = offset
        self.reason = reason
    }

    /// "expected a word after OR, found the end of the query (byte 9)".
    public var description: String { "\(reason) (byte \(offset))" }
}
