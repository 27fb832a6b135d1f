/// Cuts text into terms; documents and queries must go through the same cut to meet.
///
/// A term is a run of letters and digits in lower case, without accents ("Erdoğan" → "erdogan"). Apostrophes, hyphens
/// and all other marks separate ("Côte d'Ivoire" → "cote", "d", "ivoire"), with two exceptions: an apostrophe and s at
/// the end of a word vanish ("China's" → "china"), and single letters with full stops between them are one term
/// ("U.S." → "us"). Chinese and Japanese characters and Korean syllables are terms by themselves, so that a phrase of
/// them finds a word. Terms are not stems (see `IndexSchema.stems`), and no word is left out.
public enum TermAnalyzer {
    /// The longest term in bytes of UTF-8; what goes beyond is cut off.
    public static let termBytes = 64

    /// The terms of a text, in order.
    public static func terms(_ text: String) -> [String] {
        var scanner = TermScanner()
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
        var scanner = TermScanner()
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
            var scanner = TermScanner()
            let part = Array(term.prefix(length))
            guard scanner.next(in: part.span), scanner.count >= count else { continue }
            if scanner.count > count { return found ?? length }
            found = length
        }
        return found ?? term.count
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
    private var position = 0
    private let folding = ScalarFolding.shared

    /// Creates a scanner that stands before the first term of a text.
    init() {}

    /// Creates a scanner that stands on a term that was not found in a text.
    init(term: [UInt8]) {
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
    }

    /// Goes to the next term; `false` at the end.
    mutating func next(in text: Span<UInt8>) -> Bool {
        count = 0
        start = position
        var at = position
        // The few bytes of most terms are ASCII: letters and digits are told apart by hand.
        while at < text.count {
            let byte = text[at]
            if byte < 0x80 {
                let lower = byte | 0x20
                if lower &- 0x61 < 26 {
                    append(lower)
                    at &+= 1
                } else if byte &- 0x30 < 10 {
                    append(byte)
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
            case .letters(let folded): append(folded)
            case .ignored: if count == 0 { start = at + length }
            case .separator:
                if count > 0 {
                    end = at
                    position = Self.afterPossessive(text, at)
                    return true
                }
                start = at + length
            case .single(let folded):
                if count == 0 {
                    append(folded)
                    at += length
                }
                end = at
                position = at
                return true
            }
            at += length
        }
        if at < text.count, text[at] == UInt8(ascii: "."), count == 1, isLetterBefore(text, at) {
            at = takeInitials(text, at)
        }
        end = at
        position = Self.afterPossessive(text, at)
        return count > 0
    }

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
