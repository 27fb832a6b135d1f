@testable import SearchIndex
import Testing

/// Texts and what they are cut into.
private let vectors: [(text: String, terms: [String])] = [
    ("", []),
    (" . , ", []),
    ("Putin met Xi.", ["putin", "met", "xi"]),
    ("U.S. and U.K. officials", ["us", "and", "uk", "officials"]),
    ("the U.S.'s role; the U.S.’s role", ["the", "us", "role", "the", "us", "role"]),
    ("U.S.-China talks, U.S", ["us", "china", "talks", "us"]),
    ("at 5 p.m. today", ["at", "5", "pm", "today"]),
    ("J.K. Rowling", ["jk", "rowling"]),
    ("J. K. Rowling", ["j", "k", "rowling"]),
    ("example.com v1.2 x.com", ["example", "com", "v1", "2", "x", "com"]),
    ("China's and China’s", ["china", "and", "china"]),
    ("CHINA'S 'single' students'", ["china", "single", "students"]),
    ("it's, don't, o'sullivan", ["it", "don", "t", "o", "sullivan"]),
    ("Erdoğan İstanbul ılık IRAK", ["erdogan", "istanbul", "ilik", "irak"]),
    ("Côte d'Ivoire", ["cote", "d", "ivoire"]),
    ("Côte d’Ivoire, COTE D'IVOIRE", ["cote", "d", "ivoire", "cote", "d", "ivoire"]),
    ("Erdog\u{AD}an\u{2011}Putin Bundes\u{200D}tag", ["erdogan", "putin", "bundestag"]),
    ("Müller MÜLLER Mueller", ["muller", "muller", "mueller"]),
    ("Сергей СЁМИН", ["сергей", "семин"]),
    ("שָׁלוֹם שלום", ["שלום", "שלום"]),
    ("Co\u{302}te Erdog\u{306}an", ["cote", "erdogan"]),
    ("Straße STRASSE ẞ", ["strasse", "strasse", "ss"]),
    ("Ægir Œuvre Øresund Łódź Đoković Þór", ["aegir", "oeuvre", "oresund", "lodz", "dokovic", "thor"]),
    ("São Tomé, Curaçao, Ñuñoa", ["sao", "tome", "curacao", "nunoa"]),
    ("Nguyễn Phú Trọng", ["nguyen", "phu", "trong"]),
    ("Hawaiʻi", ["hawaii"]),
    ("Aliyev Əliyev", ["aliyev", "aliyev"]),
    ("cease-fire ceasefire", ["cease", "fire", "ceasefire"]),
    ("Mid–East—today", ["mid", "east", "today"]),
    ("soft\u{AD}hyphen zero\u{200B}width", ["softhyphen", "zero", "width"]),
    ("COVID-19, 1,000 9/11", ["covid", "19", "1", "000", "9", "11"]),
    ("ПУТИН Зелёный Київ", ["путин", "зеленый", "київ"]),
    ("ΑΘΉΝΑ Αθήνας", ["αθηνα", "αθηνασ"]),
    ("习近平 in 北京", ["习", "近", "平", "in", "北", "京"]),
    ("iPhone手机", ["iphone", "手", "机"]),
    ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
    ("서울", ["서", "울"]),
    ("أحمد مُحَمَّد", ["احمد", "محمد"]),
    ("हिन्दी २०२४", ["हिन्दी", "2024"]),
    ("צה״ל ג׳נין", ["צהל", "גנין"]),
    ("مکتبة علی ٢٠٢٤ ۱۲", ["مكتبه", "علي", "2024", "12"]),
    ("ไทย๕", ["ไ", "ท", "ย", "5"]),
    ("ﾄﾖﾀ", ["ト", "ヨ", "タ"]),
    ("ＮＡＴＯ １２", ["nato", "12"]),
    ("oﬃce ﬁnal", ["office", "final"]),
    ("😀 peace 🕊️", ["peace"]),
]

@Test(arguments: vectors.indices) func termsAreCutAndFolded(_ index: Int) {
    #expect(TermAnalyzer.terms(vectors[index].text) == vectors[index].terms)
}

@Test func termsAreFoldedOnceAndForAll() {
    for (text, terms) in vectors {
        for term in TermAnalyzer.terms(text) {
            #expect(TermAnalyzer.terms(term) == [term], "in \(terms)")
        }
    }
}

@Test func longTermsAreCutAtAScalar() {
    let long = String(repeating: "a", count: 63) + "я" + String(repeating: "b", count: 9)
    let terms = TermAnalyzer.terms(long)
    #expect(terms.count == 1)
    #expect(terms.allSatisfy { $0.utf8.count <= TermAnalyzer.termBytes && !$0.contains("\u{FFFD}") })
    #expect(TermAnalyzer.terms(terms.joined()) == terms)
}

/// Texts with the terms at each of their places, those at one place with a bar between them.
private let placed: [(text: String, places: String)] = [
    ("The US told us", "the us|US told us"),
    ("THE U.S.'S ROLE; u.s. Us", "the us|US role us us"),
    ("WHO said it? U.N. and EU", "who|WHO said it un|UN and eu|EU"),
    ("IT, it; PM at 5 p.m.", "it|IT it pm|PM at 5 pm"),
    ("NATO UK U.K. USA", "nato uk uk usa"),
    ("US-led", "us|US|usled led"),
    ("U.S.-led", "us|US led"),
    ("a cease-fire holds", "a cease|ceasefire fire holds"),
    ("cease\u{2010}fire cease\u{2011}fire", "cease|ceasefire fire cease|ceasefire fire"),
    ("cease–fire cease - fire", "cease fire cease fire"),
    ("Côte d'Ivoire’s", "cote d|divoire ivoire"),
    ("Côte-d’Ivoire", "cote|cotedivoire d ivoire"),
    ("COTE D'IVOIRE", "cote d|divoire ivoire"),
    ("l'élection d'État", "l election d|detat etat"),
    ("qu'il Sana‘a N'Djamena", "qu|quil il sana|sanaa a n|ndjamena djamena"),
    ("don't O'Sullivan", "don|dont t o|osullivan sullivan"),
    ("COVID-19 F-16s 2020-21 20-year", "covid|covid19 19 f|f16s 16s 2020 21 20 year"),
    ("al-Qa'ida's", "al|alqaida qa ida"),
    ("state-of-the-art day-to-day", "state of the art day|daytoday to day"),
    ("Chang-hua-kuo's-x", "chang|changhuakuo hua kuo x"),
    ("Bundes\u{AD}tag-Wahl", "bundestag|bundestagwahl wahl"),
    ("-a- 'b' c-", "a b c"),
    ("北京", "北京 京"),
    ("在北京举行", "在北 北京 京举 举行 行"),
    ("京", "京"),
    ("北 京", "北 京"),
    ("iPhone手机NATO", "iphone 手机 机 nato"),
    ("2024年の東京タワー。", "2024 年の の東 東京 京タ タワ ワー ー"),
    ("葛\u{E0100}飾", "葛飾 飾"),
    ("서울에서 열린", "서울 울에 에서 서 열린 린"),
    ("ไทย๕", "ไท ทย ย 5"),
    ("中-日", "中 日"),
    ("中'国", "中 国"),
    ("x-中", "x 中"),
]

@Test(arguments: placed.indices) func severalTermsStandAtOnePlace(_ index: Int) {
    let places = TermAnalyzer.places(placed[index].text)
    #expect(places.map { $0.joined(separator: "|") }.joined(separator: " ") == placed[index].places)
}

@Test func joinedWordsThatAreTooLongAreLeftOut() {
    for length in [31, 32, 33] {
        let word = String(repeating: "a", count: length)
        #expect(TermAnalyzer.places("\(word)-\(word)").map(\.count) == [length == 31 ? 2 : 1, 1])
    }
}

/// Texts with what of them each term was made from.
private let spans: [(text: String, words: [String])] = [
    ("  Putin's visit", ["Putin", "visit"]),
    ("China’s, «Erdoğan»…", ["China", "Erdoğan"]),
    ("U.S. and U.S.'s", ["U.S.", "U.S.", "and", "U.S.", "U.S."]),
    ("at 5 p.m", ["at", "5", "p.m"]),
    (
        "\u{AD}Co\u{302}te\u{301} d'Ivoire's",
        ["Co\u{302}te\u{301}", "d", "d'Ivoire", "Ivoire"]
    ),
    ("iPhone手机", ["iPhone", "手机", "机"]),
    ("葛\u{E0100}飾区", ["葛\u{E0100}飾", "飾区", "区"]),
    ("🕊️ peace", ["peace"]),
    (String(repeating: "a", count: 70) + " b", [String(repeating: "a", count: 70), "b"]),
]

@Test(arguments: spans.indices) func eachTermKnowsWhereItStands(_ index: Int) {
    let bytes = Array(spans[index].text.utf8)
    var scanner = TermScanner()
    var words: [String] = []
    while scanner.next(in: bytes.span) {
        words.append(String(decoding: bytes[scanner.start..<scanner.end], as: UTF8.self))
    }
    #expect(words == spans[index].words)
}

private let texts = vectors.map(\.text) + placed.map(\.text)

/// Offsets ascend and never cut a scalar, whatever the text.
@Test(arguments: texts.indices) func placesOfTermsAscend(_ index: Int) {
    let bytes = Array(texts[index].utf8)
    var scanner = TermScanner()
    var last = 0
    while scanner.next(in: bytes.span) {
        #expect(scanner.start >= last && scanner.start < scanner.end && scanner.end <= bytes.count)
        let word = String(validating: bytes[scanner.start..<scanner.end], as: UTF8.self)
        #expect(word.map(TermAnalyzer.places)?.first?.contains(scanner.text) == true)
        last = scanner.start
    }
}
