import Foundation
import NewsModel
import SearchIndex
import TestSupport
import Testing
import TextAnalysis

@testable import NewsCatalog

/// A query with the normal form it must be read as.
private struct Vector: Sendable, CustomTestStringConvertible {
    let query: String
    let canonical: String
    var testDescription: String { query }

    init(_ query: String, _ canonical: String) {
        self.query = query
        self.canonical = canonical
    }
}

/// A query with the fault that must be found in it.
private struct Fault: Sendable, CustomTestStringConvertible {
    let query: String
    let offset: Int
    let words: String
    let kind: QueryError.Kind
    var testDescription: String { query }

    init(_ query: String, _ offset: Int, _ words: String, _ kind: QueryError.Kind = .syntax) {
        self.query = query
        self.offset = offset
        self.words = words
        self.kind = kind
    }
}

@Suite struct QueryLanguageTests {
    private static let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Config").path
    private static let codes = Result { try EntityCodes(Gazetteer.load(folders: [config + "/gazetteer"])) }

    private static let entities: [(id: String, type: EntityType, names: [String])] = [
        ("person:vladimir-putin", .person, ["Vladimir Putin", "Putin"]),
        ("org:putin-fund", .organisation, ["Putin"]),
        ("country:ua", .country, ["Ukraine"]),
        ("country:ge", .country, ["Georgia"]),
        ("place:georgia-us", .place, ["Georgia"]),
        ("org:nato", .organisation, ["NATO", "North Atlantic Treaty Organization"]),
    ]

    private func parser(_ scope: QueryScope = .articles) throws -> QueryParser {
        let directory = EntityDirectory(
            Self.entities.map { entity in
                (
                    EntityDirectory.Entry(
                        id: EntityID(entity.id), type: entity.type, name: entity.names[0], gazetteerIndex: 0
                    ),
                    entity.names
                )
            })
        return QueryParser(
            scope: scope, resolver: EntityResolver(directory: directory, codes: try Self.codes.get()))
    }

    private static let vectors: [Vector] = [
        Vector("", "*"),
        Vector("  ", "*"),
        Vector("*", "*"),
        Vector("china", "china"),
        Vector("China's talks", "china talks"),
        Vector("talks China", "china talks"),
        Vector("talks AND China", "china talks"),
        Vector("talks China talks", "china talks"),
        Vector("b OR a", "a OR b"),
        Vector("c b OR a", "a OR b c"),
        Vector("(c OR b) a", "a (b OR c)"),
        Vector("((a))", "a"),
        Vector("a (b (c d))", "a b c d"),
        Vector("a OR (b OR c)", "a OR b OR c"),
        Vector("a -b", "-b a"),
        Vector("a NOT b", "-b a"),
        Vector("a AND NOT b", "-b a"),
        Vector("-(a OR b)", "-(a OR b)"),
        Vector("-(a b)", "-(a b)"),
        Vector("--a", "a"),
        Vector("-a", "-a"),
        Vector("or and not", "and not or"),
        Vector("U.S.-China", "\"US china\""),
        Vector("U.N. US us", "UN US us"),
        Vector("US OR UK", "US OR uk"),
        Vector("US TROOPS", "troops us"),
        Vector("U.S. TROOPS", "US troops"),
        Vector("\"US troops\"", "\"US troops\""),
        Vector("Côte-d'Ivoire", "\"cote d ivoire\" OR cotedivoire"),
        Vector("d'Ivoire côte", "(\"d ivoire\" OR divoire) cote"),
        Vector("cease-fire", "\"cease fire\" OR ceasefire"),
        Vector("-cease-fire", "-(\"cease fire\" OR ceasefire)"),
        Vector("title:cease-fire", "title:\"cease fire\" OR title:ceasefire"),
        Vector("\"cease-fire\"", "\"cease fire\""),
        Vector("北京", "北京"),
        Vector("北京市", "\"北京市\""),
        Vector("title:京", "title:京*"),
        Vector("北京*", "北京"),
        Vector("京*", "京*"),
        Vector("北京大学*", "\"北京大学\""),
        Vector("iPhone手", "iphone 手*"),
        Vector("\"手机 NATO\"", "\"手机 nato\""),
        Vector("\"北京 NATO 京\"", "\"北京 nato\" 京*"),
        Vector("\"北京 市民\"~5", "\"北京 市民\"~5"),
        Vector("near5:\"北京 市民\"", "near5:\"北京 市民\""),
        Vector("entity:NATO 普京", "entity:nato 普京"),
        Vector("\"Nuclear  Deal\"", "\"nuclear deal\""),
        Vector("“nuclear deal”", "\"nuclear deal\""),
        Vector("„nuclear deal“", "\"nuclear deal\""),
        Vector("«nuclear deal»", "\"nuclear deal\""),
        Vector("\"deal\"", "\"deal\""),
        Vector("\"nuclear deal\"~5", "\"nuclear deal\"~5"),
        Vector("near5:\"nuclear deal\"", "near5:\"deal nuclear\""),
        Vector("NEAR20:“trump putin trump”", "near20:\"putin trump trump\""),
        Vector("near5:\"deal\"", "\"deal\""),
        Vector("title:near5:\"b a\"", "title:near5:\"a b\""),
        Vector("title:(near5:\"b a\" c)", "title:c title:near5:\"a b\""),
        Vector("repeat3:\"Trade\"", "repeat3:\"trade\""),
        Vector("-repeat2:\"trade war\"", "-repeat2:\"trade war\""),
        Vector("body:repeat03:\"trade\"", "body:repeat3:\"trade\""),
        Vector("repeat1:\"trade\"", "\"trade\""),
        Vector("\"deal\"~5", "\"deal\""),
        Vector("\"nuclear deal\"~0", "\"nuclear deal\""),
        Vector("sanct*", "sanct*"),
        Vector("treaty~", "treaty~2"),
        Vector("talks~", "talks~1"),
        Vector("Erdoğan~1", "erdogan~1"),
        Vector("title:treaty~2", "title:treaty~2"),
        Vector("body:(treaty~1 OR war~)", "body:treaty~1 OR body:war~1"),
        Vector("-treaty~0", "-\"treaty\""),
        Vector("title:China", "title:china"),
        Vector("TITLE:China", "title:china"),
        Vector("title:\"nuclear deal\"~3", "title:\"nuclear deal\"~3"),
        Vector("title:(a OR b) c", "c (title:a OR title:b)"),
        Vector("body:sanct*", "body:sanct*"),
        Vector("country:UA", "country:UA"),
        Vector("country:ukr", "country:UA"),
        Vector("country:Ukraine", "country:UA"),
        Vector("country:\"united kingdom\"", "country:GB"),
        Vector("country:(UA OR RU)", "country:RU OR country:UA"),
        Vector("-country:RU", "-country:RU"),
        Vector("source:\"Meridian Wire\"", "source:\"meridian wire\""),
        Vector("domain:www.foo-bar.org", "domain:foo-bar.org"),
        Vector("domainis:foo-bar.org", "domain:foo-bar.org"),
        Vector("lang:EN-gb", "lang:en"),
        Vector("language:en", "lang:en"),
        Vector("lang:spa", "lang:es"),
        Vector("lang:Spanish", "lang:es"),
        Vector("sourcelang:spanish", "lang:es"),
        Vector("lang:ger", "lang:de"),
        Vector("lang:\"Haitian Creole\"", "lang:ht"),
        Vector("lang:norwegian", "lang:no"),
        Vector("lang:bokmål", "lang:nb"),
        Vector("lang:ceb", "lang:ceb"),
        Vector("sourcecountry:CH", "sourcecountry:CHN"),
        Vector("sourcecountry:uk", "sourcecountry:GBR"),
        Vector("sourcecountry:GBR", "sourcecountry:GBR"),
        Vector("sourcecountry:unitedstates", "sourcecountry:USA"),
        Vector("-sourcecountry:(russia OR KV)", "-(sourcecountry:RUS OR sourcecountry:XKX)"),
        Vector("country:unitedstates", "country:US"),
        Vector("published>2024-01-01", "published:2024-01-02T00:00:00Z.."),
        Vector("published>=2024-01", "published:2024-01-01T00:00:00Z.."),
        Vector("published<2024", "published:..2023-12-31T23:59:59.999Z"),
        Vector("published<=2024-12", "published:..2024-12-31T23:59:59.999Z"),
        Vector("published:2024-02-29", "published:2024-02-29T00:00:00Z..2024-02-29T23:59:59.999Z"),
        Vector("published:2024-01..2024-03", "published:2024-01-01T00:00:00Z..2024-03-31T23:59:59.999Z"),
        Vector("published:..2024-03-01T10:00:00Z", "published:..2024-03-01T10:00:00Z"),
        Vector("published:\"2024\"", "published:2024-01-01T00:00:00Z..2024-12-31T23:59:59.999Z"),
        Vector("words>500", "words:501.."),
        Vector("WORDS<=0500 a", "a words:..500"),
        Vector("words:100..200", "words:100..200"),
        Vector("words:(7 OR 9..)", "words:7..7 OR words:9.."),
        Vector("-words<100", "-words:..99"),
        Vector("person:Putin", "person:putin"),
        Vector("person:\"vladimir putin\"", "person:\"vladimir putin\""),
        Vector("person:vladimir-putin", "person:\"vladimir putin\""),
        Vector("entity:person:vladimir-putin", "entity:\"person:vladimir-putin\""),
        Vector("entity:iso:UA", "entity:\"country:ua\""),
        Vector("org:NATO", "org:nato"),
        Vector("place:Georgia", "place:georgia"),
        Vector("10:30", "\"10 30\""),
        Vector("a\u{A0}b", "a b"),
        Vector("\"a\"b(c)", "\"a\" b c"),
    ]

    @Test(arguments: vectors) private func isReadAs(_ vector: Vector) throws {
        let parsed = try parser().parse(vector.query)
        #expect(parsed.canonical == vector.canonical)
        // The normal form is a query, and its own normal form.
        let again = try parser().parse(parsed.canonical)
        #expect(again == parsed)
    }

    private static let faults: [Fault] = [
        Fault("\"open", 0, "closing quotation mark"),
        Fault("a \"open", 2, "closing quotation mark"),
        Fault("(a", 2, "')' for the '(' at byte 0"),
        Fault("a)", 1, "without a '('"),
        Fault("()", 1, "found ')'"),
        Fault("a OR", 4, "after OR, found the end"),
        Fault("a OR OR b", 5, "after OR, found OR"),
        Fault("OR a", 0, "lower case"),
        Fault("a AND", 5, "after AND, found the end"),
        Fault("AND a", 0, "found AND"),
        Fault("NOT", 3, "after NOT"),
        Fault("a - b", 2, "right behind '-'"),
        Fault("é -", 3, "right behind '-'"),
        Fault("a & b", 2, "neither letters nor digits"),
        Fault("\"!\"", 1, "words between"),
        Fault("wo*rd", 2, "'*' only at the end"),
        Fault("\"wor*\"", 4, "found '*'"),
        Fault("a*", 0, "two letters"),
        Fault("d'Iv*", 0, "one word before"),
        Fault("\"a b\"~", 5, "number right behind"),
        Fault("\"a b\"~101", 6, "0 to 100"),
        Fault("near5:a", 6, "phrase"),
        Fault("near5:\"a b\"~2", 11, "either 'near5:'"),
        Fault("near0:\"a b\"", 4, "1 to 100 words, found 0"),
        Fault("repeat101:\"a\"", 6, "1 to 100 times"),
        Fault("repeat3:a", 8, "quotation marks right behind 'repeat3:'"),
        Fault("near:\"a b\"", 0, "needs a number"),
        Fault("country:(near2:\"a b\")", 9, "value for the field"),
        Fault("word~3", 5, "0, 1 or 2"),
        Fault("word~1.5", 5, "found '1.5'"),
        Fault("a~1", 0, "3 to 60 letters"),
        Fault("pact~2", 0, "5 to 60 letters"),
        Fault("U.S.-China~1", 0, "one word before '~'"),
        Fault("wo~rd*", 2, "found '~'"),
        Fault("~1", 0, "found '~'"),
        Fault("a<b", 0, "published or words before '<'"),
        Fault("ab^2", 2, "published and words can be compared"),
        Fault("tone<-3", 0, "tone of articles"),
        Fault("toneabs>5", 0, "tone of articles"),
        Fault("a imagetag:flag", 2, "pictures, which are not kept"),
        Fault("theme:TERROR", 0, "theme of GDELT"),
        Fault("topic:war", 0, "topics of articles"),
        Fault("event:protest", 0, "events in articles"),
        Fault("published>", 10, "a date such as 2024, 2024-05"),
        Fault("published:2024-13", 10, "found '2024-13'"),
        Fault("published:2024..x", 16, "found 'x'"),
        Fault("published:..", 10, "before or behind '..'"),
        Fault("published:2024..2023", 10, "lower value before the higher"),
        Fault("published>9999", 10, "values between"),
        Fault("published>1700000000", 10, "a date such as"),
        Fault("words<0", 6, "values between"),
        Fault("words>1.5", 6, "whole number"),
        Fault("words>1234567890", 6, "at most nine digits"),
        Fault("title:(words>5)", 7, "a comparison"),
        Fault("sourcecountry:XX", 14, "FIPS 10-4", .unknownCountry),
        Fault("titel:a", 0, "did you mean 'title:'"),
        Fault("http://x.org", 0, "quotation marks"),
        Fault("title:", 6, "value right behind"),
        Fault("title: a", 6, "value right behind"),
        Fault("title:-a", 6, "-title:"),
        Fault("title:(body:a)", 7, "another field"),
        Fault("country:U*", 9, "whole value"),
        Fault("country:Ukrane", 8, "did you mean 'Ukraine'", .unknownCountry),
        Fault("source:\" \"", 8, "value between"),
        Fault("lang:englsh", 5, "did you mean 'English'"),
        Fault("lang:xx", 5, "language by its code"),
        Fault("a person:Nobody", 9, "known entity", .unknownEntity),
        Fault("person:Vladimir", 7, "did you mean 'Vladimir Putin'", .unknownEntity),
        Fault("org:\"Vladimir Putin\"", 5, "known entity", .unknownEntity),
        Fault(String(repeating: "x", count: 4_097), 4_096, "4096 bytes", .limit),
        Fault((0...64).map { "w\($0)" }.joined(separator: " "), 246, "64 terms", .limit),
        Fault((0..<17).map { "wo\($0)*" }.joined(separator: " "), 86, "16 words with '*'", .limit),
        Fault(String(repeating: "(", count: 20) + "a-b", 20, "20 deep", .limit),
        Fault(String(repeating: "(", count: 21) + "a", 20, "20 deep", .limit),
        Fault(String(repeating: "-", count: 21) + "a", 20, "20 deep", .limit),
    ]

    @Test(arguments: faults) private func saysWhere(_ fault: Fault) throws {
        let error = #expect(throws: QueryError.self) { try parser().parse(fault.query) }
        #expect(error?.offset == fault.offset, "\(error?.description ?? "")")
        #expect(error?.kind == fault.kind)
        #expect(error?.reason.contains(fault.words) == true, "\(error?.description ?? "")")
    }

    /// Links hold the normal form, in which the field stands before each word: it must not be too long to be read again.
    @Test func normalFormsAreNoLongerThanQueries() throws {
        func query(_ count: Int) -> String {
            "title:("
                + (10..<10 + count).map { "\($0)" + String(repeating: "x", count: 62) }.joined(separator: " ")
                + ")"
        }
        #expect(try parser().parse(query(57)).canonical.utf8.count == 57 * 71 - 1)
        let error = #expect(throws: QueryError.self) { try parser().parse(query(58)) }
        #expect(error?.kind == .limit)
        #expect(error?.offset == query(58).utf8.count)
        #expect(error?.reason == "expected a normal form of at most 4096 bytes, found one of 4117")
        // What is just within the limits is no fault.
        _ = try parser().parse((0..<16).map { "wo\($0)*" }.joined(separator: " "))
        _ = try parser().parse((0..<64).map { "w\($0)" }.joined(separator: " "))
        _ = try parser().parse(String(repeating: "(", count: 20) + "a" + String(repeating: ")", count: 20))
        _ = try parser().parse(String(repeating: "x", count: 4_096))
    }

    @Test func asksTheIndexWhatWasMeant() throws {
        func query(_ text: String, _ scope: QueryScope = .articles) throws -> IndexQuery {
            try parser(scope).parse(text).indexQuery
        }
        func entity(_ id: String) -> IndexQuery { .keyword(field: "entity", value: id) }
        #expect(try query("") == .all)
        #expect(
            try query("b a -c")
                == .and([.not(.stem(field: nil, "c")), .stem(field: nil, "a"), .stem(field: nil, "b")]))
        #expect(try query("title:talks") == .stem(field: "title", "talks"))
        #expect(try query("title:\"talks\"") == .phrase(field: "title", ["talks"], slop: 0))
        #expect(try query("title:sanct*") == .prefix(field: "title", "sanct"))
        #expect(try query("body:treaty~1") == .fuzzy(field: "body", "treaty", distance: 1))
        #expect(try query("words>5") == .range(column: "words", from: 6, to: nil))
        #expect(
            try query("published:1970..1970-01")
                == .range(column: "published", from: 0, to: 31 * 86_400_000))
        #expect(try query("sourcecountry:GM") == .keyword(field: "source_country", value: "DE"))
        #expect(try query("\"a b\"~3") == .phrase(field: nil, ["a", "b"], slop: 3))
        #expect(try query("near3:\"b a\"") == .near(field: nil, ["a", "b"], within: 3))
        #expect(try query("title:repeat3:\"a\"") == .repeated(field: "title", ["a"], atLeast: 3))
        #expect(try query("domain:BBC.com") == .keyword(field: "domain", value: "bbc.com"))
        #expect(
            try query("source:BBC.com")
                == .or([
                    .keyword(field: "source", value: "bbc.com"), .keyword(field: "domain", value: "bbc.com"),
                ]))
        // All entities of the type and name.
        #expect(try query("person:Putin") == entity("person:vladimir-putin"))
        #expect(
            try query("entity:Putin") == .or([entity("org:putin-fund"), entity("person:vladimir-putin")]))
        #expect(
            try query("speaker:NATO", .quotes) == .keyword(field: "speaker", value: "org:nato"))
        #expect(
            try query("org:NATO", .quotes)
                == .or([
                    .keyword(field: "speaker", value: "org:nato"),
                    .keyword(field: "about", value: "org:nato"),
                ]))
        #expect(throws: QueryError.self) { try query("title:a", .quotes) }
    }

    @Test(arguments: [
        ("", false), ("*", false), ("country:UA", false), ("-a", false), ("country:UA -a", false),
        ("a", true), ("talks~", true),
        ("-a b", true), ("country:UA OR a", true), ("\"a b\"", true), ("sanct*", true),
    ])
    func wordsScoreAndFiltersDoNot(query: String, scores: Bool) throws {
        #expect(try parser().parse(query).scores == scores)
    }

    /// Any bytes give a query or a located error, and a query is its own normal form.
    @Test(arguments: 0..<300 as Range<UInt64>) func noTextIsTooStrange(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "b", "c", "OR", "AND", "NOT", "-", "(", ")", "\"", "“", "”", "«", "~", "~2", "*", "ab*",
            "treaty", "talks~", ":",
            "title:", "country:", "UA", "person:", "Putin", "near2:", "repeat3:", "words>", "published:",
            "2024", "..", "<=", "lang:", "sourcecountry:", " ", "  ", "é", "中国",
            "\u{A0}", "\u{0}",
            "🙂", "'", "ß", "<",
        ]
        for _ in 0..<40 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            do {
                let parsed = try parser().parse(text)
                #expect(try parser().parse(parsed.canonical) == parsed, "\(text) → \(parsed.canonical)")
            } catch let error as QueryError {
                #expect((0...text.utf8.count).contains(error.offset), "\(text): \(error)")
            }
        }
    }

    /// Queries up to the limits and beyond have a normal form that is within them, or are refused.
    @Test(arguments: 0..<60 as Range<UInt64>) func normalFormsOfLargeQueriesAreWithinTheLimits(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed: seed)
        func word() -> String {
            let number = Int.random(in: 0..<500, using: &random)
            let long = String(repeating: "x", count: Int.random(in: 0..<70, using: &random))
            switch Int.random(in: 0..<12, using: &random) {
            case 0: return "wo\(number)*"
            case 1: return "treaty\(number)~"
            case 2: return "near\(1 + number % 100):\"b\(number) a c\""
            case 3: return "cease\(number)-fire"
            case 4: return "published:\(1000 + number)"
            case 5: return "北京\(number)市"
            case 6: return "-\(long)\(number)"
            default: return "w\(number)\(long)"
            }
        }
        func query(_ depth: Int) -> String {
            guard depth > 0 else { return word() }
            let parts = (0..<Int.random(in: 1..<5, using: &random)).map { _ in
                query(depth - Int.random(in: 1...2, using: &random))
            }
            let group = parts.joined(separator: Bool.random(using: &random) ? " OR " : " ")
            return ["", "title:", "-"][Int.random(in: 0..<3, using: &random)] + "(\(group))"
        }
        var refused = 0
        for _ in 0..<30 {
            let text = query(Int.random(in: 0..<6, using: &random))
            do {
                let parsed = try parser().parse(text)
                #expect(parsed.canonical.utf8.count <= QueryParser.lengthLimit)
                #expect(try parser().parse(parsed.canonical) == parsed, "\(text) → \(parsed.canonical)")
            } catch let error as QueryError {
                #expect((0...text.utf8.count).contains(error.offset), "\(text): \(error)")
                refused += 1
            }
        }
        #expect(refused < 30)
    }

    /// Bytes of any kind are no more dangerous than words.
    @Test(arguments: 0..<100 as Range<UInt64>) func noBytesAreTooStrange(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : UInt8.random(in: 0x20...0x7E, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let parsed = try? parser().parse(text) else { continue }
            #expect(try parser().parse(parsed.canonical) == parsed, "\(text) → \(parsed.canonical)")
        }
    }

    @Test func languagesAreFoundByAnyOfTheirNames() {
        for (text, code) in [
            ("en", "en"), ("eng", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), ("chi", "zh"), ("cmn", "zh"),
            ("Farsi", "fa"),
            ("iw", "he"), ("Norwegian Nynorsk", "nn"), ("Old Church Slavonic", "cu"), ("ckb", "ckb"),
        ] {
            #expect(LanguageCodes.code(text) == code, "\(text)")
        }
        for text in ["", "x", "xx", "e1n", "engl", "Klingonese", "-", "\u{1F600}"] {
            #expect(LanguageCodes.code(text) == nil, "\(text)")
        }
        #expect(LanguageCodes.nearest(to: "Spanich") == "Spanish")
    }

    @Test func codesAgreeWithTheGazetteer() throws {
        let table = try String(contentsOfFile: Self.config + "/gazetteer/countries.tsv", encoding: .utf8)
        let rows = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let header = try #require(rows.first)
        let short = try #require(header.firstIndex(of: "iso2"))
        let long = try #require(header.firstIndex(of: "iso3"))
        let codes = try Self.codes.get()
        for row in rows.dropFirst() where !row[long].isEmpty {
            #expect(codes.country(row[long]) == row[short])
            #expect(codes.alpha3(row[short]) == row[long])
            #expect(codes.country(row[short].lowercased()) == row[short])
        }
        #expect(rows.count > 249)
        #expect(codes.country(fips: "RS") == "RU" && codes.country(fips: "is") == "IL")
        #expect(codes.country(fips: "IQ") == nil && codes.country(fips: "IRQ") == "IQ")
        #expect(codes.country("Atlantis") == nil)
        #expect(codes.country("QQ") == nil)
    }

    @Test(arguments: [
        ("pagesize", "pageSize"), ("limt", "limit"), ("sortby", nil), ("form", "from"), ("x", nil), ("", nil),
        ("page-size", "pageSize"), ("LIMIT", "limit"),
    ])
    func nearestNameIsWithinAThird(name: String, nearest: String?) {
        #expect(Spelling.nearest(to: name, in: ["limit", "pageSize", "from", "to"]) == nearest)
    }
}
