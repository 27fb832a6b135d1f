import NewsModel
import SearchIndex
import TestSupport
import Testing
import TextAnalysis

@testable import NewsCatalog

/// Queries put to one text each, as they are written by those who search and by those who report.
@Suite struct MatchingTests {
    private let parser = QueryParser(
        scope: .articles, resolver: EntityResolver(directory: EntityDirectory([]), codes: EntityCodes([])))

    /// Whether an article with this body is found.
    private func isFound(_ body: String, language: String, by query: String) throws -> Bool {
        let writer = try IndexWriter(folder: nil, schema: ArticleFields.schema)
        let document = IndexDocument(
            key: "a", texts: [[], Array(body.utf8)], language: language,
            keywords: ArticleFields.schema.keywords.map { _ in [] },
            columns: ArticleFields.schema.columns.map { _ in 1 })
        try writer.apply([.put(document)], mark: 1)
        return try writer.snapshot.count(parser.parse(query).indexQuery) == 1
    }

    /// Spellings each of which finds all others.
    private static let same: [[String]] = [
        ["Erdoğan", "Erdogan", "ERDOĞAN", "Erdog\u{306}an"],
        ["İstanbul", "Istanbul", "ıstanbul"],
        ["Straße", "Strasse", "STRASSE", "STRAẞE"],
        ["São Tomé", "Sao Tome", "SÃO TOMÉ"],
        ["Łódź", "Lodz", "łódź"],
        ["Đoković", "Dokovic"],
        ["Nguyễn Phú Trọng", "Nguyen Phu Trong"],
        ["Bæjarins Þór", "Baejarins Thor"],
        ["Хрущёв", "Хрущев", "ХРУЩЁВ"],
        ["مُحَمَّد", "محمد", "محـمد"],
        ["أحمد", "احمد"],
        ["علی", "علي", "على"],
        ["שָׁלוֹם", "שלום"],
        ["صحافة", "صحافه"],
        ["ＮＡＴＯ", "NATO", "Nato"],
        ["ﾄﾖﾀ", "トヨタ"],
        ["U.N.", "UN", "U.N"],
        ["U.S.", "US", "U.S"],
        ["E.U.", "EU"],
        ["U.K.", "UK", "uk"],
        ["U.S.A.", "USA"],
        ["p.m.", "pm"],
        ["cease-fire", "cease\u{2010}fire", "Cease-Fire"],
        ["cease-fire", "ceasefire"],
        ["cease-fire", "cease fire"],
        ["d'Ivoire", "d’Ivoire", "D'Ivoire"],
        ["d'Ivoire", "dIvoire"],
        ["d'Ivoire", "d Ivoire"],
        ["Côte d'Ivoire", "Cote divoire"],
        ["COVID-19", "Covid19"],
        ["COVID-19", "covid 19"],
        ["F-16", "F16"],
        ["al-Qa'ida", "alQaida"],
        ["Sana'a", "Sanaa", "Sana’a"],
        ["O'Sullivan", "OSullivan"],
        ["п'ять", "п’ять"],
        ["China's", "China’s", "China"],
        ["٢٠٢٤", "2024"],
    ]

    @Test(arguments: same) func spellingsFindEachOther(_ spellings: [String]) throws {
        for text in spellings {
            for query in spellings {
                #expect(
                    try isFound("Of \(text) they spoke.", language: "en", by: query),
                    "\(text) by \(query)")
            }
        }
    }

    private static let questions: [(query: String, found: [String], missed: [String])] = [
        ("US", ["The US acts", "the U.S. acts", "TELL US", "US-led"], ["they told us", "Us and them"]),
        ("us", ["they told us", "Us", "the US acts", "the U.S."], ["use"]),
        ("\"US troops\"", ["US troops", "U.S. troops"], ["us troops", "US and troops"]),
        ("\"of US troops\"", ["of US troops", "of U.S. troops"], []),
        ("US TROOPS", ["US TROOPS", "they told us of troops"], []),
        ("U.S. TROOPS", ["US TROOPS", "U.S. troops"], ["they told us of troops"]),
        ("WHO", ["the WHO warns"], ["who warns"]),
        ("who", ["the WHO warns", "who warns"], []),
        ("UN", ["the UN votes"], ["un vote"]),
        ("IT", ["IT firms"], ["it is firm"]),
        ("us*", ["US", "used", "us"], []),
        ("\"cease-fire talks\"", ["cease-fire talks", "cease fire talks"], ["ceasefire talks"]),
        ("\"ceasefire\"", ["ceasefire", "a cease-fire"], ["cease fire"]),
        ("ceasefires", ["a cease-fire", "cease-fires"], []),
        ("fire", ["a cease-fire"], ["ceasefire"]),
        ("-cease-fire", ["peace"], ["a cease-fire", "a ceasefire"]),
        ("\"to be or not to be\"", ["To be, or not to be"], ["be to or not be to", "not"]),
        ("\"the who\"", ["the WHO", "The Who"], ["who", "the man who"]),
        ("北京", ["在北京举行", "北京", "东北京城"], ["北方京城", "京北", "北 京"]),
        ("京", ["在北京举行", "北京", "京", "京城"], ["北方"]),
        ("北京大学", ["他在北京大学讲话"], ["北京的大学", "大学北京", "北京大"]),
        ("\"北京 举行\"", ["北京 举行", "北京，举行"], ["北京举行", "北京人 举行"]),
        ("\"在北京\"", ["他在北京举行"], ["在 北京", "他在京"]),
        ("北京 东京", ["东京和北京", "北京、东京"], ["北京"]),
        ("iPhone手机", ["新iPhone手机", "iphone 手机壳"], ["手机iPhone", "iPhone 新手机"]),
        ("手机iPhone", ["手机iPhone"], ["手机壳iPhone"]),
        ("東京タワー", ["東京タワーで"], ["東京 タワー", "東京駅"]),
        ("서울", ["서울에서"], ["서대문 울산"]),
        ("ไทย", ["ประเทศไทยและ"], ["ไทร"]),
        ("near5:\"北京 东京\"", ["东京和北京"], ["东京和北方"]),
        ("\"北京 东京\"~9", ["北京人和东京人"], ["北方和东京"]),
        ("Xi-Putin", ["Xi-Putin talks", "Xi, Putin"], ["Putin Xi"]),
    ]

    @Test(arguments: questions.indices) func queriesFindWhatTheyMean(_ index: Int) throws {
        let (query, found, missed) = Self.questions[index]
        for text in found { #expect(try isFound(text, language: "en", by: query), "\(text)") }
        for text in missed { #expect(try !isFound(text, language: "en", by: query), "\(text)") }
    }

    /// A query of characters finds the texts that it stands in, in a row, and no other.
    @Test(arguments: 0..<40 as Range<UInt64>) func charactersAreFoundAsTheyStand(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func text(_ length: Int, of alphabet: [Character]) -> String {
            String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
        }
        let texts = (0..<40).map { _ in
            text(Int.random(in: 1...12, using: &random), of: ["北", "京", "市", "，", " ", "a"])
        }
        let writer = try IndexWriter(folder: nil, schema: ArticleFields.schema)
        try writer.apply(
            texts.enumerated().map { number, text in
                .put(
                    IndexDocument(
                        key: String(number), texts: [[], Array(text.utf8)], language: "zh",
                        keywords: ArticleFields.schema.keywords.map { _ in [] },
                        columns: ArticleFields.schema.columns.map { _ in Int64(number) }))
            }, mark: 1)
        for _ in 0..<20 {
            let query = text(Int.random(in: 1...4, using: &random), of: ["北", "京", "市"])
            for written in [query, "\"\(query)\"", query + "*"] {
                let hits = try writer.snapshot.search(
                    parser.parse(written).indexQuery, order: .relevance, limit: 100
                ).hits
                let found = Set(hits.compactMap { writer.snapshot.column(ArticleFields.seq, $0.address) })
                let expected = texts.indices.filter { texts[$0].contains(query) }
                #expect(found == Set(expected.map(Int64.init)), "\(written) in \(texts)")
            }
        }
    }
}
