/// Recognises the words within a few edits of one word: a non-deterministic automaton whose states are bits.
///
/// An edit puts a letter in, takes one out, replaces one, or swaps two neighbours; a letter is a Unicode scalar, and no
/// letter is edited twice. So the distance is that of `Spelling` (optimal string alignment).
///
/// - Source: Wu and Manber, "Fast text searching allowing errors", CACM 35 (10), 1992, doi:10.1145/135239.135244, one row
///   of bits for each number of edits; swaps as primitive edits as in Schulz and Mihov, "Fast string correction with
///   Levenshtein automata", IJDAR 5, 2002, doi:10.1007/s10032-002-0082-8.
struct EditAutomaton {
    /// The most edits.
    static let distanceLimit = 2
    /// The longest word in letters; what goes beyond is cut off.
    static let letterLimit = 63

    /// Which beginnings of the word what was read so far may stand for.
    struct State: Equatable {
        /// By number of edits: bit *j* is the first *j* letters.
        fileprivate var rows = InlineArray<3, UInt64>(repeating: 0)
        /// By number of edits: bit *j* is the first *j* letters and the one after the next, so that a swap is open.
        fileprivate var swaps = InlineArray<3, UInt64>(repeating: 0)

        /// Whether more letters can make it one of the words.
        var isAlive: Bool { (rows[0] | rows[1] | rows[2] | swaps[1] | swaps[2]) != 0 }

        static func == (left: State, right: State) -> Bool {
            (0..<3).allSatisfy { left.rows[$0] == right.rows[$0] && left.swaps[$0] == right.swaps[$0] }
        }
    }

    /// The letters of the word, each once, ascending, and at which places behind the first it stands.
    private let masks: [(letter: UInt32, places: UInt64)]
    private let distance: Int
    private let last: UInt64
    private let all: UInt64

    /// An automaton of the words at most `distance` edits away, no more than 2.
    init(_ word: [UInt8], distance: Int) {
        var masks: [UInt32: UInt64] = [:]
        var length = 0
        for letter in UTF8Letters(word) where length < Self.letterLimit {
            length += 1
            masks[letter, default: 0] |= 1 << UInt64(length)
        }
        self.masks = masks.map { ($0.key, $0.value) }.sorted { $0.letter < $1.letter }
        self.distance = max(0, min(distance, Self.distanceLimit))
        last = 1 << UInt64(length)
        all = last | (last - 1)
    }

    /// Where nothing has been read.
    var start: State {
        var state = State()
        for edits in 0...distance { state.rows[edits] = (2 << UInt64(edits) - 1) & all }
        return state
    }

    /// Where `letter` leads to.
    func step(_ state: State, _ letter: UInt32) -> State {
        step(state, places: masks.first { $0.letter == letter }?.places ?? 0)
    }

    private func step(_ state: State, places: UInt64) -> State {
        var next = State()
        next.rows[0] = state.rows[0] << 1 & places
        guard distance > 0 else { return next }
        for edits in 1...distance {
            let fewer = state.rows[edits - 1]
            var row = state.rows[edits] << 1 & places
            // Put in, replaced, taken out, swapped.
            row |= fewer | fewer << 1 | next.rows[edits - 1] << 1
            row |= (state.swaps[edits] << 1 & places) << 1
            next.rows[edits] = row & all
            next.swaps[edits] = fewer & places >> 2
        }
        return next
    }

    /// How many edits what was read is away; `nil` for more than were asked for.
    func distance(_ state: State) -> Int? {
        (0...distance).first { state.rows[$0] & last != 0 }
    }

    /// How many edits a word is away; `nil` for more than were asked for.
    func distance(to word: [UInt8]) -> Int? {
        distance(UTF8Letters(word).reduce(start) { step($0, $1) })
    }

    /// The least letter above `letter` that a state can go on with, where it cannot go on with `letter` itself.
    ///
    /// Only letters of the word come into question: where any other would do, `letter` would have as well.
    func nextLetter(_ state: State, above letter: UInt32) -> UInt32? {
        masks.first { $0.letter > letter && step(state, places: $0.places).isAlive }?.letter
    }
}

/// The scalars of UTF-8; a byte that belongs to none counts as one beyond all scalars, so that damaged terms end no walk.
struct UTF8Letters: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    /// Where the next letter begins.
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func next() -> UInt32? {
        guard offset < bytes.count else { return nil }
        let first = UInt32(bytes[offset])
        offset += 1
        let (more, initial): (Int, UInt32) =
            switch first {
            case 0xC2...0xDF: (1, first & 0x1F)
            case 0xE0...0xEF: (2, first & 0x0F)
            case 0xF0...0xF4: (3, first & 0x07)
            default: (0, first)
            }
        if more == 0 { return first < 0x80 ? first : 0x11_0000 + first }
        guard offset + more <= bytes.count, bytes[offset..<offset + more].allSatisfy({ $0 & 0xC0 == 0x80 })
        else { return 0x11_0000 + first }
        defer { offset += more }
        return bytes[offset..<offset + more].reduce(initial) { $0 << 6 | UInt32($1 & 0x3F) }
    }

    /// The bytes of a letter that `next` gave.
    static func bytes(_ letter: UInt32) -> [UInt8] {
        guard letter < 0x11_0000 else { return [UInt8(truncatingIfNeeded: letter)] }
        return Unicode.Scalar(letter).map { Array(String($0).utf8) } ?? []
    }
}

extension EditAutomaton {
    /// Calls `body` with the words of a dictionary that are near enough, in ascending order, with how many edits away
    /// they are, and what the dictionary says of them.
    ///
    /// The automaton and the sorted words are walked side by side: no letter that a word shares with the one before is
    /// read again, and where a beginning leads nowhere the walk goes on at the first word that may. Words below `first`
    /// are left out.
    ///
    /// - Returns: How many words were looked at.
    /// - Complexity: O(*v* log *n*), *n* = words and *v* = those whose beginnings are within the distance.
    @discardableResult func forEachWord(
        of dictionary: RawSpan, from first: [UInt8], _ body: (_ term: [UInt8], Int, TermEntry) -> Void
    ) -> Int {
        guard var cursor = TermDictionary.cursor(notBefore: first, dictionary) else { return 0 }
        var count = 0
        // Where the letters of the word at hand end, and the states behind them.
        var ends = [0]
        var states = [start]
        var before: [UInt8] = []
        while true {
            count += 1
            let term = cursor.term
            let shared = zip(before, term).prefix { $0 == $1 }.count
            while let end = ends.last, end > shared, ends.count > 1 {
                ends.removeLast()
                states.removeLast()
            }
            before = term
            var letters = UTF8Letters(term, from: ends[ends.count - 1])
            var target: [UInt8]?
            while let letter = letters.next() {
                let state = states[states.count - 1]
                let next = step(state, letter)
                guard next.isAlive else {
                    target = firstWord(behind: term[..<ends[ends.count - 1]], state, letter)
                    if target == nil { return count }
                    break
                }
                states.append(next)
                ends.append(letters.offset)
            }
            if target == nil, let distance = distance(states[states.count - 1]) {
                body(term, distance, cursor.entry)
            }
            guard Self.advance(&cursor, to: target, dictionary) else { return count }
        }
    }

    /// The least word that may come next where `beginning` cannot go on with `letter`; `nil` if there is none.
    private func firstWord(behind beginning: ArraySlice<UInt8>, _ state: State, _ letter: UInt32) -> [UInt8]?
    {
        if let next = nextLetter(state, above: letter) { return beginning + UTF8Letters.bytes(next) }
        // Nothing that begins so comes into question any more. The byte 0xFF is in damaged words only.
        guard let last = beginning.lastIndex(where: { $0 < 0xFF }) else { return nil }
        return beginning[..<last] + [beginning[last] + 1]
    }

    /// Goes to the next word that is not below `target`; a few words are passed over one by one, as they mostly share a
    /// block.
    private static func advance(_ cursor: inout TermCursor, to target: [UInt8]?, _ dictionary: RawSpan)
        -> Bool
    {
        guard let target else { return cursor.advance(dictionary) }
        for _ in 0..<TermDictionaryBuilder.blockTerms {
            guard cursor.advance(dictionary) else { return false }
            if !cursor.term.lexicographicallyPrecedes(target) { return true }
        }
        // In a damaged dictionary what is found may lie before.
        guard let found = TermDictionary.cursor(notBefore: target, dictionary),
            found.entry.ordinal > cursor.entry.ordinal
        else { return false }
        cursor = found
        return true
    }
}
