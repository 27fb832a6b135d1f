import SearchIndex
import TestSupport
import Testing

/// Words with the terms that they are asked for by, all of them as one, and the character that is left at the end.
private let vectors: [(text: String, terms: [String], joined: String?, beginning: String?)] = [
    ("", [], nil, nil),
    ("—", [], nil, nil),
    ("Treaty", ["treaty"], nil, nil),
    ("US", ["US"], nil, nil),
    ("us", ["us"], nil, nil),
    ("U.S.", ["US"], nil, nil),
    ("u.n.", ["un"], nil, nil),
    ("UK", ["uk"], nil, nil),
    ("US troops", ["US", "troops"], nil, nil),
    ("US-led", ["US", "led"], "usled", nil),
    ("cease-fire", ["cease", "fire"], "ceasefire", nil),
    ("cease-fire/truce", ["cease", "fire", "truce"], nil, nil),
    ("the cease-fire", ["the", "cease", "fire"], nil, nil),
    ("«cease-fire's»", ["cease", "fire"], "ceasefire", nil),
    ("d'Ivoire", ["d", "ivoire"], "divoire", nil),
    ("北京", ["北京"], nil, nil),
    ("北京市", ["北京", "京市"], nil, nil),
    ("京", [], nil, "京"),
    ("北京 京", ["北京"], nil, "京"),
    ("北京 市", ["北京"], nil, "市"),
    ("手机iPhone", ["手机", "机", "iphone"], nil, nil),
    ("iPhone手机", ["iphone", "手机"], nil, nil),
    ("iPhone手", ["iphone"], nil, "手"),
    ("ไทย", ["ไท", "ทย"], nil, nil),
    ("北京。", ["北京"], nil, nil),
]

@Test(arguments: vectors.indices) func queriesAreAskedForByOneTermForEachPlace(_ index: Int) {
    let (text, terms, joined, beginning) = vectors[index]
    let found = QueryTerms(text)
    #expect(found.terms == terms)
    #expect(found.joined == joined)
    #expect(found.beginning == beginning)
    #expect(found.count == terms.count + (beginning == nil ? 0 : 1))
}

@Test func capitalsThatAreAllThereIsMeanNothing() {
    #expect(QueryTerms("US TROOPS", isShouted: true).terms == ["us", "troops"])
    #expect(QueryTerms("U.S. TROOPS", isShouted: true).terms == ["US", "troops"])
    for query in ["US TROOPS", "TROOPS OF THE US", "NATIONS UNIES US", "(TREATY OR US) -WAR"] {
        #expect(QueryTerms.isShouted(query), "\(query)")
    }
    for query in ["", "US", "US OR UK", "US NATO UN", "US Troops", "TROOPS of the US", "TREATY é"] {
        #expect(!QueryTerms.isShouted(query), "\(query)")
    }
}

/// Terms come to words that are cut into the same terms.
@Test(arguments: 0..<300 as Range<UInt64>) func wordsOfTermsAreCutIntoThem(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = ["北", "京", "市", "北", "京", " ", "a", "us", "US", "U.S.", "-", "、", "x-y"]
    let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        parts[Int.random(in: 0..<parts.count, using: &random)]
    }.joined()
    let terms = QueryTerms(text)
    let again = QueryTerms(QueryTerms.text(of: terms.terms))
    #expect(again.all == terms.terms, "\(text): \(terms.terms)")
    let loose = QueryTerms(QueryTerms.text(of: terms.loose)).loose
    #expect(loose == terms.loose, "\(text): \(terms.loose)")
}
