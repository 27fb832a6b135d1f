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
        // Without an edit, with one and with two: bit *j* is the first *j* letters.
        fileprivate var none: UInt64 = 0
        fileprivate var one: UInt64 = 0
        fileprivate var two: UInt64 = 0
        // Bit *j* is the first *j* letters and the one after the next, so that a swap is open, the first or second edit.
        fileprivate var firstSwap: UInt64 = 0
        fileprivate var secondSwap: UInt64 = 0

        /// Whether more letters can make it one of the words.
        @inline(__always)
        var isAlive: Bool { none | one | two | firstSwap | secondSwap != 0 }
    }

    /// The letters of the word, each once, ascending, and at which places behind the first it stands.
    private let masks: [(letter: UInt32, places: UInt64)]
    // The same by letter, for those of ASCII.
    private let ascii: [UInt64]
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
        ascii = (0..<128).map { masks[$0] ?? 0 }
        self.distance = max(0, min(distance, Self.distanceLimit))
        last = 1 << UInt64(length)
        all = last | (last - 1)
    }

    /// Where nothing has been read.
    var start: State {
        State(none: 1, one: distance > 0 ? 3 & all : 0, two: distance > 1 ? 7 & all : 0)
    }

    /// Where `letter` leads to.
    @inline(__always)
    func step(_ state: State, _ letter: UInt32) -> State {
        if letter < 128 { return step(state, places: ascii[Int(letter)]) }
        return step(state, places: masks.first { $0.letter == letter }?.places ?? 0)
    }

    @inline(__always)
    private func step(_ state: State, places: UInt64) -> State {
        var next = State(none: state.none << 1 & places)
        guard distance > 0 else { return next }
        next.one = edited(state.one, state.none, next.none, state.firstSwap, places)
        next.firstSwap = state.none & places >> 2
        guard distance > 1 else { return next }
        next.two = edited(state.two, state.one, next.one, state.secondSwap, places)
        next.secondSwap = state.one & places >> 2
        return next
    }

    /// What follows from as many edits before, from one fewer before or now, and from an open swap.
    @inline(__always)
    private func edited(
        _ same: UInt64, _ fewer: UInt64, _ fewerNow: UInt64, _ swap: UInt64, _ places: UInt64
    ) -> UInt64 {
        // The same letter; one put in, replaced, taken out; the second of a swap.
        (same << 1 & places | fewer | fewer << 1 | fewerNow << 1 | (swap << 1 & places) << 1) & all
    }

    /// How many edits what was read is away; `nil` for more than were asked for.
    func distance(_ state: State) -> Int? {
        if state.none & last != 0 { return 0 }
        if state.one & last != 0 { return 1 }
        return state.two & last != 0 ? 2 : nil
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

    mutating func next() -> UInt32? { Self.letter(bytes, &offset) }

    /// The letter at an offset, which is moved behind it; `nil` at the end.
    @inline(__always)
    static func letter(_ bytes: [UInt8], _ offset: inout Int) -> UInt32? {
        guard offset < bytes.count else { return nil }
        let first = UInt32(bytes[offset])
        offset &+= 1
        return first < 0x80 ? first : letter(bytes, beginning: first, &offset)
    }

    private static func letter(_ bytes: [UInt8], beginning first: UInt32, _ offset: inout Int) -> UInt32 {
        let (more, initial): (Int, UInt32) =
            switch first {
            case 0xC2...0xDF: (1, first & 0x1F)
            case 0xE0...0xEF: (2, first & 0x0F)
            case 0xF0...0xF4: (3, first & 0x07)
            default: (0, first)
            }
        guard more > 0, offset + more <= bytes.count,
            bytes[offset..<offset + more].allSatisfy({ $0 & 0xC0 == 0x80 })
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
        // The word at hand, in memory of its own; where its letters end, and the states behind them.
        var word: [UInt8] = []
        var ends = [0]
        var states = [start]
        while true {
            count += 1
            Self.replace(&word, by: cursor.term, &ends, &states)
            var offset = ends[ends.count - 1]
            var state = states[states.count - 1]
            var target: [UInt8]?
            while let letter = UTF8Letters.letter(word, &offset) {
                let next = step(state, letter)
                guard next.isAlive else {
                    target = firstWord(behind: word[..<ends[ends.count - 1]], state, letter)
                    if target == nil { return count }
                    break
                }
                state = next
                states.append(next)
                ends.append(offset)
            }
            if target == nil, let distance = distance(state) { body(word, distance, cursor.entry) }
            guard Self.advance(&cursor, to: target, dictionary) else { return count }
        }
    }

    /// Puts a word in the place of the one before it, and drops what was known behind what both begin with.
    private static func replace(
        _ word: inout [UInt8], by next: [UInt8], _ ends: inout [Int], _ states: inout [State]
    ) {
        let shared = TermDictionary.shared(word, next)
        while ends.count > 1, ends[ends.count - 1] > shared {
            ends.removeLast()
            states.removeLast()
        }
        word.removeLast(word.count - shared)
        for index in shared..<next.count { word.append(next[index]) }
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
            if TermDictionary.order(cursor.term, target) >= 0 { return true }
        }
        // In a damaged dictionary what is found may lie before.
        guard let found = TermDictionary.cursor(notBefore: target, dictionary),
            found.entry.ordinal > cursor.entry.ordinal
        else { return false }
        cursor = found
        return true
    }
}
