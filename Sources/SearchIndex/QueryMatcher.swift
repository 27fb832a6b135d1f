/// Finds in a text what of it a query is met by, so that it can be shown.
///
/// Terms are cut and stemmed as they were for the index: whatever makes a document a hit is found in its texts, and
/// nothing else is but words beyond the limits of `IndexOptions.prefixTerms` and `fuzzyTerms`. What stands under `not`,
/// and what is no matter of text, is left out. A matcher keeps what it found out of each word, so that one should serve
/// all texts of a page; it is for one thread at a time.
public struct QueryMatcher {
    /// A place of a text that meets a part of the query.
    public struct Match: Hashable {
        /// Where, in bytes of UTF-8; an "'s" at the end of a word is left out.
        public let range: Range<Int>
        /// Which part of the query: a number below `partCount`.
        public let part: Int
    }

    /// A part of the query that texts can meet, in one field or in all.
    private struct Part {
        let query: IndexQuery
        let field: String?
        /// For each place, which of the tests a term must pass; words have one place.
        let slots: [Int]
        let slop: Int
        let isOrdered: Bool
    }

    private var parts: [Part] = []
    private var tests: [TermTest] = []
    // Values of keyword fields that the query asks for.
    private var keywords: [String: Set<String>] = [:]
    private var languages: [StemLanguage: LanguageTests] = [:]
    private let schema: IndexSchema

    /// A matcher for the texts of documents with a schema.
    public init(_ query: IndexQuery, schema: IndexSchema) {
        self.schema = schema
        add(query)
    }

    /// How many parts of the query there are that texts can meet: words, phrases and the like.
    public var partCount: Int { parts.count }

    /// These parts, each a query by itself.
    public var partQueries: [IndexQuery] { parts.map(\.query) }

    /// The values of a keyword field that the query asks for.
    public func values(of keyword: String) -> Set<String> { keywords[keyword] ?? [] }

    private mutating func add(_ query: IndexQuery) {
        switch query {
        case .all, .none, .range, .absent, .not: break
        case .term(let field, let term): add(query, field, [.exact(Array(term.utf8))])
        case .stem(let field, let term):
            let hasStem = schema.stems && !TermAnalyzer.isAbbreviation(term.utf8)
            add(query, field, [hasStem ? .stem(Array(term.utf8)) : .exact(Array(term.utf8))])
        case .phrase(let field, let terms, let slop):
            add(query, field, terms.map { .exact(Array($0.utf8)) }, slop: slop)
        case .near(let field, let terms, let within):
            guard within > 0 || terms.count == 1 else { break }
            add(query, field, terms.map { .exact(Array($0.utf8)) }, slop: within, isOrdered: false)
        // Where a text has it too seldom, another of the document may make up for it.
        case .repeated(let field, let terms, _): add(query, field, terms.map { .exact(Array($0.utf8)) })
        case .prefix(let field, let prefix): add(query, field, [.prefix(Array(prefix.utf8))])
        case .fuzzy(let field, let term, let distance):
            add(query, field, [.fuzzy(Array(term.utf8), distance)])
        case .keyword(let field, let value): keywords[field, default: []].insert(value)
        case .and(let queries), .or(let queries):
            for query in queries { add(query) }
        }
    }

    private mutating func add(
        _ query: IndexQuery, _ field: String?, _ wanted: [TermTest], slop: Int = 0, isOrdered: Bool = true
    ) {
        guard !wanted.isEmpty else { return }
        let slots = wanted.map { test in
            if let known = tests.firstIndex(of: test) { return known }
            tests.append(test)
            return tests.count - 1
        }
        parts.append(
            Part(
                query: query, field: field, slots: slots, slop: max(0, min(slop, 1 << 24)),
                isOrdered: isOrdered))
    }

    /// The places that meet the query in a text, in the order of their starts.
    ///
    /// The words of a phrase are one match where they stand side by side, and one each where others may come between.
    /// Matches of different parts may overlap.
    ///
    /// - Parameters:
    ///   - text: The text, in UTF-8.
    ///   - field: The text field of the schema that it is of.
    ///   - language: The language of its document, as it was given to the index.
    /// - Returns: Matches that lie within the text; none where the text does not meet the query.
    /// - Complexity: O(*n*), *n* = terms of the text, each word being tested once; words near each other take the square of
    ///   their number for each place that they stand at.
    public mutating func matches(in text: [UInt8], field: String, language: String?) -> [Match] {
        guard !parts.isEmpty else { return [] }
        let language = StemLanguage(code: language)
        var known = languages.removeValue(forKey: language) ?? LanguageTests(language)
        let places = TermPlaces(text, tests, &known)
        languages[language] = known
        var matches: [Match] = []
        for (number, part) in parts.enumerated() where part.field == nil || part.field == field {
            let ranges = part.slots.count == 1 ? places.terms(part.slots[0]) : phrases(part, places)
            matches += ranges.map { Match(range: $0, part: number) }
        }
        return matches.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.part)
                < ($1.range.lowerBound, $1.range.upperBound, $1.part)
        }
    }

    private func phrases(_ part: Part, _ places: TermPlaces) -> [Range<Int>] {
        guard part.slots.allSatisfy({ !places.positions[$0].isEmpty }) else { return [] }
        if part.slop == 0 { return places.sideBySide(part.slots) }
        return places.near(part.slots, slop: part.slop, isOrdered: part.isOrdered)
    }
}

extension IndexSnapshot {
    /// A matcher for the texts of this index's documents.
    public func matcher(_ query: IndexQuery) -> QueryMatcher { QueryMatcher(query, schema: schema) }
}

/// What a term of a text must be to meet a part of a query.
enum TermTest: Hashable {
    /// This term.
    case exact([UInt8])
    /// A term with the same stem, in the language of the text.
    case stem([UInt8])
    /// A term that begins so.
    case prefix([UInt8])
    /// A term at most so many edits away.
    case fuzzy([UInt8], Int)

    /// Where what meets this test ends, the scanner standing on a term that passes it.
    ///
    /// Of a pair of characters only the first is shown where one was asked for.
    func end(in scanner: borrowing TermScanner) -> Int {
        guard case .prefix(let start) = self, scanner.characters == 2, start.count < scanner.count else {
            return scanner.end
        }
        return scanner.firstEnd
    }
}

/// What the tests of a query say of the words of one language.
private struct LanguageTests {
    let language: StemLanguage
    let stemmer: Stemmer?
    // For each test that asks for a stem, that stem.
    private var stems: [[UInt8]: [UInt8]] = [:]
    // By number of the test.
    private var automata: [Int: EditAutomaton] = [:]
    private var passed: [[UInt8]: [Int]] = [:]

    init(_ language: StemLanguage) {
        stemmer = Stemmer(language: language)
        self.language = language
    }

    /// The tests that a term passes.
    mutating func passed(_ term: [UInt8], of tests: [TermTest]) -> [Int] {
        if let known = passed[term] { return known }
        var stem: [UInt8]?
        let found = tests.indices.filter { index in
            switch tests[index] {
            case .exact(let wanted): return term == wanted
            case .prefix(let start): return term.starts(with: start)
            case .fuzzy(let wanted, let distance):
                let automaton = automata[index] ?? EditAutomaton(wanted, distance: distance)
                automata[index] = automaton
                return automaton.distance(to: term) != nil
            case .stem(let wanted):
                let own = stem ?? self.stem(term)
                stem = own
                let other = stems[wanted] ?? self.stem(wanted)
                stems[wanted] = other
                return own == other
            }
        }
        passed[term] = found
        return found
    }

    private func stem(_ word: [UInt8]) -> [UInt8] { language.term(word, stemmer) }
}

/// Where in a text the terms stand that pass a query's tests.
private struct TermPlaces {
    /// For each test, the numbers of the text's terms that pass it, ascending.
    private(set) var positions: [[UInt32]]
    // For each test, by the place of a term that passes it, where that stands in the text.
    private var ranges: [[UInt32: Range<Int>]]

    init(_ text: [UInt8], _ tests: [TermTest], _ known: inout LanguageTests) {
        positions = Array(repeating: [], count: tests.count)
        ranges = Array(repeating: [:], count: tests.count)
        var scanner = TermScanner()
        var place: UInt32 = 0
        while scanner.next(in: text.span) {
            if !scanner.isAlternative { place &+= 1 }
            for test in known.passed(scanner.term, of: tests) {
                // A prefix may be met by both of two terms at one place.
                let range = scanner.start..<tests[test].end(in: scanner)
                if ranges[test].updateValue(range, forKey: place) == nil {
                    positions[test].append(place)
                }
            }
        }
    }

    private func range(_ test: Int, _ place: UInt32) -> Range<Int> { ranges[test][place] ?? 0..<0 }

    func terms(_ test: Int) -> [Range<Int>] { positions[test].map { range(test, $0) } }

    /// From the first word to the last where terms follow each other that pass these tests.
    func sideBySide(_ slots: [Int]) -> [Range<Int>] {
        positions[slots[0]].compactMap { first in
            let last = first &+ UInt32(slots.count - 1)
            guard zip(first...last, slots).allSatisfy({ ranges[$1][$0] != nil }) else { return nil }
            return range(slots[0], first).lowerBound..<range(slots[slots.count - 1], last).upperBound
        }
    }

    /// The words that take part where terms stand near each other that pass these tests, as `PhraseMatcher` has it.
    func near(_ tests: [Int], slop: Int, isOrdered: Bool) -> [Range<Int>] {
        let distinct = Array(Set(tests))
        let slots = tests.map { distinct.firstIndex(of: $0) ?? 0 }
        let matcher = PhraseMatcher(slots: slots, slop: slop, isOrdered: isOrdered)
        // By slot, the places of its term, shifted back by its place in the phrase.
        let shifts = slots.indices.map(matcher.shift)
        let places = slots.indices.map { slot in positions[tests[slot]].map { Int($0) - shifts[slot] } }
        let all = slots.indices.flatMap { slot in places[slot].map { (place: $0, slot: slot) } }
            .sorted { $0.place < $1.place }
        var next = Array(repeating: 0, count: slots.count)
        var marked: [UInt32: Range<Int>] = [:]
        var (end, markedEnd) = (0, 0)
        for (index, first) in all.enumerated() {
            let last = first.place + slop
            while end < all.count, all[end].place <= last { end += 1 }
            // What reaches no further than a window that has been marked is marked.
            guard end > markedEnd else { continue }
            var near = Array(repeating: Set<UInt32>(), count: distinct.count)
            for slot in slots.indices {
                while next[slot] < places[slot].count, places[slot][next[slot]] < first.place {
                    next[slot] += 1
                }
                // All others can have taken one place less than there are slots: the first ones are enough.
                for place in places[slot][next[slot]...].prefix(slots.count) where place <= last {
                    near[slots[slot]].insert(UInt32(place + shifts[slot]))
                }
            }
            guard near.allSatisfy({ !$0.isEmpty }),
                matcher.count(near.map { $0.sorted() }, stopsAtFirst: true) > 0
            else { continue }
            for entry in all[max(index, markedEnd)..<end] {
                let place = UInt32(entry.place + shifts[entry.slot])
                marked[place] = range(tests[entry.slot], place)
            }
            markedEnd = end
        }
        return marked.sorted { $0.key < $1.key }.map(\.value)
    }
}
