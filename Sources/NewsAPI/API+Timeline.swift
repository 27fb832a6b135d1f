internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

extension API {
    /// `GET /v1/timeline`.
    func timeline(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/timeline")
        let filters = try articleFilters(context, &canonical)
        let articles = canonical.asked(of: "/v1/articles")
        let interval = try context.parameters.choice(.interval, Interval.auto)
        canonical.set(.interval, interval.rawValue)
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let (request, list) = (canonical, articles)
        return run(.timeline, for: context.request, inline: false) { [self] in
            let body = try timelineBody(context.snapshot, filters, interval, request, list)
            return ok(body, tag)
        }
    }

    private func timelineBody(
        _ snapshot: CatalogSnapshot, _ filters: Filters, _ interval: Interval, _ canonical: CanonicalRequest,
        _ articles: CanonicalRequest
    ) throws(Refusal) -> [UInt8] {
        let index = snapshot.articles
        let query = filters.indexQuery
        let undated = index.count(.and([filters.withoutPeriod, .absent(column: ArticleFields.published)]))
        let matches = index.matches(query)
        let bounds = matches.bounds(of: ArticleFields.published)
        let first = filters.from ?? bounds?.min
        let last = filters.to.map { $0 - 1 } ?? bounds?.max
        var width = interval
        var boundaries: [Int64] = []
        if let first, let last, first <= last {
            width = try chosen(interval, from: first, through: last)
            var start = width.start(of: first)
            boundaries.append(start)
            while start <= last {
                start = width.start(after: start)
                boundaries.append(start)
            }
        } else if width == .auto {
            width = .day
        }
        let counts = matches.histogram(
            of: ArticleFields.published, in: Buckets(boundaries: boundaries))
        let total = counts.reduce(0, +)

        var writer = JSONWriter(capacity: 512 + counts.count * 80)
        writer.beginObject()
        writer.name("data")
        writer.beginArray()
        for (number, count) in counts.enumerated() {
            writer.beginObject()
            writer.member("start", Timestamp(milliseconds: boundaries[number]).description)
            writer.member("end", Timestamp(milliseconds: boundaries[number + 1]).description)
            writer.member("count", count)
            writer.endObject()
        }
        writer.endArray()
        writer.name("meta")
        writer.beginObject()
        writer.member("interval", width.rawValue)
        writer.member("total", total)
        writer.member("total_exact", true)
        writer.member("undated", undated)
        writer.member("generation", snapshot.generation)
        if total == 0 { writer.coverage(of: snapshot) }
        writer.endObject()
        writer.links([("self", canonical.link), ("articles", articles.link)])
        writer.endObject()
        return writer.bytes
    }

    /// The width asked for, or the one that `auto` stands for.
    private func chosen(_ interval: Interval, from first: Int64, through last: Int64) throws(Refusal)
        -> Interval
    {
        func finest(_ limit: Int) -> Interval? {
            Interval.widths.first { $0.buckets(from: first, through: last) <= limit }
        }
        let width = interval == .auto ? finest(200) ?? .year : interval
        let count = width.buckets(from: first, through: last)
        guard count > options.maximumBuckets else { return width }
        let hint = finest(options.maximumBuckets).map { "interval=\($0.rawValue) fits, or" } ?? "Ask for"
        throw Refusal(
            .tooManyBuckets,
            "interval=\(width.rawValue) gives \(count) buckets from \(Timestamp(milliseconds: first)) to "
                + "\(Timestamp(milliseconds: last)); at most \(options.maximumBuckets) are answered. \(hint) "
                + "a shorter period.", parameter: "interval")
    }
}
