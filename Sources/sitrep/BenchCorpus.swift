internal import Files
internal import JSON
internal import NewsModel
internal import SearchIndex

/// The corpus of the index's benches: NDJSON with `title`, `body`, `published` and `source`.
struct BenchCorpus {
    /// Title and body as one field, so that it can be held against other engines.
    static let schema = IndexSchema(
        texts: [.init(name: "text", weight: 1, b: 0.75)], keywords: ["source"],
        columns: ["published", "line"], tieBreaker: "line")
    /// Bytes that are read and handed on at once.
    private static let batchBytes = 1 << 23

    let path: String

    /// Calls `body` with the documents of one part after the other, and how many lines there were up to its end.
    func forEachBatch(_ body: (_ documents: [IndexDocument], _ end: Int64) throws -> Void) throws {
        var reader = try FileReader(path: path)
        let parser = JSONParser()
        var pending: [UInt8] = []
        var number: Int64 = 0
        var isAtEnd = false
        while !isAtEnd {
            let chunk = try reader.read(upTo: Self.batchBytes)
            isAtEnd = chunk.isEmpty
            pending += chunk
            let end = isAtEnd ? pending.count : (pending.lastIndex(of: 0x0A) ?? -1) + 1
            var documents: [IndexDocument] = []
            for line in pending[..<end].split(separator: 0x0A) {
                let article = try parser.parse(line).object
                let text = (article?["title"]?.string ?? "") + "\n" + (article?["body"]?.string ?? "")
                let published = article?["published"]?.string.flatMap { Timestamp($0) }
                documents.append(
                    IndexDocument(
                        key: String(number), texts: [Array(text.utf8)],
                        keywords: [[article?["source"]?.string ?? ""]],
                        columns: [published?.milliseconds, number], summary: [], content: []))
                number += 1
            }
            pending.removeSubrange(..<end)
            if !documents.isEmpty { try body(documents, number) }
        }
    }
}
