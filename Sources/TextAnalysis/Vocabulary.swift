/// What a known word can be.
struct WordClass: OptionSet, Sendable {
    let rawValue: UInt64
    private init(bit: UInt64) { rawValue = 1 << bit }
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Written small far more often than not: no name at the start of a sentence.
    static let common = WordClass(bit: 0)
    static let article = WordClass(bit: 1)
    static let preposition = WordClass(bit: 2)
    static let conjunction = WordClass(bit: 3)
    static let pronoun = WordClass(bit: 4)
    static let auxiliary = WordClass(bit: 5)
    static let adverb = WordClass(bit: 6)
    static let firstName = WordClass(bit: 7)
    static let femaleName = WordClass(bit: 8)
    static let maleName = WordClass(bit: 9)
    static let honorific = WordClass(bit: 10)
    static let femaleTitle = WordClass(bit: 11)
    static let maleTitle = WordClass(bit: 12)
    /// Last word of an office or rank: "President", "Minister", "Gen".
    static let title = WordClass(bit: 13)
    /// May stand before a title or in it: "Deputy", "Foreign", "Chief".
    static let titleModifier = WordClass(bit: 14)
    /// A role in small letters: "spokesman", "analyst".
    static let role = WordClass(bit: 15)
    /// "Corp", "Inc", "GmbH".
    static let organisationSuffix = WordClass(bit: 16)
    /// "Party", "University", "Council".
    static let organisationTail = WordClass(bit: 17)
    /// "University" of, "Ministry" of.
    static let organisationHead = WordClass(bit: 18)
    static let placeTail = WordClass(bit: 19)
    static let placeHead = WordClass(bit: 20)
    static let eventTail = WordClass(bit: 21)
    static let treatyTail = WordClass(bit: 22)
    /// Ends names that are none of the above: "Act", "Prize".
    static let otherTail = WordClass(bit: 23)
    static let month = WordClass(bit: 24)
    static let weekday = WordClass(bit: 25)
    /// Inside names of persons: "de", "van", "bin".
    static let particle = WordClass(bit: 26)
    static let abbreviation = WordClass(bit: 27)
    /// An abbreviation that is written small, as "etc".
    static let lowerAbbreviation = WordClass(bit: 28)
    /// Stands before a name or number and never ends a sentence, as "Mr".
    static let titleAbbreviation = WordClass(bit: 29)
    /// Only before a number, as "No".
    static let numberAbbreviation = WordClass(bit: 30)
    /// First word of a speech cue.
    static let cue = WordClass(bit: 31)
    /// First word of a name of the gazetteer.
    static let startsName = WordClass(bit: 32)
    /// First word of an office of the gazetteer or lexicon.
    static let startsTitle = WordClass(bit: 33)
    /// "town", "city", "village", "province": small words that a place follows.
    static let placeNoun = WordClass(bit: 34)
    /// "Jr.", "III".
    static let nameSuffix = WordClass(bit: 35)
    /// "statement", "report": what an organisation speaks through.
    static let speechNoun = WordClass(bit: 36)
    /// "government", "administration", "officials".
    static let governmentNoun = WordClass(bit: 37)
    static let agency = WordClass(bit: 38)
    /// "north", "southern".
    static let direction = WordClass(bit: 39)
    /// Never part of a name of a person, whatever its capitals: "Street", "Internet", "God".
    static let noPerson = WordClass(bit: 40)
    /// "he", "she".
    static let subjectPronoun = WordClass(bit: 41)
    /// A word of any other kind that names of persons end with: seen as a family name in the gazetteer.
    static let familyName = WordClass(bit: 42)
    /// A place whose name is also a given name: "Jordan", "Florence".
    static let givenPlace = WordClass(bit: 43)
    /// A family name that stands before the given name: "Kim", "Chen".
    static let familyFirst = WordClass(bit: 44)

    /// Words that hold sentences together and are no names.
    static let function: WordClass = [
        .article, .preposition, .conjunction, .pronoun, .auxiliary, .adverb,
    ]
}

/// The words that the gazetteer and the lexicon know, by the hash of their folded letters.
struct Vocabulary: Sendable {
    private var table = HashTable(minimumCapacity: 1 << 15)
    private var kinds: [WordClass] = []

    /// How many there are.
    var count: Int { kinds.count }

    /// The word's number, or -1.
    @inline(__always)
    func find(_ hash: UInt64) -> Int32 { table.find(hash) }

    /// What a known word can be.
    @inline(__always)
    func classes(_ word: Int32) -> WordClass { word < 0 ? [] : kinds[Int(word)] }

    /// Adds a word or a class to a known one, and returns its number.
    @discardableResult
    mutating func add(_ hash: UInt64, _ classes: WordClass) -> Int32 {
        let known = table.find(hash)
        if known >= 0 {
            kinds[Int(known)].formUnion(classes)
            return known
        }
        kinds.append(classes)
        let number = Int32(kinds.count - 1)
        table.set(hash, number)
        return number
    }
}
