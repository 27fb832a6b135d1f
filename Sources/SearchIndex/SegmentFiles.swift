internal import Files
internal import Synchronization

/// The folder of an index; one thread at a time writes into it.
final class SegmentFiles: Sendable {
    /// What was written into the folder.
    struct State {
        /// The bytes of the manifest that was written last.
        var manifest: [UInt8]
        /// Whether the folder may be another writer's already.
        var isClosed = false
    }

    let folder: String
    /// Whoever writes or removes files holds this.
    let state: Mutex<State>

    init(folder: String, manifest: [UInt8]) {
        self.folder = folder
        state = Mutex(State(manifest: manifest))
    }

    func path(_ id: UInt64) -> String { folder + "/" + Manifest.fileName(id) }

    /// Writes the file of a segment and maps it; for who holds `state`.
    func write(_ bytes: [UInt8], as id: UInt64) throws(FileError) -> SegmentBytes {
        try FileSystem.writeAtomically(bytes, to: path(id))
        return try SegmentBytes(path: path(id))
    }
}
