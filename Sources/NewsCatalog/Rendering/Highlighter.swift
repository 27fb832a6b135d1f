internal import JSON
internal import NewsModel
public import SearchIndex

/// Writes what of an item met a query: where in its texts, and the passages that show it best.
///
/// Spans count Unicode code points, as those of annotations do. Nothing is marked up, so that nothing of an article can
/// pass for markup. One highlighter serves all items of a page; it is for one thread at a time.
public struct Highlighter {
    /// The most spans of a body that are listed; those within passages always are.
    static let listedSpans = 100

    private var matcher: QueryMatcher
    // The entities that the query asks for, each a part of it behind those of the matcher.
    private let entities: [String: Int]
    // By part, how telling it is.
    private let weights: [Double]

    /// A highlighter for the items of one index.
    public init(_ query: IndexQuery, of index: IndexSnapshot) {
        matcher = index.matcher(query)
        let first = matcher.partCount
        let ids = matcher.values(of: ArticleFields.entity).sorted()
        entities = Dictionary(uniqueKeysWithValues: zip(ids, first...))
        let named = ids.map { IndexQuery.keyword(field: ArticleFields.entity, value: $0) }
        weights = (matcher.partQueries + named).map(index.weight)
    }

    /// Writes the member `highlight` of an article.
    mutating func highlight(of record: ArticleRecord, to writer: inout JSONWriter) {
        let article = record.stored.article
        let offsets = AnnotationOffsets(article)
        let title = marks(.title, Array(article.title.utf8), record)
        let text = Array(article.body.utf8)
        let body = marks(.body, text, record)
        let chooser = SnippetChooser(
            text: text, points: offsets.points(.body),
            sentences: record.annotations.sentences.filter { $0.field == .body }.map(\.range),
            weights: weights)
        writer.name("highlight")
        writer.beginObject()
        writer.spans("title", title.map { offsets.points(.title)[$0.range] })
        writer.spans("body", body.prefix(Self.listedSpans).map { chooser.points[$0.range] })
        writer.member("matches", title.count + body.count)
        writer.name("snippets")
        writer.beginArray()
        for snippet in chooser.snippets(body) { writer.snippet(snippet, body, chooser) }
        writer.endArray()
        writer.endObject()
    }

    /// Writes the member `highlight` of a quotation with a text, in a language.
    mutating func highlight(ofQuote text: String, language: String?, to writer: inout JSONWriter) {
        let marks = marks(in: Array(text.utf8), field: "text", language: language)
        let points = CodePointOffsets(text)
        writer.name("highlight")
        writer.beginObject()
        writer.spans("text", Mark.apart(marks).map { points[$0.range] })
        writer.endObject()
    }

    private mutating func marks(_ field: TextSpan.Field, _ text: [UInt8], _ record: ArticleRecord) -> [Mark] {
        let annotations = record.annotations
        var marks = marks(in: text, field: field.name, language: annotations.language)
        if !entities.isEmpty {
            for mention in annotations.mentions where mention.span.field == field && mention.kind != .pronoun
            {
                guard let part = entities[annotations.entities[mention.entity].id.description] else {
                    continue
                }
                marks.append(Mark(range: mention.span.range.clamped(to: 0..<text.count), parts: [part]))
            }
        }
        return Mark.apart(marks)
    }

    private mutating func marks(in text: [UInt8], field: String, language: String?) -> [Mark] {
        matcher.matches(in: text, field: field, language: language).map {
            Mark(range: $0.range, parts: [$0.part])
        }
    }
}

extension JSONWriter {
    fileprivate mutating func spans(_ name: String, _ spans: [Range<Int>]) {
        self.name(name)
        beginArray()
        for span in spans {
            beginObject()
            member("start", span.lowerBound)
            member("end", span.upperBound)
            endObject()
        }
        endArray()
    }

    /// Writes a passage; its spans count from its own start.
    fileprivate mutating func snippet(_ snippet: Snippet, _ marks: [Mark], _ chooser: SnippetChooser) {
        let range = chooser.points[snippet.range]
        let marks = marks.map { $0.range.clamped(to: snippet.range) }.filter { !$0.isEmpty }
        beginObject()
        member("start", range.lowerBound)
        member("end", range.upperBound)
        member("cut_start", snippet.isCutAtStart)
        member("cut_end", snippet.isCutAtEnd)
        name("text")
        string(utf8: chooser.text[snippet.range])
        spans(
            "spans",
            marks.map {
                let span = chooser.points[$0]
                return span.lowerBound - range.lowerBound..<span.upperBound - range.lowerBound
            })
        endObject()
    }
}
