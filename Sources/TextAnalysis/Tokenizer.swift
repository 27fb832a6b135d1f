import Bytes

/// Cuts a text into words, numbers and signs.
///
/// A word keeps its inner apostrophes ("O'Brien") and an initialism its periods ("U.S."); a possessive ending is a
/// trait of the word before it; a hyphen between two words is a trait of the second, so that "Al-Qaeda" and
/// "Al Qaeda" are the same two words.
struct Tokenizer: Sendable {
    /// The known words, among them the abbreviations.
    let words: Vocabulary

    /// Cuts `bytes` from `start` on.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - bodyStart: Where the body begins; line breaks are judged there.
    /// - Returns: The tokens in order; none overlaps another.
    func tokens(_ bytes: [UInt8], bodyStart: Int = 0) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 5 + 8)
        let isWrapped = Self.isWrapped(bytes, from: bodyStart)
        let count = bytes.count
        var position = 0
        var pending: TokenTraits = [.lineStart]
        while position < count {
            let byte = bytes[position]
            if byte == 0x20 || byte == 0x09 || byte == 0x0D {
                pending.insert(.spaced)
                position += 1
                continue
            }
            if byte == 0x0A {
                breakLine(bytes, &position, isWrapped: isWrapped, bodyStart: bodyStart, &tokens)
                pending = [.spaced, .lineStart]
                continue
            }
            let traits = pending
            pending = []
            if byte.isLetter || byte >= 0xC2 {
                if let next = word(bytes, position, traits, &tokens) {
                    position = next
                    continue
                }
                position = sign(bytes, position, traits, &tokens, &pending)
            } else if byte.isDigit {
                position = number(bytes, position, traits, &tokens)
            } else {
                position = sign(bytes, position, traits, &tokens, &pending)
            }
        }
        return tokens
    }

    private func breakLine(
        _ bytes: [UInt8], _ position: inout Int, isWrapped: Bool, bodyStart: Int, _ tokens: inout [Token]
    ) {
        let first = position
        var breaks = 0
        var indent = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x0A {
                breaks += 1
                indent = 0
            } else if byte == 0x20 {
                indent += 1
            } else if byte == 0x09 {
                indent += 8
            } else if byte != 0x0D {
                break
            }
            position += 1
        }
        let endsParagraph = breaks > 1 || !isWrapped || indent >= 2 || first < bodyStart
        guard endsParagraph, let last = tokens.last, last.kind != .paragraphBreak else { return }
        append(&tokens, .paragraphBreak, first, position, [])
    }

    /// Whether lines are cut by length, so that a line break says nothing.
    static func isWrapped(_ bytes: [UInt8], from start: Int) -> Bool {
        var (lines, long, full) = (0, 0, 0)
        var length = 0
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x0A {
                if length > 0 {
                    lines += 1
                    if length > 100 { long += 1 }
                    if length >= 40 { full += 1 }
                }
                length = 0
            } else {
                length += 1
            }
            index += 1
        }
        // The last line may be of any length.
        if length > 100 { long += 1 }
        return lines >= 2 && long * 20 <= lines && full * 2 >= lines
    }

    @inline(__always)
    private func append(
        _ tokens: inout [Token], _ kind: TokenKind, _ start: Int, _ end: Int, _ traits: TokenTraits
    ) {
        tokens.append(
            Token(
                start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end), hash: 0,
                word: -1,
                sentence: 0, kind: kind, traits: traits))
    }

    private func number(_ bytes: [UInt8], _ start: Int, _ traits: TokenTraits, _ tokens: inout [Token]) -> Int
    {
        var hash = WordHash.start
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte.isDigit || byte.isLetter {
                hash = WordHash.step(hash, byte.lowercased)
            } else if byte == 0x2E || byte == 0x2C || byte == 0x3A {
                guard position + 1 < bytes.count, bytes[position + 1].isDigit else { break }
            } else {
                break
            }
            position += 1
        }
        let value = WordHash.finish(hash)
        tokens.append(
            Token(
                start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: position),
                hash: value,
                word: words.find(value), sentence: 0, kind: .number, traits: traits))
        return position
    }

    /// Reads a word, or returns `nil` where the character at `start` is no letter.
    private func word(
        _ bytes: [UInt8], _ start: Int, _ before: TokenTraits, _ tokens: inout [Token]
    ) -> Int? {
        var hash = WordHash.start
        var position = start
        var (letters, capitals) = (0, 0)
        var (startsCapital, lastWasLower, isDotted, isElided) = (false, false, false, false)
        let count = bytes.count
        scan: while position < count {
            let byte = bytes[position]
            if byte.isLowercaseLetter {
                hash = WordHash.step(hash, byte)
                letters += 1
                lastWasLower = true
                position += 1
            } else if byte.isUppercaseLetter {
                hash = WordHash.step(hash, byte | 0x20)
                if letters == 0 { startsCapital = true }
                letters += 1
                capitals += 1
                lastWasLower = false
                position += 1
            } else if byte >= 0xC2 {
                if Self.isApostrophe(bytes, position) != 0 {
                    guard position + 3 < count, letters > 0 else { break scan }
                    if isPossessive(bytes, position + 3) { break scan }
                    guard Self.startsLetter(bytes[position + 3]) else { break scan }
                    position += 3
                    isElided = true
                    continue
                }
                let (scalar, width) = UTF8Scalar.decode(bytes, position)
                let letter = Folding.letter(scalar)
                guard letter.first != 0 else {
                    // Soft hyphen and combining marks stay inside a word.
                    if letters > 0,
                        scalar == 0xAD || (0x300...0x36F).contains(scalar) || (0x64B...0x65F).contains(scalar)
                    {
                        position += width
                        continue
                    }
                    break scan
                }
                if letter.first == 0xFF {
                    hash = WordHash.step(hash, scalar: letter.scalar)
                } else {
                    hash = WordHash.step(hash, letter.first)
                    if letter.second != 0 { hash = WordHash.step(hash, letter.second) }
                }
                if letter.isUppercase {
                    if letters == 0 { startsCapital = true }
                    capitals += 1
                    lastWasLower = false
                } else {
                    lastWasLower = true
                }
                letters += 1
                position += width
            } else if byte == 0x27 {
                guard position + 1 < count, letters > 0, bytes[position + 1] != 0x27 else { break }
                if isPossessive(bytes, position + 1) { break }
                guard Self.startsLetter(bytes[position + 1]) else { break }
                isElided = true
                position += 1
            } else if byte == 0x2E {
                if letters == 1, position == start + 1, !isDotted || letters == 1 {
                    let end = initialism(bytes, start)
                    if end > position {
                        isDotted = true
                        break
                    }
                }
                // "example.com"
                guard lastWasLower, letters > 2, position + 1 < count, bytes[position + 1].isLowercaseLetter
                else {
                    break
                }
                position += 1
            } else if byte == 0x26 {
                guard letters > 0, position + 1 < count, bytes[position + 1].isUppercaseLetter else { break }
                position += 1
            } else if byte.isDigit, letters > 0 {
                hash = WordHash.step(hash, byte)
                position += 1
            } else {
                break
            }
        }
        guard letters > 0 else { return nil }
        var traits = before
        if isDotted {
            position = initialism(bytes, start)
            (hash, letters, capitals) = (WordHash.start, 0, 0)
            for index in start..<position where bytes[index].isLetter {
                hash = WordHash.step(hash, bytes[index].lowercased)
                letters += 1
                if bytes[index].isUppercaseLetter { capitals += 1 }
            }
            traits.insert(.dotted)
        }
        if startsCapital { traits.insert(.capital) }
        if isElided { traits.insert(.elided) }
        if letters == 1 {
            traits.insert(.single)
        } else if capitals == letters {
            traits.insert(.allCapitals)
        } else if capitals > (startsCapital ? 1 : 0) {
            traits.insert(.mixed)
        }
        let value = WordHash.finish(hash)
        let known = words.find(value)
        var end = position
        if !isDotted, position < count, bytes[position] == 0x2E, known >= 0 {
            let classes = words.classes(known)
            if !classes.isDisjoint(with: .abbreviation),
                startsCapital || classes.contains(.lowerAbbreviation),
                !classes.contains(.numberAbbreviation) || Self.numberFollows(bytes, position + 1)
            {
                traits.insert(.abbreviated)
                position += 1
            }
        }
        if position < count {
            let mark = Self.isApostrophe(bytes, position)
            if mark > 0 {
                if isPossessive(bytes, position + mark) {
                    traits.insert(.possessive)
                    position += mark + 1
                } else if end == position, end > start, bytes[end - 1] | 0x20 == 0x73, letters > 2,
                    position + mark < count, bytes[position + mark].isWhitespace
                {
                    // "the countries' bonds"
                    traits.insert(.possessive)
                    position += mark
                }
            }
        }
        if end < start { end = start }
        // A word glued to a hyphen that another word or number stands before.
        if traits.contains(.hyphenated), tokens.isEmpty { traits.remove(.hyphenated) }
        tokens.append(
            Token(
                start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end), hash: value,
                word: known, sentence: 0, kind: .word, traits: traits))
        return position
    }

    /// The end of "U.S." or "J." at `start`, or `start`.
    private func initialism(_ bytes: [UInt8], _ start: Int) -> Int {
        var position = start
        var letters = 0
        while position + 1 < bytes.count, bytes[position].isLetter, bytes[position + 1] == 0x2E {
            letters += 1
            position += 2
        }
        // "U.S" without its last period
        if letters > 0, position < bytes.count, bytes[position].isUppercaseLetter,
            position + 1 >= bytes.count || !(bytes[position + 1].isLetter || bytes[position + 1] >= 0xC2)
        {
            return position + 1
        }
        if letters == 1 {
            // A lone small letter before a period ends a sentence; a capital is an initial.
            return bytes[start].isUppercaseLetter ? position : start
        }
        // "a.m.The": the letters after belong to another word only where a period came before them.
        return letters > 0 ? position : start
    }

    /// Whether a letter may begin with this byte; 0xE2 begins the general punctuation.
    @inline(__always)
    private static func startsLetter(_ byte: UInt8) -> Bool { byte.isLetter || byte >= 0xC3 && byte != 0xE2 }

    /// The length of the apostrophe at `position`: 1 for ', 3 for ’, else 0.
    @inline(__always)
    static func isApostrophe(_ bytes: [UInt8], _ position: Int) -> Int {
        if bytes[position] == 0x27 { return 1 }
        if bytes[position] == 0xE2, position + 2 < bytes.count, bytes[position + 1] == 0x80,
            bytes[position + 2] == 0x99
        {
            return 3
        }
        return 0
    }

    @inline(__always)
    private func isPossessive(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard position < bytes.count, bytes[position] | 0x20 == 0x73 else { return false }
        guard position + 1 < bytes.count else { return true }
        let next = bytes[position + 1]
        return !next.isLetter && !next.isDigit && (next < 0xC2 || next == 0xE2)
    }

    private static func numberFollows(_ bytes: [UInt8], _ position: Int) -> Bool {
        var index = position
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        return index < bytes.count && bytes[index].isDigit
    }

    private func sign(
        _ bytes: [UInt8], _ start: Int, _ traits: TokenTraits, _ tokens: inout [Token],
        _ next: inout TokenTraits
    ) -> Int {
        let byte = bytes[start]
        var kind = TokenKind.other
        var width = 1
        switch byte {
        case 0x2E:
            kind = .period
            while start + width < bytes.count, bytes[start + width] == 0x2E { width += 1 }
        case 0x3F, 0x21: kind = .question
        case 0x2C: kind = .comma
        case 0x3B: kind = .semicolon
        case 0x3A: kind = .colon
        case 0x22: kind = .straightQuote
        case 0x28, 0x5B: kind = .openBracket
        case 0x29, 0x5D: kind = .closeBracket
        case 0x2F: kind = .slash
        case 0x5F: kind = .dash
        case 0x2D:
            while start + width < bytes.count, bytes[start + width] == 0x2D { width += 1 }
            if width == 1, !traits.contains(.spaced), !traits.contains(.lineStart), let last = tokens.last,
                last.kind == .word || last.kind == .number, start + 1 < bytes.count,
                bytes[start + 1].isLetter || bytes[start + 1].isDigit || bytes[start + 1] >= 0xC3
            {
                next = [.hyphenated]
                return start + 1
            }
            kind = .dash
        case 0x60:
            if start + 1 < bytes.count, bytes[start + 1] == 0x60 {
                kind = .openQuote
                width = 2
            }
        case 0x27:
            kind = .apostrophe
            if start + 1 < bytes.count, bytes[start + 1] == 0x27 {
                kind = .closeQuote
                width = 2
            } else if attachesPossessive(bytes, start + 1, &tokens, &width) {
                return start + width
            }
        case 0xC2:
            width = 2
            if start + 1 < bytes.count {
                if bytes[start + 1] == 0xAB { kind = .openQuote }
                if bytes[start + 1] == 0xBB { kind = .closeQuote }
                if bytes[start + 1] == 0xA0 {
                    next = traits.union(.spaced)
                    return start + 2
                }
            }
        case 0xE2:
            let (scalar, length) = UTF8Scalar.decode(bytes, start)
            width = length
            switch scalar {
            case 0x201C, 0x201E, 0x201F: kind = .openQuote
            case 0x201D: kind = .closeQuote
            case 0x2019:
                kind = .apostrophe
                var extra = 1
                if attachesPossessive(bytes, start + 3, &tokens, &extra) { return start + 2 + extra }
            case 0x2018: kind = .apostrophe
            case 0x2010, 0x2011:
                next = [.hyphenated]
                return start + 3
            case 0x2012...0x2015: kind = .dash
            case 0x2026: kind = .period
            case 0x2000...0x200B, 0x2028, 0x2029, 0x202F:
                next = traits.union(.spaced)
                return start + 3
            case 0x200C...0x200F, 0x2060:
                next = traits
                return start + 3
            default: break
            }
        default:
            if byte >= 0x80 { width = UTF8Scalar.decode(bytes, start).width }
        }
        append(&tokens, kind, start, min(start + width, bytes.count), traits)
        return min(start + width, bytes.count)
    }

    /// Tokenised corpora write "Australia ’ s" and "Council 's".
    private func attachesPossessive(
        _ bytes: [UInt8], _ after: Int, _ tokens: inout [Token], _ width: inout Int
    ) -> Bool {
        guard let last = tokens.indices.last, tokens[last].kind == .word, !tokens[last].has(.possessive)
        else {
            return false
        }
        var index = after
        if index < bytes.count, bytes[index] == 0x20 { index += 1 }
        guard index < bytes.count, bytes[index] == 0x73, isPossessive(bytes, index),
            index + 1 < bytes.count, bytes[index + 1] == 0x20
        else { return false }
        tokens[last].traits.insert(.possessive)
        width += index + 1 - after
        return true
    }
}

/// Hashes the folded letters of a word.
enum WordHash {
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inline(__always)
    static func step(_ hash: UInt64, scalar: UInt32) -> UInt64 {
        (hash ^ (UInt64(scalar) | 0x1_0000_0000)) &* 0x100_0000_01B3
    }

    @inline(__always)
    static func finish(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
        return mixed | 1
    }

    /// Two hashes as one: a path through a tree of words.
    @inline(__always)
    static func pair(_ left: UInt64, _ right: UInt64) -> UInt64 {
        ((left &* 0xBF58_476D_1CE4_E5B9) ^ (right &+ (left >> 31))) | 1
    }

    /// The hash of a word of ASCII letters in lower case.
    static func of(_ word: StaticString) -> UInt64 {
        of("\(word)")
    }

    /// The hash of a word in lower-case ASCII letters.
    static func of(_ word: String) -> UInt64 {
        finish(word.utf8.reduce(start) { step($0, $1) })
    }
}

/// Reads scalars from UTF-8.
enum UTF8Scalar {
    /// The scalar at `position`; U+FFFD and one byte where it is cut off.
    @inline(__always)
    static func decode(_ bytes: [UInt8], _ position: Int) -> (scalar: UInt32, width: Int) {
        let first = UInt32(bytes[position])
        if first < 0x80 { return (first, 1) }
        let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard position + width <= bytes.count else { return (0xFFFD, 1) }
        var scalar = first & (0x7F >> UInt32(width))
        for index in 1..<width { scalar = scalar << 6 | UInt32(bytes[position + index] & 0x3F) }
        return (scalar, width)
    }
}
