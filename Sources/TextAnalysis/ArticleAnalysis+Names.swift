import Bytes
import NewsModel

/// Names in runs of capitalised words: what the gazetteer knows, and what titles, first names and head words show.
extension ArticleAnalysis {
    mutating func findNames() {
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            guard token.isWord || matchAt[index] != 0, !token.has(.masked) else {
                index += 1
                continue
            }
            if let match = match(at: index), match.first == index, !token.isCapital {
                // A name that begins with a small letter: a ministry, "al-Shabab".
                if match.isMinistry {
                    index = match.last + 1
                } else {
                    takeRun(index, match.last + 1)
                    index = match.last + 1
                }
                continue
            }
            guard token.isCapital else {
                index += 1
                continue
            }
            let end = runEnd(index)
            takeRun(index, end)
            index = end
        }
    }

    func match(at index: Int) -> Match? {
        matchAt[index] > 0 ? matches[Int(matchAt[index]) - 1] : nil
    }

    /// The end of the run of capitalised words, with the small words that belong inside names.
    private func runEnd(_ first: Int) -> Int {
        var last = lastOfPiece(first)
        var hasOf = false
        while last + 1 < tokens.count {
            let next = last + 1
            let token = tokens[next]
            guard sameSentence(first, next), !token.has(.masked), next - first < Self.longestRun else {
                break
            }
            if tokens[last].has(.possessive), !continuesAfterPossessive(last) { break }
            if token.isWord,
                token.has(.capital)
                    || match(at: next).map({ $0.first == next && !$0.isMinistry && !$0.isWeak }) ?? false
            {
                if isDate(next), !has(next, .firstName) { break }
                last = lastOfPiece(next)
                continue
            }
            if last > first, familyFirstEnd(last - 1) == next {
                last = next
                continue
            }
            guard next + 1 < tokens.count, sameSentence(first, next + 1) else { break }
            if token.isLowercase, has(next, .particle), !has(next, .preposition) || token.has(.hyphenated) {
                var after = next + 1
                if has(after, .particle), tokens[after].isLowercase, after + 1 < tokens.count { after += 1 }
                guard tokens[after].isCapital, sameSentence(first, after) else { break }
                last = lastOfPiece(after)
                continue
            }
            if token.hash == Self.of || token.hash == Self.for || token.hash == Self.on {
                var after = next + 1
                if tokens[after].isLowercase, has(after, .article), after + 1 < tokens.count { after += 1 }
                guard tokens[after].isCapital, sameSentence(first, after), tokens[last].isCapital else {
                    break
                }
                let kind: WordClass =
                    token.hash == Self.of
                    ? [.organisationHead, .treatyTail, .placeHead, .organisationTail]
                    : token.hash == Self.for ? [.organisationHead, .organisationTail] : [.treatyTail]
                guard has(last, kind), match(at: last).map({ $0.count == 1 || $0.isMinistry }) ?? true else {
                    break
                }
                if token.hash == Self.for, !has(last, .organisationHead) { break }
                if isDate(after) || has(after, .firstName) && token.hash != Self.of { break }
                hasOf = true
                last = lastOfPiece(after)
                continue
            }
            let isAmpersand =
                token.kind == .other && token.end - token.start == 1
                && bytes[Int(token.start)] == UInt8(ascii: "&")
            if isAmpersand || token.hash == Self.and && hasOf {
                guard tokens[next + 1].isCapital,
                    match(at: next + 1).map({ $0.isMinistry || $0.isWeak }) ?? true,
                    isAmpersand || !has(next + 1, [.firstName, .title])
                else { break }
                last = lastOfPiece(next + 1)
                continue
            }
            break
        }
        return last + 1
    }

    /// Words in a run; what goes on for longer is no name, and must not be read again for each of its words.
    private static let longestRun = 40

    static let of = WordHash.of("of")
    static let `for` = WordHash.of("for")
    static let on = WordHash.of("on")
    static let and = WordHash.of("and")

    /// The last token of a name whose family name comes first and whose given name has two syllables with a hyphen
    /// between: "Park Soo-min", "Chen Shui-bian".
    func familyFirstEnd(_ first: Int) -> Int? {
        let last = first + 2
        guard first >= 0, last < tokens.count, has(first, .familyFirst), tokens[first].isCapital,
            tokens[first + 1].isCapital, tokens[last].isWord, tokens[last].has(.hyphenated),
            !tokens[first].has(.possessive), !tokens[first + 1].has(.hyphenated),
            tokens[first + 1].end - tokens[first + 1].start <= 6, tokens[last].end - tokens[last].start <= 6,
            sameSentence(first, last), last + 1 >= tokens.count || !tokens[last + 1].has(.hyphenated)
        else { return nil }
        // "Lee County-wide": what follows the hyphen is no everyday word.
        return tokens[last].isLowercase && has(last, .common) ? nil : last
    }

    /// The end of what begins at a token: a gazetteer name, an office of several words, or the word.
    private func lastOfPiece(_ index: Int) -> Int {
        if let match = match(at: index), match.first == index { return match.last }
        if has(index, .startsTitle), let title = titlePhrase(at: index), title.last > index,
            tokens[title.last].isCapital
        {
            return title.last
        }
        return index
    }

    private func continuesAfterPossessive(_ index: Int) -> Bool {
        if let match = match(at: index) { return match.last > index }
        // "People's Party", "Women's Council"; never "Arsenal's Ian Wright".
        return has(index, .common) && !has(index, .function) && index + 1 < tokens.count
            && tokens[index + 1].isCapital && !has(index + 1, .firstName)
    }

    /// The longest office of the gazetteer or lexicon that begins at a token.
    func titlePhrase(at first: Int) -> (last: Int, titles: [Alias])? {
        var path: UInt64 = 1
        var best: (Int, [Alias])?
        var position = first
        while position < tokens.count, position < first + 9 {
            let token = tokens[position]
            if position > first, token.sentence != tokens[first].sentence { break }
            path = WordHash.pair(path, NameIndex.key(token))
            let end = knowledge.titleIndex.step(path)
            if end < 0 { break }
            if end > 0 { best = (position, knowledge.titleIndex.names(end)) }
            position += 1
        }
        return best
    }

    /// Reads one run of capitalised words, left to right.
    private mutating func takeRun(_ start: Int, _ end: Int) {
        if tokens[start].has(.loud) {
            takeLoudRun(start, end)
            return
        }
        var position = start
        while position < end {
            let token = tokens[position]
            guard token.isWord, mentionAt[position] == 0 else {
                position += 1
                continue
            }
            if match(at: position) == nil || match(at: position)?.first != position {
                if token.isLowercase || has(position, .function) && !startsOrganisation(position, end)
                    || isDate(position)
                {
                    position += 1
                    continue
                }
            }
            position = takePiece(position, end)
        }
    }

    /// "One Nation Party" may begin with a small word written large; a lone "The" is none of the name.
    private func startsOrganisation(_ position: Int, _ end: Int) -> Bool {
        guard !tokens[position].has(.opening), !has(position, [.article, .pronoun, .preposition]) else {
            return false
        }
        return position + 1 < end && tokens[position].has(.capital)
            && has(end - 1, [.organisationTail, .organisationSuffix])
    }

    /// Takes one name from a run and returns where the next may begin.
    private mutating func takePiece(_ first: Int, _ end: Int) -> Int {
        let match = match(at: first).flatMap { $0.first == first ? $0 : nil }
        if let match, match.count > 1, !match.isMinistry, !match.isWeak {
            let type = type(of: match)
            if type == .person || match.last + 1 >= end || isPossessiveEnd(match.last) {
                takeMatch(first)
                return match.last + 1
            }
            if let last = organisationEnd(first, end, after: match.last) {
                takeOrganisation(first, last)
                return last + 1
            }
            takeMatch(first)
            return match.last + 1
        }
        if let last = familyFirstEnd(first), last < end {
            takePerson(first, last, title: roleBefore(first), rule: "family-first")
            return last + 1
        }
        if let match, match.isMinistry {
            // Left for the pass that knows the country; as part of a longer name it is no ministry.
            if match.last + 1 < end, let last = organisationEnd(first, end, after: match.last) {
                takeOrganisation(first, last)
                return last + 1
            }
            if let title = titleEnd(first, end), title.last > match.last || match.count == 1 {
                return takeTitled(first, title, end)
            }
            return match.last + 1
        }
        if let title = titleEnd(first, end) {
            return takeTitled(first, title, end)
        }
        // A country or demonym before something else.
        if let match, !match.isWeak {
            let isDemonym = match.aliases.contains { $0.kind == .demonym }
            if match.last + 1 < end, !isPossessiveEnd(match.last) {
                if let next = self.match(at: match.last + 1), next.isMinistry, next.first == match.last + 1 {
                    takeMatch(first)
                    return match.last + 1
                }
                if let last = organisationEnd(first, end, after: match.last) {
                    takeOrganisation(first, last)
                    return last + 1
                }
                if let (last, type) = tailedEnd(first, end), last > match.last {
                    takeTailed(first, last, type)
                    return last + 1
                }
                if has(first, .firstName) || has(first, .givenPlace) && isSurname(first + 1, end),
                    let last = personEnd(first, end), last > match.last
                {
                    takePerson(first, last, title: 0..<0, rule: "first-name")
                    return last + 1
                }
                if !isDemonym, match.aliases.contains(where: { $0.kind == .knownAs }),
                    let last = personEnd(first, end),
                    last > first, last + 1 == end, self.match(at: first + 1) == nil
                {
                    takePerson(first, last, title: 0..<0, rule: "two-capitals")
                    return last + 1
                }
            }
            takeMatch(first)
            return match.last + 1
        }
        // "Democratic Senate candidate": a party's adjective before a body that has a name of its own.
        if first + 1 < end, has(first, .noPerson), !has(first, .direction),
            let body = self.match(at: first + 1), body.first == first + 1, !body.isMinistry, !body.isWeak,
            type(of: body) == .organisation, organisationEnd(first, end, after: first) == body.last
        {
            takeMatch(body.first)
            return body.last + 1
        }
        if let last = organisationEnd(first, end, after: first) {
            let open = skipOpening(first, last)
            if open == last {
                pend(last, last)
            } else {
                takeOrganisation(open, last)
            }
            return last + 1
        }
        if let (last, type) = tailedEnd(first, end) {
            takeTailed(first, last, type)
            return last + 1
        }
        return takeUnknown(first, end)
    }

    /// Whether a word that ends a run is nothing but, at most, a family name.
    private func isSurname(_ index: Int, _ end: Int) -> Bool {
        index + 1 == end && tokens[index].isCapital && !tokens[index].has(.allCapitals)
            && !has(
                index,
                [
                    .common, .function, .title, .titleModifier, .noPerson, .direction, .organisationTail,
                    .placeTail,
                    .organisationSuffix, .month, .weekday,
                ])
            && (match(at: index).map { $0.isWeak } ?? true)
    }

    func isPossessiveEnd(_ index: Int) -> Bool { tokens[index].has(.possessive) }

    /// The type that a match has beyond doubt, or `nil`.
    func type(of match: Match) -> EntityType? {
        guard let first = match.aliases.first, !match.isMinistry else { return nil }
        return knowledge.gazetteer.entities[Int(first.target)].type
    }

    /// Drops a common word that only the start of the sentence made large.
    private func skipOpening(_ first: Int, _ last: Int) -> Int {
        guard tokens[first].has(.opening), first < last else { return first }
        let isSmall = smallWords.find(tokens[first].hash) >= 0
        return has(first, .function) || isSmall && has(first, .common) && !has(first, .organisationHead)
            ? first + 1 : first
    }

    // The last token of an organisation's name that begins at `first` and goes beyond `after`, or nil.
    private func organisationEnd(_ first: Int, _ end: Int, after: Int) -> Int? {
        var best: Int?
        // "University of …": the head and all that follows.
        if has(first, .organisationHead), first + 1 < end,
            tokens[first + 1].hash == Self.of || tokens[first + 1].hash == Self.for
        {
            var last = first + 2
            while last < end {
                if last > first + 2, titleEnd(last, end)?.last == last, !has(last, .organisationTail) {
                    break
                }
                best = last
                last += 1
            }
            return best
        }
        var index = max(first, after)
        while index < end {
            guard tokens[index].isWord else {
                index += 1
                continue
            }
            let isLast = index + 1 >= end
            if index > first {
                if has(index, .organisationSuffix), tokens[index].has(.capital) {
                    // "Inc." and the like end a name whatever follows.
                    best = index
                    if !has(index, .organisationTail), !isLast,
                        !has(index + 1, [.organisationSuffix, .organisationTail])
                    {
                        return best
                    }
                } else if has(index, .organisationTail), tokens[index].has(.capital) {
                    if !(index == first + 1 && has(first, .firstName)
                        && has(index, [.familyName, .firstName]))
                    {
                        best = index
                    }
                } else if best != nil, tokens[index].hash == Self.of || tokens[index].hash == Self.for {
                    // "House Committee on …" is left; "Bank of Japan" went above.
                    if index + 1 < end {
                        best = end - 1
                        return best
                    }
                }
            }
            if index > first, titlePosition(index), best == nil { return nil }
            // "Clinton White House": a known name of its own.
            if let match = match(at: index), match.first == index, index > first, match.count > 1,
                !match.isWeak,
                !match.isMinistry, best == nil, match.last + 1 >= end
            {
                return nil
            }
            if tokens[index].has(.possessive), !continuesAfterPossessive(index) { break }
            index += 1
        }
        if let best, best <= after, best != first { return best > after ? best : nil }
        return best
    }

    private func titlePosition(_ index: Int) -> Bool {
        has(index, .title) && tokens[index].has(.capital) && !has(index, [.organisationTail])
    }

    /// The end of a name that a last or first word shows to be a place, event, treaty or nothing of use.
    private func tailedEnd(_ first: Int, _ end: Int) -> (Int, EntityType?)? {
        if has(first, .placeHead), first + 1 < end, tokens[first].has(.capital) {
            if tokens[first + 1].hash == Self.of, first + 2 < end { return (end - 1, .place) }
            if tokens[first + 1].isCapital, !has(first + 1, .function), tokens[first + 1].has(.capital) {
                return (
                    min(end - 1, first + 2 < end && has(first + 2, .placeTail) ? first + 2 : first + 1),
                    .place
                )
            }
        }
        var result: (Int, EntityType?)?
        for index in first..<end where index > first && tokens[index].isCapital {
            if has(index, .placeTail), !has(index, [.familyName]) || !has(first, .firstName) {
                result = (index, .place)
            } else if has(index, .eventTail), !has(first, .firstName) {
                result = (index, .event)
            } else if has(index, .treatyTail) {
                result = (index, .treaty)
            } else if has(index, .otherTail), !has(first, .firstName) {
                result = (index, nil)
            }
        }
        if let (last, type) = result, type == .treaty, last + 1 < end { return (end - 1, type) }
        // "Charter of the United Nations" begins with its head.
        if result == nil, has(first, .treatyTail), first + 1 < end, tokens[first + 1].isLowercase {
            return (end - 1, .treaty)
        }
        return result
    }

    private mutating func takeTailed(_ first: Int, _ last: Int, _ type: EntityType?) {
        let open = skipOpening(first, last)
        guard open < last, let type else {
            // "Nobel Prize", "Patriot Act": the names inside still count.
            takeMatches(first, last)
            return
        }
        if outsiders.contains(path(open, last)) { return }
        let rule = type == .place ? "place-word" : type == .event ? "event-word" : "treaty-word"
        let entity = local(provisional: type, open, last)
        add(open, last, entity, .name, rule)
    }

    mutating func takeOrganisation(_ first: Int, _ last: Int) {
        if let match = match(at: first), match.first == first, match.last == last, !match.isMinistry,
            !match.isWeak
        {
            takeMatch(first)
            return
        }
        guard !outsiders.contains(path(first, last)) else { return }
        let exact = knowledge.names.exact((first...last).map { NameIndex.key(tokens[$0]) })
        let rule = has(last, .organisationSuffix) ? "company-suffix" : "organisation-word"
        if let alias = exact.first(where: { $0.kind == .name || $0.kind == .alias }) {
            let entity = local(gazetteer: alias.target)
            add(first, last, entity, .name, "gazetteer-name", extra: nameExtra(last))
            return
        }
        let entity = local(provisional: .organisation, first, last)
        if locals[entity].country < 0, let match = match(at: first), match.last < last,
            let alias = match.aliases.first,
            !match.isMinistry
        {
            locals[entity].country = countryNumber(of: Int32(alias.target))
        }
        add(first, last, entity, .name, rule, extra: nameExtra(last))
        noteOrganisation(entity, first, last)
    }

    /// First words that many bodies share, so that alone they name none: "House", "National", "Republican".
    private static let notDistinctive: WordClass = [
        .common, .function, .firstName, .direction, .organisationHead, .organisationTail, .titleModifier,
        .title, .noPerson,
        .placeTail, .eventTail, .otherTail, .month, .weekday,
    ]

    mutating func noteOrganisation(_ entity: Int, _ first: Int, _ last: Int) {
        if last > first, match(at: first) == nil || match(at: first)?.isWeak ?? false,
            !has(first, Self.notDistinctive), !tokens[first].isLowercase,
            organisationsByFirst[tokens[first].hash] == nil
        {
            organisationsByFirst[tokens[first].hash] = entity
        }
        readAcronym(entity, first, last)
    }

    /// The period of "Inc." belongs to the name unless it ends the sentence.
    private func nameExtra(_ last: Int) -> Int32 {
        tokens[last].has(.abbreviated) ? 1 : 0
    }

    /// "World Food Programme (WFP)": the letters stand for the name from there on.
    private mutating func readAcronym(_ entity: Int, _ first: Int, _ last: Int) {
        guard last + 3 < tokens.count, tokens[last + 1].kind == .openBracket,
            tokens[last + 2].has(.allCapitals),
            tokens[last + 3].kind == .closeBracket, fitsAcronym(last + 2, first, last)
        else { return }
        acronyms[tokens[last + 2].hash] = entity
    }

    /// Whether the letters of an acronym occur, in order, as first letters of the words.
    func fitsAcronym(_ acronym: Int, _ first: Int, _ last: Int) -> Bool {
        let letters = bytes[Int(tokens[acronym].start)..<Int(tokens[acronym].end)].filter(\.isLetter)
        guard letters.count >= 2 else { return false }
        var position = first
        var hits = 0
        for letter in letters {
            var index = position
            while index <= last,
                !tokens[index].isWord || bytes[Int(tokens[index].start)] & 0xDF != letter & 0xDF
            {
                index += 1
            }
            if index <= last {
                hits += 1
                position = index + 1
            }
        }
        return bytes[Int(tokens[first].start)] & 0xDF == letters[letters.startIndex] & 0xDF
            && hits * 3 >= letters.count * 2
    }

    func countryNumber(of target: Int32) -> Int32 {
        let entity = knowledge.gazetteer.entities[Int(target)]
        guard let code = entity.country, let number = knowledge.gazetteer.number(ofCountry: code) else {
            return -1
        }
        return Int32(number)
    }

    /// Leaves a match for the pass that knows the whole article where it may be several things, else takes it.
    mutating func takeMatch(_ first: Int, title: Range<Int> = 0..<0) {
        guard let match = match(at: first) else { return }
        // The title belongs to some aliases, not to the name in the text: "Pope John Paul II".
        if match.count > 1, has(first, .title),
            match.aliases.allSatisfy({
                knowledge.gazetteer.entities[Int($0.target)].type == .person
            }), match.aliases.count == 1, title.isEmpty
        {
            var position = first
            while position < match.last, has(position, .title) { position += 1 }
            var trimmed = match
            trimmed.first = position
            take(match.aliases[0], trimmed, title: first..<position)
            return
        }
        if outsiders.contains(path(match.first, match.last)) { return }
        if match.count > 1, match.aliases.count == 1 {
            take(match.aliases[0], match, title: title)
        } else {
            pending.append(
                Pending(
                    first: match.first, last: match.last, match: Int(matchAt[first]) - 1, title: title,
                    isLoud: tokens[first].has(.loud)))
        }
    }

    /// Makes a mention of a match that is known to be this alias.
    mutating func take(_ alias: Alias, _ match: Match, title: Range<Int> = 0..<0, rule: String? = nil) {
        let entity = local(gazetteer: alias.target)
        let kind: MentionKind
        let name: String
        switch alias.kind {
        case .name: (kind, name) = (.name, "gazetteer-name")
        case .alias: (kind, name) = (.name, "gazetteer-alias")
        case .knownAs: (kind, name) = (.name, "known-as")
        case .demonym: (kind, name) = (.demonym, "demonym")
        default: (kind, name) = (.part, "family-in-office")
        }
        if locals[entity].type == .person {
            notePerson(entity, match.first, match.last, title: title)
        } else if locals[entity].type == .organisation {
            noteOrganisation(entity, match.first, match.last)
        }
        var extra: Int32 = 0
        if match.endsPossessive, tokens[match.last].has(.possessive) {
            extra = bytes[Int(tokens[match.last].end)] == 0x27 ? 2 : 4
        }
        add(
            match.first, match.last, entity, kind, rule ?? name,
            extra: extra == 0 ? nameExtra(match.last) : extra)
    }

    /// The title that a run begins with, when a name or nothing follows: its last token.
    private func titleEnd(_ first: Int, _ end: Int) -> (last: Int, isPhrase: Bool)? {
        var index = first
        var best: (Int, Bool)?
        while index < end {
            if let match = match(at: index), match.first == index, match.count > 1, !match.isMinistry,
                !match.isWeak,
                type(of: match) == .person
            {
                break
            }
            if has(index, .startsTitle), let phrase = titlePhrase(at: index), phrase.last > index,
                phrase.last < end
            {
                best = (phrase.last, true)
                index = phrase.last + 1
                continue
            }
            if tokens[index].isCapital, has(index, .title) {
                if index > first, isNameLikeTitle(index, end) {
                    index += 1
                    continue
                }
                // "General Electric", "Major League": a title only with a name after it.
                if has(index, [.organisationHead, .organisationTail]), index + 1 >= end { break }
                best = (index, false)
            } else if best != nil, index > (best?.0 ?? 0), !tokens[index].isCapital, !has(index, .particle) {
                break
            } else if let found = best, index >= found.0 + 3 {
                break
            }
            if tokens[index].has(.possessive), !continuesAfterPossessive(index) { break }
            index += 1
        }
        guard let (last, isPhrase) = best else { return nil }
        // An organisation's last word after the title shows that it was none.
        for index in last + 1..<max(last + 1, end)
        where has(index, .organisationSuffix) && !has(index, .familyName) {
            return nil
        }
        return (last, isPhrase)
    }

    private mutating func takeTitled(_ first: Int, _ title: (last: Int, isPhrase: Bool), _ end: Int) -> Int {
        let name = title.last + 1
        var start = first
        // "US" is no pronoun where the gazetteer knows it.
        if tokens[first].has(.opening), has(first, .function), match(at: first) == nil {
            start = min(first + 1, title.last)
        }
        takeMatches(start, title.last)
        guard name < end, tokens[name].isCapital || has(name, .particle), !isPossessiveEnd(title.last) else {
            // "King left": the title may be the family name of somebody named in full.
            if start == title.last, !has(start, .nameSuffix) { pend(start, start) }
            return name
        }
        if let match = match(at: name), match.first == name, !match.isWeak {
            let types = Set(
                match.aliases.filter { $0.kind != .ministry }.map {
                    knowledge.gazetteer.entities[Int($0.target)].type
                })
            if match.count > 1 || match.last + 1 >= end || !tokens[match.last + 1].isCapital {
                if types == [.person] {
                    takeMatch(name, title: start..<name)
                    return match.last + 1
                }
                if !has(name, .familyName), !types.contains(.person), !has(title.last, .honorific),
                    match.count > 1 || !has(name, .firstName)
                {
                    takeMatch(name)
                    return match.last + 1
                }
            }
        }
        guard let last = personEnd(name, end) else { return name }
        if has(last, [.organisationTail, .placeTail]), last > name, !has(last, [.familyName, .firstName]) {
            if has(last, .organisationTail) {
                takeOrganisation(start, last)
            } else {
                takeTailed(start, last, .place)
            }
            return last + 1
        }
        takePerson(name, last, title: start..<name, rule: "title")
        return last + 1
    }

    /// The names inside a title: "Russian Foreign Minister", "World Bank President".
    mutating func takeMatches(_ first: Int, _ last: Int) {
        var index = first
        while index <= last {
            if let match = match(at: index), match.first == index, !match.isWeak, match.last <= last {
                if !match.isMinistry { takeMatch(index) }
                index = match.last + 1
            } else {
                index += 1
            }
        }
    }

    /// The last token of a person's name that begins at `first`.
    func personEnd(_ first: Int, _ end: Int) -> Int? {
        if let last = familyFirstEnd(first), last < end { return last }
        var last = first
        var words = 0
        var index = first
        while index < end, words < 4 {
            let token = tokens[index]
            guard token.isWord else { break }
            if index > first {
                // "Jane Doe WASHINGTON": a dateline that ran into the byline.
                if token.has(.allCapitals), !tokens[first].has(.allCapitals), !tokens[first].has(.single),
                    !has(index, .nameSuffix)
                {
                    break
                }
                if let match = match(at: index), match.first == index, match.count > 1, !match.isWeak {
                    break
                }
                if has(index, .title), !has(index, [.familyName, .firstName, .nameSuffix]),
                    token.has(.capital), !isNameLikeTitle(index, end)
                {
                    break
                }
                if has(index, .function), token.has(.capital),
                    !has(index, [.firstName, .familyName, .particle])
                {
                    break
                }
                if isDate(index), !has(index, .firstName) { break }
                if has(index, .organisationSuffix), !has(index, [.familyName, .firstName]) { break }
            }
            if token.isLowercase {
                guard has(index, .particle) else { break }
            } else if !token.has(.single) {
                words += 1
                last = index
            } else {
                last = index
            }
            if token.has(.possessive) { break }
            index += 1
        }
        // "John Smith, Jr."
        if last + 2 < tokens.count, tokens[last + 1].kind == .comma, has(last + 2, .nameSuffix),
            tokens[last + 2].isCapital, sameSentence(first, last + 2)
        {
            last += 2
        }
        return tokens[last].isWord ? last : nil
    }

    /// "Douglas Cardinal", "Martin Luther King Jr.": a title that ends a name is a family name.
    private func isNameLikeTitle(_ index: Int, _ end: Int) -> Bool {
        guard index > 0, tokens[index - 1].isCapital, !has(index - 1, [.title, .titleModifier]),
            has(index - 1, .firstName)
                || index > 1 && tokens[index - 1].sentence == tokens[index - 2].sentence
                    && has(index - 2, .firstName) && tokens[index - 2].isCapital
        else { return false }
        return index + 1 >= end || has(index + 1, .nameSuffix) || tokens[index].has(.possessive)
    }

    /// Makes a person of a run of words, or leaves a lone word for later.
    mutating func takePerson(_ first: Int, _ last: Int, title: Range<Int>, rule: String) {
        var first = first
        while first < last, has(first, .honorific) || has(first, .function) && !has(first, .particle) {
            first += 1
        }
        guard first < last else {
            if has(first, [.function, .noPerson]), !has(first, [.familyName, .firstName]) { return }
            pending.append(
                Pending(
                    first: first, last: last,
                    match: match(at: first).map { _ in Int(matchAt[first]) - 1 } ?? -1,
                    title: title, isLoud: tokens[first].has(.loud)))
            return
        }
        if outsiders.contains(path(first, last)) { return }
        let entity = person(first, last)
        notePerson(entity, first, last, title: title)
        let isSuffix = has(last, .nameSuffix) && tokens[last].has(.abbreviated)
        add(first, last, entity, .name, rule, extra: isSuffix ? 1 : 0)
    }

    /// The entity of a full name: the gazetteer's, with or without middle names, or a provisional one.
    private mutating func person(_ first: Int, _ last: Int) -> Int {
        let keys = (first...last).filter { tokens[$0].isWord }.map { NameIndex.key(tokens[$0]) }
        let isPerson = { (alias: Alias) in
            alias.kind != .family && alias.kind != .ministry
                && self.knowledge.gazetteer.entities[Int(alias.target)].type == .person
        }
        if let alias = knowledge.names.exact(keys).first(where: isPerson) {
            return local(gazetteer: alias.target)
        }
        if keys.count > 2,
            let alias = knowledge.names.exact([keys[0], keys[keys.count - 1]]).first(where: isPerson)
        {
            return local(gazetteer: alias.target)
        }
        // "Hosni Mubarak" and "Muhammad Hosni Mubarak" are rarely two men.
        if keys.count > 2, let known = byName[provisionalKey([keys[0], keys[keys.count - 1]])] {
            return known
        }
        let key = provisionalKey(keys)
        if let known = byName[key] { return known }
        let entity = local(provisional: .person, first, last)
        byName[key] = entity
        if keys.count > 2 { byName[provisionalKey([keys[0], keys[keys.count - 1]])] = entity }
        return entity
    }

    private func provisionalKey(_ keys: [UInt64]) -> UInt64 {
        WordHash.pair(keys.reduce(1) { WordHash.pair($0, $1) }, UInt64(EntityType.person.rawValue) + 7)
    }

    /// Keeps that a person may be called by a family name.
    mutating func noteFamily(_ hash: UInt64, _ entity: Int) {
        let list = personsByLast[hash] ?? []
        // Nobody could tell more namesakes than this apart.
        guard list.count < 20, !list.contains(entity) else { return }
        personsByLast[hash] = list + [entity]
    }

    /// Keeps what a full name says about a person: its parts, its title, the gender.
    mutating func notePerson(_ entity: Int, _ first: Int, _ last: Int, title: Range<Int>) {
        var family = last
        while family > first, has(family, .nameSuffix) || !tokens[family].isWord { family -= 1 }
        if first < family {
            let comesFirst = familyFirstEnd(first) == family
            if comesFirst { family = first }
            if locals[entity].lastHash == 0 {
                locals[entity].lastHash = tokens[family].hash
                locals[entity].firstHash = tokens[comesFirst ? first + 1 : first].hash
            }
            noteFamily(tokens[family].hash, entity)
            // A family name of two words, and East Asian names, whose family name comes first.
            if locals[entity].gazetteer >= 0 {
                for name in knowledge.gazetteer.entities[Int(locals[entity].gazetteer)].family {
                    guard let hash = Lexicon.hashes(name).last, hash != tokens[family].hash else { continue }
                    noteFamily(hash, entity)
                }
            }
            if has(first, [.firstName, .givenPlace]), !comesFirst {
                let list = personsByFirst[tokens[first].hash] ?? []
                if list.count < 20, !list.contains(entity) {
                    personsByFirst[tokens[first].hash] = list + [entity]
                }
            }
            if locals[entity].gender == nil, !comesFirst {
                let kind = classes(first)
                if kind.contains(.femaleName) != kind.contains(.maleName) {
                    locals[entity].gender = kind.contains(.femaleName) ? .female : .male
                }
            }
        } else if locals[entity].gazetteer >= 0 {
            noteFamily(tokens[last].hash, entity)
        }
        if locals[entity].seenAt > first { locals[entity].seenAt = first }
        guard !title.isEmpty else { return }
        for index in title {
            let kind = classes(index)
            if locals[entity].gender == nil, kind.contains(.title) {
                if kind.contains(.femaleTitle) { locals[entity].gender = .female }
                if kind.contains(.maleTitle) { locals[entity].gender = .male }
            }
        }
        noteTitle(entity, title)
    }

    /// Keeps a title of the text, unless it is an honorific alone.
    func isHonorific(_ title: Range<Int>) -> Bool { title.allSatisfy { has($0, .honorific) } }

    private mutating func noteTitle(_ entity: Int, _ title: Range<Int>) {
        guard locals[entity].title.isEmpty, !isHonorific(title), title.count <= 9 else { return }
        locals[entity].title = title
    }

    mutating func pend(_ first: Int, _ last: Int) {
        pending.append(
            Pending(
                first: first, last: last, match: match(at: first).map { _ in Int(matchAt[first]) - 1 } ?? -1,
                title: 0..<0,
                isLoud: tokens[first].has(.loud)))
    }

    /// Capitalised words that nothing is known of.
    private mutating func takeUnknown(_ first: Int, _ end: Int) -> Int {
        var start = first
        let weak = match(at: first).map { $0.isWeak ? $0.last : first } ?? first
        // A common word at the start of a sentence is no name.
        if tokens[start].has(.opening), start + 1 < end, has(start, .common), !has(start, .firstName),
            weak == first
        {
            return start + 1
        }
        guard let last = personEnd(start, end), last > start else {
            pend(start, max(weak, start))
            return max(weak, start) + 1
        }
        // "R-Mo.", "P Puchon": one letter without a period is no first name.
        if tokens[start].has(.single), !tokens[start].has(.dotted), !has(start, .firstName) {
            return start + 1
        }
        // "Ocasio-Cortez": one name, of whoever was called so in full.
        if last == start + 1, tokens[last].has(.hyphenated), !has(start, .firstName) {
            pending.append(Pending(first: start, last: last, match: -1, title: 0..<0, isLoud: false))
            return last + 1
        }
        if has(start, .firstName) || tokens[start].has(.single) && last > start + 1
            || tokens[start].has(.dotted)
        {
            if tokens[start].has(.allCapitals), !tokens[start].has(.dotted) || has(start, .noPerson),
                !isShoutedPerson(start, last)
            {
                return takeCapitals(start, last)
            }
            let isName = (start...last).allSatisfy {
                !has($0, .noPerson) || has($0, [.firstName, .familyName])
            }
            if isName {
                takePerson(start, last, title: roleBefore(start), rule: "first-name")
                return last + 1
            }
        }
        if tokens[start].has(.possessive) {
            pend(start, start)
            return start + 1
        }
        // Any capitals among the words: "BBC Radio", "AK Party".
        if (start...last).contains(where: { tokens[$0].has(.allCapitals) && !tokens[$0].has(.dotted) }) {
            return takeCapitals(start, last)
        }
        let isOdd = (start...last).contains { index in
            has(index, [.noPerson, .otherTail, .eventTail, .placeTail, .treatyTail, .titleModifier])
                || has(index, .common) && !has(index, [.firstName, .familyName])
        }
        let role = roleBefore(start)
        // "Peninsular Malaysia": what ends in a known place or body is no person.
        if role.isEmpty || !isOdd,
            let known = (start + 1...last).first(where: { index in
                match(at: index).map { !$0.isWeak && !$0.isMinistry && type(of: $0) != .person } ?? false
            }), !has(start, .firstName)
        {
            if known == start + 1 {
                pend(start, start)
                return known
            }
        }
        if !isOdd || !role.isEmpty && last == start + 1 && !has(start, .common) {
            let rule =
                !role.isEmpty
                ? "role"
                : has(last, .familyName)
                    ? "family-name"
                    : isApposition(last + 1)
                        ? "apposition" : isSpeaker(start, last) ? "speaker" : "two-capitals"
            start = first
            takePerson(start, last, title: role, rule: rule)
            return last + 1
        }
        // The acronym in brackets shows an organisation.
        if last + 3 < tokens.count, tokens[last + 1].kind == .openBracket, tokens[last + 2].has(.allCapitals),
            tokens[last + 3].kind == .closeBracket, fitsAcronym(last + 2, start, last)
        {
            takeOrganisation(start, last)
            return last + 1
        }
        if has(start, .common) || has(start, .noPerson) { return start + 1 }
        pend(start, start)
        return start + 1
    }

    private func isShoutedPerson(_ first: Int, _ last: Int) -> Bool {
        (first...last).allSatisfy { tokens[$0].has(.allCapitals) || tokens[$0].has(.single) }
    }

    private mutating func takeCapitals(_ first: Int, _ last: Int) -> Int {
        if last == first || has(first, .function) {
            pend(first, first)
            return first + 1
        }
        if isShoutedPerson(first, last), has(first, .firstName), last - first < 3 {
            takePerson(first, last, title: 0..<0, rule: "first-name")
            return last + 1
        }
        pend(first, first)
        return first + 1
    }

    /// The small words of a role just before a name: "opposition leader", "spokesman".
    private func roleBefore(_ first: Int) -> Range<Int> {
        guard first > 0, tokens[first - 1].isLowercase, sameSentence(first - 1, first), has(first - 1, .role)
        else {
            return 0..<0
        }
        var start = first - 1
        while start > 0, first - start < 3, tokens[start - 1].isLowercase, sameSentence(start - 1, first),
            !has(start - 1, .function), has(start - 1, [.titleModifier, .role])
        {
            start -= 1
        }
        return start..<first
    }

    /// ", a spokesman for", ", 43,", ", who": what follows a person.
    private func isApposition(_ comma: Int) -> Bool {
        guard comma + 2 < tokens.count, tokens[comma].kind == .comma, sameSentence(comma - 1, comma + 1)
        else { return false }
        if tokens[comma + 1].kind == .number { return tokens[comma + 2].kind == .comma }
        if tokens[comma + 1].hash == Self.who { return true }
        for index in comma + 1..<min(comma + 6, tokens.count) {
            if !tokens[index].isWord { break }
            if has(index, .role) || has(index, .title) && tokens[index].isLowercase { return true }
        }
        return false
    }

    private static let who = WordHash.of("who")

    private func isSpeaker(_ first: Int, _ last: Int) -> Bool {
        last + 1 < tokens.count && has(last + 1, .cue) && sameSentence(first, last + 1)
            || first > 0 && has(first - 1, .cue) && sameSentence(first - 1, first)
    }

    /// In a headline only known names count, and names that the rest of the article explains.
    private mutating func takeLoudRun(_ start: Int, _ end: Int) {
        var index = start
        while index < end {
            if let match = match(at: index), match.first == index, !match.isMinistry, !match.isWeak {
                takeMatch(index)
                index = match.last + 1
            } else {
                if tokens[index].isCapital, !has(index, .function) {
                    pending.append(Pending(first: index, last: index, match: -1, title: 0..<0, isLoud: true))
                }
                index += 1
            }
        }
    }
}
