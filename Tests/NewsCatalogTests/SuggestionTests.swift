import NewsModel
import SearchIndex
import TestSupport
import Testing

@testable import NewsCatalog

@Suite struct SuggestionTests {
    private static func entry(_ id: String, _ name: String, given: Bool = true) -> EntityDirectory.Entry {
        let type = EntityType.allCases.first { id.hasPrefix($0.prefix + ":") } ?? .place
        return EntityDirectory.Entry(
            id: EntityID(id), type: type, name: name, gazetteerIndex: given ? 0 : nil)
    }

    private static func directory(
        _ given: [(id: String, names: [String])], articles: [(id: String, count: Int)] = []
    ) -> EntityDirectory {
        var directory = EntityDirectory(given.map { (entry($0.id, $0.names[0]), $0.names) })
        for (id, count) in articles {
            directory.count(EntityID(id), by: count) {
                entry(id, String(id.drop { $0 != ":" }.dropFirst()), given: false)
            }
        }
        return directory
    }

    private static let sample = directory(
        [
            ("country:ge", ["Georgia", "Republic of Georgia"]),
            ("country:ir", ["Iran", "Islamic Republic of Iran"]),
            ("country:iq", ["Iraq"]), ("org:un", ["United Nations", "UN", "U.N."]),
            ("person:recep-tayyip-erdogan", ["Recep Tayyip Erdoğan", "Tayyip Erdogan"]),
            ("person:vladimir-putin", ["Vladimir Putin", "Putin"]), ("place:georgia-us", ["Georgia"]),
            ("place:putney", ["Putney"]), ("place:reykjavik", ["Reykjavík"]),
        ],
        articles: [
            ("person:vladimir-putin", 500), ("country:ge", 3), ("country:ir", 90), ("country:iq", 80),
            ("person:Jo Ek", 2),
        ])

    private func ids(_ text: String, type: EntityType? = nil, limit: Int = 10) -> [String] {
        Self.sample.suggest(text, type: type, limit: limit).map(\.entity.entry.id.description)
    }

    /// The part of the name that matches.
    private func matched(_ text: String) -> String? {
        Self.sample.suggest(text, limit: 1).first.map {
            String(decoding: Array($0.name.utf8)[$0.span], as: UTF8.self)
        }
    }

    @Test func anyWordOfAnyNameCanBegin() {
        #expect(ids("erdogan") == ["person:recep-tayyip-erdogan"])
        #expect(ids("TAYYIP ERD") == ["person:recep-tayyip-erdogan"])
        #expect(ids("of geo") == ["country:ge"])
        #expect(ids("u.n.") == ["org:un"])
        #expect(ids("ek") == ["person:Jo Ek"])
        #expect(ids("?!").isEmpty)
        #expect(ids("geor", limit: 0).isEmpty)
    }

    @Test func typosAreForgiven() {
        #expect(ids("putn").first == "person:vladimir-putin")
        #expect(ids("utin") == ["person:vladimir-putin"])
        #expect(ids("puitn").first == "person:vladimir-putin")
        #expect(ids("vladmir pitin") == ["person:vladimir-putin"])
        #expect(ids("erdohan") == ["person:recep-tayyip-erdogan"])
        #expect(ids("reikyavi") == ["place:reykjavik"])
        // Three letters are too few, and two edits in seven too many.
        #expect(ids("ptu").isEmpty)
        #expect(ids("erdohen").isEmpty)
        // Of two edits one lies behind the third letter.
        #expect(ids("xxcep tayyip").isEmpty)
    }

    @Test func theNewsComeBeforeHowWellANameMatches() {
        // 501 articles, one edit: 31; none, the name begins so: 2.
        #expect(ids("putn") == ["person:vladimir-putin", "place:putney"])
        // 501 articles, a whole name.
        #expect(ids("put") == ["person:vladimir-putin", "place:putney"])
        // Whole names count 8 times, and a typo a sixteenth.
        #expect(ids("iran") == ["country:ir", "country:iq"])
        #expect(ids("georgia") == ["country:ge", "place:georgia-us"])
        // What as many articles mention comes in the gazetteer's order.
        #expect(ids("re", limit: 2) == ["country:ir", "country:ge"])
    }

    @Test func typesAreKeptApart() {
        #expect(ids("geor", type: .place) == ["place:georgia-us"])
        #expect(ids("putn", type: .place) == ["place:putney"])
        #expect(ids("geor", type: .person).isEmpty)
    }

    @Test func whatMatchesIsShown() {
        #expect(matched("erdo") == "Erdo")
        #expect(matched("erdog") == "Erdoğ")
        #expect(matched("reykjavi") == "Reykjaví")
        #expect(matched("recep tay") == "Recep Tay")
        #expect(matched("putn") == "Putin")
        #expect(matched("un") == "UN")
        #expect(matched("vladmir put") == "Vladimir Put")
    }

    @Test func whatOnlyArticlesKnewGoesWithThem() {
        var directory = Self.sample
        directory.count(EntityID("person:Jo Ek"), by: -2) {
            Self.entry("person:Jo Ek", "Jo Ek", given: false)
        }
        directory.count(EntityID("country:ir"), by: -90) { Self.entry("country:ir", "Iran") }
        #expect(directory.suggest("jo", limit: 9).isEmpty)
        #expect(directory.suggest("islamic", limit: 9).first?.entity.articles == 0)
        #expect(Self.sample.suggest("jo", limit: 9).count == 1)
        #expect(Self.sample.suggest("islamic", limit: 9).first?.entity.articles == 90)
    }

    // MARK: Against plain models

    /// The fewest edits between a pattern and any beginning of a name, tried one by one.
    private static func edits(
        _ pattern: [Character], _ name: [Character], _ place: Int, _ read: Int, _ made: Int, most: Int
    )
        -> Int
    {
        func allowed(after letters: Int) -> Int { most == 2 && letters <= 3 ? 1 : most }
        if place == pattern.count { return made }
        var best = 3
        func go(_ place: Int, _ read: Int, _ made: Int, at letters: Int) {
            guard made <= allowed(after: letters) else { return }
            best = min(best, edits(pattern, name, place, read, made, most: most))
        }
        if read < name.count {
            if pattern[place] == name[read] { go(place + 1, read + 1, made, at: most == 2 ? 9 : 0) }
            go(place, read + 1, made + 1, at: read + 1)
            go(place + 1, read + 1, made + 1, at: read + 1)
        }
        go(place + 1, read, made + 1, at: read)
        if place + 1 < pattern.count, read + 1 < name.count, pattern[place] == name[read + 1],
            pattern[place + 1] == name[read]
        {
            go(place + 2, read + 2, made + 1, at: read + 1)
        }
        return best
    }

    private static func word(
        _ letters: [Character], _ lengths: ClosedRange<Int>, _ random: inout SeededGenerator
    ) -> String {
        String(
            (0..<Int.random(in: lengths, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            })
    }

    @Test(arguments: 0..<15 as Range<UInt64>) func editsAgreeWithTryingAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters: [Character] =
            seed % 3 == 0 ? ["a", "b"] : seed % 3 == 1 ? ["a", "b", "ж", "漢"] : ["a", "b", "c", "d", " "]
        let names = (0..<120).map { _ in
            "x" + Self.word(letters, 0...12, &random)
                + (Bool.random(using: &random) ? " " + Self.word(letters, 1...5, &random) : "")
        }
        let entities = names.enumerated().map { number, name in
            NameLevel.Entity(id: EntityID("person:\(number)"), type: .person, names: [name])
        }
        let level = NameLevel(entities, from: 0)
        for _ in 0..<8 {
            let typed = TermAnalyzer.terms("x" + Self.word(letters, 3...12, &random)).joined(separator: " ")
            guard let pattern = TypoPattern(typed) else { continue }
            var found: [Int: Int] = [:]
            level.forEachRun(like: pattern) { keys, edits in
                for key in keys {
                    #expect(found[key] == nil, "a key is in two runs")
                    found[key] = edits
                }
            }
            for key in level.heads.indices {
                let range = level.bytes(of: key)
                let name = Array(String(decoding: level.text[range], as: UTF8.self))
                let expected = Self.edits(Array(typed), name, 0, 0, 0, most: pattern.edits)
                let edits = found[key] ?? 3
                // Runs do not tell what is met as it is from what is met with one edit.
                #expect(max(1, expected) == edits, "\(typed) in \(String(name))")
                if edits < 3 { #expect(pattern.match(level.text, range).edits == expected) }
            }
        }
    }

    @Test func aTableOfPairsFindsWhatASearchFinds() {
        var random = SeededGenerator(seed: 7)
        let letters: [Character] = ["a", "b", "c", "z", "ж", "漢", "9"]
        let entities = (0..<3_000).map { number in
            NameLevel.Entity(
                id: EntityID("person:\(number)"), type: .person,
                names: (0..<2).map { _ in
                    Self.word(letters, 1...9, &random) + " " + Self.word(letters, 1...3, &random)
                })
        }
        let level = NameLevel(entities, from: 0)
        #expect(!level.pairStarts.isEmpty)
        for _ in 0..<300 {
            let typed = TermAnalyzer.terms(Self.word(letters, 1...10, &random)).joined(separator: " ")
            let prefix = Array(typed.utf8.prefix(Int.random(in: 1...12, using: &random)))
            let range = level.keys(NamePrefix(prefix))
            let expected = level.heads.indices.filter { level.text[level.bytes(of: $0)].starts(with: prefix) }
            #expect(Array(range) == expected, "\(typed)")
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>) func agreesWithAPlainList(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters: [Character] = ["a", "e", "n", "r", "t"]
        var names: [String: [String]] = [:]
        var given: [(id: String, names: [String])] = []
        for number in 0..<400 {
            let type = EntityType.allCases.randomElement(using: &random) ?? .person
            let own = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Self.word(letters, 1...8, &random) + " " + Self.word(letters, 1...8, &random)
            }
            given.append(("\(type.prefix):g\(1_000 + number)", own))
        }
        given.sort { $0.id < $1.id }
        for (id, own) in given { names[id] = own }
        var directory = Self.directory(given)
        var counts: [String: Int] = [:]
        for _ in 0..<4_000 {
            let isGiven = Bool.random(using: &random)
            let name = Self.word(letters, 2...4, &random)
            let id = isGiven ? given.randomElement(using: &random)?.id ?? "" : "person:" + name
            let change =
                (counts[id] ?? 0) > 0 && Int.random(in: 0..<4, using: &random) == 0
                ? -1 : Int.random(in: 1...3, using: &random)
            if !isGiven { names[id] = [name] }
            counts[id, default: 0] += change
            directory.count(EntityID(id), by: change) { Self.entry(id, name, given: isGiven) }
        }
        let order = Dictionary(uniqueKeysWithValues: given.enumerated().map { ($1.id, $0) })
        for _ in 0..<25 {
            let typed = Self.word(letters, 1...9, &random)
            let type: EntityType? = Bool.random(using: &random) ? .person : nil
            let limit = Int.random(in: 1...12, using: &random)
            func weight(_ id: String, most: Int) -> Int? {
                guard type.map({ id.hasPrefix($0.prefix + ":") }) ?? true else { return nil }
                let articles = counts[id] ?? 0
                guard articles > 0 || order[id] != nil else { return nil }
                var best: Int?
                for name in names[id] ?? [] {
                    let words = name.split(separator: " ")
                    for first in words.indices {
                        let rest = words[first...].joined(separator: " ")
                        let edits = Self.edits(Array(typed), Array(rest), 0, 0, 0, most: most)
                        guard edits <= most else { continue }
                        var doublings = 10 - 4 * edits
                        if first == 0 { doublings += edits == 0 && rest == typed ? 3 : 1 }
                        if edits > 0, rest.first != typed.first { doublings -= 2 }
                        best = max(best ?? 0, (articles + 1) << doublings)
                    }
                }
                return best
            }
            func model(most: Int) -> [(id: String, weight: Int)] {
                names.keys.compactMap { id in weight(id, most: most).map { (id, $0) } }.sorted {
                    if $0.weight != $1.weight { return $0.weight > $1.weight }
                    let (one, other) = (order[$0.id], order[$1.id])
                    return one == nil && other == nil ? $0.id < $1.id : (one ?? .max) < (other ?? .max)
                }
            }
            var expected = model(most: 0)
            if expected.count < 10, typed.count >= 4 { expected = model(most: typed.count >= 8 ? 2 : 1) }
            let found = directory.suggest(typed, type: type, limit: limit)
            #expect(found.map(\.entity.entry.id.description) == expected.prefix(limit).map(\.id), "\(typed)")
            #expect(found.map(\.weight) == expected.prefix(limit).map(\.weight))
            for one in found { #expect(one.entity.articles == counts[one.entity.entry.id.description] ?? 0) }
        }
    }

    @Test func boundsAreThoseOfTheirSteps() {
        var last = 0
        for articles in Array(0..<5_000) + (12...40).map({ 1 << $0 }) {
            let step = Int(NewsBounds.step(articles))
            #expect(step >= last && step < NewsBounds.steps)
            #expect(NewsBounds.articles(ofStep: step) >= min(articles, Int(Int32.max)))
            if step > 1 { #expect(NewsBounds.articles(ofStep: step - 1) < articles) }
            last = step
        }
    }

    @Test func namesOfManyEntitiesMetOneByOneLieInFewLevels() {
        var directory = Self.sample
        let before = directory
        for number in 0..<6_000 {
            directory.count(EntityID("person:p\(number)"), by: 1) {
                Self.entry("person:p\(number)", "Name p\(number)", given: false)
            }
        }
        #expect(directory.levels.count <= 7)
        #expect(directory.levels.map(\.names.positions.count).reduce(0, +) == directory.count)
        // The names of the gazetteer are not copied, whatever comes.
        #expect(directory.levels[0].names === before.levels[0].names)
        #expect(before.count == 10)
        #expect(directory.suggest("p5999", limit: 1).map(\.entity.entry.name) == ["Name p5999"])
    }
}
