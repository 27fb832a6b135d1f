internal import CStemmer

/// Cuts the endings off the words of one language, by the Snowball algorithms of libstemmer.
///
/// Words come as `TermAnalyzer` makes them, without accents, in documents and in queries alike.
@safe final class Stemmer {
    // Made by `sb_stemmer_new`, and freed with this object; not for several threads at once.
    private let algorithm: OpaquePointer

    /// The stemmer of a language by its ISO 639-1 code; `nil` where there is none.
    init?(language: StemLanguage) {
        guard language != .other else { return nil }
        let code = String(decoding: [language.first, language.second], as: UTF8.self)
        // Both written forms of Norwegian have one algorithm.
        let name = code == "nb" || code == "nn" ? "no" : code
        guard let algorithm = unsafe sb_stemmer_new(name, "UTF_8") else { return nil }
        unsafe self.algorithm = algorithm
    }

    deinit {
        unsafe sb_stemmer_delete(algorithm)
    }

    /// The stem of a word; the word itself if there is no memory for more, or nothing would be left of it.
    func stem(_ word: [UInt8]) -> [UInt8] {
        guard let stem = unsafe sb_stemmer_stem(algorithm, word, Int32(word.count)) else { return word }
        let length = unsafe Int(sb_stemmer_length(algorithm))
        guard length > 0 else { return word }
        return unsafe Array(UnsafeBufferPointer(start: stem, count: length))
    }
}

/// The stemmers of one query, each made when a word first needs it; for one thread at a time.
final class Stemmers {
    // `nil` where there is none.
    private var known: [StemLanguage: Stemmer?] = [:]

    /// The stemmer of a language; `nil` where there is none.
    subscript(language: StemLanguage) -> Stemmer? {
        if let stemmer = known[language] { return stemmer }
        let stemmer = Stemmer(language: language)
        known[language] = .some(stemmer)
        return stemmer
    }
}

/// The language in which words are stemmed: the two letters of its ISO 639-1 code.
struct StemLanguage: Hashable {
    /// All languages that have no stemmer: there, the stem of a word is the word.
    static let other = StemLanguage(first: UInt8(ascii: "-"), second: UInt8(ascii: "-"))

    let first: UInt8
    let second: UInt8

    /// What stands before the stems of all languages, so that they never meet a word as it is written.
    static let marker: UInt8 = 0x01

    /// What stands before each stem of this language.
    var prefix: [UInt8] { [Self.marker, first, second] }

    /// The term of a word's stem in the dictionary, no longer than other terms.
    func term(_ word: [UInt8], _ stemmer: Stemmer?) -> [UInt8] {
        Array((prefix + (stemmer?.stem(word) ?? word)).prefix(TermAnalyzer.termBytes))
    }
}

extension StemLanguage {
    /// The languages that a dictionary has stems of, ascending.
    static func languages(of dictionary: RawSpan) -> [StemLanguage] {
        var languages: [StemLanguage] = []
        var start = [marker]
        while let term = TermDictionary.cursor(notBefore: start, dictionary)?.term, term.first == marker,
            term.count > 3
        {
            let language = StemLanguage(first: term[1], second: term[2])
            // In a damaged dictionary what follows may be the same again.
            guard language != languages.last else { break }
            languages.append(language)
            // No term has this byte, so that this lies behind all of the language's stems.
            start = language.prefix + [0xFF]
        }
        return languages
    }

    /// The language of a code such as `en` or `pt-BR`; `other` for what is none.
    init(code: String?) {
        let letters = Array((code ?? "").utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") })
        guard letters.count == 2, letters.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 }) else {
            self = .other
            return
        }
        self.init(first: letters[0] | 0x20, second: letters[1] | 0x20)
    }
}

/// The stems of the words of one batch: each word is stemmed once in each language.
struct StemCache {
    private struct Entry {
        let language: StemLanguage
        let stemmer: Stemmer?
        // By the number of the word, the number of its stem plus one.
        var stems: [UInt32] = []
    }

    private var entries: [Entry] = []
    // What a code came to.
    private var known: [String: Int] = [:]

    /// A number for the language of this code.
    mutating func language(_ code: String?) -> Int {
        if let known = known[code ?? ""] { return known }
        var language = StemLanguage(code: code)
        let stemmer = Stemmer(language: language)
        if stemmer == nil { language = .other }
        let number = entries.firstIndex { $0.language == language } ?? entries.count
        if number == entries.count { entries.append(Entry(language: language, stemmer: stemmer)) }
        known[code ?? ""] = number
        return number
    }

    /// Counts one more occurrence of the stem of a word of the table.
    mutating func count(stemOf word: UInt32, language: Int, in table: inout TermTable) {
        if let known = stem(of: word, language: language) { return table.countAgain(known) }
        let term = entries[language].language.term(
            Array(table.term(Int(word))), entries[language].stemmer)
        let number = table.number(of: TermScanner(term: term))
        let missing = Int(word) + 1 - entries[language].stems.count
        if missing > 0 {
            entries[language].stems.append(contentsOf: repeatElement(0, count: max(missing, 1024)))
        }
        entries[language].stems[Int(word)] = number + 1
    }

    /// The number of the stem of a word, if it has been counted.
    func stem(of word: UInt32, language: Int) -> UInt32? {
        let stems = entries[language].stems
        guard Int(word) < stems.count, stems[Int(word)] > 0 else { return nil }
        return stems[Int(word)] - 1
    }
}
