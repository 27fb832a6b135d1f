public import NewsModel
internal import SearchIndex

extension EntityDirectory {
    /// An entity that somebody who is typing may mean.
    public struct Suggestion: Sendable, Hashable {
        /// The entity.
        public let entity: Ranked
        /// The name or alias that matches.
        public let name: String
        /// What of it matches, as half-open range of UTF-8 bytes.
        public let span: Range<Int>
        /// How many letters differ from what was typed.
        public let edits: Int
        /// What orders suggestions, the highest first.
        public let weight: Int
    }

    /// Completes what somebody is typing to names of entities.
    ///
    /// A name matches from the beginning of any of its first words on. Where fewer than ten entities match as it is
    /// written, also those do that match with one edit, from four letters on, or two, from eight (`TypoPattern`).
    /// Suggestions come in order of their weight, which is one more than the articles that mention the entity, times 8
    /// where the text is the whole name and 2 where the name begins with it; each edit divides it by 16, and a first
    /// letter that differs by 4. Of equal ones those of the gazetteer come first, in its order, the others by id.
    ///
    /// - Parameters:
    ///   - text: What was typed; case and diacritics do not count.
    ///   - type: The kind wanted; `nil` for any.
    ///   - limit: How many to return at most.
    /// - Returns: Each entity once, with the name of it that weighs most.
    /// - Complexity: O(log *n* + *m* / 64), *n* = names, *m* = those that match, and what of them may be among the best.
    public func suggest(_ text: String, type: EntityType? = nil, limit: Int) -> [Suggestion] {
        let typed = TermAnalyzer.terms(text).joined(separator: " ")
        guard !typed.isEmpty, limit > 0 else { return [] }
        var best = BestSuggestions(self, type: type, limit: max(limit, Self.enough))
        let prefix = NamePrefix(Array(typed.utf8))
        for (number, level) in levels.enumerated() {
            let keys = level.names.keys(prefix)
            let whole = level.names.wholeKeys(prefix, in: keys)
            best.offer(whole, of: number, .init(edits: 0, isWhole: true))
            best.offer(whole.upperBound..<keys.upperBound, of: number, .init(edits: 0))
        }
        var pattern: TypoPattern?
        if best.found.count < Self.enough, let typo = TypoPattern(typed) {
            pattern = typo
            for (number, level) in levels.enumerated() {
                level.names.forEachRun(like: typo) { keys, edits in
                    let start = level.names.bytes(of: keys.lowerBound)
                    let first = TypoPattern.letter(level.names.text, start.lowerBound, end: start.upperBound)
                    best.offer(
                        keys, of: number,
                        .init(edits: edits, isFirstWrong: first.letter != typo.letters.first))
                }
            }
        }
        return best.found.prefix(limit).map { candidate in
            let names = levels[candidate.level].names
            let (name, offset) = names.name(of: candidate.key)
            var matched = prefix.count
            if candidate.edits > 0, let pattern {
                matched = pattern.match(names.text, names.bytes(of: candidate.key)).bytes
            }
            return Suggestion(
                entity: ranked(candidate.position), name: name,
                span: TermAnalyzer.range(of: offset..<offset + matched, in: name), edits: candidate.edits,
                weight: candidate.weight)
        }
    }

    /// So many entities that match as it is written are enough: typos are not looked for then.
    private static let enough = 10
}

/// Keeps the best of the entities that are offered, each once.
private struct BestSuggestions {
    /// An entity with the key that weighs most.
    struct Candidate {
        let position: Int
        let level: Int
        let key: Int
        let edits: Int
        let weight: Int
    }

    /// How keys match.
    struct Match {
        var edits: Int
        var isWhole = false
        var isFirstWrong = false

        /// By how many doublings a match weighs more than the least there can be.
        func doublings(isNameStart: Bool) -> Int {
            let kind = !isNameStart ? 0 : isWhole ? 3 : 1
            return 10 + kind - 4 * edits - (isFirstWrong ? 2 : 0)
        }
    }

    private let directory: EntityDirectory
    private let type: Int?
    private let limit: Int
    /// The best first.
    private(set) var found: [Candidate] = []

    init(_ directory: EntityDirectory, type: EntityType?, limit: Int) {
        self.directory = directory
        self.type = type.map { Int($0.rawValue) }
        self.limit = limit
        found.reserveCapacity(limit + 1)
    }

    var isFull: Bool { found.count >= limit }

    /// Takes what is among the best of some keys that follow on each other; passes over blocks of keys that cannot have
    /// any, and begins with those that may have the best.
    mutating func offer(_ keys: Range<Int>, of level: Int, _ match: Match) {
        guard let last = keys.last else { return }
        let blocks = keys.lowerBound / NewsBounds.blockKeys...last / NewsBounds.blockKeys
        guard blocks.count > 2 else { return scan(keys, of: level, match) }
        let news = directory.levels[level].news
        var starts = Array(repeating: 0 as Int32, count: NewsBounds.steps + 1)
        let steps = blocks.map { UInt8(news.step(block: $0, type: type)) }
        for step in steps { starts[NewsBounds.steps - Int(step)] += 1 }
        for step in 1..<starts.count { starts[step] += starts[step - 1] }
        var order = Array(repeating: 0 as Int32, count: steps.count)
        for (block, step) in steps.enumerated() {
            let place = NewsBounds.steps - Int(step) - 1
            order[Int(starts[place])] = Int32(block)
            starts[place] += 1
        }
        let doublings = match.doublings(isNameStart: true)
        for block in order.lazy.map(Int.init) {
            guard steps[block] > 0 else { return }
            let bound = (NewsBounds.articles(ofStep: Int(steps[block])) + 1) << doublings
            if isFull, let least = found.last, bound < least.weight { return }
            let first = (blocks.lowerBound + block) * NewsBounds.blockKeys
            scan(keys.clamped(to: first..<first + NewsBounds.blockKeys), of: level, match)
        }
    }

    private mutating func scan(_ keys: Range<Int>, of level: Int, _ match: Match) {
        let names = directory.levels[level].names
        let least = match.doublings(isNameStart: false)
        let most = match.doublings(isNameStart: true)
        for key in keys {
            let owner = names.owners[key]
            if let type, owner.type != type { continue }
            let articles = Int(directory.counts[owner.position])
            guard articles > 0 || owner.position < directory.givenCount else { continue }
            let weight = (articles + 1) << (owner.isNameStart ? most : least)
            if isFull, let last = found.last, weight < last.weight { continue }
            keep(
                Candidate(
                    position: owner.position, level: level, key: key, edits: match.edits, weight: weight))
        }
    }

    private mutating func keep(_ candidate: Candidate) {
        if let known = found.firstIndex(where: { $0.position == candidate.position }) {
            guard isBetterName(candidate, than: found[known]) else { return }
            found.remove(at: known)
        } else if isFull {
            guard let last = found.last, comesFirst(candidate, last) else { return }
            found.removeLast()
        }
        let place = found.firstIndex { comesFirst(candidate, $0) } ?? found.count
        found.insert(candidate, at: place)
    }

    /// Of equal names of one entity that counts which stands first in its list.
    private func isBetterName(_ one: Candidate, than other: Candidate) -> Bool {
        one.weight != other.weight
            ? one.weight > other.weight
            : directory.levels[one.level].names.isEarlier(one.key, than: other.key)
    }

    private func comesFirst(_ one: Candidate, _ other: Candidate) -> Bool {
        if one.weight != other.weight { return one.weight > other.weight }
        if min(one.position, other.position) < directory.givenCount { return one.position < other.position }
        return directory.entries[one.position].id < directory.entries[other.position].id
    }
}
