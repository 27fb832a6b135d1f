internal import JSON
internal import NewsModel
public import NewsStore
public import SearchIndex

/// One change of the articles, as those who follow them see it.
public struct CatalogChange: Sendable {
    /// What happened to an article.
    public enum Kind: String, Sendable {
        /// It came.
        case created
        /// It has other content than before.
        case updated
        /// It is gone.
        case deleted
    }

    /// What happened.
    public let kind: Kind
    /// The change number.
    public let seq: Int64
    /// The article.
    public let id: String
    /// What lists show of it, as JSON; `nil` where it is gone.
    public let summary: [UInt8]?
}

/// Changes in ascending order.
public struct ChangePage: Sendable {
    /// The changes.
    public let changes: [CatalogChange]
    /// Up to which number everything has been looked at: where the next page goes on.
    public let seq: Int64
    /// Whether there is more in the state that was looked at.
    public let hasMore: Bool
}

extension Catalog {
    /// The changes after a number that are in a snapshot, each article once, in its newest state.
    ///
    /// What has gone cannot be asked whether it matches: removals come whatever the query.
    ///
    /// - Throws: `StoreError` where the store cannot be read.
    public func changes(
        after seq: Int64, in snapshot: CatalogSnapshot, matching query: IndexQuery, limit: Int
    ) throws(StoreError) -> ChangePage {
        let end = snapshot.generation
        guard seq < end, limit > 0 else { return ChangePage(changes: [], seq: max(seq, end), hasMore: false) }
        let new = IndexQuery.range(column: ArticleFields.seq, from: seq + 1, to: nil)
        let hits = snapshot.articles.search(
            .and([query, new]), order: .column(ArticleFields.seq, descending: false), limit: limit + 1
        ).hits
        var removals = try store.removals(after: seq, through: end, limit: limit + 1)[...]
        var changes: [CatalogChange] = []
        for hit in hits {
            let summary = snapshot.articles.summary(hit.address)
            guard let number = snapshot.articles.column(ArticleFields.seq, hit.address),
                let shown = try? JSONParser().parse(summary).object, let id = shown["id"]?.string
            else { continue }
            while let removal = removals.first, removal.seq < number {
                changes.append(.deleted(removals.removeFirst()))
            }
            changes.append(
                CatalogChange(
                    kind: shown["revision"]?.int == 1 ? .created : .updated, seq: number, id: id,
                    summary: summary))
        }
        changes += removals.map { .deleted($0) }
        guard changes.count > limit else { return ChangePage(changes: changes, seq: end, hasMore: false) }
        changes.removeLast(changes.count - limit)
        return ChangePage(changes: changes, seq: changes.last?.seq ?? end, hasMore: true)
    }
}

extension CatalogChange {
    fileprivate static func deleted(_ removal: StoredRemoval) -> CatalogChange {
        CatalogChange(kind: .deleted, seq: removal.seq, id: removal.id.description, summary: nil)
    }
}
