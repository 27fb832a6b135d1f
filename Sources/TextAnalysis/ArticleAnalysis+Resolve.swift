import Bytes
import NewsModel

/// What a name means once the whole article has been read.
extension ArticleAnalysis {
    mutating func resolvePending() {
        pending.sort { $0.first < $1.first }
        for item in pending where item.first == item.last && item.match < 0 && !item.isLoud {
            let hash = tokens[item.first].hash
            if isPlaceContext(item.first), !has(item.first, .common) { placeWords.insert(hash) }
        }
        for item in pending where mentionAt[item.first] == 0 { resolve(item) }
        // A name that one place of the article explains is the same name in all others.
        for item in pending where item.first == item.last && mentionAt[item.first] == 0 && item.match < 0 {
            let token = tokens[item.first]
            if let entity = loneNames[token.hash] {
                guard !has(item.first, .common) || !token.has(.opening) && !item.isLoud else { continue }
                add(item.first, item.last, entity, .part, "named-elsewhere")
            }
        }
        resolveWeakPhrases()
    }

    /// Whether a word has nothing against its being a name.
    private func isPlainName(_ index: Int) -> Bool {
        !has(
            index,
            [
                .common, .function, .noPerson, .month, .weekday, .title, .titleModifier, .honorific,
                .placeTail, .eventTail,
                .otherTail, .organisationTail, .direction, .agency,
            ]) && !tokens[index].has(.single) && smallWords.find(tokens[index].hash) < 0
            && !tokens[index].has(.hyphenated)
            && !tokens[index].has(.elided)
            && !(index + 1 < tokens.count && tokens[index + 1].has(.hyphenated))
    }

    private mutating func resolve(_ item: Pending) {
        let token = tokens[item.first]
        let match = item.match >= 0 ? matches[item.match] : nil
        let isSingle = item.first == item.last
        // 1. A part of a person's name that the article gives in full.
        if isSingle, let person = personPart(item, match) {
            let isFamily = personsByLast[token.hash]?.contains(person) ?? false
            add(item.first, item.last, person, .part, isFamily ? "family-name-alone" : "first-name-alone")
            return
        }
        // 2. An acronym or a first word that stands for an organisation.
        if isSingle, token.has(.allCapitals), let entity = acronyms[token.hash] {
            add(item.first, item.last, entity, .part, "acronym-introduced")
            return
        }
        // 3. What the gazetteer says.
        if let match, !match.isWeak, !match.isMinistry {
            if let alias = choose(match, item) { take(alias, match, title: item.title) }
            return
        }
        if isSingle, !has(item.first, [.common, .function]), let entity = organisationsByFirst[token.hash],
            locals[entity].seenAt < Int.max,
            // "Velm" after "Velm Cultural Centre" is the town where the article says "in Velm" anywhere.
            !placeWords.contains(token.hash)
        {
            add(item.first, item.last, entity, .part, "organisation-part")
            return
        }
        if item.isLoud {
            resolveLoud(item)
            return
        }
        // 4. A family name whose holder the title or the date tells.
        if let match, match.isWeak, let alias = holder(match, item) {
            take(
                alias, match, title: item.title,
                rule: item.title.isEmpty ? "family-in-office" : "title-and-family")
            return
        }
        if !isSingle, match == nil, tokens[item.last].has(.hyphenated) {
            let list = (personsByLast[tokens[item.last].hash] ?? []).filter { isFull($0) }
            if let person = latest(list.filter { locals[$0].seenAt < item.first }, before: item.first)
                ?? list.first
            {
                add(item.first, item.last, person, .part, "family-name-alone")
            } else if isRoleBefore(item.first) || isSubjectOfSpeech(item.first, item.last) {
                add(
                    item.first, item.last, singlePerson(item), .name,
                    isRoleBefore(item.first) ? "role" : "speaker")
            }
            return
        }
        guard isSingle, !has(item.first, .nameSuffix) else { return }
        // 5. A title before it.
        if !item.title.isEmpty, !has(item.first, .noPerson) || has(item.first, .familyName) {
            let entity = singlePerson(item)
            add(item.first, item.last, entity, .name, "title")
            return
        }
        if has(item.first, [.function, .noPerson, .month, .weekday, .title, .titleModifier, .honorific]) {
            return
        }
        // 6. Letters.
        if token.has(.allCapitals), !token.has(.dotted), !has(item.first, [.common, .organisationSuffix]) {
            let length = token.end - token.start
            let isAmongLetters =
                nextIsShouted(item.first + 1) || item.first > 0 && nextIsShouted(item.first - 1)
            let isLetters =
                !isAmongLetters && (Int(token.start)..<Int(token.end)).allSatisfy { !bytes[$0].isDigit }
            // "Jane Doe (R-TX)": a party and a state.
            let isState = token.has(.hyphenated) && item.first > 0 && tokens[item.first - 1].has(.single)
            let isLabel =
                isState
                || token.has(.opening) && item.first + 1 < tokens.count
                    && tokens[item.first + 1].kind == .colon
            if (2...6).contains(length), isLetters, !isLabel, !isRoman(item.first) {
                let entity = local(provisional: .organisation, item.first, item.last)
                loneNames[token.hash] = entity
                add(item.first, item.last, entity, .name, "acronym")
            }
            return
        }
        let isCommon = has(item.first, .common) || token.has(.opening) && smallWords.find(token.hash) >= 0
        if isPlaceContext(item.first), !isCommon,
            !has(item.first, .firstName) || followedByKnownPlace(item.first)
        {
            let entity = local(provisional: .place, item.first, item.last)
            if let known = knownPlace(after: item.first) { locals[entity].country = known }
            loneNames[token.hash] = entity
            add(item.first, item.last, entity, .name, "place-context")
            return
        }
        if token.has(.opening), isCommon || has(item.first, .common) { return }
        if isRoleBefore(item.first) {
            add(item.first, item.last, singlePerson(item), .name, "role")
            return
        }
        if !isCommon, isSubjectOfSpeech(item.first),
            has(item.first, [.familyName, .firstName]) || !token.has(.opening)
        {
            add(item.first, item.last, singlePerson(item), .name, "speaker")
            return
        }
        if has(item.first, .firstName), !isCommon, !token.has(.opening), !item.isLoud,
            isPlainName(item.first),
            // "Roman Catholic" is nobody.
            !(nextIsCapital(item.first) && has(item.first + 1, .noPerson))
        {
            add(item.first, item.last, singlePerson(item), .name, "first-name")
        }
    }

    private func nextIsShouted(_ index: Int) -> Bool {
        index < tokens.count && tokens[index].has(.allCapitals) && !tokens[index].has(.dotted)
    }

    static let `in` = WordHash.of("in")

    private mutating func singlePerson(_ item: Pending) -> Int {
        let entity = local(provisional: .person, item.first, item.last)
        notePerson(entity, item.first, item.last, title: item.title)
        if locals[entity].lastHash == 0 {
            locals[entity].lastHash = tokens[item.last].hash
            noteFamily(tokens[item.last].hash, entity)
        }
        return entity
    }

    /// The person of the article that a lone name means: the one named last before it, else the first after.
    private func personPart(_ item: Pending, _ match: Match?) -> Int? {
        let token = tokens[item.first]
        if token.has(.allCapitals), !item.isLoud, token.end - token.start < 4 { return nil }
        var list = personsByLast[token.hash] ?? []
        var isFirst = false
        if list.isEmpty, item.title.isEmpty || isHonorific(item.title) {
            list = personsByFirst[token.hash] ?? []
            isFirst = true
        }
        guard !list.isEmpty else { return nil }
        let gender = titleGender(item.title)
        let fitting = list.filter { gender == nil || locals[$0].gender == nil || locals[$0].gender == gender }
        let earlier = fitting.filter { locals[$0].seenAt < item.first && isFull($0) }
        let isStrong = match.map { !$0.isWeak && !$0.isMinistry } ?? false
        if let best = latest(earlier, before: item.first) {
            if isFirst, earlier.count > 1 { return nil }
            if isStrong, let match, let type = type(of: match), type != .person {
                // "Jordan" after "King Abdullah of Jordan": a country that follows "in" stays a country.
                if match.aliases.contains(where: { $0.kind == .demonym }) { return nil }
                if item.first > 0, has(item.first - 1, .preposition), tokens[item.first - 1].hash == Self.in {
                    return nil
                }
                // "Jordan" for Jordan Hale, unless the article names the country by its people or towns, too.
                if isFirst, !has(item.first, .firstName), match.aliases.contains(where: isSpokenOf) {
                    return nil
                }
            }
            if !isFirst, let office = titledHolder(item, among: earlier) { return office }
            return best
        }
        // Named in full only later: good enough where nothing else is known by that name.
        if isFirst || isStrong { return nil }
        if token.has(.opening), has(item.first, .common) { return nil }
        return fitting.filter { isFull($0) }.min { locals[$0].seenAt < locals[$1].seenAt }
    }

    /// Whether the article names the country of a place by other words than its name; for a state, other states.
    private func isSpokenOf(_ alias: Alias) -> Bool {
        let country = countryNumber(of: alias.target)
        return knowledge.gazetteer.entities[Int(alias.target)].kind == "subdivision"
            ? subdivisions[country] != nil : otherVotes[country] != nil
    }

    private func isFull(_ entity: Int) -> Bool {
        locals[entity].firstHash != 0 || locals[entity].gazetteer >= 0
    }

    /// Of several persons with one family name, who holds the office that the title names.
    private func titledHolder(_ item: Pending, among list: [Int]) -> Int? {
        guard !item.title.isEmpty, list.count > 1 else { return nil }
        let words = Set(item.title.map { tokens[$0].hash })
        return list.first { entity in
            let number = locals[entity].gazetteer
            guard number >= 0 else { return false }
            return knowledge.gazetteer.entities[Int(number)].offices.contains { office in
                (date.map { office.isHeld(on: $0) } ?? true)
                    && Lexicon.hashes(office.title).allSatisfy { words.contains($0) }
            }
        }
    }

    /// How many mentions back a name is looked for: enough for any article, and no more for texts made to be slow.
    private static let window = 2_000

    private func latest(_ list: [Int], before index: Int) -> Int? {
        if list.count < 2 { return list.first }
        var position = found.count - 1
        var best: (Int, Int)?
        let limit = max(0, found.count - Self.window)
        while position >= limit {
            let mention = found[position]
            if mention.first < index, list.contains(mention.entity), mention.first > best?.0 ?? -1 {
                best = (mention.first, mention.entity)
            }
            position -= 1
        }
        return best?.1 ?? list.first
    }

    func titleGender(_ title: Range<Int>) -> Gender? {
        for index in title {
            let kind = classes(index)
            if kind.contains(.title), kind.contains(.femaleTitle) { return .female }
            if kind.contains(.title), kind.contains(.maleTitle) { return .male }
        }
        return nil
    }

    // Which of the things that bear a name is meant.
    private mutating func choose(_ match: Match, _ item: Pending) -> Alias? {
        let entities = knowledge.gazetteer.entities
        var aliases = match.aliases
        if aliases.count > 1, !item.title.isEmpty {
            let persons = aliases.filter { entities[Int($0.target)].type == .person }
            if !persons.isEmpty { aliases = persons }
        }
        if aliases.count == 1 {
            let alias = aliases[0]
            let entity = entities[Int(alias.target)]
            if entity.type == .person, match.count == 1, !isPersonLikely(alias, item) { return nil }
            return alias
        }
        var best: (score: Double, alias: Alias)?
        for alias in aliases {
            let score = score(alias, match, item)
            if score > best?.score ?? -1_000 { best = (score, alias) }
        }
        return best?.alias
    }

    /// Whether a bare name that is also a common word or a first name is the famous person.
    private func isPersonLikely(_ alias: Alias, _ item: Pending) -> Bool {
        guard item.title.isEmpty else { return true }
        if tokens[item.first].has(.opening), has(item.first, .common) { return false }
        let entity = knowledge.gazetteer.entities[Int(alias.target)]
        if has(item.first, [.common, .month]) {
            return byGazetteer[alias.target] != nil
                || date.map { day in entity.offices.contains { $0.isHeld(on: day) } } ?? false
        }
        return true
    }

    private func score(_ alias: Alias, _ match: Match, _ item: Pending) -> Double {
        let entity = knowledge.gazetteer.entities[Int(alias.target)]
        var score = alias.kind == .name ? 0.4 : 0.0
        switch entity.type {
        case .country: score += 5
        case .region: score += 4
        case .person:
            score += 2
            if alias.kind == .knownAs { score += 2 }
            if !item.title.isEmpty { score += 3 }
            if let date {
                if entity.offices.contains(where: { $0.isHeld(on: date) }) {
                    score += 3
                } else if let last = entity.offices.compactMap(\.to).max(), last < date {
                    // Of former holders the last is meant most often.
                    score += max(0, 2 - Double(date.year - last.year) / 8)
                } else if let first = entity.offices.compactMap(\.from).min(), date < first {
                    score -= 2
                }
            }
            if isTitleOf(entity, item) { score += 4 }
            if let gender = titleGender(item.title), let own = entity.gender, gender != own { score -= 8 }
        case .organisation: score += 3.2
        case .place:
            score += entity.kind == "capital" ? 3.5 : entity.kind == "subdivision" ? 2.5 : 1
            if entity.population > 0 {
                score += Double(Int.bitWidth - entity.population.leadingZeroBitCount) / 10
            }
        case .treaty, .event: score += 3
        }
        if byGazetteer[alias.target] != nil { score += 2 }
        if let code = entity.country, let number = knowledge.gazetteer.number(ofCountry: code) {
            let own = aliasVotes(match, Int32(number))
            score += min(3, Double(own) * 0.35)
        }
        if entity.type == .country || entity.type == .place || entity.type == .region {
            score += neighbourScore(entity, match)
        }
        return score
    }

    private func aliasVotes(_ match: Match, _ country: Int32) -> Int { votes[country] ?? 0 }

    /// "Atlanta, Georgia" and "Tbilisi, Georgia": a neighbour between commas tells which is meant.
    private func neighbourScore(_ entity: GazetteerEntity, _ match: Match) -> Double {
        var score = 0.0
        if match.first >= 2, tokens[match.first - 1].kind == .comma,
            let before = self.match(at: match.first - 2),
            before.last == match.first - 2
        {
            for alias in before.aliases where !before.isMinistry {
                let other = knowledge.gazetteer.entities[Int(alias.target)]
                guard other.type == .place, other.country == entity.country else { continue }
                score = max(score, 3)
            }
        }
        if match.last + 2 < tokens.count, tokens[match.last + 1].kind == .comma,
            let after = self.match(at: match.last + 2), after.first == match.last + 2
        {
            for alias in after.aliases where !after.isMinistry {
                let other = knowledge.gazetteer.entities[Int(alias.target)]
                if other.type == .country || other.kind == "subdivision", other.country == entity.country,
                    other.id != entity.id
                {
                    score = max(score, 4)
                }
            }
        }
        if match.first > 1, tokens[match.first - 1].hash == Self.of,
            Self.stateWords.contains(tokens[match.first - 2].hash),
            entity.kind == "subdivision"
        {
            score += 5
        }
        if match.last + 1 < tokens.count, entity.kind == "subdivision",
            Self.stateOffices.contains(tokens[match.last + 1].hash)
        {
            score += 4
        }
        // A state of a country whose other places fill the article.
        if entity.kind == "subdivision", match.aliases.count > 1, let code = entity.country,
            let country = knowledge.gazetteer.number(ofCountry: code)
        {
            score += min(3, Double(subdivisions[Int32(country)] ?? 0))
        }
        return score
    }

    private static let stateWords: Set<UInt64> = Set(
        ["state", "governor", "senator"].map { WordHash.of($0) })
    private static let stateOffices: Set<UInt64> = Set(
        [
            "gov", "governor", "sen", "senator", "rep", "republican", "republicans", "democrat", "democrats",
            "legislature",
        ]
        .map { WordHash.of($0) })

    /// Whether the title before a name is an office of the person, at the article's date where it is known.
    private func isTitleOf(_ entity: GazetteerEntity, _ item: Pending) -> Bool {
        guard !item.title.isEmpty else { return false }
        return office(of: entity, in: item.title) != nil
    }

    /// The person's office whose words the title has, the one held at the date first.
    func office(of entity: GazetteerEntity, in title: Range<Int>) -> Office? {
        let named = entity.offices.filter { office in
            isTitle(office.title, in: title)
        }
        if let date { return named.first { $0.isHeld(on: date) } ?? named.last }
        return named.last
    }

    private func isTitle(_ office: String, in title: Range<Int>) -> Bool {
        for index in title where has(index, .startsTitle) {
            guard let phrase = titlePhrase(at: index), phrase.last < title.upperBound else { continue }
            for alias in phrase.titles where knowledge.titles[Int(alias.target)].offices.contains(office) {
                return true
            }
        }
        return false
    }

    /// Of the persons with a family name, the one whom the title or the date tells.
    private func holder(_ match: Match, _ item: Pending) -> Alias? {
        let entities = knowledge.gazetteer.entities
        if !item.title.isEmpty, !isHonorific(item.title) {
            let fitting = match.aliases.filter { alias in
                guard let office = office(of: entities[Int(alias.target)], in: item.title) else {
                    return false
                }
                guard let date else { return true }
                if office.isHeld(on: date) { return true }
                // News keeps titles for a while, and speaks of former holders.
                return office.to.map { $0 < date && date.year - $0.year < 12 } ?? false
            }
            if let date {
                let current = fitting.filter { alias in
                    entities[Int(alias.target)].offices.contains {
                        isTitle($0.title, in: item.title) && $0.isHeld(on: date)
                    }
                }
                if current.count == 1 { return current[0] }
            }
            return fitting.count == 1 ? fitting[0] : nil
        }
        guard let date, !has(item.first, [.common, .firstName, .month]), !tokens[item.first].has(.allCapitals)
        else { return nil }
        let current = match.aliases.filter { alias in
            entities[Int(alias.target)].offices.contains {
                $0.isHeld(on: date) && Self.isWorldOffice($0.title)
            }
        }
        return current.count == 1 && match.aliases.count <= 3 ? current[0] : nil
    }

    private static func isWorldOffice(_ title: String) -> Bool {
        title == "president" || title == "prime minister" || title == "chancellor"
            || title == "secretary-general"
            || title == "foreign minister" || title == "secretary of state" || title == "supreme leader"
            || title == "foreign secretary" || title == "premier"
    }

    /// Family names of several words, once the full name was seen: "bin Laden", "von der Leyen".
    private mutating func resolveWeakPhrases() {
        for match in matches where match.isWeak && match.count > 1 && mentionAt[match.first] == 0 {
            for alias in match.aliases {
                guard let entity = byGazetteer[alias.target], locals[entity].seenAt < match.first else {
                    continue
                }
                add(match.first, match.last, entity, .part, "family-name-alone")
                break
            }
        }
    }

    private mutating func resolveLoud(_ item: Pending) {
        guard item.first == item.last else { return }
        if let entity = organisationsByFirst[tokens[item.first].hash] {
            add(item.first, item.last, entity, .part, "organisation-part")
            return
        }
        guard let list = personsByLast[tokens[item.first].hash], let entity = list.first,
            !has(item.first, [.common, .function]) || list.count == 1 && !has(item.first, .common)
        else { return }
        // The first name before it belongs to the mention.
        if item.first > 0, locals[entity].firstHash == tokens[item.first - 1].hash,
            mentionAt[item.first - 1] == 0
        {
            add(item.first - 1, item.last, entity, .name, "headline-name")
        } else {
            add(item.first, item.last, entity, .part, "headline-name")
        }
    }

    private func isRoman(_ index: Int) -> Bool {
        bytes[Int(tokens[index].start)..<Int(tokens[index].end)].allSatisfy {
            $0 == 0x49 || $0 == 0x56 || $0 == 0x58
        }
    }

    private func isRoleBefore(_ index: Int) -> Bool {
        index > 0 && tokens[index - 1].isLowercase && has(index - 1, .role) && sameSentence(index - 1, index)
            && !has(index, .common)
    }

    /// "in Lohn", "the town of Linden", "Lohn, West Germany".
    private func isPlaceContext(_ index: Int) -> Bool {
        guard index > 0, sameSentence(index - 1, index) else { return false }
        if followedByKnownPlace(index) { return true }
        let before = tokens[index - 1]
        guard before.isLowercase else { return false }
        if Self.placePrepositions.contains(before.hash) {
            return !tokens[index].has(.possessive)
                && !(index + 1 < tokens.count && tokens[index + 1].isCapital
                    && sameSentence(index, index + 1))
        }
        if has(index - 1, .placeNoun) { return true }
        return before.hash == Self.of && index > 1 && has(index - 2, .placeNoun)
    }

    private static let placePrepositions: Set<UInt64> = Set(
        ["in", "near", "at", "outside"].map { WordHash.of($0) })

    private func followedByKnownPlace(_ index: Int) -> Bool { knownPlace(after: index) != nil }

    private func knownPlace(after index: Int) -> Int32? {
        guard index + 2 < tokens.count, tokens[index + 1].kind == .comma, let match = match(at: index + 2),
            match.first == index + 2, !match.isMinistry, !match.isWeak, let alias = match.aliases.first,
            alias.kind != .demonym
        else { return nil }
        let entity = knowledge.gazetteer.entities[Int(alias.target)]
        guard entity.type == .country || entity.kind == "subdivision" else { return nil }
        // In a list of places each stands for itself; before one only the preposition tells.
        guard index > 0,
            has(index - 1, .preposition) || tokens[index].has(.lineStart) || has(index - 1, .placeNoun)
        else { return nil }
        return countryNumber(of: alias.target)
    }

    private static let said = WordHash.of("said")
    private static let says = WordHash.of("says")

    private func isSubjectOfSpeech(_ first: Int, _ last: Int? = nil) -> Bool {
        let index = last ?? first
        if index + 1 < tokens.count,
            tokens[index + 1].hash == Self.said || tokens[index + 1].hash == Self.says,
            sameSentence(index, index + 1)
        {
            return true
        }
        return first > 0 && tokens[first - 1].hash == Self.said && sameSentence(first - 1, first)
    }

    /// State bodies that every country has, with the country that the text gives.
    mutating func resolveMinistries() {
        var known: [Int32: Int] = [:]
        orderFound()
        let focus = focusCountry()
        for match in matches
        where match.isMinistry && (match.first...match.last).allSatisfy({ mentionAt[$0] == 0 }) {
            guard !tokens[match.first].has(.masked), !tokens[match.first].has(.loud) else { continue }
            let template = knowledge.gazetteer.ministries[Int(match.aliases[0].target)]
            guard Self.bodies.contains(template.code) else { continue }
            let country = countryBefore(match.first) ?? countryAfter(match.last, body: template)
            let isCapital = tokens[match.first].isCapital && tokens[match.last].isCapital
            if let country {
                // "growing military presence": an adjective.
                if match.count == 1, !isCapital, match.last + 1 < tokens.count,
                    tokens[match.last + 1].isLowercase,
                    sameSentence(match.last, match.last + 1), has(match.last + 1, .common),
                    !has(match.last + 1, [.function, .cue]),
                    !(has(match.last + 1, .role) && tokens[match.last + 1].isLowercase)
                {
                    continue
                }
                let entity = ministry(template, country)
                known[match.aliases[0].target] = entity
                // "banks" and "troops" of a country are no body that acts under a name.
                add(match.first, match.last, entity, isCapital ? .name : .nominal, "country-ministry")
            } else if let entity = known[match.aliases[0].target] {
                guard match.count > 1 || isCapital || hasArticle(match.first) else { continue }
                add(match.first, match.last, entity, isCapital ? .part : .nominal, "ministry-again")
            } else if template.id.hasSuffix("-ministry") && match.count > 1
                || isCapital && !tokens[match.first].has(.opening) && !nextIsCapital(match.last)
                    && (match.count > 1 || hasArticle(match.first)),
                let country = focus
            {
                let entity = ministry(template, country)
                known[match.aliases[0].target] = entity
                add(match.first, match.last, entity, isCapital ? .name : .nominal, "ministry-of-focus")
            }
        }
    }

    /// The roles of templates that act as one body; "Japanese companies" do not.
    private static let bodies: Set<String> = ["GOV", "MIL", "COP", "JUD", "LEG", "SPY", "MED", "OPP", "REB"]

    private func nextIsCapital(_ index: Int) -> Bool {
        index + 1 < tokens.count && tokens[index + 1].isCapital && sameSentence(index, index + 1)
    }

    private func hasArticle(_ index: Int) -> Bool { index > 0 && has(index - 1, .article) }

    private mutating func ministry(_ template: MinistryTemplate, _ country: Int32) -> Int {
        let entity = knowledge.gazetteer.entities[Int(country)]
        let id = "org:" + (entity.country ?? "").lowercased() + "-" + template.id
        if let number = knowledge.gazetteer.number(of: EntityID(id)) {
            return local(gazetteer: Int32(number))
        }
        let key = WordHash.of(id)
        if let known = byName[key] { return known }
        var local = Local(type: .organisation)
        local.id = id
        local.name =
            template.name.prefix(1).uppercased() + template.name.dropFirst() + " of "
            + Self.inText(entity.name)
        local.country = country
        local.isProvisional = false
        locals.append(local)
        byName[key] = locals.count - 1
        return locals.count - 1
    }

    /// A country's name as it stands in a sentence.
    static func inText(_ name: String) -> String {
        let takesArticle =
            name.hasPrefix("United ") || name.hasSuffix(" Republic") || name.hasSuffix("Islands")
            || name.hasPrefix("Democratic Republic") || name.hasPrefix("Republic of")
            || [
                "Netherlands", "Philippines", "Bahamas", "Maldives", "Gambia", "Comoros", "Seychelles",
                "Vatican",
            ].contains(name)
        return takesArticle ? "the " + name : name
    }

    /// The country just before: "Chinese", "China's", "the U.S.".
    func countryBefore(_ index: Int) -> Int32? {
        var position = index - 1
        var steps = 0
        while position >= 0, steps < 3, sameSentence(position, index) {
            if let mention = mention(at: position) {
                let local = locals[mention.entity]
                guard local.type == .country || local.type == .place else { return nil }
                if local.type == .place, !(knowledge.capitalOf[local.gazetteer] != nil) { return nil }
                return local.type == .country ? local.gazetteer : local.country
            }
            // "Russia's new Defence Ministry", "Presidential Foreign Policy" …
            guard tokens[position].isWord,
                !has(position, [.preposition, .conjunction, .auxiliary, .cue, .pronoun]),
                has(position, [.titleModifier, .title, .adverb, .common])
            else { return nil }
            position -= 1
            steps += 1
        }
        return nil
    }

    /// The country just after: "of China", "of the Russian Federation"; of a state body also "in Beijing".
    ///
    /// An embassy in a country is another country's.
    func countryAfter(_ index: Int, body: MinistryTemplate? = nil) -> Int32? {
        guard index + 2 < tokens.count,
            tokens[index + 1].hash == Self.of
                || tokens[index + 1].hash == Self.in && !(body.map(\.isAbroad) ?? false)
        else { return nil }
        var position = index + 2
        if has(position, .article) { position += 1 }
        guard position < tokens.count, sameSentence(index, position), let mention = mention(at: position),
            mention.first == position, mention.kind != .demonym
        else { return nil }
        let local = locals[mention.entity]
        if local.type == .country { return local.gazetteer }
        guard let body, body.code != "MIL", tokens[index + 1].hash == Self.in else { return nil }
        return knowledge.capitalOf[local.gazetteer]
    }

    /// The country that the article is about so far: named most, the first among equals.
    private func focusCountry() -> Int32? {
        var counts: [Int32: Int] = [:]
        var best: (count: Int, country: Int32)?
        for mention in found where locals[mention.entity].type == .country {
            let country = locals[mention.entity].gazetteer
            let count = (counts[country] ?? 0) + 1
            counts[country] = count
        }
        for mention in found where locals[mention.entity].type == .country {
            let country = locals[mention.entity].gazetteer
            let count = counts[country] ?? 0
            if count > best?.count ?? 0 { best = (count, country) }
        }
        return best?.country
    }

    /// "The Russian president": who held the office on the article's date.
    mutating func resolveTitles() {
        var index = 0
        while index < tokens.count {
            guard tokens[index].word >= 0, has(index, .startsTitle), mentionAt[index] == 0,
                !tokens[index].has(.masked),
                let phrase = titlePhrase(at: index)
            else {
                index += 1
                continue
            }
            let next = phrase.last + 1
            defer { index = next }
            guard (index...phrase.last).allSatisfy({ mentionAt[$0] == 0 }) else { continue }
            // Before a name it is a title, not a mention of its own.
            if next < tokens.count, sameSentence(index, next), let after = mention(at: next),
                locals[after.entity].type == .person
            {
                noteSmallTitle(index, phrase.last, after.entity)
                continue
            }
            if next < tokens.count, tokens[next].isCapital, sameSentence(index, next),
                !tokens[index].has(.loud)
            {
                continue
            }
            if tokens[index].has(.hyphenated) { continue }
            resolveTitle(index, phrase.last, phrase.titles)
        }
    }

    /// "president Vladimir Putin", "spokeswoman Maria Zakharova".
    private mutating func noteSmallTitle(_ first: Int, _ last: Int, _ entity: Int) {
        guard locals[entity].title.isEmpty else { return }
        var start = first
        if start > 0, let before = mention(at: start - 1), before.kind == .demonym,
            sameSentence(start - 1, first)
        {
            start = before.first
        }
        locals[entity].title = start..<last + 1
    }

    private mutating func resolveTitle(_ first: Int, _ last: Int, _ titles: [Alias]) {
        let offices = titles.flatMap { knowledge.titles[Int($0.target)].offices }
        guard !offices.isEmpty else { return }
        // "Elected president of", "as president of": the office, and nobody in it yet.
        if first > 0, tokens[first].isLowercase, Self.officeWords.contains(tokens[first - 1].hash) { return }
        if let person = apposed(first, last) {
            if locals[person].title.isEmpty { locals[person].title = phraseStart(first)..<last + 1 }
            add(first, last, person, .title, "title-apposition")
            return
        }
        var holders: [String] = []
        var country: Int32?
        if let mention = mentionBefore(first), sameSentence(mention.last, first) {
            let local = locals[mention.entity]
            if local.type == .country {
                country = local.gazetteer
            } else if local.type == .organisation, local.gazetteer >= 0 {
                let entity = knowledge.gazetteer.entities[Int(local.gazetteer)]
                holders.append(entity.id.description)
                if knowledge.executives.contains(local.gazetteer), let code = entity.country {
                    holders.append(code)
                }
            }
        }
        if country == nil, holders.isEmpty { country = countryAfter(last) }
        if let country, let code = knowledge.gazetteer.entities[Int(country)].country { holders.append(code) }
        guard !holders.isEmpty else {
            titleAgain(first, last, offices)
            return
        }
        for holder in holders {
            if let person = officeHolder(offices, holder) {
                let entity = local(gazetteer: person)
                // The adjective before it keeps a mention of its own, as the country.
                add(first, last, entity, .title, date == nil ? "office-of-the-named" : "office-at-date")
                return
            }
        }
    }

    /// Where a title begins with the adjective or possessive before it: "Saudi national security adviser".
    private func phraseStart(_ first: Int) -> Int {
        guard first > 0, let before = mention(at: first - 1), before.last == first - 1,
            before.kind == .demonym,
            sameSentence(before.first, first)
        else { return first }
        return before.first
    }

    /// The person beside whose name, after a comma, the title stands: "Ali Rahmo, the Syrian envoy,".
    private func apposed(_ first: Int, _ last: Int) -> Int? {
        var start = phraseStart(first)
        if start == first, first > 0, let owner = mention(at: first - 1), tokens[owner.last].has(.possessive)
        {
            start = owner.first
        }
        guard start < first else { return nil }
        if start > 0, has(start - 1, .article) { start -= 1 }
        guard start > 1, tokens[start - 1].kind == .comma, sameSentence(start - 2, first),
            let person = mention(at: start - 2), locals[person.entity].type == .person, person.kind == .name,
            last + 1 >= tokens.count || tokens[last + 1].kind != .word
                || tokens[last + 1].isLowercase && has(last + 1, .preposition)
        else { return nil }
        return person.entity
    }

    private func mentionBefore(_ index: Int) -> Found? {
        guard index > 0 else { return nil }
        if let mention = mention(at: index - 1) { return mention }
        // "Russia's long-serving president"
        if index > 1, tokens[index - 1].isLowercase, has(index - 1, [.common, .adverb]),
            !has(index - 1, [.preposition, .cue, .conjunction, .auxiliary]),
            let mention = mention(at: index - 2),
            tokens[mention.last].has(.possessive) || mention.kind == .demonym
        {
            return mention
        }
        return nil
    }

    /// Who holds one of some offices: on the date, or of the persons in the article without one.
    func officeHolder(_ offices: [String], _ holder: String) -> Int32? {
        var titles = offices
        if offices.contains("leader") {
            titles = knowledge.leaders[holder] ?? knowledge.leaders["*"] ?? []
            if offices.count == 1 { titles.insert("leader", at: 0) }
        }
        for title in titles {
            guard let terms = knowledge.terms[title + "@" + holder] else { continue }
            if let date {
                let current = terms.filter { $0.office.isHeld(on: date) }
                // Where two terms overlap the later one counts.
                if let best = current.max(by: {
                    ($0.office.from?.start.milliseconds ?? .min)
                        < ($1.office.from?.start.milliseconds ?? .min)
                }) {
                    return best.person
                }
            } else {
                let named = Set(terms.map(\.person)).filter {
                    byGazetteer[$0].map { locals[$0].seenAt < Int.max } ?? false
                }
                if named.count == 1, let only = named.first { return only }
            }
        }
        return nil
    }

    /// "The president" again: the last person before it whose title had these words.
    private mutating func titleAgain(_ first: Int, _ last: Int, _ offices: [String]) {
        guard first > 0, tokens[first - 1].hash == Self.the, tokens[first].isLowercase else { return }
        if last + 1 < tokens.count, tokens[last + 1].hash == Self.of { return }
        var seen: [Int] = []
        for entity in locals.indices.prefix(300)
        where locals[entity].type == .person && locals[entity].seenAt < first {
            if hasOffice(entity, offices) { seen.append(entity) }
        }
        guard seen.count == 1 else { return }
        add(first, last, seen[0], .nominal, "title-again")
    }

    static let the = WordHash.of("the")

    /// What stands before an office that somebody is to have.
    private static let officeWords: Set<UInt64> = Set(
        ["as", "for", "become", "becomes", "became", "becoming", "elected", "named", "appointed", "be"]
            .map { WordHash.of($0) })

    private func hasOffice(_ entity: Int, _ offices: [String]) -> Bool {
        let local = locals[entity]
        if local.gazetteer >= 0 {
            let own = knowledge.gazetteer.entities[Int(local.gazetteer)].offices
            if own.contains(where: { office in
                offices.contains(office.title) && (date.map { office.isHeld(on: $0) } ?? true)
            }) {
                return true
            }
        }
        guard !local.title.isEmpty else { return false }
        return offices.contains { isTitle($0, in: local.title) }
    }

    /// "He" and "she", where only one person can be meant.
    mutating func resolvePronouns() {
        var index = 0
        while index < tokens.count {
            defer { index += 1 }
            guard tokens[index].isWord, has(index, .subjectPronoun), mentionAt[index] == 0, !isQuoted[index],
                !tokens[index].has(.masked), tokens[index].has(.opening) || tokens[index].isLowercase
            else { continue }
            if let entity = antecedent(index) {
                add(index, index, entity, .pronoun, "pronoun")
            }
        }
    }

    /// The one person who fits a pronoun in this sentence and the one before.
    func antecedent(_ index: Int) -> Int? {
        let gender: Gender = tokens[index].hash == Self.she ? .female : .male
        let sentence = Int(tokens[index].sentence)
        var candidates: [Int] = []
        var position = index - 1
        while position >= 0, index - position < 400, sentence - Int(tokens[position].sentence) <= 1 {
            if let mention = mention(at: position), locals[mention.entity].type == .person,
                !isQuoted[position]
            {
                let own = locals[mention.entity].gender
                if own == nil || own == gender, !candidates.contains(mention.entity) {
                    candidates.append(mention.entity)
                }
            }
            position -= 1
        }
        return candidates.count == 1 ? candidates[0] : nil
    }

    static let she = WordHash.of("she")
}
