public import Bytes
internal import NewsModel

extension ArticleRecord {
    /// The record as bytes: each part with its length before it.
    func encoded() -> [UInt8] {
        let (article, marks) = (stored.encoded(), annotations.encoded())
        var builder = ByteBuilder(capacity: article.count + marks.count + 16)
        builder.append(varint: UInt64(article.count))
        builder.append(contentsOf: article)
        builder.append(contentsOf: marks)
        return builder.bytes
    }

    /// Reads what `encoded()` made.
    ///
    /// - Throws: `ByteReaderError` where the bytes are anything else.
    public init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        let length = try reader.count()
        stored = try StoredArticle(decoding: try reader.run(length))
        annotations = try Annotations(decoding: try reader.run(reader.remaining))
    }
}
