/// What a key allows.
public enum KeyScope: String, Sendable, CaseIterable {
    /// Reading.
    case read
    /// Reading, and taking articles in and down.
    case ingest
    /// Everything.
    case admin
}
