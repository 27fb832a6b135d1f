internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex
internal import Synchronization

/// All articles of one snapshot that match a query, read one after another while they are sent.
final class ExportSource: ContentSource {
    /// How articles are written.
    enum Format: String, ContentFormat {
        /// One article a line.
        case ndjson
        /// One article a record.
        case csv

        var mediaType: String { self == .ndjson ? "application/x-ndjson" : "text/csv" }

        var contentType: String {
            self == .ndjson ? mediaType : "text/csv; charset=utf-8; header=present"
        }
    }

    private struct State {
        var hits: ArraySlice<Hit> = []
        var last: SearchPosition?
        var hasBegun = false
    }

    /// A piece is at least so long, but for the last.
    private static let pieceBytes = 32 * 1024
    /// Articles are looked up so many at a time.
    private static let pageSize = 1_000

    private let snapshot: CatalogSnapshot
    private let query: IndexQuery
    private let format: Format
    private let hasAnnotations: Bool
    private let report: @Sendable (any Error) -> Void
    private let state = Mutex(State())

    /// Creates a source; `report` hears why an export was cut off.
    init(
        _ snapshot: CatalogSnapshot, _ query: IndexQuery, _ format: Format, hasAnnotations: Bool,
        report: @escaping @Sendable (any Error) -> Void
    ) {
        self.snapshot = snapshot
        self.query = query
        self.format = format
        self.hasAnnotations = hasAnnotations
        self.report = report
    }

    func next() -> ContentPiece {
        state.withLock { state in
            var bytes: [UInt8] = []
            if !state.hasBegun, format == .csv { bytes += CSV.header }
            state.hasBegun = true
            do {
                while bytes.count < Self.pieceBytes, let address = nextAddress(&state) {
                    try append(address, to: &bytes)
                }
            } catch {
                report(error)
                return .failure
            }
            return bytes.isEmpty ? .end : .bytes(bytes)
        }
    }

    private func nextAddress(_ state: inout State) -> DocAddress? {
        if state.hits.isEmpty {
            // In the order of change numbers, which nothing that happens to other articles alters.
            let page = snapshot.articles.search(
                query, order: .column(ArticleFields.seq, descending: false), limit: Self.pageSize,
                after: state.last)
            state.hits = page.hits[...]
            state.last = page.hits.last?.position ?? state.last
        }
        return state.hits.popFirst()?.address
    }

    private func append(_ address: DocAddress, to bytes: inout [UInt8]) throws {
        let record = try ArticleRecord(decoding: try snapshot.articles.content(address))
        switch format {
        case .csv: CSV.append(record, to: &bytes)
        case .ndjson:
            var writer = JSONWriter(capacity: record.stored.article.body.utf8.count + 2_048)
            writer.beginObject()
            writer.articleMembers(record)
            if hasAnnotations {
                writer.name("annotations")
                writer.annotations(record.annotations, of: record.stored.article)
            }
            writer.endObject()
            bytes += writer.bytes
            bytes.append(0x0A)
        }
    }
}
