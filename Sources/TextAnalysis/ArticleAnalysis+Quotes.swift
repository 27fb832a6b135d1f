import Bytes
import NewsModel

/// Quotations and who speaks them.
extension ArticleAnalysis {
    /// What stands between two quotation marks, nested ones included.
    struct Passage {
        /// The opening mark.
        var open: Int
        /// The closing mark, or the token after the last where none closes it.
        var close: Int
        var isClosed: Bool
        /// The paragraph, counted from the first.
        var paragraph: Int
        /// The next paragraph opens with a mark, and this one has no closing one.
        var continues: Bool
    }

    /// Who speaks, as the words around a quotation tell.
    struct Attribution {
        var entity: Int?
        /// The tokens that name the speaker.
        var speaker: Range<Int>?
        var cue: Int
        var cueTokens: Range<Int>
        var rule: String
        var confidence: Double
    }

    /// A speaker by the tokens that name it.
    struct Speaker {
        var entity: Int?
        var tokens: Range<Int>
    }

    mutating func findQuotes() {
        let passages = findPassages()
        for passage in passages {
            for index in passage.open..<min(tokens.count, passage.close + 1) { isQuoted[index] = true }
        }
        guard language == "en" || language == nil else { return }
        var previous: (passage: Passage, attribution: Attribution)?
        for (number, passage) in passages.enumerated() {
            guard passage.close > passage.open + 1, !tokens[passage.open].has(.masked) else { continue }
            let words = (passage.open + 1..<passage.close).count { tokens[$0].isWord }
            guard words > 0, !isTitle(passage, words) else { continue }
            var attribution = attribute(
                passage, after: number + 1 < passages.count ? passages[number + 1].open : tokens.count,
                before: number > 0 ? passages[number - 1].close : -1)
            let startsCapital = firstWord(passage).map { tokens[$0].isCapital } ?? false
            if attribution == nil, let previous {
                attribution = continued(passage, previous.passage, previous.attribution, words, startsCapital)
            }
            guard let found = attribution else { continue }
            let isAdjacent = found.confidence >= 0.7
            guard words >= (isAdjacent ? 2 : 4) || startsCapital && isAdjacent else { continue }
            // The rest of a sentence whose beginning was quoted whole is no less direct for its small letter.
            let isRest =
                previous.map {
                    isJoined($0.passage, passage)
                        && firstWord($0.passage).map { tokens[$0].isCapital } ?? false
                }
                ?? false
            let isDirect = startsCapital && (words >= 3 || isAdjacent) || isRest && words >= 3
            append(passage, isDirect ? .direct : .mixed, found)
            previous = (passage, found)
        }
        findIndirect(passages)
        quotes.sort {
            ($0.span.field.rawValue, $0.span.start, $0.span.end) < (
                $1.span.field.rawValue, $1.span.start, $1.span.end
            )
        }
    }

    private func findPassages() -> [Passage] {
        var passages: [Passage] = []
        var open = -1
        var depth = 0
        var isStraight = false
        var paragraph = 0
        for index in tokens.indices {
            let token = tokens[index]
            switch token.kind {
            case .openQuote:
                if open < 0 {
                    (open, depth, isStraight) = (index, 1, false)
                } else if !isStraight {
                    depth += 1
                }
            case .closeQuote where open >= 0 && !isStraight:
                depth -= 1
                if depth == 0 {
                    passages.append(
                        Passage(
                            open: open, close: index, isClosed: true, paragraph: paragraph, continues: false))
                    open = -1
                }
            case .straightQuote:
                if open < 0 {
                    (open, depth, isStraight) = (index, 1, true)
                } else if isStraight {
                    passages.append(
                        Passage(
                            open: open, close: index, isClosed: true, paragraph: paragraph, continues: false))
                    open = -1
                }
            case .paragraphBreak:
                if open >= 0 {
                    let next = index + 1 < tokens.count ? tokens[index + 1].kind : .other
                    passages.append(
                        Passage(
                            open: open, close: index, isClosed: false, paragraph: paragraph,
                            continues: next == .openQuote || next == .straightQuote))
                    open = -1
                }
                paragraph += 1
            default: break
            }
        }
        if open >= 0 {
            passages.append(
                Passage(
                    open: open, close: tokens.count, isClosed: false, paragraph: paragraph, continues: false))
        }
        return passages
    }

    private func firstWord(_ passage: Passage) -> Int? {
        (passage.open + 1..<passage.close).first { tokens[$0].isWord }
    }

    /// A treaty, a work, a nickname: quoted for being a title, not for being said.
    private func isTitle(_ passage: Passage, _ words: Int) -> Bool {
        guard let first = firstWord(passage) else { return true }
        if let mention = mention(at: first), mention.first == first {
            let type = locals[mention.entity].type
            let rest = (mention.last + 1..<max(mention.last + 1, passage.close)).count { tokens[$0].isWord }
            if rest == 0, type == .treaty || type == .event || words < 6 { return true }
        }
        guard words >= 2 else { return false }
        let last = passage.close - 1
        if tokens[last].kind == .question || tokens[last].kind == .period { return false }
        // Every long word large: a headline or the name of a work.
        var (large, small) = (0, 0)
        for index in passage.open + 1..<passage.close where tokens[index].isWord {
            if tokens[index].isCapital {
                large += 1
            } else if tokens[index].end - tokens[index].start > 3 {
                small += 1
            }
        }
        return small == 0 && large >= 2
    }

    private func attribute(_ passage: Passage, after nextOpen: Int, before previousClose: Int) -> Attribution?
    {
        let last = passage.close - 1
        let after = passage.close + 1
        let endsOpen =
            passage.isClosed
            && (tokens[last].kind == .comma || tokens[last].kind == .question || tokens[last].kind == .dash
                || after < tokens.count && tokens[after].kind == .comma)
        if endsOpen, let found = cueAfter(passage, nextOpen) { return found }
        if let found = cueBefore(passage, previousClose) { return found }
        if !endsOpen, passage.isClosed, after < tokens.count, tokens[last].kind != .period,
            let found = cueAfter(passage, nextOpen)
        {
            return found
        }
        return nil
    }

    /// "…," said X; "…," X said; "…" according to X.
    private func cueAfter(_ passage: Passage, _ nextOpen: Int) -> Attribution? {
        var first = passage.close + 1
        if first < tokens.count, tokens[first].kind == .comma || tokens[first].kind == .dash { first += 1 }
        guard first < tokens.count, tokens[first].kind != .paragraphBreak else { return nil }
        let sentence = tokens[first].sentence
        let limit = min(min(tokens.count, nextOpen), first + 28)
        var index = first
        while index < limit, tokens[index].sentence == sentence, tokens[index].kind != .paragraphBreak {
            if let cue = cue(at: index) {
                let range = index..<cue.last + 1
                let isAccording = knowledge.cues[cue.number].base == "according to"
                if index == first || isAccording || onlyAdverbs(first, index) {
                    if let speaker = subjectAfter(cue.last) {
                        return Attribution(
                            entity: speaker.entity, speaker: speaker.tokens, cue: cue.number,
                            cueTokens: range,
                            rule: isAccording ? "quote-according" : "quote-cue-speaker",
                            confidence: index == first ? 0.95 : 0.8)
                    }
                }
                if let speaker = subjectBefore(index, from: first) {
                    return Attribution(
                        entity: speaker.entity, speaker: speaker.tokens, cue: cue.number, cueTokens: range,
                        rule: "quote-speaker-cue", confidence: index - first < 8 ? 0.95 : 0.75)
                }
                if index > first + 4 { return nil }
                index = cue.last
            }
            index += 1
        }
        return nil
    }

    private func onlyAdverbs(_ first: Int, _ end: Int) -> Bool {
        (first..<end).allSatisfy { has($0, .adverb) && tokens[$0].isWord }
    }

    /// X said: "…"; X called it "…".
    private func cueBefore(_ passage: Passage, _ previousClose: Int) -> Attribution? {
        guard passage.open > 0 else { return nil }
        var sentence = tokens[passage.open].sentence
        var index = passage.open - 1
        // "…, he said:" at the end of the sentence or line before.
        if tokens[index].kind == .paragraphBreak, index > 0 {
            guard tokens[index - 1].kind == .colon else { return nil }
            index -= 1
        }
        if tokens[index].sentence != sentence {
            guard tokens[index].kind == .colon else { return nil }
            sentence = tokens[index].sentence
        }
        let isColon = tokens[index].kind == .colon
        let mark = index
        let start = index
        let comma = tokens[index].kind == .comma || isColon
        while index >= 0, tokens[index].sentence == sentence, tokens[index].kind != .paragraphBreak,
            start - index < 30
        {
            if isQuoted[index] {
                // Past an earlier quotation of the sentence only where "and" or a comma joins the two.
                guard
                    index == previousClose
                        || tokens[index].kind != .closeQuote && tokens[index].kind != .straightQuote
                else { return nil }
                var back = index
                while back > 0, isQuoted[back], tokens[back].sentence == sentence { back -= 1 }
                index = back
                if start - index >= 60 { return nil }
                continue
            }
            if let cue = cue(at: index) {
                let range = index..<cue.last + 1
                let distance = mark - cue.last
                let speaker =
                    subjectBefore(index, from: sentenceStart(index))
                    ?? (distance <= 4 || comma ? subjectAfter(cue.last) : nil)
                if let speaker {
                    return Attribution(
                        entity: speaker.entity, speaker: speaker.tokens, cue: cue.number, cueTokens: range,
                        rule: isColon
                            ? "quote-after-colon" : distance <= 1 ? "quote-after-cue" : "quote-in-clause",
                        confidence: comma || distance <= 1 ? 0.9 : distance < 9 ? 0.75 : 0.6)
                }
            }
            index -= 1
        }
        if isColon, let first = (sentenceStart(mark)..<mark).first(where: { mention(at: $0) != nil }),
            let found = mention(at: first),
            locals[found.entity].type == .person || locals[found.entity].type == .organisation
        {
            // "An ABC moderator, Jane Doe, …:" is the moderator's.
            let found = employee(after: found, before: mark) ?? found
            return Attribution(
                entity: found.entity, speaker: found.first..<found.last + 1, cue: -1,
                cueTokens: mark..<mark + 1,
                rule: "quote-colon", confidence: 0.7)
        }
        return nil
    }

    /// The person whose role and name follow a body's name: "ABC moderator Jane Doe".
    private func employee(after body: Found, before end: Int) -> Found? {
        guard locals[body.entity].type == .organisation else { return nil }
        var position = body.last + 1
        var hasRole = false
        while position < end, position - body.last < 5, tokens[position].isWord {
            if let person = mention(at: position) {
                return hasRole && locals[person.entity].type == .person ? person : nil
            }
            if has(position, [.role, .title]) { hasRole = true }
            position += 1
        }
        return nil
    }

    private func sentenceStart(_ index: Int) -> Int {
        let number = Int(tokens[index].sentence)
        return number < sentences.count ? sentences[number].lowerBound : index
    }

    /// The second half of a quotation, or the next paragraph of a long one.
    private func continued(
        _ passage: Passage, _ previous: Passage, _ attribution: Attribution, _ words: Int,
        _ startsCapital: Bool
    ) -> Attribution? {
        var result = attribution
        if passage.paragraph == previous.paragraph {
            guard startsCapital || isJoined(previous, passage), words >= 3 else { return nil }
            result.rule = "quote-continued"
            result.confidence = 0.8
            return result
        }
        guard passage.paragraph == previous.paragraph + 1 else { return nil }
        let opens = passage.open == 0 || tokens[passage.open - 1].kind == .paragraphBreak
        if opens, previous.continues {
            result.rule = "quote-next-paragraph"
            result.confidence = 0.85
            return result
        }
        guard opens, startsCapital, words >= 5 else { return nil }
        // A paragraph that is a quotation and nothing else; one that goes on in the next has no closing mark.
        let after = passage.isClosed ? passage.close + 1 : passage.close
        guard after >= tokens.count || tokens[after].kind == .paragraphBreak else { return nil }
        result.rule = "quote-paragraph"
        result.confidence = 0.55
        return result
    }

    private func isJoined(_ previous: Passage, _ passage: Passage) -> Bool {
        tokens[previous.open].sentence == tokens[passage.open].sentence
            && passage.open - previous.close < 14
    }

    private mutating func append(_ passage: Passage, _ kind: QuoteKind, _ attribution: Attribution) {
        var start = Int(tokens[passage.open].end)
        var end = passage.close < tokens.count ? Int(tokens[passage.close].start) : bytes.count
        if !passage.isClosed { end = Int(tokens[passage.close - 1].end) }
        while start < end, bytes[start].isWhitespace { start += 1 }
        while end > start, bytes[end - 1].isWhitespace { end -= 1 }
        append(start, end, kind, attribution)
    }

    private mutating func append(_ start: Int, _ end: Int, _ kind: QuoteKind, _ attribution: Attribution) {
        guard start < end, let span = span(start, end) else { return }
        quotes.append(
            Quote(
                span: span, kind: kind, speaker: attribution.entity,
                speakerSpan: attribution.speaker.flatMap { tokenSpan($0.lowerBound, $0.upperBound - 1) },
                cue: attribution.cue >= 0 ? knowledge.cues[attribution.cue].base : nil,
                cueSpan: attribution.cue >= 0
                    ? tokenSpan(attribution.cueTokens.lowerBound, attribution.cueTokens.upperBound - 1) : nil,
                rule: attribution.rule, confidence: attribution.confidence))
    }

    /// The cue that begins at a token, read as a verb.
    func cue(at index: Int) -> (number: Int, last: Int)? {
        guard tokens[index].isWord, has(index, .cue), !isQuoted[index], !tokens[index].has(.masked),
            tokens[index].isLowercase || tokens[index].has(.opening)
        else { return nil }
        if mentionAt[index] != 0 { return nil }
        guard let numbers = knowledge.cuesByWord[tokens[index].word] else { return nil }
        search: for number in numbers {
            let words = knowledge.cues[number].words
            guard index + words.count <= tokens.count else { continue }
            for offset in 1..<max(1, words.count) where tokens[index + offset].hash != words[offset] {
                continue search
            }
            if words.count == 1, index > 0, sameSentence(index - 1, index) {
                // "the report", "his call", "to promise": no verb with a subject.
                let before = tokens[index - 1]
                if before.isWord,
                    has(index - 1, .article) || before.has(.possessive) || before.hash == Self.to
                        || before.hash == Self.be
                {
                    return nil
                }
                if has(index - 1, .preposition), !before.isCapital, before.hash != Self.that { return nil }
                if before.isLowercase, Self.possessives.contains(before.hash) { return nil }
            }
            return (number, index + words.count - 1)
        }
        return nil
    }

    private static let to = WordHash.of("to")
    private static let be = WordHash.of("be")
    private static let that = WordHash.of("that")
    private static let who = WordHash.of("who")
    private static let possessives: Set<UInt64> = Set(
        ["his", "its", "their", "our", "my", "your"].map { WordHash.of($0) })
    private static let speakingPronouns: Set<UInt64> = Set(
        ["he", "she", "they", "it", "i", "we", "who"].map { WordHash.of($0) })

    /// The subject of a cue that stands before it.
    private func subjectBefore(_ cue: Int, from start: Int, looksBack: Bool = true) -> Speaker? {
        var position = cue - 1
        // "has also said", "later told"
        while position >= start, tokens[position].isWord, mentionAt[position] == 0,
            tokens[position].isLowercase,
            has(position, [.auxiliary, .adverb]), !Self.speakingPronouns.contains(tokens[position].hash)
        {
            position -= 1
        }
        guard position >= start, !isQuoted[position] else { return nil }
        if tokens[position].kind == .closeBracket {
            while position > start, tokens[position].kind != .openBracket { position -= 1 }
            position -= 1
            guard position >= start else { return nil }
        }
        let token = tokens[position]
        if token.kind == .comma { return subjectOverComma(position, start, looksBack) }
        if token.isLowercase, token.hash == Self.and || has(position, .conjunction) {
            return looksBack ? earlierSubject(position, start) : nil
        }
        if token.isWord, Self.speakingPronouns.contains(token.hash), mentionAt[position] == 0 {
            if token.hash == Self.who {
                let before =
                    position > start && tokens[position - 1].kind == .comma ? position - 2 : position - 1
                if before >= start, let mention = mention(at: before) {
                    return Speaker(
                        entity: voice(mention.entity), tokens: mention.first..<mention.last + 1)
                }
                return before >= start ? nounPhrase(endingAt: before, start) : nil
            }
            return Speaker(entity: pronounEntity(position), tokens: position..<position + 1)
        }
        if let mention = mention(at: position) { return speaker(mention, start) }
        guard token.isWord else { return nil }
        return nounPhrase(endingAt: position, start)
    }

    /// What a mention before a cue makes the speaker: itself, or the body that a spokesman or statement is of.
    private func speaker(_ mention: Found, _ start: Int) -> Speaker {
        var first = mention.first
        // "China's Ministry of Foreign Affairs" begins with another mention.
        if first > start, let before = self.mention(at: first - 1), before.last == first - 1,
            locals[before.entity].type == .country
        {
            first = before.first
        }
        if first > start, has(first - 1, .article) { first -= 1 }
        // "Jane Doe of Thailand said".
        if first - 2 >= start, tokens[first - 1].isLowercase, has(first - 1, .preposition),
            locals[mention.entity].type != .person, let person = self.mention(at: first - 2),
            locals[person.entity].type == .person, person.kind == .name || person.kind == .part
        {
            return Speaker(entity: person.entity, tokens: person.first..<person.last + 1)
        }
        if first - 2 >= start, tokens[first - 1].isLowercase, has(first - 1, .preposition),
            has(first - 2, [.role, .title, .speechNoun, .common]), locals[mention.entity].type != .person
        {
            if let phrase = nounPhrase(endingAt: first - 2, start) {
                if phrase.entity != nil { return phrase }
                let isPlace = locals[mention.entity].type == .place
                return Speaker(
                    entity: isPlace ? nil : voice(mention.entity),
                    tokens: phrase.tokens.lowerBound..<mention.last + 1)
            }
        }
        return Speaker(entity: voice(mention.entity), tokens: mention.first..<mention.last + 1)
    }

    /// An entity that can speak: somebody, a body, a country, or a capital that stands for its government.
    private func voice(_ entity: Int) -> Int? {
        switch locals[entity].type {
        case .person, .organisation, .country: entity
        case .place: knowledge.capitalOf[locals[entity].gazetteer] == nil ? nil : entity
        case .treaty, .event, .region: nil
        }
    }

    /// "X, a spokesman for Y, said" and "After the talks, X said".
    private func subjectOverComma(_ comma: Int, _ start: Int, _ looksBack: Bool) -> Speaker? {
        var position = comma - 1
        var depth = 0
        while position >= start, depth < 26 {
            if isQuoted[position] { break }
            if tokens[position].kind == .comma, position > start, let mention = mention(at: position - 1) {
                if locals[mention.entity].type == .person || locals[mention.entity].type == .organisation {
                    return Speaker(entity: mention.entity, tokens: mention.first..<mention.last + 1)
                }
            }
            position -= 1
            depth += 1
        }
        return looksBack ? earlierSubject(comma, start) : nil
    }

    /// The subject of the sentence, for a second verb: "X rejected it and said".
    private func earlierSubject(_ index: Int, _ start: Int) -> Speaker? {
        var position = index - 1
        var fallback: Speaker?
        while position >= start, index - position < 120 {
            if isQuoted[position] {
                position -= 1
                continue
            }
            if let number = cue(at: position)?.number, number >= 0,
                let subject = subjectBefore(position, from: start, looksBack: false)
            {
                return subject
            }
            if let mention = mention(at: position) {
                let type = locals[mention.entity].type
                if type == .person || type == .organisation, mention.kind != .demonym,
                    mention.first == start || !has(max(0, mention.first - 1), .preposition)
                {
                    fallback = Speaker(entity: mention.entity, tokens: mention.first..<mention.last + 1)
                }
                position = mention.first - 1
                continue
            }
            if tokens[position].isWord, has(position, .subjectPronoun) {
                fallback = Speaker(entity: pronounEntity(position), tokens: position..<position + 1)
            }
            position -= 1
        }
        return fallback
    }

    /// "the official", "one analyst", "a senior Pentagon official".
    private func nounPhrase(endingAt last: Int, _ start: Int) -> Speaker? {
        guard tokens[last].isWord, !has(last, [.preposition, .conjunction, .article, .auxiliary]) else {
            return nil
        }
        var first = last
        var entity = mention(at: last).flatMap { voice($0.entity) }
        while first > start, last - first < 7 {
            let before = tokens[first - 1]
            guard before.isWord, !isQuoted[first - 1], before.sentence == tokens[last].sentence else { break }
            if has(first - 1, .article) || before.isLowercase && Self.possessives.contains(before.hash) {
                first -= 1
                break
            }
            if before.isLowercase, has(first - 1, [.preposition, .conjunction, .auxiliary]) { break }
            first -= 1
        }
        if entity == nil {
            for index in first...last {
                if let mention = mention(at: index), locals[mention.entity].type == .person {
                    entity = mention.entity
                }
            }
        }
        return Speaker(entity: entity, tokens: first..<last + 1)
    }

    /// The subject of a cue that stands after it: "said X", "according to the foreign ministry".
    private func subjectAfter(_ cue: Int) -> Speaker? {
        var position = cue + 1
        guard position < tokens.count, sameSentence(cue, position) else { return nil }
        if tokens[position].isLowercase, mentionAt[position] == 0,
            has(position, [.preposition, .conjunction]) || tokens[position].hash == Self.that
        {
            return nil
        }
        let first = position
        var body: Found?
        while position < tokens.count, position < first + 14, sameSentence(cue, position), !isQuoted[position]
        {
            let token = tokens[position]
            if let mention = mention(at: position) {
                if locals[mention.entity].type == .person {
                    return Speaker(entity: mention.entity, tokens: mention.first..<mention.last + 1)
                }
                if body == nil || body.map({ locals[$0.entity].type == .country }) ?? false { body = mention }
                position = mention.last + 1
                continue
            }
            if token.isWord, position == first, Self.speakingPronouns.contains(token.hash) {
                return Speaker(entity: pronounEntity(position), tokens: position..<position + 1)
            }
            // "said the foreign minister, Jane Doe": the noun's name after a comma.
            if token.kind == .comma, position > first, position + 1 < tokens.count,
                let person = mention(at: position + 1), person.first == position + 1, person.kind == .name,
                locals[person.entity].type == .person, sameSentence(cue, position + 1),
                (first..<position).contains(where: { has($0, [.role, .title]) })
            {
                return Speaker(entity: person.entity, tokens: person.first..<person.last + 1)
            }
            guard token.isWord else { break }
            if token.isLowercase, position > first,
                has(position, [.preposition, .conjunction, .auxiliary, .pronoun])
            {
                // "a spokesman for X" goes on; "said X on Monday" does not.
                guard body == nil, token.hash == Self.for || token.hash == Self.of || token.hash == Self.from,
                    position + 1 < tokens.count
                else { break }
            }
            position += 1
        }
        if let body {
            // "said the Chinese spokesman": a noun after the body's name is the speaker, of whom the body is all that is known.
            // Nor does a town speak in "said a teacher in Yangon".
            let isNamed =
                body.kind != .demonym && (locals[body.entity].type != .place || body.first <= first + 1)
            return Speaker(
                entity: isNamed ? voice(body.entity) : nil, tokens: first..<max(body.last + 1, position))
        }
        guard position > first,
            has(first, .article) || has(first, [.role, .title]) || tokens[first].isCapital
                || has(first, .common)
        else { return nil }
        return Speaker(entity: nil, tokens: first..<position)
    }

    private static let from = WordHash.of("from")

    /// Whom a pronoun beside a cue means: the one fitting person of two sentences, else the last speaker or person.
    private func pronounEntity(_ index: Int) -> Int? {
        guard has(index, .subjectPronoun) else { return nil }
        if let only = antecedent(index) { return only }
        let gender: Gender = tokens[index].hash == Self.she ? .female : .male
        if let speaker = speakerJustBefore(index),
            locals[speaker].gender == nil || locals[speaker].gender == gender
        {
            return speaker
        }
        if let last = quotes.last?.speaker, quotes.last?.span.field == .body, locals[last].type == .person,
            locals[last].gender == nil || locals[last].gender == gender
        {
            return last
        }
        // The subject of an earlier sentence: the first person in it.
        var sentence = Int(tokens[index].sentence)
        var steps = 0
        while sentence >= 0, steps < 4 {
            for position in sentences[sentence] where position < index && !isQuoted[position] {
                if let mention = mention(at: position), locals[mention.entity].type == .person,
                    locals[mention.entity].gender == nil || locals[mention.entity].gender == gender
                {
                    return mention.entity
                }
            }
            sentence -= 1
            steps += 1
        }
        return nil
    }

    /// The person whose words the sentence just before gives, quoted or not: "Doe said it was late. “…,” he said."
    private func speakerJustBefore(_ index: Int) -> Int? {
        var position = sentenceStart(index) - 1
        while position >= 0, isQuoted[position] || tokens[position].kind == .paragraphBreak,
            index - position < 400
        {
            position -= 1
        }
        guard position >= 0, index - position < 400 else { return nil }
        let start = sentenceStart(position)
        var place = start
        while place <= position, place - start < 60 {
            if !isQuoted[place], has(place, .cue), let cue = cue(at: place),
                knowledge.cues[cue.number].isStrong
            {
                guard place > start, let person = mention(at: place - 1) ?? bracketed(place - 1, from: start),
                    locals[person.entity].type == .person, person.kind != .pronoun
                else { return nil }
                return person.entity
            }
            place += 1
        }
        return nil
    }

    /// The mention before brackets: "Jane Doe (R-Wis.) said".
    private func bracketed(_ last: Int, from start: Int) -> Found? {
        guard tokens[last].kind == .closeBracket else { return nil }
        var position = last
        while position > start, last - position < 12, tokens[position].kind != .openBracket { position -= 1 }
        return position > start ? mention(at: position - 1) : nil
    }

    /// "X said that …" and "…, X said", in the writer's words.
    private mutating func findIndirect(_ passages: [Passage]) {
        var quoted = Set<Int>()
        for passage in passages {
            for index in passage.open..<min(tokens.count, passage.close + 1) {
                quoted.insert(Int(tokens[index].sentence))
            }
        }
        for (number, sentence) in sentences.enumerated() where !quoted.contains(number) && sentence.count > 5
        {
            guard !tokens[sentence.lowerBound].has(.loud) else { continue }
            guard let index = sentence.first(where: { has($0, .cue) && cue(at: $0) != nil }),
                let cue = cue(at: index)
            else { continue }
            guard knowledge.cues[cue.number].isStrong,
                let speaker = subjectBefore(index, from: sentence.lowerBound),
                speaker.entity != nil
            else { continue }
            let last = sentence.upperBound - 1
            let end = tokens[last].kind == .period || tokens[last].kind == .question ? last - 1 : last
            let range = index..<cue.last + 1
            if speaker.tokens.lowerBound > sentence.lowerBound + 4,
                tokens[speaker.tokens.lowerBound - 1].kind == .comma
            {
                append(
                    Int(tokens[sentence.lowerBound].start), Int(tokens[speaker.tokens.lowerBound - 2].end),
                    .indirect,
                    Attribution(
                        entity: speaker.entity, speaker: speaker.tokens, cue: cue.number, cueTokens: range,
                        rule: "indirect-before-cue", confidence: 0.7))
                continue
            }
            var first = cue.last + 1
            guard first < end, end - first >= 3 else { continue }
            let isThat = tokens[first].hash == Self.that
            if isThat { first += 1 }
            guard
                isThat || tokens[first].isWord && (has(first, [.article, .pronoun]) || mentionAt[first] != 0)
            else { continue }
            append(
                Int(tokens[first].start), Int(tokens[end].end), .indirect,
                Attribution(
                    entity: speaker.entity, speaker: speaker.tokens, cue: cue.number, cueTokens: range,
                    rule: "indirect-after-cue", confidence: isThat ? 0.8 : 0.65))
        }
    }
}
