/// A part of a snapshot that others may share: one segment, in one of its forms.
///
/// Parts are told apart as long as a snapshot that has them is held.
public struct SnapshotPart: Sendable, Hashable {
    private let segment: ObjectIdentifier
    /// What it takes up: memory, or room on the disk until the last snapshot that has it is let go.
    public let bytes: Int

    fileprivate init(_ segment: Segment) {
        self.segment = ObjectIdentifier(segment)
        bytes = segment.bytes.count
    }
}

extension IndexSnapshot {
    /// What the snapshot may share with others.
    public var parts: [SnapshotPart] { views.map { SnapshotPart($0.segment) } }

    /// Bytes of memory that it may hold alone: which documents are gone, and tables for scores.
    public var ownBytes: Int {
        views.reduce(4 * norms.reduce(0) { $0 + $1.count }) { $0 + 128 + 8 * $1.deleted.count }
    }
}
