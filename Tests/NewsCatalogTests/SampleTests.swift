import Foundation
import NewsModel
import Testing
import TextAnalysis

@testable import NewsCatalog

/// The sample corpus against the facts that stand beside it.
///
/// A country is mentioned where the analysis counts it among the article's countries or names the country itself; it must
/// not be found in either way, nor as the country of a place. A speaker is told by the whole entity: two people of one
/// family name are two.
@Suite struct SampleTests {
    /// A row of `expected.tsv` or `unexpected.tsv`.
    struct Fact: Sendable, CustomTestStringConvertible {
        var item: String
        var kind: String
        var value: String

        var testDescription: String { "\(item) \(kind) \(value)" }
    }

    /// An item and what the analysis says of it.
    struct Item: Sendable {
        var article: Article
        var annotations: Annotations

        func text(_ span: TextSpan) -> String {
            let bytes = Array((span.field == .title ? article.title : article.body).utf8)
            return String(decoding: bytes[span.range], as: UTF8.self)
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Config").path

    static let analyzer = Result {
        try Analyzer(
            gazetteer: Gazetteer.load(folders: [folder + "/gazetteer"]),
            lexicon: Lexicon.load(folder: folder + "/lexicon"))
    }

    /// The items by id, and by file where a file has only one.
    static let items = Result { try readItems() }

    private static func readItems() throws -> (byName: [String: Item], records: Int) {
        let analyzer = try analyzer.get()
        var byName: [String: Item] = [:]
        var records = 0
        for file in try SourceFiles(paths: [folder + "/sample"]).files {
            var reader = try SourceFileReader(file)
            var drafts: [ArticleDraft] = []
            while true {
                let raw = try reader.next()
                if raw.isEmpty { break }
                for item in raw {
                    switch item {
                    case .line(let line, let number):
                        drafts.append(try DocumentReader().readLine(line[...], number: number).get())
                    case .read(let result): drafts.append(try result.get())
                    }
                }
            }
            records += drafts.count
            for draft in drafts {
                let article = draft.article
                let item = Item(article: article, annotations: analyzer.annotate(article))
                byName[article.id.description] = item
                if drafts.count == 1 { byName[URL(fileURLWithPath: file.path).lastPathComponent] = item }
            }
        }
        return (byName, records)
    }

    static func facts(_ name: String) -> [Fact] {
        guard let text = try? String(contentsOfFile: folder + "/sample/" + name, encoding: .utf8) else {
            return []
        }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return parts.count == 3 && !line.hasPrefix("#")
                ? Fact(item: parts[0], kind: parts[1], value: parts[2]) : nil
        }
    }

    @Test func allItemsAreRead() throws {
        let items = try Self.items.get()
        #expect(items.records == 90)
        #expect(Set(items.byName.values.map(\.article.id)).count == 89)
        #expect(Self.facts("expected.tsv").count > 200)
        #expect(Self.facts("unexpected.tsv").count >= 12)
    }

    @Test(arguments: facts("expected.tsv")) func isFound(fact: Fact) throws {
        let item = try #require(Self.items.get().byName[fact.item], "no such item")
        #expect(try holds(fact, item), "\(said(fact, item))")
    }

    @Test(arguments: facts("unexpected.tsv")) func isNotFound(fact: Fact) throws {
        let item = try #require(Self.items.get().byName[fact.item], "no such item")
        if fact.kind == "country" {
            let isPlaceOf = item.annotations.entities.contains {
                $0.country == fact.value && ($0.type == .place || $0.type == .country)
            }
            #expect(!isPlaceOf && !item.annotations.countries.contains(fact.value))
            return
        }
        #expect(try !holds(fact, item), "\(said(fact, item))")
    }

    /// Every span lies in its text on whole characters, and every number names an entity.
    @Test func annotationsFitTheirTexts() throws {
        for (name, item) in try Self.items.get().byName {
            let annotations = item.annotations
            let spans =
                annotations.mentions.map(\.span) + annotations.quotes.map(\.span) + annotations.sentences
                + annotations.quotes.compactMap(\.speakerSpan) + annotations.quotes.compactMap(\.cueSpan)
            for span in spans {
                let bytes = Array((span.field == .title ? item.article.title : item.article.body).utf8)
                let isWhole =
                    !span.range.isEmpty && span.range.upperBound <= bytes.count
                    && String(validating: bytes[span.range], as: UTF8.self) != nil
                #expect(isWhole, "\(name) \(span)")
            }
            let numbers = annotations.mentions.map(\.entity) + annotations.quotes.compactMap(\.speaker)
            #expect(numbers.allSatisfy { annotations.entities.indices.contains($0) }, "\(name)")
        }
    }

    /// Only somebody can speak: no quotation is given to a treaty or a town, unless a capital stands for its government.
    @Test func speakersCanSpeak() throws {
        for (name, item) in try Self.items.get().byName {
            for quote in item.annotations.quotes {
                guard let speaker = quote.speaker.map({ item.annotations.entities[$0] }) else { continue }
                let isCapital = try Self.analyzer.get().gazetteer.entity(speaker.id)?.kind == "capital"
                let canSpeak = [.person, .organisation, .country].contains(speaker.type) || isCapital
                #expect(canSpeak, "\(name): \(speaker.id) says \(item.text(quote.span))")
            }
        }
    }

    private func holds(_ fact: Fact, _ item: Item) throws -> Bool {
        let annotations = item.annotations
        switch fact.kind {
        case "person": return bears(fact.value, .person, item)
        case "organisation": return bears(fact.value, .organisation, item)
        case "treaty": return bears(fact.value, .treaty, item)
        case "country":
            return annotations.countries.contains(fact.value)
                || annotations.entities.contains { $0.type == .country && $0.country == fact.value }
        case "author": return (item.article.authors + annotations.authors).contains(fact.value)
        case "source": return item.article.source?.name == fact.value
        case "speaker":
            let parts = fact.value.components(separatedBy: " => ")
            try #require(parts.count == 2, "a speaker is written: fragment => name")
            return annotations.quotes.contains { quote in
                guard item.text(quote.span).contains(parts[0]), let speaker = quote.speaker else {
                    return false
                }
                return isNamed(parts[1], annotations.entities[speaker], item)
            }
        default: throw ItemFault(reason: "unknown kind \"\(fact.kind)\"")
        }
    }

    private func bears(_ name: String, _ type: EntityType, _ item: Item) -> Bool {
        item.annotations.entities.contains { $0.type == type && isNamed(name, $0, item) }
    }

    /// Whether an entity has a name: as its own, in the gazetteer, or as a whole mention in the text.
    private func isNamed(_ name: String, _ entity: ArticleEntity, _ item: Item) -> Bool {
        let wanted = fold(name)
        if fold(entity.name) == wanted { return true }
        if let known = try? Self.analyzer.get().gazetteer.entity(entity.id) {
            if ([known.name] + known.aliases + known.knownAs).contains(where: { fold($0) == wanted }) {
                return true
            }
        }
        let annotations = item.annotations
        return annotations.mentions.contains {
            annotations.entities[$0.entity].id == entity.id && fold(item.text($0.span)) == wanted
        }
    }

    private func fold(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
            .replacingOccurrences(of: "đ", with: "d")
    }

    /// What the analysis says instead, for the report of a failure.
    private func said(_ fact: Fact, _ item: Item) -> String {
        let entities = item.annotations.entities
        if fact.kind == "speaker" {
            return item.annotations.quotes.map { quote in
                "\(quote.speaker.map { entities[$0].id.description } ?? "nobody"): \(item.text(quote.span).prefix(40))"
            }.joined(separator: "; ")
        }
        return entities.map(\.id.description).joined(separator: " ")
    }
}
