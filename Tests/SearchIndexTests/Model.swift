import SearchIndex

let modelSchema = IndexSchema(
    texts: [.init(name: "title", weight: 3, b: 0.5), .init(name: "body", weight: 1, b: 0.75)],
    keywords: ["source", "entity"], columns: ["published", "seq", "tone"], tieBreaker: "seq")

/// What the index should answer, worked out document by document without an index.
struct Model {
    /// A document, its terms, and how often it has each of them, by text field.
    struct Entry {
        let document: IndexDocument
        let terms: [[String]]
        let counts: [[String: Int]]

        /// The documents of tests are words with a space between them.
        init(_ document: IndexDocument) {
            self.document = document
            terms = document.texts.map {
                $0.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            }
            counts = terms.map { terms in
                var counts: [String: Int] = [:]
                for term in terms { counts[term, default: 0] += 1 }
                return counts
            }
        }

        /// How long a field counts as being.
        func length(_ field: Int) -> Double { Double(min(terms[field].count, 65_535)) }
    }

    private(set) var documents: [String: Entry] = [:]
    /// How many documents have each term, in any field.
    private var frequencies: [String: Int] = [:]
    /// By field, the sum of the lengths.
    private var lengths = modelSchema.texts.map { _ in 0.0 }

    mutating func apply(_ changes: [IndexChange]) {
        for change in changes {
            switch change {
            case .put(let document): replace(document.key, with: Entry(document))
            case .remove(let key): replace(key, with: nil)
            }
        }
    }

    private mutating func replace(_ key: String, with entry: Entry?) {
        if let old = documents[key] { count(old, -1) }
        documents[key] = entry
        if let entry { count(entry, 1) }
    }

    private mutating func count(_ entry: Entry, _ step: Int) {
        for term in Set(entry.terms.joined()) { frequencies[term, default: 0] += step }
        for field in lengths.indices { lengths[field] += Double(step) * entry.length(field) }
    }

    /// The documents that match, and their scores.
    func found(_ query: IndexQuery) -> [(document: IndexDocument, score: Double)] {
        let entries = Array(documents.values)
        return zip(entries, scores(query, entries)).compactMap { entry, score in
            score.map { (entry.document, $0) }
        }
    }

    /// For each document its score, `nil` for those that do not match.
    private func scores(_ query: IndexQuery, _ entries: [Entry]) -> [Double?] {
        func filter(_ matches: (IndexDocument) -> Bool) -> [Double?] {
            entries.map { matches($0.document) ? 0 : nil }
        }
        switch query {
        case .all: return filter { _ in true }
        case .none: return filter { _ in false }
        // The schema has no stems.
        case .term(let field, let term), .stem(let field, let term):
            return bm25([term], field, entries) { $0.counts[$1][term] ?? 0 }
        case .phrase(let field, let phrase, let slop):
            return bm25(phrase, field, entries) { entry, field in
                // Nothing is looked for where a word is missing.
                guard phrase.allSatisfy({ entry.counts[field][$0] != nil }) else { return 0 }
                return Self.phraseCount(phrase, entry.terms[field], slop: slop)
            }
        case .near(let field, let words, let within):
            guard within > 0 || words.count == 1 else { return filter { _ in false } }
            return bm25(words, field, entries) { entry, field in
                Self.phraseCount(words, entry.terms[field], slop: within, isOrdered: false)
            }
        case .repeated(let field, let phrase, let least):
            let scores = bm25(phrase, field, entries) { Self.phraseCount(phrase, $0.terms[$1], slop: 0) }
            return zip(entries, scores).map { entry, score in
                let fields = modelSchema.texts.indices.filter {
                    field == nil || modelSchema.texts[$0].name == field
                }
                let count = fields.reduce(0) { $0 + Self.phraseCount(phrase, entry.terms[$1], slop: 0) }
                return count >= least ? score : nil
            }
        case .prefix(let field, let prefix):
            let terms = frequencies.keys.filter { $0.hasPrefix(prefix) && frequencies[$0] != 0 }
            return Self.sum(terms.map { scores(.term(field: field, $0), entries) }, entries.count)
        case .fuzzy(let field, let word, let distance):
            let near = frequencies.compactMap { term, frequency -> (term: String, edits: Int, rank: Int)? in
                let edits = Self.edits(word, term)
                return frequency > 0 && edits <= distance ? (term, edits, -frequency) : nil
            }
            let taken = near.sorted { ($0.edits, $0.rank, $0.term) < ($1.edits, $1.rank, $1.term) }
                .prefix(IndexOptions().fuzzyTerms)
            let parts = taken.map { near in
                scores(.term(field: field, near.term), entries).map { $0.map { $0 / Double(1 + near.edits) } }
            }
            return Self.sum(parts, entries.count)
        case .keyword(let field, let value):
            guard let field = modelSchema.keywords.firstIndex(of: field) else { return filter { _ in false } }
            return filter { $0.keywords[field].contains(value) }
        case .range(let column, let from, let to):
            return filter { document in
                guard let value = self.column(document, column) else { return false }
                return from.map { $0 <= value } ?? true && to.map { value < $0 } ?? true
            }
        case .absent(let column):
            return filter { modelSchema.columns.contains(column) && self.column($0, column) == nil }
        case .and(let queries):
            let parts = queries.map { scores($0, entries) }
            return entries.indices.map { index in
                parts.contains { $0[index] == nil } ? nil : parts.reduce(0) { $0 + ($1[index] ?? 0) }
            }
        case .or(let queries): return Self.sum(queries.map { scores($0, entries) }, entries.count)
        case .not(let query): return scores(query, entries).map { $0 == nil ? 0 : nil }
        }
    }

    /// What matches one of several scores the sum of those that it matches.
    private static func sum(_ parts: [[Double?]], _ count: Int) -> [Double?] {
        var sums = [Double?](repeating: nil, count: count)
        for part in parts {
            for index in sums.indices {
                if let score = part[index] { sums[index] = (sums[index] ?? 0) + score }
            }
        }
        return sums
    }

    /// BM25F as the textbook has it, `nil` where there is no occurrence.
    private func bm25(
        _ weighed: [String], _ field: String?, _ entries: [Entry], _ count: (Entry, Int) -> Int
    ) -> [Double?] {
        let total = Double(documents.count)
        let weight = weighed.reduce(0) { sum, term in
            let with = Double(frequencies[term] ?? 0)
            return sum + logarithm(1 + (total - with + 0.5) / (with + 0.5))
        }
        let fields = modelSchema.texts.indices.filter { field == nil || modelSchema.texts[$0].name == field }
        return entries.map { entry in
            var sum = 0.0
            for field in fields {
                let occurrences = count(entry, field)
                guard occurrences > 0 else { continue }
                let (b, boost) = (modelSchema.texts[field].b, modelSchema.texts[field].weight)
                sum +=
                    boost * Double(occurrences) / (1 - b + b * entry.length(field) * total / lengths[field])
            }
            return sum > 0 ? weight * 2.2 * sum / (1.2 + sum) : nil
        }
    }

    /// How many letters must be put in, taken out, replaced or swapped to make one word of the other, by the recurrence
    /// of the definition.
    static func edits(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        var table = (0...a.count).map { row in (0...b.count).map { row == 0 ? $0 : $0 == 0 ? row : 0 } }
        for row in 0..<a.count {
            for column in 0..<b.count {
                var least = min(table[row][column + 1], table[row + 1][column]) + 1
                least = min(least, table[row][column] + (a[row] == b[column] ? 0 : 1))
                if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                    least = min(least, table[row - 1][column - 1] + 1)
                }
                table[row + 1][column + 1] = least
            }
        }
        return table[a.count][b.count]
    }

    /// How often a phrase occurs: choices of places, no place twice, counted by the least.
    static func phraseCount(
        _ phrase: [String], _ text: [String], slop: Int, isOrdered: Bool = true
    ) -> Int {
        guard let head = phrase.first else { return 0 }
        guard isOrdered else { return Self.windowCount(phrase, text, width: slop) }
        var firsts: Set<[Int]> = []
        func choose(_ chosen: [Int]) {
            let shifted = chosen.enumerated().map { $1 - $0 }
            let (least, greatest) = (shifted.min() ?? 0, shifted.max() ?? 0)
            guard greatest - least <= slop else { return }
            if chosen.count == phrase.count {
                if let first = shifted.firstIndex(of: least) { firsts.insert([first, least]) }
                return
            }
            let slot = chosen.count
            let near = max(0, greatest - slop + slot)..<max(0, min(text.count, least + slop + slot + 1))
            for place in near where text[place] == phrase[slot] && !chosen.contains(place) {
                choose(chosen + [place])
            }
        }
        for place in text.indices where text[place] == head { choose([place]) }
        return firsts.count
    }

    /// How many places begin a window of the text that has all words, each as often as it is asked for, one of them at
    /// that place.
    private static func windowCount(_ words: [String], _ text: [String], width: Int) -> Int {
        text.indices.count { start in
            guard words.contains(text[start]) else { return false }
            let window = text[start..<min(text.count, start + width + 1)]
            return words.allSatisfy { word in
                window.count { $0 == word } >= words.count { $0 == word }
            }
        }
    }

    func column(_ document: IndexDocument, _ name: String) -> Int64? {
        modelSchema.columns.firstIndex(of: name).flatMap { document.columns[$0] }
    }

    /// The values of a keyword field, most frequent first.
    func facet(_ documents: [IndexDocument], _ field: Int) -> [(String, Int)] {
        var counts: [String: Int] = [:]
        for document in documents {
            for value in Set(document.keywords[field]) { counts[value, default: 0] += 1 }
        }
        return counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}

/// The natural logarithm, by halving and a series, as tests do without Foundation here.
func logarithm(_ value: Double) -> Double {
    var (mantissa, exponent) = (value, 0.0)
    while mantissa > 1.5 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var (power, sum) = (ratio, 0.0)
    for term in stride(from: 1.0, to: 60, by: 2) {
        sum += power / term
        power *= ratio * ratio
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
}
