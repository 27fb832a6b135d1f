import Foundation
import NewsModel
import NewsStore
import Synchronization

/// A data folder of its own for one test, gone afterwards.
final class DataFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/sitrep-store-" + UUID().uuidString

    var database: String { path + "/sitrep.db" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A clock that moves by one millisecond at every look.
final class TickingClock: Sendable {
    private let time = Atomic<Int64>(1_000)

    func now() -> Timestamp {
        Timestamp(milliseconds: time.add(1, ordering: .relaxed).newValue)
    }
}

/// An id that is known to be valid.
func id(_ text: String) -> ArticleID {
    guard let id = ArticleID(text) else { preconditionFailure("'\(text)' is no id") }
    return id
}

/// A write of an article with all fields set; `version` makes its content.
func write(_ name: String, version: UInt64 = 1, analyzer: Int = 1) -> ArticleWrite {
    var article = Article(
        id: id(name), title: "Talks on \(name)", body: "Version \(version): “résumé”.\n\0 end",
        authors: ["Ann Lee", "two\nlines \\n", ""], poster: "desk",
        source: Outlet(name: "Daily", domain: "daily.example", country: "GB"),
        url: "https://daily.example/\(name)",
        published: Timestamp(year: 2021, month: 12, day: 15), language: "en")
    if version.isMultiple(of: 2) {
        article.authors = []
        article.poster = nil
        article.source = nil
        article.url = nil
        article.published = nil
        article.language = nil
        article.title = ""
    }
    var annotations = Annotations(language: "en")
    annotations.entities = [ArticleEntity(id: EntityID("country:fr"), type: .country, name: "France")]
    annotations.mentions = [
        Mention(span: TextSpan(field: .title, start: 0, end: 5), entity: 0, kind: .name, rule: "r\(analyzer)")
    ]
    return ArticleWrite(article: article, annotations: annotations, fingerprint: version, analyzer: analyzer)
}
