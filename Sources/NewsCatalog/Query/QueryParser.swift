internal import Bytes
internal import NewsModel
public import SearchIndex

/// A query that has been read.
public struct ParsedQuery: Sendable, Hashable {
    /// The normal form.
    public let tree: QueryTree

    /// The normal form as text; equal for queries that mean the same.
    public var canonical: String { tree.text }

    /// What the index is asked.
    public var indexQuery: IndexQuery { tree.indexQuery }

    /// The query where one of its words is enough, so that those that have most and the rarest of them come first.
    public var matchingAny: ParsedQuery { ParsedQuery(tree: tree.matchingAny) }

    /// Whether some matches can score higher than others.
    public var scores: Bool { tree.scores }
}

/// Reads the query language.
///
/// ```
/// query   = all-of *( "OR" all-of )
/// all-of  = part *( ["AND"] part )
/// part    = ("-" | "NOT") part | "(" query ")" | field ":" value | field compare bound | words
/// compare = "<" | "<=" | ">" | ">="
/// value   = words | "(" query ")" | bound | [bound] ".." [bound]
/// words   = word ["*" | "~" [digit]] | phrase ["~" digits] | ("near" | "repeat") digits ":" phrase
/// ```
///
/// Operators are written in capitals. Typographic quotation marks count as straight ones. A word that is cut into
/// several terms is a phrase, or all of them as one term where hyphens and apostrophes tie them ("cease-fire"). `*` alone matches everything, and so does an empty query.
public struct QueryParser: Sendable {
    /// The longest query in bytes.
    public static let lengthLimit = 4_096
    /// The most terms, a field with its value counting as one.
    public static let termLimit = 64
    /// The most words with `*` or `~`, each of which may stand for many terms.
    public static let expansionLimit = 16
    /// How deep parentheses and NOT may be nested.
    public static let depthLimit = 20

    private let scope: QueryScope
    private let resolver: EntityResolver

    /// Creates a parser of queries with the fields of `scope`.
    public init(scope: QueryScope, resolver: EntityResolver) {
        self.scope = scope
        self.resolver = resolver
    }

    /// Reads a query.
    ///
    /// - Throws: `QueryError` with the byte at which the fault lies.
    public func parse(_ text: String) throws(QueryError) -> ParsedQuery {
        guard text.utf8.count <= Self.lengthLimit else {
            throw QueryError(
                .limit, offset: Self.lengthLimit,
                reason: "expected a query of at most \(Self.lengthLimit) bytes, found \(text.utf8.count)")
        }
        var scanner = QueryScanner(text, scope: scope, resolver: resolver)
        let parsed = ParsedQuery(tree: try scanner.query().normalized)
        // Links hold the normal form, so that it has to be a query too.
        let length = parsed.canonical.utf8.count
        guard length <= Self.lengthLimit else {
            throw QueryError(
                .limit, offset: text.utf8.count,
                reason: "expected a normal form of at most \(Self.lengthLimit) bytes, found one of \(length)")
        }
        return parsed
    }
}

extension QueryParser {
    /// How many words make a sentence.
    static let sentenceWords = 6

    /// Whether a query is a sentence or headline rather than a choice of words: at least six words, and nothing of the
    /// query language.
    public static func isSentence(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.count >= sentenceWords
            && words.allSatisfy { word in
                !["OR", "AND", "NOT"].contains(word) && word.first != "-"
                    && !word.contains { "\"“”„‟«»():*~<>".contains($0) }
            }
    }
}

/// Recursive descent over the bytes of one query.
private struct QueryScanner {
    private let bytes: [UInt8]
    private let isShouted: Bool
    private let scope: QueryScope
    private let resolver: EntityResolver
    private var position = 0
    private var terms = 0
    private var expansions = 0

    init(_ text: String, scope: QueryScope, resolver: EntityResolver) {
        bytes = Array(text.utf8)
        isShouted = QueryTerms.isShouted(text)
        self.scope = scope
        self.resolver = resolver
    }

    mutating func query() throws(QueryError) -> QueryTree {
        skipBlanks()
        guard position < bytes.count else { return .all }
        let tree = try anyOf(field: nil, depth: 0)
        guard position == bytes.count else {
            throw error("expected the end of the query, found ')' without a '(' before it")
        }
        return tree
    }

    /// A field whose value is being read.
    private struct Field {
        let name: String
        let meaning: QueryScope.Meaning
    }

    private mutating func anyOf(field: Field?, depth: Int) throws(QueryError) -> QueryTree {
        var trees = [try allOf(field: field, depth: depth, after: nil)]
        while takeOperator("OR") { trees.append(try allOf(field: field, depth: depth, after: "OR")) }
        return trees.count == 1 ? trees[0] : .or(trees)
    }

    private mutating func allOf(
        field: Field?, depth: Int, after previous: String?
    ) throws(QueryError) -> QueryTree {
        var trees: [QueryTree] = []
        var after = previous
        while true {
            skipBlanks()
            if trees.isEmpty || after == "AND" {
                try expectPart(after: after)
            } else if position == bytes.count || bytes[position] == UInt8(ascii: ")") || isOperator("OR") {
                break
            }
            trees.append(try part(field: field, depth: depth))
            skipBlanks()
            after = takeOperator("AND") ? "AND" : nil
        }
        return trees.count == 1 ? trees[0] : .and(trees)
    }

    /// Refuses what cannot begin a part.
    private func expectPart(after previous: String?) throws(QueryError) {
        let place = previous.map { " after \($0)" } ?? ""
        guard position < bytes.count else {
            throw error("expected a word, phrase or '('\(place), found the end of the query")
        }
        if bytes[position] == UInt8(ascii: ")") {
            throw error("expected a word, phrase or '('\(place), found ')'")
        }
        for name in ["OR", "AND"] where isOperator(name) {
            throw error(
                "expected a word, phrase or '('\(place), found \(name); to search for the word write it in lower case"
            )
        }
    }

    private mutating func part(field: Field?, depth: Int) throws(QueryError) -> QueryTree {
        let start = position
        if bytes[position] == UInt8(ascii: "-") {
            position += 1
            guard position < bytes.count, !isBlank(at: position), bytes[position] != UInt8(ascii: ")") else {
                throw QueryError(offset: start, reason: "expected a word, phrase or '(' right behind '-'")
            }
            try checkDepth(depth, at: start)
            return .not(try part(field: field, depth: depth + 1))
        }
        if takeOperator("NOT") {
            skipBlanks()
            try expectPart(after: "NOT")
            try checkDepth(depth, at: start)
            return .not(try part(field: field, depth: depth + 1))
        }
        if bytes[position] == UInt8(ascii: "(") { return try group(field: field, depth: depth) }
        if quoteWidth(at: position) > 0 { return try phrase(field: field) }
        if let name = takeFieldName() {
            return try fielded(name, at: start, outer: field, depth: depth)
        }
        if let (name, comparison) = takeComparison() {
            return try compared(name, comparison, at: start, outer: field)
        }
        return try word(field: field, depth: depth)
    }

    private mutating func group(field: Field?, depth: Int) throws(QueryError) -> QueryTree {
        let start = position
        try checkDepth(depth, at: start)
        position += 1
        let tree = try anyOf(field: field, depth: depth + 1)
        guard position < bytes.count else {
            throw error("expected ')' for the '(' at byte \(start), found the end of the query")
        }
        position += 1
        return tree
    }

    private func checkDepth(_ depth: Int, at offset: Int) throws(QueryError) {
        guard depth < QueryParser.depthLimit else {
            throw QueryError(
                .limit, offset: offset,
                reason: "expected parentheses and NOT nested at most \(QueryParser.depthLimit) deep")
        }
    }

    // MARK: Fields

    /// Takes `name:` if that is what stands here.
    private mutating func takeFieldName() -> String? {
        var end = position
        guard bytes[end].isLetter else { return nil }
        while end < bytes.count, bytes[end].isLetter || bytes[end].isDigit || bytes[end] == UInt8(ascii: "_")
        { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ":") else { return nil }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self).lowercased()
    }

    /// Takes `name<`, `name<=`, `name>` or `name>=` if that is what stands here.
    private mutating func takeComparison() -> (name: String, comparison: QueryBound.Comparison)? {
        let end = bytes[position...].firstIndex { !$0.isLetter && !$0.isDigit && $0 != UInt8(ascii: "_") }
        guard let end, end > position, bytes[position].isLetter,
            bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">")
        else { return nil }
        let isInclusive = end + 1 < bytes.count && bytes[end + 1] == UInt8(ascii: "=")
        let isBelow = bytes[end] == UInt8(ascii: "<")
        defer { position = end + (isInclusive ? 2 : 1) }
        let name = String(decoding: bytes[position..<end], as: UTF8.self).lowercased()
        return (name, isBelow ? (isInclusive ? .atMost : .below) : (isInclusive ? .atLeast : .above))
    }

    private mutating func compared(
        _ name: String, _ comparison: QueryBound.Comparison, at start: Int, outer: Field?
    ) throws(QueryError) -> QueryTree {
        if let reason = QueryScope.refused[name] {
            throw QueryError(offset: start, reason: "'\(name)' \(reason)")
        }
        guard let meaning = scope.fields[name], scope.comparable.contains(name) else {
            let known = scope.comparable.joined(separator: " or ")
            throw QueryError(
                offset: start, reason: "expected \(known) before '<' or '>', found '\(Self.shown(name))'")
        }
        if let outer {
            throw QueryError(
                offset: start, reason: "expected words for the field '\(outer.name):', found a comparison")
        }
        let place = position
        while position < bytes.count, !isBlank(at: position), quoteWidth(at: position) == 0,
            bytes[position] != UInt8(ascii: "("), bytes[position] != UInt8(ascii: ")")
        { position += 1 }
        try count(1, at: start)
        let text = String(decoding: bytes[place..<position], as: UTF8.self)
        let bound = try QueryBound(text, meaning, at: place)
        return .range(try bound.range(comparison, name, meaning, at: place))
    }

    private mutating func fielded(
        _ name: String, at start: Int, outer: Field?, depth: Int
    ) throws(QueryError) -> QueryTree {
        if let tree = try counted(name, at: start, field: outer) { return tree }
        if scope.fields[name] == nil, let reason = QueryScope.refused[name] {
            throw QueryError(offset: start, reason: "'\(name):' \(reason)")
        }
        guard let meaning = scope.fields[Self.aliases[name] ?? name] else {
            let near = Spelling.nearest(to: name, in: scope.names).map { "; did you mean '\($0):'?" } ?? ""
            throw QueryError(
                offset: start,
                reason:
                    "expected one of the fields \(scope.names.joined(separator: ", ")), found '\(name):'\(near)"
                    + " (to search for a text with a colon put it in quotation marks)")
        }
        if let outer {
            throw QueryError(
                offset: start,
                reason: "expected words for the field '\(outer.name):', found another field '\(name):'")
        }
        let field = Field(name: Self.aliases[name] ?? name, meaning: meaning)
        guard position < bytes.count, !isBlank(at: position), bytes[position] != UInt8(ascii: ")") else {
            throw error("expected a value right behind '\(name):'")
        }
        if bytes[position] == UInt8(ascii: "(") { return try group(field: field, depth: depth) }
        if bytes[position] == UInt8(ascii: "-") {
            throw error("expected a value right behind '\(name):', found '-'; write '-\(name):…' to exclude")
        }
        if quoteWidth(at: position) > 0 { return try phrase(field: field) }
        let inner = position
        if case .text = meaning, let operation = takeFieldName() {
            if let tree = try counted(operation, at: inner, field: field) { return tree }
            position = inner
        }
        return try word(field: field, depth: depth)
    }

    /// Reads `near5:"a b"` and `repeat3:"a"`, whose name has been taken; `nil` for another name.
    private mutating func counted(
        _ name: String, at start: Int, field: Field?
    ) throws(QueryError) -> QueryTree? {
        let word = name.hasPrefix("near") ? "near" : "repeat"
        let digits = name.dropFirst(word.utf8.count)
        guard name.hasPrefix(word), !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
        if let field {
            guard case .text = field.meaning else {
                throw QueryError(
                    offset: start, reason: "expected a value for the field '\(field.name):', found '\(name):'"
                )
            }
        }
        let what = word == "near" ? "a distance of 1 to 100 words" : "a number of 1 to 100 times"
        let number = try number(String(digits), in: 1...100, what, at: start + word.utf8.count)
        guard position < bytes.count, quoteWidth(at: position) > 0 else {
            throw error("expected a phrase in quotation marks right behind '\(name):'")
        }
        let terms = try quotedTerms()
        try count(terms.count, at: start)
        if position < bytes.count, bytes[position] == UInt8(ascii: "~") {
            throw error("expected either '\(name):' before a phrase or '~' behind it")
        }
        let text = Self.text(field)
        switch word {
        case "near" where terms.count > 1: return .near(field: text, terms.loose, within: number)
        case "repeat" where number > 1: return .repeated(field: text, terms.all, atLeast: number)
        default: return .phrase(field: text, terms.all, slop: 0)
        }
    }

    /// Other spellings of fields.
    private static let aliases = [
        "domainis": "domain", "language": "lang", "sourcelang": "lang", "organisation": "org",
        "organization": "org",
    ]

    private mutating func named(
        _ field: Field, _ value: String, at start: Int
    ) throws(QueryError) -> QueryTree {
        try count(1, at: start)
        switch field.meaning {
        case .text: preconditionFailure("words of a text field are no name")
        case .outlet(let keywords):
            var name = value.lowercased()
            // Domains are kept without it; a name of several words is none, and would begin with a space without it.
            let isWord = !name.utf8.contains(where: \.isWhitespace)
            while isWord, name.utf8.count > 4, name.hasPrefix("www.") { name = String(name.dropFirst(4)) }
            return .named(name: field.name, value: name, keywords.map { .init(field: $0, value: name) })
        case .country(let keyword):
            return try country(field, value, resolver.codes.country(value), keyword, at: start)
        case .outletCountry(let keyword):
            return try country(field, value, resolver.codes.country(fips: value), keyword, at: start)
        case .date, .number: return .range(try QueryBound.range(value, field.name, field.meaning, at: start))
        case .language(let keyword):
            guard let code = LanguageCodes.code(value) else {
                let near = LanguageCodes.nearest(to: value).map { "; did you mean '\($0)'?" } ?? ""
                throw QueryError(
                    offset: start,
                    reason:
                        "expected a language by its code, such as 'en', or its English name, found '\(Self.shown(value))'\(near)"
                )
            }
            return .named(name: field.name, value: code, [.init(field: keyword, value: code)])
        case .entity(let types, let keywords):
            let (found, isName) = resolver.all(named: value, types: types)
            guard !found.isEmpty else {
                let near =
                    resolver.nearest(to: value, types: types).first.map {
                        "; did you mean '\($0.entry.name)'?"
                    } ?? ""
                throw QueryError(
                    .unknownEntity, offset: start,
                    reason: "expected the name or id of a known entity, found '\(Self.shown(value))'\(near)")
            }
            // The folded name stands for what was found, so that the same text stays the same query when more
            // entities of that name become known.
            let shown =
                isName ? TermAnalyzer.terms(value).joined(separator: " ") : found[0].entry.id.description
            return .named(
                name: field.name, value: shown,
                keywords.flatMap { keyword in
                    found.map { QueryTree.Keyword(field: keyword, value: $0.entry.id.description) }
                })
        }
    }

    private func country(
        _ field: Field, _ value: String, _ code: String?, _ keyword: String, at start: Int
    ) throws(QueryError) -> QueryTree {
        guard let code else {
            let near = resolver.codes.nearestCountry(to: value).map { "; did you mean '\($0)'?" } ?? ""
            var standard = "ISO 3166-1 code"
            if case .outletCountry = field.meaning { standard = "FIPS 10-4 or three-letter ISO 3166-1 code" }
            throw QueryError(
                .unknownCountry, offset: start,
                reason:
                    "expected a country by its \(standard) or its name, found '\(Self.shown(value))'\(near)")
        }
        // Of the codes with two letters only those of ISO 3166-1 are kept; those with three mean the same everywhere.
        var shown = code
        if case .outletCountry = field.meaning { shown = resolver.codes.alpha3(code) ?? code }
        return .named(name: field.name, value: shown, [.init(field: keyword, value: code)])
    }

    // MARK: Words

    private mutating func word(field: Field?, depth: Int) throws(QueryError) -> QueryTree {
        let start = position
        while position < bytes.count, !isBlank(at: position), quoteWidth(at: position) == 0,
            bytes[position] != UInt8(ascii: "("), bytes[position] != UInt8(ascii: ")")
        {
            position += 1
        }
        var end = position
        let isPrefix = bytes[end - 1] == UInt8(ascii: "*")
        if isPrefix { end -= 1 }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        if let star = bytes[start..<end].firstIndex(of: UInt8(ascii: "*")) {
            throw QueryError(offset: star, reason: "expected '*' only at the end of a word")
        }
        if let field, case .text = field.meaning {
        } else if let field {
            guard !isPrefix else {
                throw QueryError(
                    offset: end, reason: "expected a whole value for the field '\(field.name):', found '*'")
            }
            return try named(field, text, at: start)
        }
        if isPrefix, text.isEmpty, field == nil {
            try count(1, at: start)
            return .all
        }
        if !isPrefix, let sign = bytes[start..<end].lastIndex(of: UInt8(ascii: "~")), sign > start {
            return try fuzzy(start..<sign, bytes[(sign + 1)..<end], field: field)
        }
        if let sign = bytes[start..<end].firstIndex(where: { "~<>^".utf8.contains($0) }) {
            let character = String(decoding: [bytes[sign]], as: UTF8.self)
            throw QueryError(
                offset: sign,
                reason:
                    "expected a word, found '\(character)' in it; \(scope.comparable.joined(separator: " and ")) can be compared, and words cannot be weighted"
            )
        }
        if isPrefix, let prefix = try prefix(text, at: start) {
            return .prefix(field: Self.text(field), prefix)
        }
        let terms = QueryTerms(text, isShouted: isShouted)
        guard terms.count > 0 else {
            throw QueryError(
                offset: start,
                reason: "expected a word, found '\(Self.shown(text))', which has neither letters nor digits")
        }
        let tree = try tree(terms, field: field, at: start) { terms in
            terms.count == 1
                ? .term(field: Self.text(field), terms[0]) : .phrase(field: Self.text(field), terms, slop: 0)
        }
        guard let joined = terms.joined else { return tree }
        // What is said in another way than it was written is put in parentheses.
        try checkDepth(depth, at: start)
        try count(1, at: start)
        return .or([tree, .term(field: Self.text(field), joined)])
    }

    /// The beginning of a word before '*'; `nil` where '*' says nothing, as words of a script without spaces go on.
    private mutating func prefix(_ text: String, at start: Int) throws(QueryError) -> String? {
        let parts = TermAnalyzer.terms(text)
        if parts.count == 1, let first = parts.first, first.utf8.count >= 2 {
            try count(1, at: start)
            try countExpansion(at: start)
            return first
        }
        guard let last = parts.last, QueryTerms(last).beginning != nil else {
            throw QueryError(
                offset: start,
                reason: "expected at least two letters of one word before '*', found '\(Self.shown(text))'")
        }
        return nil
    }

    /// What `words` makes of terms, and the lone character at their end.
    private mutating func tree(
        _ terms: QueryTerms, field: Field?, at start: Int, words: ([String]) -> QueryTree
    ) throws(QueryError) -> QueryTree {
        try count(terms.terms.count, at: start)
        guard let beginning = terms.beginning else { return words(terms.terms) }
        try count(1, at: start)
        try countExpansion(at: start)
        let prefix = QueryTree.prefix(field: Self.text(field), beginning)
        return terms.terms.isEmpty ? prefix : .and([words(terms.terms), prefix])
    }

    /// Reads `word~`, `word~1` or `word~2`.
    ///
    /// In short words so many edits would leave nothing of the word: one needs three letters, two need five. Without a
    /// digit there are as many edits as people mistype words of that length by.
    private mutating func fuzzy(
        _ range: Range<Int>, _ digits: ArraySlice<UInt8>, field: Field?
    ) throws(QueryError) -> QueryTree {
        let text = String(decoding: bytes[range], as: UTF8.self)
        let parts = TermAnalyzer.terms(text)
        guard let word = parts.first, parts.count == 1 else {
            throw QueryError(
                offset: range.lowerBound, reason: "expected one word before '~', found '\(Self.shown(text))'")
        }
        let letters = word.unicodeScalars.count
        let distance: Int
        switch digits.first {
        case nil: distance = letters < 6 ? 1 : 2
        case let digit? where digits.count == 1 && (UInt8(ascii: "0")...UInt8(ascii: "2")).contains(digit):
            distance = Int(digit - UInt8(ascii: "0"))
        default:
            throw QueryError(
                offset: range.upperBound + 1,
                reason:
                    "expected nothing, 0, 1 or 2 behind '~', the letters that may differ, found '\(Self.shown(String(decoding: digits, as: UTF8.self)))'"
            )
        }
        try count(1, at: range.lowerBound)
        guard distance > 0 else { return .phrase(field: Self.text(field), [word], slop: 0) }
        let least = distance == 1 ? 3 : 5
        guard (least...60).contains(letters) else {
            throw QueryError(
                offset: range.lowerBound,
                reason:
                    "expected a word of \(least) to 60 letters before '~' where \(distance) may differ, found '\(Self.shown(text))'"
            )
        }
        try countExpansion(at: range.lowerBound)
        return .fuzzy(field: Self.text(field), word, distance: distance)
    }

    /// Reads what stands between quotation marks.
    private mutating func quoted() throws(QueryError) -> Range<Int> {
        let opening = position
        position += quoteWidth(at: position)
        let start = position
        while position < bytes.count, quoteWidth(at: position) == 0 { position += 1 }
        guard position < bytes.count else {
            throw QueryError(
                offset: opening,
                reason: "expected a closing quotation mark for this one, found the end of the query")
        }
        let end = position
        position += quoteWidth(at: position)
        return start..<end
    }

    /// Reads words between quotation marks.
    private mutating func quotedTerms() throws(QueryError) -> QueryTerms {
        let range = try quoted()
        let terms = QueryTerms(String(decoding: bytes[range], as: UTF8.self), isShouted: isShouted)
        guard terms.count > 0 else {
            throw QueryError(offset: range.lowerBound, reason: "expected words between the quotation marks")
        }
        if let star = bytes[range].firstIndex(of: UInt8(ascii: "*")) {
            throw QueryError(
                offset: star, reason: "expected whole words between the quotation marks, found '*'")
        }
        return terms
    }

    private mutating func phrase(field: Field?) throws(QueryError) -> QueryTree {
        if let field {
            guard case .text = field.meaning else {
                let range = try quoted()
                let text = String(decoding: bytes[range], as: UTF8.self)
                guard text.utf8.contains(where: { !$0.isWhitespace }) else {
                    throw QueryError(
                        offset: range.lowerBound, reason: "expected a value between the quotation marks")
                }
                return try named(field, Self.trimmed(text), at: range.lowerBound)
            }
        }
        let start = position
        let terms = try quotedTerms()
        var slop = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: "~") {
            let digits = bytes[(position + 1)...].prefix(while: \.isDigit)
            guard !digits.isEmpty else {
                throw error("expected a number right behind '~', as in \"a b\"~5")
            }
            slop = try number(
                String(decoding: digits, as: UTF8.self), in: 0...100, "a distance of 0 to 100 words",
                at: position + 1)
            position += 1 + digits.count
        }
        let text = Self.text(field)
        if terms.count > 1, slop > 0 {
            try count(terms.count, at: start)
            return .phrase(field: text, terms.loose, slop: slop)
        }
        return try tree(terms, field: field, at: start) { .phrase(field: text, $0, slop: 0) }
    }

    private func number(
        _ digits: String, in range: ClosedRange<Int>, _ what: String, at offset: Int
    ) throws(QueryError) -> Int {
        guard let number = Int(digits), range.contains(number) else {
            throw QueryError(offset: offset, reason: "expected \(what), found \(digits.prefix(12))")
        }
        return number
    }

    private mutating func count(_ number: Int, at offset: Int) throws(QueryError) {
        terms += number
        guard terms <= QueryParser.termLimit else {
            throw QueryError(
                .limit, offset: offset,
                reason: "expected at most \(QueryParser.termLimit) terms in all, found more")
        }
    }

    private mutating func countExpansion(at offset: Int) throws(QueryError) {
        expansions += 1
        guard expansions <= QueryParser.expansionLimit else {
            throw QueryError(
                .limit, offset: offset,
                reason: "expected at most \(QueryParser.expansionLimit) words with '*' or '~', found more")
        }
    }

    private static func text(_ field: Field?) -> String? {
        if case .text(let name) = field?.meaning { name } else { nil }
    }

    private static func shown(_ text: String) -> String {
        text.utf8.count <= 60 ? text : text.prefix(40) + "…"
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = text.utf8.drop(while: \.isWhitespace)
        guard let last = bytes.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[bytes.startIndex...last])
    }

    // MARK: Bytes

    private func error(_ reason: String) -> QueryError { QueryError(offset: position, reason: reason) }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(at: position) {
            position += bytes[position] == 0xC2 ? 2 : 1
        }
    }

    /// Whether ASCII white space or a no-break space begins here.
    private func isBlank(at index: Int) -> Bool {
        bytes[index].isWhitespace
            || bytes[index] == 0xC2 && index + 1 < bytes.count && bytes[index + 1] == 0xA0
    }

    /// The length of the quotation mark that begins here, 0 if none does: ", “, ”, „, ‟, « or ».
    private func quoteWidth(at index: Int) -> Int {
        switch bytes[index] {
        case UInt8(ascii: "\""): return 1
        case 0xC2 where index + 1 < bytes.count && (bytes[index + 1] == 0xAB || bytes[index + 1] == 0xBB):
            return 2
        case 0xE2
        where index + 2 < bytes.count && bytes[index + 1] == 0x80 && (0x9C...0x9F).contains(bytes[index + 2]):
            return 3
        default: return 0
        }
    }

    private func isOperator(_ name: String) -> Bool {
        let end = position + name.utf8.count
        guard end <= bytes.count, bytes[position..<end].elementsEqual(name.utf8) else { return false }
        return end == bytes.count || isBlank(at: end) || bytes[end] == UInt8(ascii: "(")
            || bytes[end] == UInt8(ascii: ")") || quoteWidth(at: end) > 0
    }

    private mutating func takeOperator(_ name: String) -> Bool {
        guard isOperator(name) else { return false }
        position += name.utf8.count
        return true
    }
}
