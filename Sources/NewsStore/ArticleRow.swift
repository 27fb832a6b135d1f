internal import Bytes
internal import NewsModel

/// How an article lies in its row.
enum ArticleRow {
    /// The columns in the order in which `values` gives and `read` takes them.
    static let columns = """
        seq, id, revision, ingested_at, fingerprint, analyzer, published, language, url, source_name, source_domain, \
        source_country, poster, authors, title, body, annotations
        """

    static func values(_ write: ArticleWrite, seq: Int64, revision: Int64, ingestedAt: Int64) -> [SQLiteValue]
    {
        let article = write.article
        return [
            .integer(seq), .text(article.id.description), .integer(revision), .integer(ingestedAt),
            .integer(Int64(bitPattern: write.fingerprint)), .integer(Int64(write.analyzer)),
            .optional(article.published?.milliseconds), .optional(article.language), .optional(article.url),
            .optional(article.source?.name), .optional(article.source?.domain),
            .optional(article.source?.country),
            .optional(article.poster), .text(lines(article.authors)), .text(article.title),
            .text(article.body),
            .blob(write.annotations.encoded()),
        ]
    }

    static func read(_ row: SQLiteStatement) throws(SQLiteFailure) -> (StoredArticle, Annotations) {
        let id = try id(of: row)
        var article = Article(id: id, title: try row.text(14), body: try row.text(15))
        article.published = row.optionalInteger(6).map(Timestamp.init(milliseconds:))
        article.language = try row.optionalText(7)
        article.url = try row.optionalText(8)
        if let name = try row.optionalText(9) {
            article.source = Outlet(
                name: name, domain: try row.optionalText(10), country: try row.optionalText(11))
        }
        article.poster = try row.optionalText(12)
        article.authors = entries(try row.text(13))
        let stored = StoredArticle(
            article: article, seq: row.integer(0), revision: Int(row.integer(2)),
            ingestedAt: Timestamp(milliseconds: row.integer(3)))
        do throws(ByteReaderError) {
            return (stored, try Annotations(decoding: row.blob(16)[...]))
        } catch {
            throw SQLiteFailure(
                damagedRow: "annotations of '\(id)': expected \(error.expected) at byte \(error.offset)")
        }
    }

    /// The id in column 1 of a row whose seq is in column 0.
    static func id(of row: SQLiteStatement) throws(SQLiteFailure) -> ArticleID {
        guard let id = ArticleID(try row.text(1)) else {
            throw SQLiteFailure(damagedRow: "row \(row.integer(0)) has no valid id")
        }
        return id
    }

    /// One entry a line, each ended, so that none and an empty one differ; a line feed inside one is written `\n` and a
    /// backslash `\\`.
    static func lines(_ entries: [String]) -> String {
        var lines = ""
        for entry in entries {
            for scalar in entry.unicodeScalars {
                switch scalar {
                case "\n": lines += "\\n"
                case "\\": lines += "\\\\"
                default: lines.unicodeScalars.append(scalar)
                }
            }
            lines.unicodeScalars.append("\n")
        }
        return lines
    }

    static func entries(_ lines: String) -> [String] {
        var entries: [String] = []
        var entry = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in lines.unicodeScalars {
            if isEscaped {
                entry.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\n" {
                entries.append(String(entry))
                entry.removeAll()
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                entry.append(scalar)
            }
        }
        return entries
    }
}
