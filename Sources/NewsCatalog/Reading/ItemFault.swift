/// Why an item could not be taken, and where in its document the fault lies.
public struct ItemFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line in the document, the first being 1; `nil` where the document has no lines to speak of.
    public var line: Int?
    /// Bytes from the start of the document.
    public var offset: Int?
    /// The member at fault, as "published".
    public var member: String?
    /// What was wrong and what would be right.
    public var reason: String

    /// Creates a fault.
    public init(line: Int? = nil, offset: Int? = nil, member: String? = nil, reason: String) {
        self.line = line
        self.offset = offset
        self.member = member
        self.reason = reason
    }

    /// "published: expected a date, found 12" – the place is left to the caller.
    public var description: String {
        member.map { "\($0): \(reason)" } ?? reason
    }
}
