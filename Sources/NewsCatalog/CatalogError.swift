/// Why the catalog could not be opened or written.
public struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong and what to do, in a sentence.
    public let description: String

    /// Creates an error.
    public init(_ description: String) {
        self.description = description
    }
}
