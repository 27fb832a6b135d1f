import NewsModel

/// Language, byline, credit and dateline: what stands around the report and is not part of it.
extension ArticleAnalysis {
    /// The language whose small words are commonest; English where none stands out.
    func detectLanguage() -> String {
        var counts = Array(repeating: 0, count: knowledge.languages.count)
        var words = 0
        var (han, kana, hangul) = (0, 0, 0)
        for token in tokens.prefix(2_000) where token.isWord {
            words += 1
            let mask = knowledge.languageWords.find(token.hash)
            if mask > 0 {
                for number in counts.indices where mask >> Int32(number) & 1 == 1 { counts[number] += 1 }
            } else if bytes[Int(token.start)] >= 0xE1 {
                let scalar = UTF8Scalar.decode(bytes, Int(token.start)).scalar
                let length = Int(token.end - token.start) / 3
                if (0x4E00...0x9FFF).contains(scalar) { han += length }
                if (0x3040...0x30FF).contains(scalar) { kana += length }
                if (0xAC00...0xD7AF).contains(scalar) { hangul += length }
            }
        }
        if han + kana + hangul > words / 2 { return kana * 10 > han ? "ja" : hangul > han ? "ko" : "zh" }
        guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[best] * 25 > words,
            counts[best] > (counts.first ?? 0)
        else { return "en" }
        return knowledge.languages[best].code
    }

    /// Finds bylines, credits and the dateline in the first lines of the body, and keeps them out of names.
    mutating func readHead() {
        guard
            var first = tokens.firstIndex(where: { Int($0.start) >= bodyStart && $0.kind != .paragraphBreak })
        else { return }
        var lines = 0
        while lines < 4, first < tokens.count {
            let end = tokens[first...].firstIndex { $0.kind == .paragraphBreak } ?? tokens.count
            guard end < tokens.count, readByline(first..<end) else { break }
            first = min(end + 1, tokens.count)
            lines += 1
        }
        if first < tokens.count { readDateline(first) }
        maskAsides()
    }

    /// Keeps paragraphs that are no part of the report out of names and quotations: calls to subscribe, credits of
    /// reporters, links to other items; and picture credits in brackets.
    private mutating func maskAsides() {
        var start = 0
        while start < tokens.count {
            var end = start
            while end < tokens.count, tokens[end].kind != .paragraphBreak { end += 1 }
            if end - start < Self.longestAside, start < end, Int(tokens[start].start) >= bodyStart,
                isAside(start..<end)
            {
                for index in start..<end { tokens[index].traits.insert(.masked) }
            } else {
                maskPictureCredits(start..<end)
            }
            start = end + 1
        }
    }

    /// Words in an aside; what is longer has news in it.
    private static let longestAside = 60

    private func isAside(_ line: Range<Int>) -> Bool {
        for (phrase, isOpening) in knowledge.asides {
            let places = isOpening ? line.lowerBound..<line.lowerBound + 1 : line
            for place in places
            where tokens[place].hash == phrase[0] && follows(phrase, place, line.upperBound) {
                return true
            }
        }
        return false
    }

    /// Whether the words of a phrase begin at a token, signs between them left out.
    private func follows(_ phrase: [UInt64], _ first: Int, _ end: Int) -> Bool {
        var index = first
        for hash in phrase {
            while index < end, tokens[index].hash == 0 { index += 1 }
            guard index < end, tokens[index].hash == hash else { return false }
            index += 1
        }
        return true
    }

    /// "(Photo: Jane Doe, AP)", "(AP Photo/Jane Doe)".
    private mutating func maskPictureCredits(_ line: Range<Int>) {
        var index = line.lowerBound
        while index < line.upperBound {
            defer { index += 1 }
            guard tokens[index].kind == .openBracket else { continue }
            var close = index + 1
            var hasPicture = false
            while close < line.upperBound, close - index < 20, tokens[close].kind != .closeBracket {
                if close - index <= 2, Self.pictureWords.contains(tokens[close].hash) { hasPicture = true }
                close += 1
            }
            guard hasPicture, close < line.upperBound, tokens[close].kind == .closeBracket else { continue }
            for position in index...close { tokens[position].traits.insert(.masked) }
            index = close
        }
    }

    private static let pictureWords: Set<UInt64> = Set(
        ["photo", "photograph", "photos", "image", "picture", "credit"].map { WordHash.of($0) })

    /// Reads "By Jane Doe", "JANE DOE, Associated Press Writer": a short line that is no sentence.
    private mutating func readByline(_ line: Range<Int>) -> Bool {
        guard (2...18).contains(line.count) else { return false }
        let by = WordHash.of("by")
        var first = line.lowerBound
        let startsWithBy = tokens[first].hash == by
        if startsWithBy { first += 1 }
        guard first < line.upperBound, tokens[first].isCapital || startsWithBy else { return false }
        let last = tokens[line.upperBound - 1]
        if last.kind == .period || last.kind == .question { return false }
        let isCredit = line.contains { index in Self.creditWords.contains(tokens[index].hash) }
        guard startsWithBy || isCredit else { return false }
        for index in line where tokens[index].isLowercase {
            guard has(index, [.conjunction, .particle, .preposition, .article]) || startsWithBy || isCredit
            else {
                return false
            }
        }
        var start = first
        var position = first
        func take(_ end: Int) {
            guard end - start >= 2 || startsWithBy && end > start, end - start <= 5,
                (start..<end).allSatisfy({ tokens[$0].isWord })
            else { return }
            guard !(start..<end).contains(where: { Self.creditWords.contains(tokens[$0].hash) }) else {
                return
            }
            authors.append(text(start, end - 1))
        }
        var isDone = false
        while position < line.upperBound, !isDone {
            let token = tokens[position]
            let separates =
                token.kind == .comma || token.kind == .slash || token.kind == .dash || token.kind == .other
                || token.isLowercase && has(position, [.conjunction, .preposition])
            if separates {
                take(position)
                start = position + 1
                // What follows a comma is the outlet, unless more names follow "and".
                if token.kind != .comma, !has(position, .conjunction) { isDone = true }
                if token.kind == .comma, !line.contains(where: { $0 > position && has($0, .conjunction) }) {
                    isDone = true
                }
            }
            position += 1
        }
        if !isDone { take(position) }
        for author in authors { outsiders.insert(Self.outsiderPath(author, knowledge)) }
        for index in line { tokens[index].traits.insert(.masked) }
        return true
    }

    private static func outsiderPath(_ name: String, _ knowledge: Knowledge) -> UInt64 {
        knowledge.tokenizer.tokens(Array(name.utf8)).reduce(1) {
            $1.hash == 0 ? $0 : WordHash.pair($0, $1.hash)
        }
    }

    private static let creditWords: Set<UInt64> = Set(
        [
            "writer", "correspondent", "reporter", "staff", "ap", "reuters", "afp", "upi", "bureau", "editor",
            "contributor",
        ]
        .map { WordHash.of($0) })

    /// Reads "MOSCOW, Dec 15 (Reuters) -" at the start of the text.
    private mutating func readDateline(_ first: Int) {
        var (position, words, shouted) = (first, 0, 0)
        var agency: Range<Int>?
        var hasDate = false
        let limit = min(tokens.count, first + 24)
        scan: while position < limit {
            let token = tokens[position]
            switch token.kind {
            case .dash:
                break scan
            case .word:
                if token.has(.masked) { return }
                if has(position, [.month, .weekday]) { hasDate = true }
                guard token.has(.capital) || has(position, [.preposition, .particle, .conjunction]) else {
                    return
                }
                if token.has(.capital), has(position, .function), position > first { return }
                words += 1
                if token.has(.allCapitals) { shouted += 1 }
            case .number: break
            case .comma, .period, .slash, .apostrophe: break
            case .openBracket:
                guard position + 1 < limit, tokens[position + 1].isCapital else { return }
                var end = position + 1
                while end < limit, tokens[end].kind != .closeBracket { end += 1 }
                guard end < limit, end - position <= 6 else { return }
                agency = position + 1..<end
                position = end
            default: return
            }
            position += 1
        }
        guard position < limit, tokens[position].kind == .dash else { return }
        let isAgency = agency.map { range in range.contains { has($0, .agency) } } ?? false
        guard
            isAgency || agency == nil && shouted > 0 && (tokens[first].has(.allCapitals) || hasDate)
                || shouted > 0 && agency != nil,
            words <= 12
        else { return }
        if agency == nil, !tokens[first].has(.allCapitals) { return }
        dateline = (first, position, agency?.lowerBound ?? -1, agency.map { $0.upperBound - 1 } ?? -1)
        if let agency {
            for index in agency { tokens[index].traits.insert(.masked) }
        }
        // What follows opens the first sentence.
        var next = position + 1
        while next < tokens.count, tokens[next].kind == .openQuote || tokens[next].kind == .straightQuote {
            next += 1
        }
        if next < tokens.count { tokens[next].traits.insert(.opening) }
    }
}
