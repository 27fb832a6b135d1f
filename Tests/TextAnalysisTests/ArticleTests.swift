import Foundation
import NewsModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct ArticleTests {
    @Test func dateline() throws {
        let sample = try Sample("MOSCOW, Dec 15 (Reuters) - Talks began on Monday.")
        let dateline = try #require(sample.annotations.dateline)
        #expect(sample.text(dateline.span) == "MOSCOW, Dec 15 (Reuters) -")
        #expect(dateline.agency == "Reuters")
        #expect(dateline.place.map { sample.annotations.entities[$0].id.description } == "place:moscow-ru")
        #expect(sample.mention("Reuters") == nil)
    }

    @Test(arguments: [
        "GENEVA — Talks began.", "VATICAN CITY (AP) _ Talks began.", "Paris (AFP) - Talks began.",
    ])
    func otherDatelines(_ text: String) throws {
        #expect(try Sample(text).annotations.dateline?.place != nil)
    }

    @Test func aDashMakesNoDateline() throws {
        #expect(try Sample("China — the largest of them — agreed.").annotations.dateline == nil)
    }

    @Test(arguments: [
        ("By Pelle Strandvik\n\nTalks began in Oslo.", ["Pelle Strandvik"]),
        ("By Pelle Strandvik and Ana Lind\n\nTalks began in Oslo.", ["Pelle Strandvik", "Ana Lind"]),
        ("PELLE STRANDVIK, Associated Press Writer\n\nTalks began in Oslo.", ["PELLE STRANDVIK"]),
    ]) func bylines(_ text: String, _ authors: [String]) throws {
        let sample = try Sample(text)
        #expect(sample.annotations.authors == authors)
        #expect(sample.mentions == ["Oslo = place:oslo-no name"])
    }

    @Test func countriesByWeight() throws {
        let sample = try Sample(
            "Japan and South Korea resumed talks. Japan will send an envoy. Japanese officials spoke in Tokyo.",
            title: "Japan resumes talks")
        #expect(sample.annotations.countries == ["JP", "KR"])
    }

    @Test func salienceAddsUpToOne() throws {
        let sample = try Sample("Japan and South Korea resumed talks. Japan will send an envoy to Seoul.")
        #expect(abs(sample.annotations.entities.map(\.salience).reduce(0, +) - 1) < 1e-9)
    }

    @Test func pronounOnlyWhereSafe() throws {
        let safe = try Sample("Angela Merkel arrived. She left at noon.")
        #expect(safe.mention("She")?.id == "person:angela-merkel")
        let unsafe = try Sample("Angela Merkel met Theresa May. She left at noon.", on: "2018-01-01")
        #expect(unsafe.mention("She") == nil)
    }

    @Test(arguments: [
        ("The talks between the two sides will go on until the end of the week, they said.", "en"),
        ("Le président de la République a dit que les ministres sont dans la ville pour la nuit.", "fr"),
        ("Der Minister hat gesagt, dass die Brücke nicht vor dem Abend wieder für alle offen ist.", "de"),
        ("El presidente de la república dijo que los ministros no están en la ciudad para el acto.", "es"),
        ("Президент сказал, что он не будет в городе до конца недели, но это не так важно.", "ru"),
        ("قال الرئيس في المدينة إن الوزراء لا يأتون من هذا البلد على ما كان", "ar"),
        ("主席在城里说，部长们不会来。这是很重要的事情。", "zh"),
    ]) func languages(_ text: String, _ code: String) throws {
        #expect(try Sample(text).annotations.language == code)
    }

    @Test func regionsOfALanguageDoNotMatter() throws {
        let sample = try Sample("Ana Lindqvist spoke in Oslo.", language: "en-GB")
        #expect(sample.annotations.language == "en")
        #expect(sample.mention("Ana Lindqvist") != nil)
    }

    @Test func spansLieInTheTextAndNameItsWords() throws {
        let sample = try Sample(
            "In Zürich, “naïve” Zoë Müllér met Recep Tayyip Erdoğan’s aide.", title: "Zürich – Erdoğan")
        for mention in sample.annotations.mentions {
            let text = sample.text(mention.span)
            #expect(!text.isEmpty && !text.contains("\u{FFFD}"))
        }
        #expect(sample.mention("Zürich") != nil)
    }

    /// Whatever the text, the analysis ends, and its spans are ordered, within the text and at its characters.
    @Test(arguments: 0..<60 as Range<UInt64>) func oddTexts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "Putin", "said", "“", "”", "\"", "``", "''", "'", "’s", " ", "  ", "\n", "\n\n", "\t", ".", ",",
            "-", "—", "(", ")",
            "U.S.", "J.", "é", "Ö", "中文", "слово", "\u{301}", "\u{FEFF}", "\u{200D}", "🇫🇷", "President", "of",
            "the", "By", "X",
            "(Reuters) -", "Inc.", "&", "AT&T", "12", "3.5", "No.", "Mr.", "he", "Ministry", "Foreign", "McX",
            "O'Brien", ":", ";",
        ]
        let body = (0..<Int.random(in: 0...120, using: &random)).map { _ in
            pieces[Int.random(in: 0..<pieces.count, using: &random)]
                + (Bool.random(using: &random) ? " " : "")
        }.joined()
        let sample = try Sample(body, title: String(body.prefix(20)), on: "2015-01-01", language: "en")
        var last = (-1, -1)
        for mention in sample.annotations.mentions {
            let text = mention.span.field == .title ? sample.title : sample.body
            try #require(mention.span.range.upperBound <= text.utf8.count && !mention.span.range.isEmpty)
            #expect(String(validating: Array(text.utf8)[mention.span.range], as: UTF8.self) != nil)
            let place = (Int(mention.span.field.rawValue), Int(mention.span.start))
            #expect(last < place)
            last = place
            try #require(sample.annotations.entities.indices.contains(mention.entity))
        }
        for quote in sample.annotations.quotes {
            let text = quote.span.field == .title ? sample.title : sample.body
            try #require(quote.span.range.upperBound <= text.utf8.count)
            #expect(quote.speaker.map { sample.annotations.entities.indices.contains($0) } ?? true)
        }
    }

    @Test func oneAnalyzerServesManyThreads() async throws {
        let analyzer = try Sample.analyzer.get()
        let body = "Vladimir Putin met Angela Merkel in Moscow. “We agreed on the bridge,” Merkel said."
        let alone = analyzer.annotate(title: "", body: body, published: nil)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { analyzer.annotate(title: "", body: body, published: nil) == alone }
            }
            for await same in group { #expect(same) }
        }
    }

    /// Texts made to be slow: repetition of what the rules look back over.
    @Test(arguments: [
        "and said ", "he said ", "the president ", "Ana Clinton Bob Clinton Clinton ", "Georgia, ", "“a ",
        "\"", "Of The Of ",
        "Mr. ", "(", "’s ", "President President ", "the foreign ministry of ", "J. ",
    ]) func repetitionEnds(_ piece: String) throws {
        let sample = try Sample(
            "Angela Merkel and Vladimir Putin met. " + String(repeating: piece, count: 2_000),
            on: "2015-01-01",
            language: "en")
        #expect(sample.mention("Angela Merkel") != nil)
    }

    /// Docs/analysis.md explains every rule that the sample corpus calls on.
    @Test func everyRuleIsDocumented() throws {
        let page = try String(contentsOfFile: Sample.root + "/Docs/analysis.md", encoding: .utf8)
        let folder = Sample.root + "/Config/sample"
        var rules: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".txt") {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            for date in [nil, "2015-06-01"] {
                let annotations = try Sample(text, on: date).annotations
                rules.formUnion(annotations.mentions.map(\.rule))
                rules.formUnion(annotations.quotes.map(\.rule))
            }
        }
        #expect(rules.count > 15)
        for rule in rules.sorted() { #expect(page.contains("`\(rule)`"), "\(rule)") }
    }
}
