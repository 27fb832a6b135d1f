/// What words of a query come to: terms for places that follow each other.
///
/// Queries are cut like texts, but what texts have several terms for is asked for by one, and a text may go on where a
/// query ends.
public struct QueryTerms: Sendable, Equatable {
    /// The term for each place.
    ///
    /// An abbreviation is there in capitals if it is written so ("US", but "us" finds both).
    public private(set) var terms: [String] = []
    /// All of the words as one term, where hyphens and apostrophes tie them together ("cease-fire" → "ceasefire").
    public private(set) var joined: String?
    /// A character of a script without spaces that stands alone at the end: the beginning of terms.
    public private(set) var beginning: String?

    /// Cuts words.
    ///
    /// - Parameters:
    ///   - text: The words, as they are written.
    ///   - isShouted: Whether capitals mean nothing, as all of the query is in them (see `isShouted`).
    public init(_ text: String, isShouted: Bool = false) {
        let bytes = Array(text.utf8)
        var scanner = TermScanner()
        var start: Int?
        var joined: (text: String, range: Range<Int>)?
        var end = 0
        // Where the last pair of characters ends, whether the newest term is one character, and which one was the last
        // that is the second of a pair.
        var pairEnd = -1
        var isOne = false
        var rest = -1
        while scanner.next(in: bytes.span) {
            if scanner.isAbbreviation {
                let hasStop = bytes[scanner.start..<scanner.end].contains(UInt8(ascii: "."))
                if !isShouted || hasStop { terms[terms.count - 1] = scanner.text }
            } else if scanner.isAlternative {
                joined = (scanner.text, scanner.start..<scanner.end)
            } else {
                terms.append(scanner.text)
                start = start ?? scanner.start
                end = scanner.end
                isOne = scanner.characters == 1
                if isOne, end == pairEnd { rest = terms.count - 1 }
                if scanner.characters == 2 { pairEnd = end }
            }
        }
        if let joined, joined.range == (start ?? 0)..<end { self.joined = joined.text }
        // The run of characters at the end may go on in texts.
        if isOne, rest < terms.count - 1 { beginning = terms.removeLast() }
        if rest == terms.count - 1, rest >= 0 { terms.removeLast() }
    }

    /// How many terms there are, the lone character at the end being one.
    public var count: Int { terms.count + (beginning == nil ? 0 : 1) }

    /// All terms, the lone character at the end as it is.
    public var all: [String] { terms + (beginning.map { [$0] } ?? []) }

    /// All terms but the last characters of runs, which stand in texts only where a run ends there too: for words that
    /// need not stand side by side.
    public var loose: [String] {
        all.reduce(into: []) { kept, term in
            if term.unicodeScalars.count == 1, let last = kept.last, Self.isPair(last, before: term) {
                return
            }
            kept.append(term)
        }
    }

    /// The words that come to these terms at places that follow each other, whatever texts go on with.
    public static func text(of terms: [String]) -> String {
        var text = ""
        for (index, term) in terms.enumerated() {
            // Of a pair of characters the second begins the next term, be that a pair or what is left at the end.
            let isPair = index + 1 < terms.count && isPair(term, before: terms[index + 1])
            text += isPair ? String(term.unicodeScalars.prefix(1)) : term
            if !isPair, index + 1 < terms.count { text += " " }
        }
        return text
    }

    private static func isPair(_ term: String, before next: String) -> Bool {
        let scalars = term.unicodeScalars
        guard scalars.count == 2, let first = scalars.first, let last = scalars.last,
            case .single = ScalarFolding.shared[first], case .single = ScalarFolding.shared[last]
        else { return false }
        return next.unicodeScalars.first == last
    }

    /// Whether a query is in capitals altogether, so that "US" in it may be "us": it has a word of more than five
    /// capitals, and no small letter.
    public static func isShouted(_ query: String) -> Bool {
        var capitals = 0
        var longest = 0
        for scalar in query.unicodeScalars {
            if scalar.properties.isLowercase { return false }
            capitals = scalar.properties.isUppercase ? capitals + 1 : 0
            longest = max(longest, capitals)
        }
        return longest > 5
    }
}
