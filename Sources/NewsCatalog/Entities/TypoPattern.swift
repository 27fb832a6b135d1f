/// Tells, letter by letter, how far the beginning of a name is from what somebody typed.
///
/// An edit puts a letter in, takes one out, replaces one, or swaps two neighbours. Of two edits at most one lies in the
/// first three letters of the name, as hardly anybody mistypes a beginning twice, and a look-up would have to go
/// everywhere. The automaton is kept as bits: bit *i* of the word for *e* edits is set where the first *i* letters of
/// the pattern have been met with at most *e* of them.
///
/// - Source: Wu and Manber, "Fast text searching allowing errors", 1992, doi:10.1145/135239.135244.
struct TypoPattern: Sendable {
    /// What is known after some letters of a name.
    struct State: Sendable {
        /// Places in the pattern, by the number of edits.
        fileprivate var exact: UInt64 = 0
        fileprivate var one: UInt64 = 0
        fileprivate var two: UInt64 = 0
        /// Places that are reached if the next letter completes a swap, as the first edit and as the second.
        fileprivate var swapped: UInt64 = 0
        fileprivate var swappedAgain: UInt64 = 0
        /// Letters of the name so far.
        fileprivate var letters = 0
        /// The fewest edits with which some beginning of the name so far is the whole pattern; `TypoPattern.none`
        /// where none is.
        fileprivate(set) var edits = TypoPattern.none
        /// Whether more letters can lead to fewer edits.
        fileprivate(set) var isOpen = true
    }

    /// More edits than a pattern allows.
    static let none = 3
    /// The most letters of a pattern: places fit the bits of a word.
    static let mostLetters = 60

    /// The edits that are allowed, 1 or 2.
    let edits: Int
    /// The state before the first letter.
    let start: State
    /// The letters, folded.
    let letters: [Unicode.Scalar]
    /// Letters of a name after which no state is open.
    var reach: Int { letters.count + edits }
    private let ends: UInt64
    private let all: UInt64
    private let places: [UInt64]

    /// Makes a pattern of a folded text; `nil` where it is too short or too long to allow edits.
    ///
    /// One edit is allowed from four letters on, two from eight; blanks do not count.
    init?(_ text: String) {
        let letters = Array(text.unicodeScalars)
        let count = letters.count { $0 != " " }
        guard count >= 4, letters.count <= Self.mostLetters else { return nil }
        self.letters = letters
        edits = count >= 8 ? 2 : 1
        ends = 1 << UInt64(letters.count)
        all = ends << 1 - 1
        var places = Array(repeating: 0 as UInt64, count: 0x80)
        for (index, letter) in letters.enumerated() where letter.isASCII {
            places[Int(letter.value)] |= 2 << UInt64(index)
        }
        self.places = places
        var start = State()
        // The first letter of the pattern may be one too many.
        (start.exact, start.one, start.two) = (0b1, 0b11, 0b11)
        self.start = start
    }

    /// Bit *i* + 1 is set where the pattern has the letter at *i*.
    private func places(of letter: Unicode.Scalar) -> UInt64 {
        if letter.isASCII { return places[Int(letter.value)] }
        var found: UInt64 = 0
        for (index, other) in letters.enumerated() where other == letter { found |= 2 << UInt64(index) }
        return found
    }

    /// The state after one more letter of the name.
    func step(_ state: State, _ letter: Unicode.Scalar) -> State {
        let here = places(of: letter)
        var next = State()
        next.letters = state.letters + 1
        next.exact = state.exact << 1 & here
        // Edits in this order: a letter more in the name, another letter, a letter more in the pattern, a swap.
        next.one =
            (state.one << 1 & here | state.exact | state.exact << 1 | next.exact << 1
                | state.swapped & here << 1) & all
        next.swapped = state.exact << 2 & here
        if edits == 2, next.letters > Self.carefulLetters {
            next.two =
                (state.two << 1 & here | state.one | state.one << 1 | next.one << 1
                    | state.swappedAgain & here << 1) & all
            next.swappedAgain = state.one << 2 & here
        } else if edits == 2 {
            next.two = next.one
        }
        next.edits = min(state.edits, accepted(next))
        switch next.edits {
        case Self.none: next.isOpen = (edits == 2 ? next.two : next.one) != 0
        case 2: next.isOpen = next.one != 0
        default: next.isOpen = false
        }
        return next
    }

    /// Letters of a name in which at most one edit lies.
    private static let carefulLetters = 3

    private func accepted(_ state: State) -> Int {
        if state.exact & ends != 0 { return 0 }
        if state.one & ends != 0 { return 1 }
        return state.two & ends != 0 ? 2 : Self.none
    }

    /// The first letter after `letter` in order with which a state may go on.
    ///
    /// - Returns: `nil` where there is none, and the next in order where any will do.
    func nextLetter(_ state: State, after letter: Unicode.Scalar) -> Unicode.Scalar? {
        let isCareful = edits == 1 || state.letters < Self.carefulLetters
        guard (isCareful ? state.exact : state.one) == 0 else {
            return Unicode.Scalar(letter.value == 0xD7FF ? 0xE000 : letter.value + 1)
        }
        var places = isCareful ? state.one | state.swapped >> 2 : state.two | state.swappedAgain >> 2
        // At the last place the pattern has no letter left.
        places &= ends - 1
        var next: Unicode.Scalar?
        while places != 0 {
            let other = letters[places.trailingZeroBitCount]
            if other > letter, next.map({ other < $0 }) ?? true { next = other }
            places &= places - 1
        }
        return next
    }

    /// Reads a folded name up to where it is nearest to the pattern.
    ///
    /// - Parameters:
    ///   - text: What the name is in.
    ///   - name: Where it is.
    /// - Returns: The fewest edits, and the most bytes of the name with which the pattern is met with as many.
    func match(_ text: [UInt8], _ name: Range<Int>) -> (edits: Int, bytes: Int) {
        var state = start
        var best = (edits: Self.none, bytes: 0)
        var at = name.lowerBound
        while at < name.upperBound, state.letters <= reach {
            let (letter, length) = Self.letter(text, at, end: name.upperBound)
            state = step(state, letter)
            at += length
            let edits = accepted(state)
            if edits < Self.none, edits <= best.edits { best = (edits, at - name.lowerBound) }
        }
        return best
    }

    /// The letter at `at` of folded text, and its bytes; what was cut off within a letter is U+FFFD.
    static func letter(_ text: [UInt8], _ at: Int, end: Int) -> (letter: Unicode.Scalar, bytes: Int) {
        let first = UInt32(text[at])
        if first < 0x80 { return (Unicode.Scalar(UInt8(first)), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard at + length <= end else { return ("\u{FFFD}", end - at) }
        var value = first & (0x7F >> UInt32(length))
        for byte in text[at + 1..<at + length] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }
}
