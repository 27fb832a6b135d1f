internal import HTTPMessages
internal import Synchronization
internal import Telemetry

/// Answers by what was asked and of which state, so that equal questions, however they are spelt, are worked out once.
///
/// A state never changes, so that what is kept stays right; what is of a state that nobody asks for any more goes as other
/// answers come. Kept are two lists: an answer begins on trial, and is proven when it is given again. Those longest unused
/// on trial go first, so that many questions that are asked once do not drive out the few that are asked often; the proven
/// have at most four fifths of the room, and go on trial again beyond it.
///
/// - Source: Karedla, Love and Wherry, "Caching strategies to improve disk system performance", IEEE Computer 27 (3), 1994,
///   doi:10.1109/2.268884 (segmented LRU).
final class ResultCache: Sendable {
    /// What an answer is found by.
    struct Key: Hashable, Sendable {
        /// The change number of the newest change in the state.
        let generation: Int64
        /// The canonical form of the request; as a whole, so that no request is answered with what another one asked.
        let request: String
    }

    fileprivate struct Entry {
        let key: Key
        let response: Response
        let cost: Int
        var isProven = false
        /// The entry that was used after this one, and the one that was used before it; -1 for none.
        var newer = -1
        var older = -1
    }

    fileprivate struct List {
        var newest = -1
        var oldest = -1
        var cost = 0
    }

    fileprivate struct State {
        var places: [Key: Int] = [:]
        var entries: [Entry?] = []
        var free: [Int] = []
        var trial = List()
        var proven = List()
    }

    /// What an entry costs beside the bytes of its content and twice those of its key, roughly.
    private static let overhead = 512

    /// Longer requests are not kept: those that are have room left for the link to a next page, which tells that there
    /// is one.
    private static let requestBytes = 4_096

    private let limit: Int
    private let state = Mutex(State())
    private let hits: Counter
    private let misses: Counter

    /// Creates an empty cache of at most `limit` bytes; one of none keeps nothing.
    init(limit: Int, _ metrics: Metrics) {
        self.limit = limit
        hits = metrics.counter(
            "sitrep_result_cache_hits_total", help: "Requests answered from the result cache.")
        misses = metrics.counter(
            "sitrep_result_cache_misses_total", help: "Requests that the result cache had no answer to.")
    }

    /// The bytes that are kept, what they cost beside themselves included.
    var bytes: Int { state.withLock { $0.trial.cost + $0.proven.cost } }

    /// How many answers are kept.
    var count: Int { state.withLock { $0.places.count } }

    /// The answer to a request.
    func response(_ key: Key) -> Response? {
        guard limit > 0, key.request.utf8.count <= Self.requestBytes else { return nil }
        let found = state.withLock { state -> Response? in
            guard let place = state.places[key] else { return nil }
            state.use(place, mostProven: limit / 5 * 4)
            return state.entries[place]?.response
        }
        (found == nil ? misses : hits).add(1)
        return found
    }

    /// Keeps an answer; one that takes more than an eighth of the room is not kept.
    func keep(_ response: Response, _ key: Key) {
        let cost =
            max(response.body.count, response.body.capacity) + 2 * key.request.utf8.count + Self.overhead
        guard cost <= limit / 8, key.request.utf8.count <= Self.requestBytes else { return }
        state.withLock { state in
            // Who asked at the same time may have been quicker.
            guard state.places[key] == nil else { return }
            state.insert(Entry(key: key, response: response, cost: cost))
            while state.trial.cost + state.proven.cost > limit { state.removeOldest() }
        }
    }
}

extension ResultCache.State {
    fileprivate mutating func insert(_ entry: ResultCache.Entry) {
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[entry.key] = place
        link(place, isProven: false)
    }

    /// Makes an entry the newest of the proven.
    fileprivate mutating func use(_ place: Int, mostProven: Int) {
        unlink(place)
        link(place, isProven: true)
        while proven.cost > mostProven, proven.oldest >= 0 {
            let oldest = proven.oldest
            unlink(oldest)
            link(oldest, isProven: false)
        }
    }

    fileprivate mutating func removeOldest() {
        let place = trial.oldest >= 0 ? trial.oldest : proven.oldest
        guard place >= 0, let entry = entries[place] else { return }
        unlink(place)
        places[entry.key] = nil
        entries[place] = nil
        free.append(place)
    }

    private mutating func link(_ place: Int, isProven: Bool) {
        var list = isProven ? proven : trial
        entries[place]?.isProven = isProven
        entries[place]?.newer = -1
        entries[place]?.older = list.newest
        if list.newest >= 0 { entries[list.newest]?.newer = place } else { list.oldest = place }
        list.newest = place
        list.cost += entries[place]?.cost ?? 0
        if isProven { proven = list } else { trial = list }
    }

    private mutating func unlink(_ place: Int) {
        guard let entry = entries[place] else { return }
        var list = entry.isProven ? proven : trial
        if entry.newer >= 0 { entries[entry.newer]?.older = entry.older } else { list.newest = entry.older }
        if entry.older >= 0 { entries[entry.older]?.newer = entry.newer } else { list.oldest = entry.newer }
        list.cost -= entry.cost
        if entry.isProven { proven = list } else { trial = list }
    }
}
