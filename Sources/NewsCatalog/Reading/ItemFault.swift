/// Why an item could not be taken, and where in its document the fault lies.
public struct ItemFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line in the document, the first being 1; `nil` where the document has no lines to speak of.
    public var line: Int?
    /// The item in a document that lists several, the first being 1; `nil` where its line tells it.
    public var item: Int?
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

    /// "item 3: published: expected a date, found 12" – file and line are left to the caller.
    public var description: String {
        (item.map { "item \($0): " } ?? "") + named
    }

    /// What faults of one kind have in common: the reason without the place and what was found there.
    public var kind: String {
        var text = named[...]
        for mark in [" at byte ", ", found \"", ";"] {
            if let range = text.firstRange(of: mark) { text = text[..<range.lowerBound] }
        }
        return String(text)
    }

    private var named: String {
        member.map { "\($0): \(reason)" } ?? reason
    }
}
