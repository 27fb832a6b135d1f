public import NewsModel
internal import SearchIndex

/// All entities that can be looked up: those of the gazetteer, and those that only articles know.
///
/// A value: readers hold one as part of a snapshot while the writer makes the next. Names are found by the beginning
/// of any of their words, without regard to case and diacritics. Newly met entities gather in a small second level,
/// so that adding one does not copy them all.
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

    private var base: Level
    private var recent: Level
    /// Articles by entity; those of `recent` follow those of `base`.
    private var counts: [Int32]

    /// Creates a directory of the entities with the names each can be found by.
    public init(_ entities: [(entry: Entry, names: [String])] = []) {
        base = Level(entities)
        recent = Level([])
        counts = Array(repeating: 0, count: entities.count)
    }

    /// How many entities there are.
    public var count: Int { base.entries.count + recent.entries.count }

    /// About how many bytes of memory this directory does not share with the one before it.
    var ownBytes: Int { 4 * counts.count + 256 * recent.entries.count }

    /// The entity of that id; one that only articles knew is none once they are gone.
    public subscript(id: EntityID) -> Ranked? {
        position(of: id).flatMap { isKnown($0) ? ranked($0) : nil }
    }

    /// Changes the number of articles of one entity, which is added if it is not there.
    ///
    /// Articles write the names of one entity in several ways, as "ACME" and "Acme". The one that comes last in order
    /// of bytes is shown, whichever was met first, so that a server shows what it showed before it was restarted.
    mutating func count(_ id: EntityID, by change: Int, orAdd entry: () -> Entry) {
        if let position = position(of: id) {
            counts[position] += Int32(change)
            let known = self.entry(position)
            guard known.gazetteerIndex == nil, change > 0 else { return }
            let entry = entry()
            if known.name.utf8.lexicographicallyPrecedes(entry.name.utf8) { replace(position, by: entry) }
            return
        }
        guard change > 0 else { return }
        let entry = entry()
        recent.insert([(entry, [entry.name])])
        counts.append(Int32(change))
    }

    /// Adds entities at once, which must not be there yet, with their number of articles.
    mutating func add(_ entities: [(entry: Entry, articles: Int)]) {
        recent.insert(entities.map { ($0.entry, [$0.entry.name]) })
        counts += entities.map { Int32($0.articles) }
        compactIfLarge()
    }

    /// Makes one level of the two once the second is large.
    mutating func compactIfLarge() {
        guard recent.entries.count > 4_096 else { return }
        base.merge(recent)
        recent = Level([])
    }

    /// The entities one of whose names is `name`, the one most in the news first.
    ///
    /// - Complexity: O(log *n*), *n* = names.
    public func named(_ name: String) -> [Ranked] {
        let terms = TermAnalyzer.terms(name)
        guard !terms.isEmpty else { return [] }
        let key = Array(terms.joined(separator: " ").utf8)
        let found =
            base.entries(withPrefix: key, isWhole: true)
            + recent.entries(withPrefix: key, isWhole: true).map { $0 + base.entries.count }
        return Set(found).filter(isKnown).map(ranked).sorted(by: Self.comesFirst)
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
            let key = Array(terms.joined(separator: " ").utf8)
            let found =
                base.entries(withPrefix: key, isWhole: false)
                + recent.entries(withPrefix: key, isWhole: false).map { $0 + base.entries.count }
            candidates = Array(Set(found).filter(isKnown))
        }
        var total = 0
        var page: [Int] = []
        for position in candidates {
            if let type, entry(position).type != type { continue }
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

    private func isKnown(_ position: Int) -> Bool {
        counts[position] > 0 || entry(position).gazetteerIndex != nil
    }

    private func rank(_ position: Int) -> (articles: Int, id: EntityID) {
        (Int(counts[position]), entry(position).id)
    }

    /// As for ranked entities; most comparisons are decided by the counts alone.
    private func comesFirst(_ one: Int, _ other: Int) -> Bool {
        counts[one] != counts[other] ? counts[one] > counts[other] : entry(one).id < entry(other).id
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
        base.positions[id] ?? recent.positions[id].map { $0 + base.entries.count }
    }

    private mutating func replace(_ position: Int, by entry: Entry) {
        if position < base.entries.count {
            base.replace(position, by: entry)
        } else {
            recent.replace(position - base.entries.count, by: entry)
        }
    }

    private func entry(_ position: Int) -> Entry {
        position < base.entries.count ? base.entries[position] : recent.entries[position - base.entries.count]
    }

    private func ranked(_ position: Int) -> Ranked {
        Ranked(entry: entry(position), articles: Int(counts[position]))
    }
}

/// Entities with a sorted list of what each can be found by.
private struct Level: Sendable {
    private(set) var entries: [EntityDirectory.Entry] = []
    private(set) var positions: [EntityID: Int] = [:]
    private var keys: [Key] = []
    /// The folded names, one behind the other, that the keys point into.
    private var text: [UInt8] = []

    private struct Key: Sendable {
        /// The first eight bytes, highest first, so that most comparisons read nothing else.
        let head: UInt64
        let start: UInt32
        let length: UInt16
        /// Whether the key is the whole name, not what follows one of its words.
        let isWhole: Bool
        let entry: UInt32
    }

    init(_ entities: [(entry: EntityDirectory.Entry, names: [String])]) {
        insert(entities)
    }

    mutating func insert(_ entities: [(entry: EntityDirectory.Entry, names: [String])]) {
        guard !entities.isEmpty else { return }
        var added: [Key] = []
        for (entry, names) in entities {
            positions[entry.id] = entries.count
            for name in names { appendKeys(of: name, entry: UInt32(entries.count), to: &added) }
            entries.append(entry)
        }
        added.sort(by: comesFirst)
        mergeSorted(added)
    }

    /// Replaces an entry by one of the same id; it is found by the names that it was found by.
    mutating func replace(_ index: Int, by entry: EntityDirectory.Entry) {
        entries[index] = entry
    }

    mutating func merge(_ other: Level) {
        let (firstEntry, firstByte) = (UInt32(entries.count), UInt32(text.count))
        for entry in other.entries {
            positions[entry.id] = entries.count
            entries.append(entry)
        }
        text += other.text
        mergeSorted(
            other.keys.map { key in
                Key(
                    head: key.head, start: key.start + firstByte, length: key.length, isWhole: key.isWhole,
                    entry: key.entry + firstEntry)
            })
    }

    /// The entries of the keys that begin with `prefix`, or that are it where `isWhole`.
    func entries(withPrefix prefix: [UInt8], isWhole: Bool) -> [Int] {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if bytes(keys[middle]).lexicographicallyPrecedes(prefix) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var found: [Int] = []
        while low < keys.count, bytes(keys[low]).starts(with: prefix) {
            let key = keys[low]
            if !isWhole || (key.isWhole && Int(key.length) == prefix.count) { found.append(Int(key.entry)) }
            low += 1
        }
        return found
    }

    private mutating func appendKeys(of name: String, entry: UInt32, to keys: inout [Key]) {
        let terms = TermAnalyzer.terms(name)
        let folded = Array(terms.joined(separator: " ").utf8.prefix(200))
        let start = text.count
        text += folded
        var offset = 0
        for (number, term) in terms.prefix(6).enumerated() where offset < folded.count {
            var head: UInt64 = 0
            for index in 0..<8 {
                head = head << 8 | (offset + index < folded.count ? UInt64(folded[offset + index]) : 0)
            }
            keys.append(
                Key(
                    head: head, start: UInt32(start + offset), length: UInt16(folded.count - offset),
                    isWhole: number == 0, entry: entry))
            offset += term.utf8.count + 1
        }
    }

    private mutating func mergeSorted(_ added: [Key]) {
        guard let first = added.first else { return }
        // What comes before the first new key stays where it is.
        var index = keys.count
        while index > 0, comesFirst(first, keys[index - 1]) { index -= 1 }
        let tail = Array(keys[index...])
        keys.removeSubrange(index...)
        keys.reserveCapacity(keys.count + tail.count + added.count)
        var (old, new) = (0, 0)
        while old < tail.count || new < added.count {
            if new == added.count || (old < tail.count && !comesFirst(added[new], tail[old])) {
                keys.append(tail[old])
                old += 1
            } else {
                keys.append(added[new])
                new += 1
            }
        }
    }

    private func bytes(_ key: Key) -> ArraySlice<UInt8> {
        text[Int(key.start)..<Int(key.start) + Int(key.length)]
    }

    private func comesFirst(_ one: Key, _ other: Key) -> Bool {
        if one.head != other.head { return one.head < other.head }
        return bytes(one).lexicographicallyPrecedes(bytes(other))
    }
}
