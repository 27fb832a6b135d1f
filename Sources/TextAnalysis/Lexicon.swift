import Files

/// How a speech cue presents what is said.
public enum CueStance: String, Hashable, Sendable {
    case neutral
    case positive
    case negative
    case doubtful
}

/// Words that the analysis leans on, from hand-editable files.
public struct Lexicon: Sendable {
    /// A verb or phrase that introduces what somebody says.
    struct Cue: Sendable {
        var base: String
        var words: [UInt64]
        var stance: CueStance
        /// Whether an indirect clause may follow ("said that").
        var isStrong: Bool
    }

    /// An office, rank or role.
    struct Title: Sendable {
        var text: String
        var kind: String
        var gender: Gender?
        /// The offices of the gazetteer that it can stand for; "leader" for whoever leads.
        var offices: [String]
    }

    /// A language told by its commonest words.
    struct Language: Sendable {
        var code: String
        var words: [UInt64]
    }

    var words = Vocabulary()
    var cues: [Cue] = []
    var titles: [Title] = []
    var languages: [Language] = []
    /// What the leader of a country is, by its code.
    var leaders: [String: [String]] = [:]
    var abbreviations: [String] = []
    /// Words that show a paragraph to be no part of the report, and whether it must begin with them.
    var asides: [(words: [UInt64], isOpening: Bool)] = []

    /// Reads the files of a folder: words, titles, heads, abbreviations, speech-cues, common-words, first-names,
    /// languages, leaders, each `.tsv`; `first-names.tsv`, `family-first.tsv` and
    /// `asides.tsv` may be absent.
    ///
    /// - Throws: `GazetteerError` at the first row that cannot be used.
    public static func load(folder: String) throws(GazetteerError) -> Lexicon {
        var lexicon = Lexicon()
        let path = { (name: String) in folder + "/" + name + ".tsv" }
        try lexicon.loadWords(Table(path: path("words"), required: ["class", "words"]))
        try lexicon.loadHeads(Table(path: path("heads"), required: ["words", "position", "type"]))
        try lexicon.loadAbbreviations(Table(path: path("abbreviations"), required: ["abbreviation", "kind"]))
        try lexicon.loadTitles(
            Table(path: path("titles"), required: ["titles", "kind", "gender", "offices"]))
        try lexicon.loadCues(
            Table(path: path("speech-cues"), required: ["base", "forms", "stance", "clause"]))
        for row in try Table(path: path("common-words"), required: ["word"]).rows {
            for word in row["word"].split(separator: " ") { lexicon.add(String(word), .common) }
        }
        if FileSystem.kind(of: path("first-names")) == .file {
            try lexicon.loadFirstNames(
                Table(path: path("first-names"), required: ["name"], optional: ["gender", "note", "origin"]))
        }
        if FileSystem.kind(of: path("family-first")) == .file {
            for row in try Table(path: path("family-first"), required: ["names"]).rows {
                for name in row["names"].split(separator: " ") { lexicon.add(String(name), .familyFirst) }
            }
        }
        if FileSystem.kind(of: path("asides")) == .file {
            try lexicon.loadAsides(Table(path: path("asides"), required: ["words", "position"]))
        }
        for row in try Table(path: path("languages"), required: ["language", "words"]).rows {
            lexicon.languages.append(
                Language(
                    code: row["language"],
                    words: row["words"].split(separator: " ").map { Self.hash(String($0)) }))
        }
        for row in try Table(path: path("leaders"), required: ["country", "titles"]).rows {
            lexicon.leaders[row["country"]] = row.list("titles")
        }
        return lexicon
    }

    /// Knows no word, and is there for the hashes: making one for each word would cost more than all the rest.
    private static let hasher = Tokenizer(words: Vocabulary())

    /// The hash of the first word of a text.
    static func hash(_ text: String) -> UInt64 {
        hasher.tokens(Array(text.utf8)).first?.hash ?? 0
    }

    static func hashes(_ text: String) -> [UInt64] {
        hasher.tokens(Array(text.utf8)).filter { $0.hash != 0 }.map(\.hash)
    }

    mutating func add(_ word: String, _ classes: WordClass) {
        let hash = Self.hash(word)
        if hash != 0 { words.add(hash, classes) }
    }

    private mutating func loadWords(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            let name = row["class"]
            guard let kind = Self.wordClasses[name] else {
                throw GazetteerError(
                    file: table.path, line: row.line,
                    reason: "unknown class \"\(name)\"; known are "
                        + Self.wordClasses.keys.sorted().joined(separator: ", "))
            }
            for word in row["words"].split(separator: " ") { add(String(word), kind) }
        }
    }

    private static let wordClasses: [String: WordClass] = [
        "article": .article, "preposition": .preposition, "conjunction": .conjunction, "pronoun": .pronoun,
        "subject-pronoun": [.subjectPronoun, .pronoun], "auxiliary": .auxiliary, "adverb": .adverb,
        "particle": .particle, "name-suffix": .nameSuffix, "place-noun": .placeNoun,
        "speech-noun": .speechNoun, "government-noun": .governmentNoun, "direction": .direction,
        "month": .month,
        "weekday": .weekday, "agency": .agency, "no-person": .noPerson, "given-place": .givenPlace,
    ]

    private mutating func loadAsides(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            guard ["opening", "inside"].contains(row["position"]) else {
                throw GazetteerError(
                    file: table.path, line: row.line, reason: "position must be opening or inside")
            }
            for text in row.list("words") {
                asides.append((Self.hashes(text), row["position"] == "opening"))
            }
        }
    }

    private mutating func loadHeads(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            let kind: WordClass
            switch (row["position"], row["type"]) {
            case ("suffix", "organisation"): kind = .organisationSuffix
            case ("tail", "organisation"): kind = .organisationTail
            case ("head", "organisation"): kind = .organisationHead
            case ("tail", "place"): kind = .placeTail
            case ("head", "place"): kind = .placeHead
            case ("tail", "event"): kind = .eventTail
            case ("tail", "treaty"): kind = .treatyTail
            case ("tail", "other"): kind = .otherTail
            default:
                throw GazetteerError(
                    file: table.path, line: row.line,
                    reason:
                        "position must be tail, head or suffix, type organisation, place, event, treaty or other"
                )
            }
            for word in row["words"].split(separator: " ") { add(String(word), kind) }
        }
    }

    private mutating func loadAbbreviations(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            var kind: WordClass = .abbreviation
            switch row["kind"] {
            case "title": kind.insert(.titleAbbreviation)
            case "number": kind.insert(.numberAbbreviation)
            case "small": kind.insert(.lowerAbbreviation)
            case "other": break
            default:
                throw GazetteerError(
                    file: table.path, line: row.line, reason: "kind must be title, number, small or other")
            }
            for word in row["abbreviation"].split(separator: " ") { add(String(word), kind) }
        }
    }

    private mutating func loadTitles(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            let kind = row["kind"]
            let gender: Gender? = row["gender"] == "f" ? .female : row["gender"] == "m" ? .male : nil
            var classes: WordClass = []
            if gender == .female { classes.insert(.femaleTitle) }
            if gender == .male { classes.insert(.maleTitle) }
            switch kind {
            case "honorific": classes.insert([.honorific, .title])
            case "office", "rank": classes.insert(.title)
            case "role": classes.insert(.role)
            case "modifier": classes.insert(.titleModifier)
            default:
                throw GazetteerError(
                    file: table.path, line: row.line,
                    reason: "kind must be honorific, office, rank, role or modifier")
            }
            let offices = row.list("offices")
            for text in row.list("titles") {
                let hashes = Self.hashes(text)
                if hashes.count == 1 { words.add(hashes[0], classes) }
                if kind != "modifier", kind != "honorific", kind != "rank" {
                    titles.append(
                        Title(
                            text: text, kind: kind, gender: gender,
                            offices: offices.isEmpty ? [text] : offices))
                }
            }
        }
    }

    private mutating func loadCues(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            guard let stance = CueStance(rawValue: row["stance"]) else {
                throw GazetteerError(
                    file: table.path, line: row.line,
                    reason: "stance must be neutral, positive, negative or doubtful")
            }
            for form in row.list("forms") {
                let hashes = Self.hashes(form)
                guard let first = hashes.first else { continue }
                words.add(first, .cue)
                cues.append(
                    Cue(base: row["base"], words: hashes, stance: stance, isStrong: row["clause"] == "yes"))
            }
        }
    }

    private mutating func loadFirstNames(_ table: Table) throws(GazetteerError) {
        for row in table.rows {
            var kind: WordClass = .firstName
            switch row["gender"] {
            case "f": kind.insert(.femaleName)
            case "m": kind.insert(.maleName)
            case "", "u", "b", "mf": kind.insert([.femaleName, .maleName])
            default:
                throw GazetteerError(
                    file: table.path, line: row.line, reason: "gender must be f, m, u or empty")
            }
            add(row["name"], kind)
        }
    }
}
