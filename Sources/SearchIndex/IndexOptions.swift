/// How an index spends memory, time and space; none of it changes an answer but `prefixTerms` and
/// `fuzzyTerms`.
public struct IndexOptions: Sendable, Equatable {
    /// How many segments of like size are merged into one.
    public var mergeFactor = 8
    /// The size in bytes of segments that are merged while changes are applied; larger ones are in the background.
    public var inlineBytes = 4 << 20
    /// The size in bytes that merging does not let a segment grow beyond, stored documents included.
    public var segmentBytes = 256 << 20
    /// Text in bytes from which on a batch is split into several segments, built side by side.
    public var buildBytes = 12 << 20
    /// Threads that build the segments of one batch.
    public var buildThreads = 2
    /// How many terms a prefix is expanded to; the most frequent are taken.
    public var prefixTerms = 1024
    /// How many terms an inexact one is expanded to; the nearest are taken, and the most frequent of those.
    public var fuzzyTerms = 64
    /// The level of zlib that content is compressed at, 1 (fast) to 9 (small).
    public var compressionLevel = 1
    /// Bytes of all segments up to which each checksum is verified before an index is open; beyond it they are verified
    /// as soon as it is open, beside what is asked of it, and `IndexWriter.damage` says what was found.
    public var verifiedBytes = 256 << 20
    /// Whether the files of an index that cannot be used are removed when it is opened; where not, they stay until the
    /// first checkpoint, for whoever only looks.
    public var removesUnusable = true

    /// The defaults.
    public init() {}
}
