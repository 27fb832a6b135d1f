internal import NewsCatalog
internal import SearchIndex
internal import Synchronization

/// The states of the catalog that clients are paging through.
///
/// A state is kept for a time after a page of it was last asked for. It shares nearly everything with the ones before and
/// after it; what it holds that the newest state does not is counted. The longest unused go first where there are too many
/// of them, or they hold too much.
final class SnapshotShelf: Sendable {
    /// What a state is kept for: the directory of entities is new with each change, and lists of articles do not need it.
    enum Purpose: Hashable {
        case articles, entities
    }

    /// How much is kept.
    struct Limits: Sendable {
        /// States.
        var count: Int
        /// Bytes that they hold and the newest state does not.
        var bytes: Int
        /// How long each is kept after its last use.
        var time: Duration
    }

    fileprivate struct Key: Hashable {
        var generation: Int64
        var purpose: Purpose
    }

    fileprivate struct Kept {
        var snapshot: CatalogSnapshot
        var lastUse: ContinuousClock.Instant
        /// What no other state holds.
        var ownBytes: Int
    }

    fileprivate struct State {
        var kept: [Key: Kept] = [:]
        /// How many of the states have each part.
        var parts: [SnapshotPart: Int] = [:]
        /// The bytes of all that is held, whether the newest state holds it too or not.
        var bytes = 0
    }

    private let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ limits: Limits, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.limits = limits
        self.now = now
    }

    /// Keeps a state for the next page.
    func keep(_ snapshot: CatalogSnapshot, for purpose: Purpose = .articles) {
        let key = Key(generation: snapshot.generation, purpose: purpose)
        let time = now()
        state.withLock { state in
            if state.kept[key] != nil {
                state.kept[key]?.lastUse = time
            } else {
                state.add(purpose == .articles ? snapshot.withoutEntities : snapshot, key, time)
                while state.kept.count > limits.count { state.removeOldest() }
            }
        }
    }

    /// The state of a generation, if it is still kept; it is then kept for as long again.
    func snapshot(generation: Int64, for purpose: Purpose = .articles) -> CatalogSnapshot? {
        let key = Key(generation: generation, purpose: purpose)
        let time = now()
        return state.withLock { state in
            guard let kept = state.kept[key] else { return nil }
            guard time - kept.lastUse <= limits.time else {
                state.remove(key)
                return nil
            }
            state.kept[key]?.lastUse = time
            return kept.snapshot
        }
    }

    /// Lets go what is kept for too long, or is too much now that there is a newer state.
    func trim(beside newest: CatalogSnapshot) {
        let time = now()
        state.withLock { state in
            guard !state.kept.isEmpty else { return }
            for (key, kept) in state.kept
            where time - kept.lastUse > limits.time || key.generation > newest.generation {
                // A newest state that is older is that of an index which is made anew: what is kept may be damaged.
                state.remove(key)
            }
            let shared = newest.parts
            while !state.kept.isEmpty, state.bytes(beside: shared) > limits.bytes { state.removeOldest() }
        }
    }

    /// How many states are kept.
    var count: Int { state.withLock { $0.kept.count } }
}

extension SnapshotShelf.State {
    fileprivate mutating func add(
        _ snapshot: CatalogSnapshot, _ key: SnapshotShelf.Key, _ time: ContinuousClock.Instant
    ) {
        let own = snapshot.ownBytes
        kept[key] = .init(snapshot: snapshot, lastUse: time, ownBytes: own)
        bytes += own
        for part in snapshot.parts where parts.updateValue(parts[part, default: 0] + 1, forKey: part) == nil {
            bytes += part.bytes
        }
    }

    fileprivate mutating func remove(_ key: SnapshotShelf.Key) {
        guard let gone = kept.removeValue(forKey: key) else { return }
        bytes -= gone.ownBytes
        for part in gone.snapshot.parts {
            guard let count = parts[part], count > 1 else {
                parts[part] = nil
                bytes -= part.bytes
                continue
            }
            parts[part] = count - 1
        }
    }

    /// The bytes of what is held and is not among some parts.
    fileprivate func bytes(beside shared: [SnapshotPart]) -> Int {
        shared.reduce(bytes) { parts[$1] == nil ? $0 : $0 - $1.bytes }
    }

    fileprivate mutating func removeOldest() {
        guard let oldest = kept.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        remove(oldest.key)
    }
}
