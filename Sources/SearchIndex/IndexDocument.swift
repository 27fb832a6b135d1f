/// One document as it is put into an index; the arrays run parallel to those of the schema.
public struct IndexDocument: Sendable, Equatable {
    /// What the document is replaced and removed by.
    public var key: String
    /// UTF-8; a byte that is not part of valid UTF-8 separates terms.
    public var texts: [[UInt8]]
    /// The language of the texts by its ISO 639-1 code, by which their words are stemmed; `nil` where unknown.
    public var language: String?
    /// Values of each keyword field; one that occurs twice counts once.
    public var keywords: [[String]]
    /// `nil` is absent, and so is `Int64.min`, which orders use as the mark of absence.
    public var columns: [Int64?]
    /// Kept as it is, and read at the cost of a copy.
    public var summary: [UInt8]
    /// Kept compressed; may be empty.
    public var content: [UInt8]

    /// Creates a document.
    public init(
        key: String, texts: [[UInt8]], language: String? = nil, keywords: [[String]], columns: [Int64?],
        summary: [UInt8] = [], content: [UInt8] = []
    ) {
        self.key = key
        self.texts = texts
        self.language = language
        self.keywords = keywords
        self.columns = columns
        self.summary = summary
        self.content = content
    }
}

/// One step from a state of an index to the next.
public enum IndexChange: Sendable, Equatable {
    /// Adds a document in place of the one with its key, if there is one.
    case put(IndexDocument)
    /// Takes the document with this key out; nothing happens where there is none.
    case remove(key: String)
}
