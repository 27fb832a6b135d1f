import NewsModel

/// Gazetteer and lexicon made ready for matching; frozen, shared by all threads.
final class Knowledge: Sendable {
    struct Term: Sendable {
        var person: Int32
        var office: Office
    }

    let gazetteer: Gazetteer
    let cues: [Lexicon.Cue]
    let titles: [Lexicon.Title]
    let languages: [Lexicon.Language]
    /// The languages, a bit each, that a small word belongs to.
    let languageWords: HashTable
    let words: Vocabulary
    let tokenizer: Tokenizer
    let names: NameIndex
    let titleIndex: NameIndex
    /// Cues by the number of their first word.
    let cuesByWord: [Int32: [Int]]
    /// Terms of office by title and holder ("president@RU").
    let terms: [String: [Term]]
    /// What the leader of a country is called.
    let leaders: [String: [String]]
    /// Words that show a paragraph to be no part of the report, and whether it must begin with them.
    let asides: [(words: [UInt64], isOpening: Bool)]
    /// Persons by the hash of their family name.
    let families: [UInt64: [Int32]]
    /// Countries whose capital a place is, by the place's number.
    let capitalOf: [Int32: Int32]
    /// Entities that are another name for a national executive: "Kremlin".
    let executives: Set<Int32>

    init(gazetteer: Gazetteer, lexicon: Lexicon) {
        self.gazetteer = gazetteer
        cues = lexicon.cues
        languages = lexicon.languages
        leaders = lexicon.leaders
        asides = lexicon.asides.filter { !$0.words.isEmpty }
        var languageWords = HashTable(minimumCapacity: 512)
        for (number, language) in lexicon.languages.prefix(31).enumerated() {
            for hash in language.words where hash != 0 {
                let known = languageWords.find(hash)
                languageWords.set(hash, (known < 0 ? 0 : known) | 1 << Int32(number))
            }
        }
        self.languageWords = languageWords
        var words = lexicon.words
        let tokenizer = Tokenizer(words: lexicon.words)
        var names = NameIndex()
        var titleIndex = NameIndex()
        var titles = lexicon.titles
        var terms: [String: [Term]] = [:]
        var families: [UInt64: [Int32]] = [:]
        var executives: Set<Int32> = []

        func add(_ text: String, _ target: Int, _ kind: AliasKind) {
            for form in Self.forms(text, isOrganisation: gazetteer.entities[target].type == .organisation) {
                if let first = names.add(form, target: target, kind: kind, tokenizer: tokenizer) {
                    words.add(first, .startsName)
                }
            }
        }
        var knownTitles = Set(titles.map { $0.text.lowercased() })
        for (number, entity) in gazetteer.entities.enumerated() {
            add(entity.name, number, .name)
            for alias in entity.aliases { add(alias, number, .alias) }
            for name in entity.knownAs { add(name, number, .knownAs) }
            for demonym in entity.demonyms { add(demonym, number, .demonym) }
            for name in entity.family {
                add(name, number, .family)
                let hashes = Lexicon.hashes(name)
                if hashes.count == 1 { words.add(hashes[0], .familyName) }
                if let last = hashes.last { families[last, default: []].append(Int32(number)) }
            }
            for office in entity.offices {
                let holder = office.country ?? office.organisation?.description ?? ""
                terms[office.title + "@" + holder, default: []].append(
                    Term(person: Int32(number), office: office))
                if knownTitles.insert(office.title).inserted {
                    titles.append(
                        Lexicon.Title(
                            text: office.title, kind: "office", gender: nil, offices: [office.title]))
                }
            }
            if entity.type == .organisation, entity.country != nil, Self.executiveNames.contains(entity.name)
            {
                executives.insert(Int32(number))
            }
        }
        for (number, template) in gazetteer.ministries.enumerated() {
            for text in [template.name] + template.aliases {
                if let first = names.add(text, target: number, kind: .ministry, tokenizer: tokenizer) {
                    words.add(first, .startsName)
                }
            }
        }
        for (number, title) in titles.enumerated() {
            if let first = titleIndex.add(title.text, target: number, kind: .title, tokenizer: tokenizer) {
                words.add(first, .startsTitle)
            }
        }
        var cuesByWord: [Int32: [Int]] = [:]
        for (number, cue) in cues.enumerated() {
            cuesByWord[words.find(cue.words[0]), default: []].append(number)
        }
        for key in cuesByWord.keys {
            cuesByWord[key]?.sort { lexicon.cues[$0].words.count > lexicon.cues[$1].words.count }
        }
        var capitalOf: [Int32: Int32] = [:]
        var capitalNames: [String: Int32] = [:]
        for (number, entity) in gazetteer.entities.enumerated() where entity.type == .country {
            for capital in entity.capitals {
                capitalNames[capital + "@" + (entity.country ?? "")] = Int32(number)
            }
        }
        for (number, entity) in gazetteer.entities.enumerated() where entity.type == .place {
            if let country = capitalNames[entity.name + "@" + (entity.country ?? "")],
                entity.kind == "capital" || entity.kind == "city"
            {
                capitalOf[Int32(number)] = country
            }
        }
        self.words = words
        self.tokenizer = Tokenizer(words: words)
        self.names = names
        self.titleIndex = titleIndex
        self.titles = titles
        self.cuesByWord = cuesByWord
        self.terms = terms
        self.families = families
        self.capitalOf = capitalOf
        self.executives = executives
    }

    private static let executiveNames: Set<String> = [
        "White House", "Kremlin", "Downing Street", "Elysee Palace", "Élysée Palace", "Blue House",
        "Zhongnanhai",
    ]

    /// A name as given, and without a leading article.
    ///
    /// A newspaper's lone word is nothing without it: "The Hill", "The Atlantic".
    private static func forms(_ text: String, isOrganisation: Bool) -> [String] {
        guard text.hasPrefix("The "), !isOrganisation || text.dropFirst(4).contains(" ") else {
            return [text]
        }
        return [text, String(text.dropFirst(4))]
    }
}
