import Bytes
import NewsModel

/// Annotations made of what was found.
extension ArticleAnalysis {
    /// A span of bytes of the title or body, or `nil` where it lies in neither.
    func span(_ start: Int, _ end: Int) -> TextSpan? {
        if end <= titleEnd { return TextSpan(field: .title, start: start, end: end) }
        guard start >= bodyStart else { return nil }
        return TextSpan(field: .body, start: start - bodyStart, end: end - bodyStart)
    }

    func tokenSpan(_ first: Int, _ last: Int, extra: Int32 = 0) -> TextSpan? {
        span(Int(tokens[first].start), min(bytes.count, Int(tokens[last].end + extra)))
    }

    mutating func output(language: String) -> Annotations {
        var annotations = Annotations(language: language)
        annotations.authors = authors
        for sentence in sentences {
            let last = tokens[sentence.upperBound - 1]
            if let span = span(Int(tokens[sentence.lowerBound].start), Int(last.end) + abbreviationEnd(last))
            {
                annotations.sentences.append(span)
            }
        }
        var order: [Int] = []
        var numbers = Array(repeating: -1, count: locals.count)
        func number(_ entity: Int) -> Int {
            if numbers[entity] < 0 {
                numbers[entity] = order.count
                order.append(entity)
            }
            return numbers[entity]
        }
        var weights = Array(repeating: 0.0, count: locals.count)
        var counts = Array(repeating: 0, count: locals.count)
        var firsts = Array(repeating: -1, count: locals.count)
        for (place, mention) in found.enumerated() {
            guard let span = tokenSpan(mention.first, mention.last, extra: mention.extra) else { continue }
            annotations.mentions.append(
                Mention(span: span, entity: number(mention.entity), kind: mention.kind, rule: mention.rule))
            weights[mention.entity] += Self.weight(mention.kind) * position(mention.first)
            counts[mention.entity] += 1
            if firsts[mention.entity] < 0, mention.kind == .name { firsts[mention.entity] = place }
        }
        for quote in quotes {
            var quote = quote
            quote.speaker = quote.speaker.map { number($0) }
            annotations.quotes.append(quote)
        }
        let total = weights.reduce(0, +)
        for entity in order {
            annotations.entities.append(
                articleEntity(
                    entity, count: counts[entity], salience: total > 0 ? weights[entity] / total : 0,
                    first: firsts[entity]))
        }
        annotations.countries = countries()
        if let dateline, let span = tokenSpan(dateline.first, dateline.last) {
            let place = found.first {
                $0.first >= dateline.first && $0.last <= dateline.last
                    && (locals[$0.entity].type == .place || locals[$0.entity].type == .country)
            }
            annotations.dateline = Dateline(
                span: span, place: place.map { numbers[$0.entity] },
                agency: dateline.agency >= 0 ? text(dateline.agency, dateline.agencyEnd) : nil)
        }
        return annotations
    }

    private func abbreviationEnd(_ token: Token) -> Int {
        token.has(.abbreviated) && Int(token.end) < bytes.count && bytes[Int(token.end)] == 0x2E ? 1 : 0
    }

    private static func weight(_ kind: MentionKind) -> Double {
        switch kind {
        case .name: 1
        case .part, .title: 0.8
        case .demonym, .nominal: 0.5
        case .pronoun: 0.4
        }
    }

    /// How much a place in the article counts: the headline most, then the first sentences; the dateline little.
    private func position(_ token: Int) -> Double {
        if Int(tokens[token].end) <= titleEnd { return 3 }
        if let dateline, token <= dateline.last, token >= dateline.first { return 0.3 }
        return Int(tokens[token].sentence) < leadSentence + 2 ? 2 : 1
    }

    private func articleEntity(_ number: Int, count: Int, salience: Double, first: Int) -> ArticleEntity {
        let local = locals[number]
        let country = local.country >= 0 ? knowledge.gazetteer.entities[Int(local.country)].country : nil
        if local.gazetteer >= 0 {
            let entity = knowledge.gazetteer.entities[Int(local.gazetteer)]
            return ArticleEntity(
                id: entity.id, type: entity.type, name: entity.name, wikidata: entity.wikidata,
                country: entity.country,
                coordinates: entity.coordinates, role: entity.type == .person ? role(local, first) : nil,
                count: count,
                salience: salience, isProvisional: false)
        }
        let name =
            local.name ?? text(local.first, local.last, extra: tokens[local.last].has(.abbreviated) ? 1 : 0)
        let id = local.id ?? local.type.prefix + ":" + Slug.of(name)
        if let known = knowledge.gazetteer.entity(EntityID(id)), known.type == local.type {
            return ArticleEntity(
                id: known.id, type: known.type, name: known.name, wikidata: known.wikidata,
                country: known.country,
                coordinates: known.coordinates, role: local.type == .person ? role(local, first) : nil,
                count: count,
                salience: salience, isProvisional: false)
        }
        return ArticleEntity(
            id: EntityID(id), type: local.type, name: name, wikidata: nil, country: country, coordinates: nil,
            role: local.type == .person ? role(local, first) : nil, count: count, salience: salience,
            isProvisional: local.isProvisional)
    }

    /// What a person does: the office on the date, or what the text says.
    private func role(_ local: Local, _ first: Int) -> String? {
        if local.gazetteer >= 0 {
            let entity = knowledge.gazetteer.entities[Int(local.gazetteer)]
            if !local.title.isEmpty, let office = office(of: entity, in: local.title),
                date.map({ office.isHeld(on: $0) }) ?? true
            {
                return describe(office)
            }
            if let date, let office = entity.offices.last(where: { $0.isHeld(on: date) }) {
                return describe(office)
            }
        }
        if !local.title.isEmpty {
            let last = local.title.upperBound - 1
            return text(local.title.lowerBound, last, extra: tokens[last].has(.abbreviated) ? 1 : 0)
        }
        return first >= 0 ? apposition(found[first].last + 1) : nil
    }

    private func describe(_ office: Office) -> String {
        if let code = office.country, let country = knowledge.gazetteer.country(code) {
            if office.title.contains(" of ") || office.title.contains(" to ") { return office.title }
            return office.title + " of " + Self.inText(country.name)
        }
        if let organisation = office.organisation, let entity = knowledge.gazetteer.entity(organisation) {
            return office.title + " of " + Self.inText(entity.name)
        }
        return office.title
    }

    /// ", a spokesman for the Foreign Ministry,": the words between the commas.
    private func apposition(_ comma: Int) -> String? {
        guard comma + 2 < tokens.count, tokens[comma].kind == .comma, sameSentence(comma - 1, comma + 1)
        else { return nil }
        var first = comma + 1
        if has(first, .article) { first += 1 }
        guard first < tokens.count, !has(first, [.auxiliary, .pronoun, .conjunction, .preposition]) else {
            return nil
        }
        var last = first
        var hasRole = false
        while last < tokens.count, last - first < 10, sameSentence(comma, last), tokens[last].isWord {
            if has(last, .role) || has(last, .title) { hasRole = true }
            if Self.relatives.contains(tokens[last].hash) { break }
            if has(last, .cue), tokens[last].isLowercase, !has(last, .role) { return nil }
            last += 1
        }
        guard hasRole, last > first, last < tokens.count, last - first < 10,
            has(first, [.role, .title, .titleModifier]) || last - first < 7
        else { return nil }
        return text(first, last - 1)
    }

    private static let relatives: Set<UInt64> = Set(
        ["who", "whose", "which", "that"].map { WordHash.of($0) })

    /// The countries of an article, most important first.
    private func countries() -> [String] {
        var weights: [String: (weight: Double, first: Int)] = [:]
        func add(_ code: String, _ weight: Double, _ token: Int) {
            let known = weights[code] ?? (0, token)
            weights[code] = (known.weight + weight, min(known.first, token))
        }
        for mention in found {
            let local = locals[mention.entity]
            let place = position(mention.first)
            let base: Double
            switch local.type {
            case .country: base = mention.kind == .demonym ? 0.8 : 1
            case .place: base = 0.8
            case .organisation: base = local.gazetteer >= 0 || local.id != nil ? 0.5 : 0.3
            case .person: base = local.gazetteer >= 0 ? 0.4 : 0
            case .region: base = 0.5
            case .treaty, .event: base = 0
            }
            guard base > 0, local.country >= 0,
                let code = knowledge.gazetteer.entities[Int(local.country)].country
            else { continue }
            add(code, base * place, mention.first)
        }
        guard let top = weights.values.map(\.weight).max() else { return [] }
        // A fifth of what the first country weighs, or three plain mentions and a tenth.
        let kept = weights.filter { $0.value.weight >= min(top * 0.2, max(2.5, top * 0.1)) }
        return kept.sorted {
            ($1.value.weight, $0.value.first, $0.key) < ($0.value.weight, $1.value.first, $1.key)
        }.map(\.key)
    }
}

/// Makes ids of names.
enum Slug {
    /// Small ASCII letters, digits and hyphens; letters of other scripts as their code points.
    static func of(_ name: String) -> String {
        var result: [UInt8] = []
        var gap = false
        func append(_ byte: UInt8) {
            if gap, !result.isEmpty { result.append(UInt8(ascii: "-")) }
            gap = false
            result.append(byte)
        }
        for scalar in name.unicodeScalars {
            if scalar.value < 0x80 {
                let byte = UInt8(scalar.value).lowercased
                if byte.isLowercaseLetter || byte.isDigit {
                    append(byte)
                } else if byte != 0x27 && byte != 0x2E {
                    gap = true
                }
                continue
            }
            let letter = Folding.letter(scalar.value)
            if letter.first == 0xFF {
                for byte in String(letter.scalar, radix: 36).utf8 { append(byte) }
            } else if letter.first != 0 {
                append(letter.first)
                if letter.second != 0 { append(letter.second) }
            } else if scalar.value != 0x2019 {
                gap = true
            }
        }
        return result.isEmpty ? "unnamed" : String(decoding: result, as: UTF8.self)
    }
}
