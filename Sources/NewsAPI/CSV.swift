internal import NewsCatalog
internal import NewsModel

/// Articles as records of comma-separated values.
///
/// - Source: RFC 4180.
enum CSV {
    private static let columns = [
        "id", "published", "title", "source", "domain", "url", "language", "countries", "authors", "poster",
        "seq", "revision", "ingested_at", "body",
    ]

    /// The names of the columns.
    static let header = record(columns)

    /// Appends an article; what is not known is empty, and several values stand between semicolons.
    static func append(_ record: ArticleRecord, to bytes: inout [UInt8]) {
        let (stored, article) = (record.stored, record.stored.article)
        bytes += self.record([
            article.id.description, article.published?.description ?? "", article.title,
            article.source?.name ?? "", article.source?.domain ?? "", article.url ?? "",
            article.language ?? "", record.annotations.countries.joined(separator: ";"),
            article.authors.joined(separator: ";"), article.poster ?? "", String(stored.seq),
            String(stored.revision), stored.ingestedAt.description, article.body,
        ])
    }

    private static func record(_ values: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, value) in values.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            let quote = UInt8(ascii: "\"")
            guard
                value.utf8.contains(where: {
                    $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D
                })
            else {
                bytes += value.utf8
                continue
            }
            bytes.append(quote)
            for byte in value.utf8 {
                if byte == quote { bytes.append(quote) }
                bytes.append(byte)
            }
            bytes.append(quote)
        }
        return bytes + [0x0D, 0x0A]
    }
}
