/// The one writer of an index.
///
/// Changes can be searched as soon as `apply` returns, and outlive the process once `checkpoint` has. What was applied
/// after the last checkpoint is lost with the process; the mark of the snapshot then says from where to apply anew.
public final class IndexWriter: Sendable {
    /// Why an index that lay in the folder was given up when this writer was made; empty if it was taken over.
    public let recovery: [String]

    /// Opens or creates the index of a folder.
    public init(folder: String?, schema: IndexSchema, options: IndexOptions = .init()) throws(IndexError) {
        recovery = []
    }

    /// Makes a batch of changes, in order, and gives back the snapshot that has them all.
    @discardableResult
    public func apply(_ changes: [IndexChange], mark: Int64) throws(IndexError) -> IndexSnapshot { snapshot }

    /// Writes everything applied so far to files, so that the next writer of the folder begins with it.
    public func checkpoint() throws(IndexError) {}

    /// The newest snapshot.
    public var snapshot: IndexSnapshot { IndexSnapshot() }

    /// Checks every checksum of every file again.
    ///
    /// - Returns: What is wrong, in words; empty when all is well.
    public func verify() throws(IndexError) -> [String] { [] }
}
