import NewsModel

/// The work on one article: scratch space of one call.
struct ArticleAnalysis {
    /// A gazetteer name found in the text, not yet judged.
    struct Match {
        var first: Int
        var last: Int
        var aliases: [Alias]
        var isMinistry = false
        /// Only family names fit.
        var isWeak = false
        var endsPossessive = false

        var count: Int { last - first + 1 }
    }

    /// An entity as this article shows it.
    struct Local {
        /// Its number in the gazetteer, or -1.
        var gazetteer: Int32 = -1
        var type: EntityType
        /// The name's tokens, for what no gazetteer knows.
        var first = 0
        var last = 0
        /// A name that stands nowhere in the text, as "Foreign Ministry of China".
        var name: String?
        var id: String?
        /// The number of its country, or -1.
        var country: Int32 = -1
        var gender: Gender?
        /// The tokens of a title in the text: "National Safety Advisor".
        var title: Range<Int> = 0..<0
        var isProvisional = true
        /// The first token of its first full mention.
        var seenAt = 0
        /// Hashes of the last and the first word of a person's name.
        var lastHash: UInt64 = 0
        var firstHash: UInt64 = 0
    }

    /// A mention by its tokens.
    struct Found {
        var first: Int
        var last: Int
        var entity: Int
        var kind: MentionKind
        var rule: String
        /// Includes the period or possessive after the last token.
        var extra: Int32 = 0
    }

    /// A lone capitalised word or an ambiguous name, judged once the whole article has been read.
    struct Pending {
        var first: Int
        var last: Int
        /// The match, or -1.
        var match: Int
        /// The tokens of a title before it, or an empty range.
        var title: Range<Int>
        var isLoud: Bool
    }

    let knowledge: Knowledge
    let bytes: [UInt8]
    let titleEnd: Int
    let bodyStart: Int
    let date: Timestamp.Day?
    var language: String?

    var tokens: [Token] = []
    var sentences: [Range<Int>] = []
    var matches: [Match] = []
    /// The match that a token belongs to, plus one.
    var matchAt: [Int32] = []
    var locals: [Local] = []
    var found: [Found] = []
    var pending: [Pending] = []
    var byGazetteer: [Int32: Int] = [:]
    var byName: [UInt64: Int] = [:]
    var personsByLast: [UInt64: [Int]] = [:]
    var personsByFirst: [UInt64: [Int]] = [:]
    var organisationsByFirst: [UInt64: Int] = [:]
    var acronyms: [UInt64: Int] = [:]
    /// Lone words that a context showed to be something.
    var loneNames: [UInt64: Int] = [:]
    /// Lone words that some context shows to be places.
    var placeWords: Set<UInt64> = []
    var outsiders: Set<UInt64> = []
    var smallWords = HashTable(minimumCapacity: 0)
    var votes: [Int32: Int] = [:]
    /// How often a country is named by its people, its towns and bodies, not by its own name.
    var otherVotes: [Int32: Int] = [:]
    /// How often states and provinces of each country are named beyond doubt.
    var subdivisions: [Int32: Int] = [:]
    /// The first sentence of the body.
    var leadSentence = 0
    var authors: [String] = []
    var dateline: (first: Int, last: Int, agency: Int, agencyEnd: Int)?
    /// The mention that covers a token, plus one.
    var mentionAt: [Int32] = []
    var quotes: [Quote] = []
    /// Tokens inside quotation marks.
    var isQuoted: [Bool] = []

    init(knowledge: Knowledge, bytes: [UInt8], titleEnd: Int, date: Timestamp.Day?, language: String?) {
        self.knowledge = knowledge
        self.bytes = bytes
        self.titleEnd = titleEnd
        bodyStart = titleEnd + 2
        self.date = date
        self.language = language
    }

    mutating func run(outsiders names: [String]) -> Annotations {
        tokens = knowledge.tokenizer.tokens(bytes, bodyStart: bodyStart)
        sentences = SentenceSplitter(words: knowledge.words).split(&tokens)
        leadSentence = sentences.firstIndex { Int(tokens[$0.lowerBound].start) >= bodyStart } ?? 0
        // "en-GB" is English.
        let given = self.language.map { String($0.lowercased().prefix { $0 != "-" && $0 != "_" }) } ?? ""
        let language = given.isEmpty ? detectLanguage() : given
        self.language = language
        matchAt = Array(repeating: 0, count: tokens.count)
        mentionAt = Array(repeating: 0, count: tokens.count)
        isQuoted = Array(repeating: false, count: tokens.count)
        for name in names { addOutsider(name) }
        readHead()
        markLoudSentences()
        matchNames()
        countVotes()
        if language == "en" {
            findNames()
        } else {
            takeMatchesAlone()
        }
        resolvePending()
        if language == "en" {
            resolveMinistries()
            orderFound()
            resolveTitles()
            orderFound()
        }
        orderFound()
        findQuotes()
        if language == "en" { resolvePronouns() }
        orderFound()
        return output(language: language)
    }

    /// What a token's word can be.
    @inline(__always)
    func classes(_ index: Int) -> WordClass { knowledge.words.classes(tokens[index].word) }

    @inline(__always)
    func has(_ index: Int, _ kind: WordClass) -> Bool {
        !knowledge.words.classes(tokens[index].word).isDisjoint(with: kind)
    }

    /// Whether two tokens belong to one sentence.
    @inline(__always)
    func sameSentence(_ left: Int, _ right: Int) -> Bool {
        tokens[left].sentence == tokens[right].sentence && tokens[right].kind != .paragraphBreak
    }

    /// The bytes of a run of tokens as text, white space made single.
    func text(_ first: Int, _ last: Int, extra: Int32 = 0) -> String {
        var result: [UInt8] = []
        var blank = false
        for index in Int(tokens[first].start)..<min(bytes.count, Int(tokens[last].end + extra)) {
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D {
                blank = !result.isEmpty
            } else {
                if blank { result.append(0x20) }
                blank = false
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A hash of the words in a run of tokens.
    func path(_ first: Int, _ last: Int) -> UInt64 {
        var path: UInt64 = 1
        for index in first...last where tokens[index].hash != 0 {
            path = WordHash.pair(path, tokens[index].hash)
        }
        return path
    }

    private mutating func addOutsider(_ text: String) {
        let tokens = knowledge.tokenizer.tokens(Array(text.utf8))
        var path: UInt64 = 1
        var words = 0
        func add() {
            if words > 0 { outsiders.insert(path) }
            path = 1
            words = 0
        }
        for token in tokens {
            let isBreak = !token.isWord && token.kind != .number
            if isBreak || token.isLowercase && knowledge.words.classes(token.word).contains(.conjunction) {
                add()
            } else if words == 0, knowledge.words.classes(token.word).contains(.preposition) {
                continue
            } else {
                path = WordHash.pair(path, token.hash)
                words += 1
            }
        }
        add()
    }

    /// Marks sentences whose capitals tell nothing, and keeps the words that the article writes small.
    private mutating func markLoudSentences() {
        smallWords = HashTable(minimumCapacity: tokens.count)
        for sentence in sentences {
            var (small, large, shouted, letters) = (0, 0, 0, 0)
            for index in sentence where tokens[index].isWord {
                let token = tokens[index]
                let length = Int(token.end - token.start)
                if token.has(.capital) {
                    if token.has(.allCapitals), !token.has(.dotted) {
                        shouted += 1
                        if length > 3 { letters += 1 }
                    }
                    if !token.has(.opening) { large += 1 }
                } else {
                    if length > 3 { small += 1 }
                    smallWords.set(token.hash, 1)
                }
            }
            let isShouted = letters >= 2 && shouted * 3 >= (large + small) * 2 && small < 3
            // A headline in title case has next to no long words written small.
            let isSentence =
                tokens[sentence.upperBound - 1].kind == .period
                || tokens[sentence.upperBound - 1].kind == .closeQuote
            let isHeadline = large >= 3 && small * 6 < large && sentence.count >= 5 && !isSentence
            if isShouted || isHeadline {
                for index in sentence { tokens[index].traits.insert(.loud) }
            }
        }
    }

    private mutating func matchNames() {
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            guard token.word >= 0, !token.has(.masked), has(index, .startsName) else {
                index += 1
                continue
            }
            if let match = longestMatch(at: index) {
                for position in match.first...match.last { matchAt[position] = Int32(matches.count + 1) }
                index = match.last + 1
                matches.append(match)
            } else {
                index += 1
            }
        }
    }

    /// The longest gazetteer name that begins at a token; a family name only where nothing else does.
    private func longestMatch(at first: Int) -> Match? {
        var path: UInt64 = 1
        var best: Match?
        var weak: Match?
        var position = first
        let limit = min(tokens.count, first + 14)
        while position < limit {
            let token = tokens[position]
            if position > first, token.sentence != tokens[first].sentence || token.kind == .paragraphBreak {
                break
            }
            path = WordHash.pair(path, NameIndex.key(token))
            let end = knowledge.names.step(path)
            if end < 0 { break }
            if end > 0 {
                var fitting: [Alias] = []
                var families: [Alias] = []
                var (isMinistry, endsPossessive) = (false, false)
                for alias in knowledge.names.names(end) where accepts(alias, first, position) {
                    if alias.kind == .family {
                        families.append(alias)
                    } else {
                        if alias.kind == .ministry { isMinistry = true }
                        if alias.endsPossessive { endsPossessive = true }
                        fitting.append(alias)
                    }
                }
                if isMinistry, fitting.contains(where: { $0.kind != .ministry }) {
                    isMinistry = false
                    fitting.removeAll { $0.kind == .ministry }
                }
                if !fitting.isEmpty {
                    best = Match(
                        first: first, last: position, aliases: fitting, isMinistry: isMinistry,
                        endsPossessive: endsPossessive)
                } else if !families.isEmpty {
                    weak = Match(first: first, last: position, aliases: families, isWeak: true)
                }
            }
            position += 1
        }
        return best ?? weak
    }

    /// "Monday, October 7" and "October 7, 2019": a day of the calendar, whatever else happened on such a day.
    private func isPlainDay(_ first: Int, _ last: Int) -> Bool {
        guard last == first + 1, tokens[last].kind == .number, has(first, .month) else { return false }
        if last + 2 < tokens.count, tokens[last + 1].kind == .comma, tokens[last + 2].kind == .number {
            return true
        }
        guard first > 0 else { return false }
        let before = tokens[first - 1].kind == .comma ? first - 2 : first - 1
        return before >= 0 && has(before, .weekday) || Self.dayWords.contains(tokens[first - 1].hash)
    }

    private static let dayWords: Set<UInt64> = Set(
        ["on", "by", "until", "till", "from", "through", "and", "between"].map { WordHash.of($0) })

    /// Whether the words are written as a name must be.
    private func accepts(_ alias: Alias, _ first: Int, _ last: Int) -> Bool {
        if alias.kind == .ministry { return true }
        if isPlainDay(first, last) { return false }
        for index in first...last where tokens[index].isWord {
            let token = tokens[index]
            let form = alias.cases >> UInt32(2 * min(15, index - first)) & 3
            switch form {
            case 0: break
            case 1, 3:
                guard token.has(.capital) else { return form == 3 && token.has(.mixed) }
                if token.has(.allCapitals), alias.length == 1, alias.letters <= 3, !token.has(.loud) {
                    return false
                }
                if token.has(.allCapitals), alias.length == 1, has(first, .common) { return false }
                if token.has(.allCapitals), alias.length == 1, token.has(.dotted) { return false }
            default:
                guard token.has(.capital) else { return false }
                if !token.has(.allCapitals), !token.has(.single) {
                    // "Nato" for "NATO"; never "Who" for "WHO".
                    if alias.length == 1, alias.letters < 4 || has(first, [.common, .firstName]) {
                        return false
                    }
                }
                if token.has(.loud), alias.length == 1,
                    has(first, [.common, .pronoun, .preposition, .auxiliary])
                {
                    return false
                }
            }
        }
        if alias.length == 1, alias.kind != .title {
            let token = tokens[first]
            if token.has(.elided), alias.letters <= 4 { return false }
            if has(first, .common), token.has(.opening) || token.has(.loud) {
                // "Target", "Shell" and "Polish" at the start of a sentence may be the common word.
                if !token.has(.allCapitals), alias.kind != .demonym { return false }
            }
            if has(first, .function), !token.has(.allCapitals), !token.has(.dotted) {
                // "May" and "Will" may be a family name where a title or a date does not say otherwise.
                guard alias.kind == .knownAs || alias.kind == .family, !token.has(.opening), !token.has(.loud)
                else {
                    return false
                }
            }
            if has(first, [.month, .weekday]), isDate(first) { return false }
            if !token.has(.allCapitals), token.has(.opening), smallWords.find(token.hash) >= 0 {
                return false
            }
        }
        return true
    }

    /// Whether a name of a month stands for the month: "in May", "May 5".
    func isDate(_ index: Int) -> Bool {
        guard has(index, [.month, .weekday]) else { return false }
        if index + 1 < tokens.count {
            if tokens[index + 1].kind == .number { return true }
            if tokens[index + 1].kind == .comma, index + 2 < tokens.count, tokens[index + 2].kind == .number {
                return true
            }
        }
        guard index > 0 else { return false }
        let before = tokens[index - 1]
        if before.kind == .number { return true }
        if before.isWord, has(index - 1, [.preposition, .adverb]) || Self.dateWords.contains(before.hash) {
            return true
        }
        return has(index, .weekday)
    }

    private static let dateWords: Set<UInt64> = Set(
        [
            "last", "next", "this", "early", "late", "mid", "since", "until", "till", "through", "earlier",
            "of", "and", "or",
        ]
        .map { WordHash.of($0) })

    /// Counts how often each country is named beyond doubt, to tell its namesakes apart.
    private mutating func countVotes() {
        for match in matches where match.aliases.count == 1 && !match.isMinistry && !match.isWeak {
            let entity = knowledge.gazetteer.entities[Int(match.aliases[0].target)]
            guard let code = entity.country, let number = knowledge.gazetteer.number(ofCountry: code) else {
                continue
            }
            votes[Int32(number), default: 0] += entity.type == .person ? 1 : 2
            if entity.type != .country || match.aliases[0].kind == .demonym {
                otherVotes[Int32(number), default: 0] += 1
            }
            if entity.kind == "subdivision" { subdivisions[Int32(number), default: 0] += 1 }
        }
    }

    /// Takes the gazetteer's names and no others, for languages without rules.
    private mutating func takeMatchesAlone() {
        for (number, match) in matches.enumerated() where !match.isMinistry && !match.isWeak {
            pending.append(
                Pending(
                    first: match.first, last: match.last, match: number, title: 0..<0,
                    isLoud: tokens[match.first].has(.loud)))
        }
    }

    mutating func local(gazetteer number: Int32) -> Int {
        if let known = byGazetteer[number] { return known }
        let entity = knowledge.gazetteer.entities[Int(number)]
        var local = Local(gazetteer: number, type: entity.type)
        local.isProvisional = false
        local.gender = entity.gender
        if let code = entity.country, let country = knowledge.gazetteer.number(ofCountry: code) {
            local.country = Int32(country)
        }
        local.seenAt = Int.max
        locals.append(local)
        byGazetteer[number] = locals.count - 1
        return locals.count - 1
    }

    mutating func local(provisional type: EntityType, _ first: Int, _ last: Int) -> Int {
        let key = WordHash.pair(path(first, last), UInt64(type.rawValue) + 7)
        if let known = byName[key] { return known }
        var local = Local(type: type, first: first, last: last)
        local.seenAt = first
        locals.append(local)
        byName[key] = locals.count - 1
        return locals.count - 1
    }

    /// Adds a mention unless its tokens are taken.
    mutating func add(
        _ first: Int, _ last: Int, _ entity: Int, _ kind: MentionKind, _ rule: String, extra: Int32 = 0
    ) {
        for index in first...last where mentionAt[index] != 0 { return }
        found.append(Found(first: first, last: last, entity: entity, kind: kind, rule: rule, extra: extra))
        for index in first...last { mentionAt[index] = Int32(found.count) }
        if kind == .name, locals[entity].seenAt > first { locals[entity].seenAt = first }
    }

    /// The mention that covers a token.
    @inline(__always)
    func mention(at index: Int) -> Found? {
        mentionAt[index] > 0 ? found[Int(mentionAt[index]) - 1] : nil
    }

    mutating func orderFound() {
        found.sort { ($0.first, $0.last) < ($1.first, $1.last) }
        for index in mentionAt.indices { mentionAt[index] = 0 }
        for (number, mention) in found.enumerated() {
            for index in mention.first...mention.last { mentionAt[index] = Int32(number + 1) }
        }
    }
}
