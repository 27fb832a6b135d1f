/// What a token is.
enum TokenKind: UInt8, Sendable {
    case word
    case number
    case period
    case question
    case comma
    case semicolon
    case colon
    case dash
    case openQuote
    case closeQuote
    case straightQuote
    case apostrophe
    case openBracket
    case closeBracket
    case slash
    case paragraphBreak
    case other
}

/// How a token is written and what stands around it.
struct TokenTraits: OptionSet, Sendable {
    let rawValue: UInt16
    /// Begins with a capital.
    static let capital = TokenTraits(rawValue: 1)
    /// Two letters or more, all capitals.
    static let allCapitals = TokenTraits(rawValue: 2)
    /// Letters with periods between: "U.S.", "J.".
    static let dotted = TokenTraits(rawValue: 4)
    /// Followed by 's, which is not part of the token.
    static let possessive = TokenTraits(rawValue: 8)
    /// White space stands before it.
    static let spaced = TokenTraits(rawValue: 16)
    /// A hyphen and nothing else stands between it and the word before.
    static let hyphenated = TokenTraits(rawValue: 32)
    /// First of its line.
    static let lineStart = TokenTraits(rawValue: 64)
    /// An abbreviation whose period follows at once and is not a token of its own.
    static let abbreviated = TokenTraits(rawValue: 128)
    /// A single letter.
    static let single = TokenTraits(rawValue: 256)
    /// Kept out of names: dateline, byline, credit.
    static let masked = TokenTraits(rawValue: 512)
    /// First of its sentence, or after an opening quotation mark, colon or dash.
    static let opening = TokenTraits(rawValue: 1024)
    /// In a sentence whose capitals say nothing: a headline in capitals or in title case.
    static let loud = TokenTraits(rawValue: 2048)
    /// Has capitals after its first letter, but not only: "McCain", "iPhone".
    static let mixed = TokenTraits(rawValue: 4096)
    /// Has an apostrophe inside: "I'll", "O'Brien".
    static let elided = TokenTraits(rawValue: 8192)
}

/// A word, number or sign of the text.
struct Token: Sendable {
    /// The first byte.
    var start: Int32
    /// The byte after the last; a possessive ending is left out, the periods of an initialism are not.
    var end: Int32
    /// The hash of the folded letters; 0 for signs.
    var hash: UInt64
    /// Its place among the known words, or -1.
    var word: Int32
    /// Its sentence.
    var sentence: Int32
    /// What it is.
    var kind: TokenKind
    /// How it is written.
    var traits: TokenTraits

    @inline(__always) var isWord: Bool { kind == .word }
    @inline(__always) var isCapital: Bool { kind == .word && traits.contains(.capital) }
    @inline(__always) var isLowercase: Bool { kind == .word && !traits.contains(.capital) }
    @inline(__always) func has(_ trait: TokenTraits) -> Bool { traits.contains(trait) }
}
