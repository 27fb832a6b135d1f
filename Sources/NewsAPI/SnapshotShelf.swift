internal import NewsCatalog
internal import Synchronization

/// The states of the index that clients are paging through, at most so many; the longest unused goes first.
///
/// A snapshot shares nearly everything with the ones before and after it, so that keeping a few costs little.
final class SnapshotShelf: Sendable {
    private let capacity: Int
    private let snapshots = Mutex<[CatalogSnapshot]>([])

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Keeps a snapshot for the next page.
    func keep(_ snapshot: CatalogSnapshot) {
        snapshots.withLock { kept in
            kept.removeAll { $0.generation == snapshot.generation }
            kept.append(snapshot)
            if kept.count > capacity { kept.removeFirst() }
        }
    }

    /// The snapshot of a generation, if it is still here.
    func snapshot(generation: Int64) -> CatalogSnapshot? {
        snapshots.withLock { $0.last { $0.generation == generation } }
    }
}
