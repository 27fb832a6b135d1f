public import NewsModel

/// Finds out who and what an article is about: names, quotations, countries.
///
/// A pure function of the text, the gazetteer and the lexicon; one analyzer serves any number of threads.
public final class Analyzer: Sendable {
    /// Rises whenever the same article could get other annotations.
    public static let version = 2

    /// The names that are known.
    public let gazetteer: Gazetteer
    private let knowledge: Knowledge

    /// Makes the names and words ready for matching.
    public init(gazetteer: Gazetteer, lexicon: Lexicon) {
        self.gazetteer = gazetteer
        knowledge = Knowledge(gazetteer: gazetteer, lexicon: lexicon)
    }

    /// Annotates one article.
    ///
    /// - Parameters:
    ///   - title: The headline, or empty.
    ///   - body: The text, exactly as kept: spans point into it.
    ///   - published: The date by which offices are resolved; without it only persons named in the text hold any.
    ///   - language: ISO 639-1, with or without a region ("en-GB"), or `nil` to have it recognised. Only English
    ///     gets more than gazetteer names.
    ///   - outsiders: Authors, poster and source, which are not taken for actors of the news.
    /// - Returns: Annotations whose spans lie in `title` and `body`; empty ones for an empty text.
    /// - Complexity: O(*n*) in the length of the text.
    public func annotate(
        title: String, body: String, published: Timestamp?, language: String? = nil, outsiders: [String] = []
    ) -> Annotations {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(title.utf8.count + body.utf8.count + 2)
        bytes.append(contentsOf: title.utf8)
        let titleEnd = bytes.count
        bytes.append(0x0A)
        bytes.append(0x0A)
        bytes.append(contentsOf: body.utf8)
        var analysis = ArticleAnalysis(
            knowledge: knowledge, bytes: bytes, titleEnd: titleEnd, date: published?.day, language: language)
        return analysis.run(outsiders: outsiders)
    }
}
