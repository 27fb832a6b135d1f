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
    ("हिन्दी", ["हिन्दी"]),
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

/// Texts with what of them each term was made from.
private let spans: [(text: String, words: [String])] = [
    ("  Putin's visit", ["Putin", "visit"]),
    ("China’s, «Erdoğan»…", ["China", "Erdoğan"]),
    ("U.S. and U.S.'s", ["U.S.", "and", "U.S."]),
    ("at 5 p.m", ["at", "5", "p.m"]),
    ("\u{AD}Co\u{302}te\u{301} d'Ivoire", ["Co\u{302}te\u{301}", "d", "Ivoire"]),
    ("iPhone手机", ["iPhone", "手", "机"]),
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

/// Offsets ascend and never cut a scalar, whatever the text.
@Test(arguments: vectors.indices) func placesOfTermsAscend(_ index: Int) {
    let bytes = Array(vectors[index].text.utf8)
    var scanner = TermScanner()
    var last = 0
    while scanner.next(in: bytes.span) {
        #expect(scanner.start >= last && scanner.start < scanner.end && scanner.end <= bytes.count)
        let word = String(validating: bytes[scanner.start..<scanner.end], as: UTF8.self)
        #expect(word.map(TermAnalyzer.terms) == [scanner.text])
        last = scanner.start
    }
}
