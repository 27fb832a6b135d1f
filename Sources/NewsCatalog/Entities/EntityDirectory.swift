internal import Bytes
public import NewsModel
internal import SearchIndex

/// All entities that can be looked up: those of the gazetteer, and those that only articles know.
///
/// A value: readers hold one as part of a snapshot while the writer makes the next. Names are found by the beginning
/// of any of their words, without regard to case and diacritics. Copies share what neither has changed, so that a
/// change costs what it touches and not what there is: counts and entries lie in a `ChunkedArray`, and names in sorted
/// levels, of which small ones are merged as they gather.
///
/// - Source: Bentley and Saxe, "Decomposable searching problems I", 1980, doi:10.1016/0196-6774(80)90015-2.
public struct EntityDirectory: Sendable {
    /// One entity.
    public struct Entry: Sendable, Hashable {
        /// Its stable name.
        public let id: EntityID
        /// Its kind.
        public let type: EntityType
        /// The name to show.
        public let name: String
        /// Its position in the gazetteer; `nil` where only articles know it.
        public let gazetteerIndex: Int?
        /// The country that it belongs to, where the gazetteer does not say: that of a ministry or government which is
        /// named after a country.
        public let country: String?
        /// Whether nothing but its name in articles speaks for it.
        public let isProvisional: Bool

        /// Creates an entry.
        public init(
            id: EntityID, type: EntityType, name: String, gazetteerIndex: Int?, country: String? = nil,
            isProvisional: Bool = false
        ) {
            self.id = id
            self.type = type
            self.name = name
            self.gazetteerIndex = gazetteerIndex
            self.country = country
            self.isProvisional = isProvisional
        }
    }

    /// An entry and the number of articles that mention it.
    public struct Ranked: Sendable, Hashable {
        /// The entity.
        public let entry: Entry
        /// Articles that mention it.
        public let articles: Int
    }

    /// The names of some entities, with how much the ones of each block of keys are in the news.
    struct Level: Sendable {
        let names: NameLevel
        var news: NewsBounds
    }

    /// By position: the entity, and the articles that mention it.
    private(set) var entries = ChunkedArray<Entry>()
    private(set) var counts = ChunkedArray<Int32>()
    /// The first has the entities that were given at the start; the others follow in order of position.
    private(set) var levels: [Level] = []
    /// How many entities were given at the start: they are known whether articles mention them or not.
    let givenCount: Int

    /// Creates a directory of the entities with the names each can be found by.
    public init(_ entities: [(entry: Entry, names: [String])] = []) {
        givenCount = entities.count
        entries.append(contentsOf: entities.lazy.map(\.entry))
        counts.append(contentsOf: repeatElement(0, count: entities.count))
        let named = entities.map { NameLevel.Entity(id: $0.entry.id, type: $0.entry.type, names: $0.names) }
        levels = [level(NameLevel(named, from: 0))]
    }

    /// How many entities there are.
    public var count: Int { entries.count }

    /// About how many bytes of memory this directory does not share with the one before it.
    ///
    /// Those are the leaves that a change touches, the references to all others, and the level that was made last.
    var ownBytes: Int {
        guard count > 0 else { return 0 }
        let touched = 64 * 1024 + 16 * entries.count / ChunkedArray<Entry>.leafCount
        return touched + 256 * (levels.dropFirst().last?.names.positions.count ?? 0)
    }

    /// The entity of that id; one that only articles knew is none once they are gone.
    public subscript(id: EntityID) -> Ranked? {
        position(of: id).flatMap { isKnown($0) ? ranked($0) : nil }
    }

    // MARK: Changing

    /// Changes the number of articles of one entity, which is added if it is not there.
    ///
    /// Articles write the names of one entity in several ways, as "ACME" and "Acme". The one that comes last in order
    /// of bytes is shown, whichever was met first, so that a server shows what it showed before it was restarted.
    ///
    /// - Complexity: O(log *n*) on average, *n* = entities; now and then O(*n*), when levels of names are merged.
    mutating func count(_ id: EntityID, by change: Int, orAdd entry: () -> Entry) {
        guard let position = position(of: id) else {
            if change > 0 { add([(entry(), change)]) }
            return
        }
        counts[position] += Int32(change)
        guard change > 0 else { return }
        raiseNews(of: position)
        let known = entries[position]
        guard known.gazetteerIndex == nil else { return }
        let entry = entry()
        if known.name.utf8.lexicographicallyPrecedes(entry.name.utf8) { entries[position] = entry }
    }

    /// Adds entities at once, which must not be there yet, with their number of articles.
    mutating func add(_ entities: [(entry: Entry, articles: Int)]) {
        guard !entities.isEmpty else { return }
        let named = entities.map {
            NameLevel.Entity(id: $0.entry.id, type: $0.entry.type, names: [$0.entry.name])
        }
        var added = NameLevel(named, from: entries.count)
        entries.append(contentsOf: entities.lazy.map(\.entry))
        counts.append(contentsOf: entities.lazy.map { Int32($0.articles) })
        // A level is more than four times as large as the next, so that there are few, and each name is seldom moved.
        while levels.count > 1, let last = levels.last?.names,
            last.positions.count <= max(Self.smallLevel, 4 * added.positions.count)
        {
            added = NameLevel(last, added)
            levels.removeLast()
        }
        levels.append(level(added))
    }

    /// Entities up to which levels are merged whatever is added.
    private static let smallLevel = 64

    private func level(_ names: NameLevel) -> Level {
        var news = NewsBounds(keys: names.owners.count)
        for (key, owner) in names.owners.enumerated() {
            news.raise(key, type: owner.type, to: Int(counts[owner.position]))
        }
        return Level(names: names, news: news)
    }

    private mutating func raiseNews(of position: Int) {
        let count = Int(counts[position])
        guard let index = levels.firstIndex(where: { $0.names.positions.contains(position) }) else { return }
        let names = levels[index].names
        for key in names.keys(ofEntityAt: position) {
            levels[index].news.raise(Int(key), type: names.owners[Int(key)].type, to: count)
        }
    }

    // MARK: Looking up

    /// The entities one of whose names is `name`, the one most in the news first.
    ///
    /// - Complexity: O(log *n*), *n* = names.
    public func named(_ name: String) -> [Ranked] {
        let terms = TermAnalyzer.terms(name)
        guard !terms.isEmpty else { return [] }
        let prefix = NamePrefix(Array(terms.joined(separator: " ").utf8))
        var found: Set<Int> = []
        for names in levels.lazy.map(\.names) {
            for key in names.wholeKeys(prefix, in: names.keys(prefix)) where names.owners[key].isNameStart {
                found.insert(names.owners[key].position)
            }
        }
        return found.filter(isKnown).map(ranked).sorted(by: Self.comesFirst)
    }

    /// Finds entities by the beginning of a name.
    ///
    /// - Parameters:
    ///   - prefix: Words, the last of which may be cut short; empty for all entities that some article mentions.
    ///   - type: The kind wanted; `nil` for any.
    ///   - limit: How many to return at most.
    ///   - after: The last one of the page before.
    /// - Returns: The entities, the one most in the news first and ties by id, and how many there are in all.
    /// - Complexity: O(*m* log *limit*), *m* = names that begin so.
    public func search(
        prefix: String, type: EntityType? = nil, limit: Int, after: (articles: Int, id: EntityID)? = nil
    ) -> (entities: [Ranked], total: Int) {
        let terms = TermAnalyzer.terms(prefix)
        let candidates: [Int]
        if terms.isEmpty {
            guard prefix.isEmpty else { return ([], 0) }
            candidates = counts.indices.filter { counts[$0] > 0 }
        } else {
            let prefix = NamePrefix(Array(terms.joined(separator: " ").utf8))
            var found: Set<Int> = []
            for names in levels.lazy.map(\.names) {
                for key in names.keys(prefix) { found.insert(names.owners[key].position) }
            }
            candidates = found.filter(isKnown)
        }
        var total = 0
        var page: [Int] = []
        for position in candidates {
            if let type, entries[position].type != type { continue }
            total += 1
            if let after, !Self.comesFirst(after, rank(position)) { continue }
            if page.count == limit {
                guard let last = page.last, comesFirst(position, last) else { continue }
                page.removeLast()
            }
            var (low, high) = (0, page.count)
            while low < high {
                let middle = (low + high) / 2
                if comesFirst(page[middle], position) { low = middle + 1 } else { high = middle }
            }
            page.insert(position, at: low)
        }
        return (page.map(ranked), total)
    }

    func isKnown(_ position: Int) -> Bool { position < givenCount || counts[position] > 0 }

    func ranked(_ position: Int) -> Ranked {
        Ranked(entry: entries[position], articles: Int(counts[position]))
    }

    private func rank(_ position: Int) -> (articles: Int, id: EntityID) {
        (Int(counts[position]), entries[position].id)
    }

    /// As for ranked entities; most comparisons are decided by the counts alone.
    private func comesFirst(_ one: Int, _ other: Int) -> Bool {
        counts[one] != counts[other] ? counts[one] > counts[other] : entries[one].id < entries[other].id
    }

    private static func comesFirst(_ one: Ranked, _ other: Ranked) -> Bool {
        comesFirst((one.articles, one.entry.id), (other.articles, other.entry.id))
    }

    private static func comesFirst(
        _ one: (articles: Int, id: EntityID), _ other: (articles: Int, id: EntityID)
    ) -> Bool {
        one.articles != other.articles ? one.articles > other.articles : one.id < other.id
    }

    private func position(of id: EntityID) -> Int? {
        let hash = StableHash.of(id.description)
        for level in levels {
            if let found = level.names.position(ofHash: hash, where: { entries[$0].id == id }) {
                return found
            }
        }
        return nil
    }
}
