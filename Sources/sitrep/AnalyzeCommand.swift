internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import TextAnalysis

/// Shows what the analysis finds in a text, without storing it.
enum AnalyzeCommand: Command {
    static let name = "analyze"
    static let usage = "[--json|--ndjson|--explain] FILE|-"
    static let summary = "Shows who, what, where and who said what in a news item; nothing is stored."
    static let options: [Arguments.Option] = [
        .init(name: "json", value: nil, help: "one annotations object; takes any accepted form"),
        .init(
            name: "ndjson", value: nil,
            help: "one article object a line in, one annotations object a line out"),
        .init(
            name: "explain", value: nil,
            help: "for a person, with the rule behind every mention and quotation"),
        .gazetteer,
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard arguments.operands.count == 1 else {
            throw UsageError(description: "name one file, or - for standard input")
        }
        let path = arguments.operands[0]
        let analyzer = try Resources.analyzer(extraGazetteers: arguments.values["gazetteer"] ?? [])
        if arguments.has("ndjson") { return try lines(path, analyzer) }
        var reader = try SourceFileReader(source(path))
        var status: Int32 = 0
        do {
            while !Terminal.outputIsGone {
                let items = try reader.next()
                if items.isEmpty { return status }
                for item in items where !show(item, of: path, analyzer, arguments) { status = 1 }
            }
        } catch let fault as ItemFault {
            complain(of: fault, in: path)
            return 2
        }
        return status
    }

    /// The file as it is named; a compressed one is known by its first bytes.
    private static func source(_ path: String, form: DocumentForm? = nil) -> SourceFile {
        let name = path.lowercased()
        let form = form ?? (name.hasSuffix(".txt") || name.hasSuffix(".txt.gz") ? .plainText : nil)
        return SourceFile(path: path, form: form, isCompressed: name.hasSuffix(".gz"), size: 0)
    }

    /// Prints what is found in one item.
    ///
    /// - Returns: Whether the item could be read.
    private static func show(
        _ item: SourceFileReader.RawItem, of path: String, _ analyzer: Analyzer, _ arguments: Arguments
    ) -> Bool {
        switch item.parsed {
        case .success(let draft):
            let article = draft.article
            let annotations = analyzer.annotate(article)
            if arguments.has("json") {
                var writer = JSONWriter(capacity: 1 << 16)
                writer.annotations(annotations, of: article, head: true)
                Terminal.print(writer.bytes + [0x0A])
            } else {
                let view = AnalysisView(
                    article: article, annotations: annotations, isColoured: Terminal.outputIsScreen,
                    explains: arguments.has("explain"))
                Terminal.print(view.text)
            }
            return true
        case .failure(let fault):
            complain(of: fault, in: path)
            return false
        }
    }

    private static func complain(of fault: ItemFault, in path: String) {
        let name = path == "-" ? "standard input" : path
        Terminal.complain("\(name)\(fault.line.map { ":\($0)" } ?? ""): \(fault)")
    }

    /// Answers every line in its place; a line that cannot be read is complained of and left out.
    private static func lines(_ path: String, _ analyzer: Analyzer) throws -> Int32 {
        var reader = try SourceFileReader(source(path, form: .ndjson))
        var status: Int32 = 0
        do {
            while !Terminal.outputIsGone {
                let items = try reader.next()
                if items.isEmpty { return status }
                let answers = parallelMap(items.count) { index in
                    items[index].parsed.map { draft in
                        let article = draft.article
                        var writer = JSONWriter(capacity: 1 << 15)
                        writer.annotations(analyzer.annotate(article), of: article)
                        return writer.bytes + [0x0A]
                    }
                }
                for answer in answers {
                    switch answer {
                    case .success(let bytes): Terminal.print(bytes)
                    case .failure(let fault):
                        complain(of: fault, in: path)
                        status = 1
                    }
                }
            }
        } catch let fault as ItemFault {
            complain(of: fault, in: path)
            return 1
        }
        return status
    }
}

/// An analysed article for a person to read: mentions coloured by type and underlined, then the entities and
/// quotations.
struct AnalysisView {
    let article: Article
    let annotations: Annotations
    let isColoured: Bool
    let explains: Bool

    var text: String {
        let offsets = AnnotationOffsets(article)
        var text = paint(article.title, .title, style: "1") + "\n"
        var head: [String] = []
        let authors = article.authors.isEmpty ? annotations.authors : article.authors
        if !authors.isEmpty { head.append("by " + authors.joined(separator: ", ")) }
        if let source = article.source { head.append(source.name) }
        if let published = article.published { head.append(published.description) }
        head.append("language " + annotations.language)
        text += head.joined(separator: " · ") + "\n\n" + paint(article.body, .body, style: "") + "\n\n"
        text += heading("Entities")
        for entity in annotations.entities.sorted(by: { $0.salience > $1.salience }) {
            let colour = style(of: entity.type)
            var line = "  \(coloured(entity.name, colour))  \(entity.type.name), \(entity.count)×"
            if let role = entity.role { line += ", \(role)" }
            if let country = entity.country { line += ", \(country)" }
            line += "  \(entity.id)\(entity.isProvisional ? " (provisional)" : "")"
            text += line + "\n"
        }
        if !annotations.countries.isEmpty {
            text += "\n" + heading("Countries") + "  " + annotations.countries.joined(separator: " ") + "\n"
        }
        if !annotations.quotes.isEmpty { text += "\n" + heading("Quotations") }
        for quote in annotations.quotes {
            let speaker = quote.speaker.map { annotations.entities[$0].name } ?? "unknown speaker"
            text +=
                "  \(speaker) (\(quote.cue ?? "no cue"), \(quote.kind.name)): \(offsets.text(quote.span))\n"
            if explains { text += "      rule \(quote.rule), confidence \(quote.confidence)\n" }
        }
        if explains {
            text += "\n" + heading("Mentions")
            for mention in annotations.mentions {
                let range = offsets.codePoints(mention.span)
                text +=
                    "  \(mention.span.field.name) \(range.lowerBound)–\(range.upperBound)  "
                    + "\(offsets.text(mention.span))  \(annotations.entities[mention.entity].id)  "
                    + "\(mention.kind.name), rule \(mention.rule)\n"
            }
        }
        return text
    }

    private func paint(_ text: String, _ field: TextSpan.Field, style base: String) -> String {
        guard isColoured else { return text }
        let bytes = Array(text.utf8)
        var painted = base.isEmpty ? "" : "\u{1B}[\(base)m"
        var position = 0
        for mention in annotations.mentions
        where mention.span.field == field && Int(mention.span.start) >= position {
            painted += String(decoding: bytes[position..<Int(mention.span.start)], as: UTF8.self)
            let words = String(decoding: bytes[mention.span.range], as: UTF8.self)
            painted += "\u{1B}[4;\(style(of: annotations.entities[mention.entity].type))m\(words)\u{1B}[0m"
            if !base.isEmpty { painted += "\u{1B}[\(base)m" }
            position = Int(mention.span.end)
        }
        return painted + String(decoding: bytes[position...], as: UTF8.self)
            + (base.isEmpty ? "" : "\u{1B}[0m")
    }

    private func heading(_ text: String) -> String {
        (isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text) + "\n"
    }

    private func coloured(_ text: String, _ style: String) -> String {
        isColoured ? "\u{1B}[4;\(style)m\(text)\u{1B}[0m" : text
    }

    private func style(of type: EntityType) -> String {
        switch type {
        case .person: "36"
        case .country: "32"
        case .organisation: "35"
        case .place: "33"
        case .treaty: "34"
        case .event: "31"
        case .region: "92"
        }
    }
}
