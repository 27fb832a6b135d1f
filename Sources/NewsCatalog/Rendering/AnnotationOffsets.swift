internal import JSON
public import NewsModel

/// Turns spans of an article into texts and into offsets that clients count by, Unicode code points.
public struct AnnotationOffsets: Sendable {
    private let title: [UInt8]
    private let body: [UInt8]
    private let titlePoints: CodePointOffsets
    private let bodyPoints: CodePointOffsets

    /// Reads through an article once.
    public init(_ article: Article) {
        title = Array(article.title.utf8)
        body = Array(article.body.utf8)
        titlePoints = CodePointOffsets(article.title)
        bodyPoints = CodePointOffsets(article.body)
    }

    /// The words of a span.
    public func text(_ span: TextSpan) -> String {
        let bytes = span.field == .title ? title : body
        return String(decoding: bytes[span.range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    /// The range of a span in code points.
    public func codePoints(_ span: TextSpan) -> Range<Int> {
        points(span.field)[span.range]
    }

    /// The offsets of the title or the body.
    func points(_ field: TextSpan.Field) -> CodePointOffsets {
        field == .title ? titlePoints : bodyPoints
    }

    /// Writes a span as `{"field", "start", "end"}`.
    func write(_ span: TextSpan, to writer: inout JSONWriter) {
        let range = codePoints(span)
        writer.beginObject()
        writer.member("field", span.field.name)
        writer.member("start", range.lowerBound)
        writer.member("end", range.upperBound)
        writer.endObject()
    }

    /// Writes a span, or null.
    func write(_ span: TextSpan?, to writer: inout JSONWriter) {
        if let span { write(span, to: &writer) } else { writer.null() }
    }
}
