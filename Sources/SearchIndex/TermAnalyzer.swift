/// Cuts text into terms; documents and queries must go through the same cut to meet.
///
/// A term is a run of letters and digits in lower case, without accents ("Erdoğan" → "erdogan"). Apostrophes, hyphens
/// and all other marks separate ("Côte d'Ivoire" → "cote", "d", "ivoire"), with two exceptions: an apostrophe and s at
/// the end of a word vanish ("China's" → "china"), and single letters with full stops between them are one term
/// ("U.S." → "us"). Terms are not stems (see `IndexSchema.stems`), and no word is left out.
///
/// At one place several terms may stand:
///
/// - Up to three words with hyphens or apostrophes between them also make one term without these, at the place of the
///   first ("cease-fire" → "cease" or "ceasefire", "fire").
/// - An abbreviation that is an everyday word in small letters is also a term in capitals ("US" and "U.S." → "us" or
///   "US"), so that it can be asked for apart from that word.
///
/// Scripts without spaces between words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) are cut into pairs of
/// characters, one from each character on ("北京市" → "北京", "京市", "市"), so that a word of two characters is found as
/// one term, a longer one as a phrase, and one character as the beginning of a term.
///
/// - Source: pairs as in Lucene's CJKBigramFilter, whose last character stands alone only where it is all there is.
public enum TermAnalyzer {
    /// The longest term in bytes of UTF-8; what goes beyond is cut off.
    public static let termBytes = 64

    /// What a change of the cut changes, so that indexes of an earlier one are made anew.
    static let version: UInt64 = 2

    /// Whether a term is an abbreviation in capitals, which stands beside the same word in small letters.
    static func isAbbreviation(_ term: some Sequence<UInt8>) -> Bool {
        // Only these have capitals.
        term.contains { $0 &- 0x41 < 26 }
    }

    /// The words of a name, in order: one term for each place, and each character of a script without spaces by itself.
    ///
    /// Cut again, the terms with spaces between them give the same.
    public static func terms(_ text: String) -> [String] {
        var scanner = TermScanner(ofName: true)
        var terms: [String] = []
        let bytes = Array(text.utf8)
        while scanner.next(in: bytes.span) { terms.append(scanner.text) }
        return terms
    }

    /// Where a part of the terms of a text, joined by blanks, is in the text itself.
    ///
    /// - Parameters:
    ///   - part: Bytes of the joined terms, half-open; begins with a term.
    ///   - text: The text that they were made of.
    /// - Returns: The bytes of the text, half-open, up to the letter in which the part ends.
    public static func range(of part: Range<Int>, in text: String) -> Range<Int> {
        let bytes = Array(text.utf8)
        var scanner = TermScanner(ofName: true)
        var before = 0
        var start: Int?
        while scanner.next(in: bytes.span) {
            let first = start ?? (before >= part.lowerBound ? scanner.start : nil)
            if let first, before + scanner.count >= part.upperBound {
                let term = bytes[scanner.start..<scanner.end]
                return first..<scanner.start + length(of: term, comingTo: part.upperBound - before)
            }
            start = first
            before += scanner.count + 1
        }
        return (start ?? bytes.count)..<bytes.count
    }

    /// How many bytes of the text of one term come to its first `count` bytes, marks that belong to them included.
    private static func length(of term: ArraySlice<UInt8>, comingTo count: Int) -> Int {
        if term.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: ".") }) { return max(0, min(count, term.count)) }
        var found: Int?
        for length in 1...term.count
        where length == term.count || term[term.startIndex + length] & 0xC0 != 0x80 {
            var scanner = TermScanner(ofName: true)
            let part = Array(term.prefix(length))
            guard scanner.next(in: part.span), scanner.count >= count else { continue }
            if scanner.count > count { return found ?? length }
            found = length
        }
        return found ?? term.count
    }

    /// The terms of a document's text, by their places.
    public static func places(_ text: String) -> [[String]] {
        var scanner = TermScanner()
        var places: [[String]] = []
        let bytes = Array(text.utf8)
        while scanner.next(in: bytes.span) {
            if scanner.isAlternative {
                places[places.count - 1].append(scanner.text)
            } else {
                places.append([scanner.text])
            }
        }
        return places
    }
}

/// Walks over a text from term to term.
struct TermScanner {
    /// The bytes of the newest term, of which the first `count` count.
    private(set) var bytes = InlineArray<64, UInt8>(repeating: 0)
    /// How long the newest term is.
    private(set) var count = 0
    /// Where the newest term begins in its text, and where it ends; an "'s" that was left off lies behind its end.
    private(set) var start = 0
    private(set) var end = 0
    /// Whether the newest term is another form of the one before it, and stands at the same place.
    private(set) var isAlternative = false
    /// Whether the newest term is an abbreviation in capitals.
    private(set) var isAbbreviation = false
    /// Of how many characters of a script without spaces the newest term is; 0 for words.
    private(set) var characters = 0
    /// Where the first of these ends.
    var firstEnd: Int { position }
    private var position = 0
    // All bytes of the newest term as they are written: without 0x20 where all are capitals.
    private var shape: UInt8 = 0
    // Whether the term in capitals is still to come, and the words joined to one if they are.
    private var hasAbbreviation = false
    private var compound: Compound?
    // Where the newest words that are joined end.
    private var compoundEnd = 0
    // Whether each place has one term, and each character is one by itself.
    private let isName: Bool
    private let folding = ScalarFolding.shared

    /// Several words joined to one term.
    private struct Compound {
        let bytes: InlineArray<64, UInt8>
        let count: Int
        let start: Int
        let end: Int
    }

    /// Creates a scanner that stands before the first term of a text.
    init(ofName isName: Bool = false) { self.isName = isName }

    /// Creates a scanner that stands on a term that was not found in a text.
    init(term: [UInt8]) {
        isName = false
        for byte in term { append(byte) }
    }

    /// The newest term.
    var text: String { String(decoding: term, as: UTF8.self) }

    /// The newest term in UTF-8.
    var term: [UInt8] { (0..<count).map { bytes[$0] } }

    /// A hash of the newest term, for tables in memory.
    var hash: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let bytes = bytes.span
        for index in 0..<count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }

    /// Makes ready for another text.
    mutating func reset() {
        position = 0
        compoundEnd = 0
    }

    /// Goes to the next term; `false` at the end.
    mutating func next(in text: Span<UInt8>) -> Bool {
        if hasAbbreviation || compound != nil { return takeAlternative() }
        isAlternative = false
        isAbbreviation = false
        characters = 0
        count = 0
        shape = 0
        start = position
        var at = position
        // The few bytes of most terms are ASCII: letters and digits are told apart by hand.
        scan: while at < text.count {
            let byte = text[at]
            if byte < 0x80 {
                let lower = byte | 0x20
                if lower &- 0x61 < 26 {
                    append(lower)
                    shape |= byte
                    at &+= 1
                } else if byte &- 0x30 < 10 {
                    append(byte)
                    shape |= byte
                    at &+= 1
                } else if count > 0 {
                    break
                } else {
                    at &+= 1
                    start = at
                }
                continue
            }
            let (scalar, length) = Self.decode(text, at)
            switch scalar.map({ folding[$0] }) ?? .separator {
            case .letters(let folded):
                append(folded)
                shape = 0xFF
            case .ignored: if count == 0 { start = at + length }
            case .separator:
                if count > 0 { break scan }
                start = at + length
            case .single(let folded):
                if count == 0 { takeCharacters(text, folded, at + length) }
                if characters > 0 { return true }
                break scan
            }
            at += length
        }
        let isInitial = count == 1 && at < text.count && text[at] == UInt8(ascii: ".")
        if isInitial, isLetterBefore(text, at) {
            at = takeInitials(text, at)
        } else if count > 0, at >= compoundEnd, !isName {
            takeCompound(text, at)
        }
        hasAbbreviation = shape & 0x20 == 0 && !isName && Self.abbreviations.contains(key)
        end = at
        position = Self.afterPossessive(text, at)
        return count > 0
    }

    /// Goes to a term that stands where the newest one does.
    private mutating func takeAlternative() -> Bool {
        isAlternative = true
        isAbbreviation = hasAbbreviation
        if hasAbbreviation {
            hasAbbreviation = false
            for index in 0..<count { bytes[index] &= ~0x20 }
        } else if let compound {
            (bytes, count, start, end) = (compound.bytes, compound.count, compound.start, compound.end)
            self.compound = nil
        }
        return true
    }

    /// Takes a character of a script without spaces, and the one behind it if there is one; `next` is behind the first.
    private mutating func takeCharacters(_ text: Span<UInt8>, _ folded: UInt64, _ next: Int) {
        append(folded)
        characters = 1
        (end, position) = (next, next)
        var at = next
        while !isName, at < text.count {
            let (scalar, length) = Self.decode(text, at)
            at += length
            switch scalar.map({ folding[$0] }) ?? .separator {
            case .ignored: continue
            case .single(let second):
                append(second)
                characters = 2
                end = at
                return
            case .letters, .separator: return
            }
        }
    }

    /// Joins the word that ends at `at` with those that hyphens and apostrophes tie to it.
    private mutating func takeCompound(_ text: Span<UInt8>, _ at: Int) {
        guard var next = Self.afterJoiner(text, at), isWord(text, next) else { return }
        let first = (bytes, count)
        let isName = bytes[0] >= 0x61 && !(count == 1 && isElision(text, at, next))
        var words = 1
        var end = at
        while Self.afterPossessive(text, end) == end {
            words += 1
            end = appendWord(text, next)
            guard let after = Self.afterJoiner(text, end), isWord(text, after) else { break }
            next = after
        }
        if isName, (2...3).contains(words), count < 64 {
            compound = Compound(bytes: bytes, count: count, start: start, end: end)
        }
        compoundEnd = end
        (bytes, count) = first
    }

    /// Whether what stands between `at` and `next` is an apostrophe before a small letter, as in "l'an".
    private func isElision(_ text: Span<UInt8>, _ at: Int, _ next: Int) -> Bool {
        let isHyphen =
            text[at] == UInt8(ascii: "-") || text[at] == 0xE2 && [0x90, 0x91].contains(text[at + 2])
        guard !isHyphen else { return false }
        return text[next] < 0x80
            ? text[next] &- 0x61 < 26 : Self.decode(text, next).scalar?.properties.isLowercase == true
    }

    /// Appends the letters and digits from `at` on, and gives back where they end.
    private mutating func appendWord(_ text: Span<UInt8>, _ at: Int) -> Int {
        var at = at
        while at < text.count {
            if text[at] < 0x80 {
                guard isWord(text, at) else { break }
                append(text[at] >= 0x41 ? text[at] | 0x20 : text[at])
                at += 1
                continue
            }
            let (scalar, length) = Self.decode(text, at)
            switch scalar.map({ folding[$0] }) ?? .separator {
            case .letters(let folded): append(folded)
            case .ignored: break
            case .separator, .single: return at
            }
            at += length
        }
        return at
    }

    /// Where a hyphen or apostrophe at `at` ends; `nil` if there is none.
    private static func afterJoiner(_ text: Span<UInt8>, _ at: Int) -> Int? {
        guard at < text.count else { return nil }
        if text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "'") { return at + 1 }
        guard text[at] == 0xE2, at + 2 < text.count, text[at + 1] == 0x80 else { return nil }
        // Hyphen, hyphen that does not break, and typographic apostrophes.
        return [0x90, 0x91, 0x98, 0x99].contains(text[at + 2]) ? at + 3 : nil
    }

    /// The newest term as one number, if it is of two or three bytes; else 0.
    private var key: UInt32 {
        guard count == 2 || count == 3 else { return 0 }
        return UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 8 | (count == 3 ? UInt32(bytes[2]) : 0)
    }

    /// Abbreviations in capitals that are everyday words in small letters, in a language of the news: what is asked for
    /// by one is not to be found in the other.
    private static let abbreviations: Set<UInt32> = Set(
        [
            "ai", "au", "car", "eu", "ice", "ira", "is", "it", "la", "pm", "sec", "un", "us", "who",
        ].map { TermScanner(term: Array($0.utf8)).key })

    private mutating func append(_ byte: UInt8) {
        guard count < 64 else { return }
        bytes[count] = byte
        count &+= 1
    }

    /// Appends the bytes of one scalar, all or none, so that a term that is cut off stays valid UTF-8.
    private mutating func append(_ folded: UInt64) {
        guard count + 8 - folded.leadingZeroBitCount / 8 <= 64 else { return }
        var rest = folded
        while rest != 0 {
            bytes[count] = UInt8(truncatingIfNeeded: rest)
            count &+= 1
            rest >>= 8
        }
    }

    /// Whether the one character of the term so far is the ASCII letter just before `at`.
    private func isLetterBefore(_ text: Span<UInt8>, _ at: Int) -> Bool {
        at > 0 && (text[at - 1] | 0x20) &- 0x61 < 26
    }

    /// Appends the letters of "U.S.A." after the first; `at` is that of its full stop.
    private mutating func takeInitials(_ text: Span<UInt8>, _ at: Int) -> Int {
        var at = at
        while at + 1 < text.count, text[at] == UInt8(ascii: "."), (text[at + 1] | 0x20) &- 0x61 < 26,
            !isWord(text, at + 2)
        {
            append(text[at + 1] | 0x20)
            shape |= text[at + 1]
            at += 2
        }
        // "U.S.'s": the last full stop belongs to the initials.
        return count > 1 && at < text.count && text[at] == UInt8(ascii: ".") ? at + 1 : at
    }

    /// Whether a letter or digit begins at `at`.
    private func isWord(_ text: Span<UInt8>, _ at: Int) -> Bool {
        guard at < text.count else { return false }
        let byte = text[at]
        guard byte >= 0x80 else { return (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }
        guard let scalar = Self.decode(text, at).scalar, case .letters = folding[scalar] else { return false }
        return true
    }

    /// Where to go on after a term that ends at `at`: behind "'s", if that ends a word.
    private static func afterPossessive(_ text: Span<UInt8>, _ at: Int) -> Int {
        var next = at
        if next < text.count, text[next] == UInt8(ascii: "'") {
            next += 1
        } else if next + 2 < text.count, text[next] == 0xE2, text[next + 1] == 0x80, text[next + 2] == 0x99 {
            next += 3
        } else {
            return at
        }
        guard next < text.count, text[next] | 0x20 == UInt8(ascii: "s") else { return at }
        next += 1
        guard next < text.count else { return next }
        let byte = text[next]
        if byte < 0x80 { return (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 ? at : next }
        guard let scalar = decode(text, next).scalar else { return next }
        switch ScalarFolding.shared[scalar] {
        case .letters, .ignored: return at
        case .separator, .single: return next
        }
    }

    /// The scalar at `at`, `nil` where there is no valid one, and how many bytes to move on by.
    private static func decode(_ text: Span<UInt8>, _ at: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        let first = UInt32(text[at])
        let (length, initial): (Int, UInt32) =
            switch first {
            case 0xC2...0xDF: (2, first & 0x1F)
            case 0xE0...0xEF: (3, first & 0x0F)
            case 0xF0...0xF4: (4, first & 0x07)
            default: (1, first)
            }
        if length == 1 { return (first < 0x80 ? Unicode.Scalar(first) : nil, 1) }
        guard at + length <= text.count else { return (nil, 1) }
        var value = initial
        for offset in 1..<length {
            let byte = text[at + offset]
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // Overlong forms would give the same scalar two spellings.
        guard length != 3 || value >= 0x800, length != 4 || value >= 0x10000 else { return (nil, 1) }
        return (Unicode.Scalar(value), length)
    }
}
