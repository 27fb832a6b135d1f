import Foundation
import NewsModel
import TextAnalysis

/// One article and what the analysis with the shipped gazetteer and lexicon says of it.
struct Sample {
    let title: String
    let body: String
    let annotations: Annotations

    init(
        _ body: String, title: String = "", on date: String? = nil, language: String? = nil,
        outsiders: [String] = []
    ) throws {
        self.title = title
        self.body = body
        let parts = date?.split(separator: "-").compactMap { Int($0) } ?? []
        let published = parts.count == 3 ? Timestamp(year: parts[0], month: parts[1], day: parts[2]) : nil
        annotations = try Self.analyzer.get().annotate(
            title: title, body: body, published: published, language: language, outsiders: outsiders)
    }

    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static let analyzer = Result {
        try Analyzer(
            gazetteer: Gazetteer.load(folders: [root + "/Config/gazetteer"]),
            lexicon: Lexicon.load(folder: root + "/Config/lexicon"))
    }

    func text(_ span: TextSpan) -> String {
        let bytes = Array((span.field == .title ? title : body).utf8)
        return String(decoding: bytes[span.range], as: UTF8.self)
    }

    var sentences: [String] { annotations.sentences.map(text) }

    /// "Putin = person:vladimir-putin part", in order.
    var mentions: [String] {
        annotations.mentions.map { mention in
            "\(text(mention.span)) = \(annotations.entities[mention.entity].id) \(mention.kind.name)"
        }
    }

    /// The entity and rule of the first mention with this text.
    func mention(_ words: String) -> (id: String, kind: MentionKind, rule: String)? {
        annotations.mentions.first { text($0.span) == words }.map {
            (annotations.entities[$0.entity].id.description, $0.kind, $0.rule)
        }
    }

    func entity(_ id: String) -> ArticleEntity? {
        annotations.entities.first { $0.id.description == id }
    }

    /// The quotation that begins with some words.
    func quote(_ start: String) -> Quote? {
        annotations.quotes.first { text($0.span).hasPrefix(start) }
    }

    /// The speaker of the quotation that begins with some words.
    func speaker(_ start: String) -> String? {
        quote(start)?.speaker.map { annotations.entities[$0].id.description }
    }
}
