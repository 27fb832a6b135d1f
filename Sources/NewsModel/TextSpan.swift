/// A half-open range of UTF-8 bytes in the title or the body of an article.
public struct TextSpan: Hashable, Sendable {
    /// Which text a span points into.
    public enum Field: UInt8, Hashable, Sendable, CaseIterable {
        case title
        case body

        /// The name in JSON.
        public var name: String { self == .title ? "title" : "body" }
    }

    /// The text.
    public var field: Field
    /// The first byte.
    public var start: Int32
    /// The byte after the last.
    public var end: Int32

    /// Creates a span.
    public init(field: Field, start: Int, end: Int) {
        self.field = field
        self.start = Int32(start)
        self.end = Int32(end)
    }

    /// The range in bytes.
    public var range: Range<Int> { Int(start)..<Int(end) }

    /// Whether `other` lies within this span.
    public func contains(_ other: TextSpan) -> Bool {
        field == other.field && start <= other.start && other.end <= end
    }
}
