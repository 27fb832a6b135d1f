import NewsModel

/// How an alias names its entity, and how much it may be trusted.
enum AliasKind: UInt8, Sendable {
    case name
    case alias
    case knownAs
    case demonym
    /// A family name: names nobody by itself.
    case family
    case ministry
    case title
}

/// One name of one entity, as written in the gazetteer.
struct Alias: Sendable {
    /// The entity, ministry template or title.
    var target: Int32
    var kind: AliasKind
    /// How many words it has.
    var length: UInt8
    /// Letters in all words together.
    var letters: UInt8
    /// Ends in 's as part of the name: "McDonald's".
    var endsPossessive: Bool
    /// How each word is written, two bits each from the first on: 0 small, 1 capital, 2 all capitals, 3 mixed.
    var cases: UInt32
}

/// All names of the gazetteer as paths of folded words.
struct NameIndex: Sendable {
    private var paths = HashTable(minimumCapacity: 1 << 16)
    private var ends: [[Alias]] = [[]]

    /// Adds a name and returns the hash of its first word, or `nil` where it holds no word.
    mutating func add(
        _ text: String, target: Int, kind: AliasKind, tokenizer: Tokenizer
    ) -> UInt64? {
        let tokens = tokenizer.tokens(Array(text.utf8)).filter { $0.kind != .paragraphBreak }
        guard let first = tokens.first, first.hash != 0, tokens.count <= 14 else { return nil }
        var cases: UInt32 = 0
        var letters = 0
        for (index, token) in tokens.enumerated() {
            let form: UInt32 =
                !token.isWord
                ? 0
                : token.has(.allCapitals) ? 2 : token.has(.mixed) ? 3 : token.has(.capital) ? 1 : 0
            if index < 16 { cases |= form << UInt32(2 * index) }
            letters += Int(token.end - token.start)
        }
        let alias = Alias(
            target: Int32(target), kind: kind, length: UInt8(tokens.count), letters: UInt8(min(255, letters)),
            endsPossessive: tokens.last?.has(.possessive) ?? false, cases: cases)
        var path: UInt64 = 1
        for (index, token) in tokens.enumerated() {
            path = WordHash.pair(path, Self.key(token))
            let known = paths.find(path)
            guard index == tokens.count - 1 else {
                if known < 0 { paths.set(path, 0) }
                continue
            }
            if known > 0 {
                let list = ends[Int(known)]
                let isThere = list.contains {
                    $0.target == alias.target && $0.cases == alias.cases && $0.kind == alias.kind
                }
                if !isThere { ends[Int(known)].append(alias) }
            } else {
                ends.append([alias])
                paths.set(path, Int32(ends.count - 1))
            }
        }
        return first.hash
    }

    /// What a token adds to a path.
    @inline(__always)
    static func key(_ token: Token) -> UInt64 {
        token.hash != 0 ? token.hash : UInt64(token.kind.rawValue) &+ 0x51
    }

    /// Follows a path one word further: below 0 where there is none.
    @inline(__always)
    func step(_ path: UInt64) -> Int32 { paths.find(path) }

    /// The names that end where `step` said.
    func names(_ end: Int32) -> [Alias] { ends[Int(end)] }

    /// The names that a run of words spells, whatever its capitals.
    func exact(_ keys: some Sequence<UInt64>) -> [Alias] {
        var path: UInt64 = 1
        var end: Int32 = -1
        for key in keys {
            path = WordHash.pair(path, key)
            end = paths.find(path)
            if end < 0 { return [] }
        }
        return end > 0 ? ends[Int(end)] : []
    }
}
