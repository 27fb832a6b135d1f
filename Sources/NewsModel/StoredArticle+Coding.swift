public import Bytes

extension StoredArticle {
    /// The article in a compact form of bytes, version 1.
    public func encoded() -> [UInt8] {
        let texts = article.title.utf8.count + article.body.utf8.count
        var builder = ByteBuilder(capacity: texts + 256)
        builder.append(Self.codingVersion)
        builder.append(text: article.id.description)
        builder.append(signedVarint: seq)
        builder.append(signedVarint: Int64(revision))
        builder.append(signedVarint: ingestedAt.milliseconds)
        builder.append(text: article.title)
        builder.append(text: article.body)
        builder.append(texts: article.authors)
        builder.append(optionalText: article.poster)
        builder.append(article.source == nil ? 0 : 1)
        if let source = article.source {
            builder.append(text: source.name)
            builder.append(optionalText: source.domain)
            builder.append(optionalText: source.country)
        }
        builder.append(optionalText: article.url)
        builder.append(article.published == nil ? 0 : 1)
        if let published = article.published { builder.append(signedVarint: published.milliseconds) }
        builder.append(optionalText: article.language)
        return builder.bytes
    }

    /// Reads what `encoded()` made.
    ///
    /// - Throws: `ByteReaderError` where the bytes are of a version not known here, are damaged, end early or go on.
    public init(decoding bytes: ArraySlice<UInt8>) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        try reader.expect(version: Self.codingVersion, of: "a stored article")
        guard let id = ArticleID(try reader.text()) else { throw reader.fault("an article's id before here") }
        seq = try reader.signedVarint()
        revision = Int(try reader.signedVarint())
        ingestedAt = Timestamp(milliseconds: try reader.signedVarint())
        let title = try reader.text()
        let body = try reader.text()
        article = Article(id: id, title: title, body: body, authors: try reader.texts())
        article.poster = try reader.optionalText()
        if try reader.flag() {
            let name = try reader.text()
            let domain = try reader.optionalText()
            article.source = Outlet(name: name, domain: domain, country: try reader.optionalText())
        }
        article.url = try reader.optionalText()
        if try reader.flag() {
            article.published = Timestamp(milliseconds: try reader.signedVarint())
        }
        article.language = try reader.optionalText()
        try reader.expectEnd()
    }

    private static let codingVersion: UInt8 = 1
}

extension ByteBuilder {
    /// Appends 0, or 1 and a text.
    mutating func append(optionalText text: String?) {
        append(text == nil ? 0 : 1)
        if let text { append(text: text) }
    }

    /// Appends how many texts there are, then each.
    mutating func append(texts: [String]) {
        append(varint: UInt64(texts.count))
        for text in texts { append(text: text) }
    }
}

extension ByteReader {
    /// The error that something else was expected where the reader stands.
    func fault(_ expected: String) -> ByteReaderError {
        ByteReaderError(offset: offset, expected: expected)
    }

    mutating func expect(version: UInt8, of what: String) throws(ByteReaderError) {
        let start = fault("version \(version) of the coding of \(what)")
        guard try byte() == version else { throw start }
    }

    mutating func expectEnd() throws(ByteReaderError) {
        guard remaining == 0 else { throw fault("no more bytes") }
    }

    /// Reads 0 or 1.
    mutating func flag() throws(ByteReaderError) -> Bool {
        let start = fault("0 or 1")
        let value = try byte()
        guard value <= 1 else { throw start }
        return value == 1
    }

    mutating func optionalText() throws(ByteReaderError) -> String? {
        try flag() ? try text() : nil
    }

    mutating func texts() throws(ByteReaderError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count()) { texts.append(try text()) }
        return texts
    }
}
