internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// What the counts of buckets are set against.
enum Normalization: String, Sendable, CaseIterable {
    case none
    /// All articles of the bucket, whatever they say.
    case share
}

/// What a timeline or a histogram counts in its buckets.
struct BucketQuery: Sendable {
    let zone: Zone
    /// The values of what each get a series of their own.
    let by: Facet?
    /// The most series.
    let limit: Int
    let normalization: Normalization
}

extension API {
    /// `GET /v1/timeline`.
    func timeline(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/timeline")
        let zone = try context.parameters.zone(zones)
        let filters = try articleFilters(context, &canonical, in: zone)
        let articles = canonical.asked(of: "/v1/articles")
        let interval = try context.parameters.choice(.interval, Interval.auto)
        canonical.set(.interval, interval.rawValue)
        let asked = try buckets(context.parameters, zone, &canonical)
        return counted(context, .timeline, canonical, articles) { [self] writer in
            try writeTimeline(&writer, context.snapshot, filters, interval, asked)
        }
    }

    /// `GET /v1/histogram`.
    func histogram(_ context: ReadContext) throws(Refusal) -> Reply {
        var canonical = CanonicalRequest(path: "/v1/histogram")
        let zone = try context.parameters.zone(zones)
        var filters = try articleFilters(context, &canonical)
        var articles = canonical.asked(of: "/v1/articles")
        let buckets = try boundaries(context.parameters, zone)
        let (first, end) = (buckets.start(of: 0), buckets.start(of: buckets.count))
        filters.setPeriod(from: first, end: end, in: &articles)
        let starts = (0...buckets.count).map { Timestamp(milliseconds: buckets.start(of: $0)).description }
        canonical.set(.boundaries, starts.joined(separator: ","))
        let asked = try self.buckets(context.parameters, zone, &canonical)
        let query = filters.indexQuery
        return counted(context, .histogram, canonical, articles) { writer in
            let matches = context.snapshot.articles.matches(query)
            writer.buckets(buckets, of: matches, asked, context.snapshot)
            return BucketSummary(interval: nil, total: matches.count, undated: nil, asked: asked)
        }
    }

    /// The parameters that timelines and histograms have in common.
    private func buckets(
        _ parameters: Parameters, _ zone: Zone, _ canonical: inout CanonicalRequest
    ) throws(Refusal) -> BucketQuery {
        let facets = try Facet.list(parameters, .by)
        guard facets.count <= 1 else {
            throw Refusal(
                .badParameter, "'by' takes one of \(Facet.names); found \(facets.count).", parameter: "by")
        }
        let limit = try parameters.number(.limit, 10, 1...50)
        let normalization = try parameters.choice(.normalize, Normalization.none)
        canonical.set(.tz, zone == .utc ? nil : zone.name)
        canonical.set(.by, facets.first?.rawValue)
        canonical.set(.limit, facets.isEmpty ? nil : String(limit))
        canonical.set(.normalize, normalization == .none ? nil : normalization.rawValue)
        return BucketQuery(zone: zone, by: facets.first, limit: limit, normalization: normalization)
    }

    /// The buckets between the instants of `boundaries`.
    private func boundaries(_ parameters: Parameters, _ zone: Zone) throws(Refusal) -> Buckets {
        var boundaries: [Int64] = []
        for (text, isExcluded) in try parameters.list(.boundaries) {
            let text = (isExcluded ? "-" : "") + text
            boundaries.append(try Parameters.instant(text, of: .boundaries, in: zone).start)
        }
        guard boundaries.count > 1, zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Refusal(
                .badParameter,
                "'boundaries' takes two or more dates or instants between commas, each after the one before it; found "
                    + "\(Refusal.shown(parameters[.boundaries] ?? "")).", parameter: "boundaries")
        }
        guard boundaries.count <= options.maximumBuckets else {
            throw Refusal(
                .tooManyBuckets,
                "There are \(boundaries.count - 1) buckets; at most \(options.maximumBuckets - 1) are answered.",
                parameter: "boundaries")
        }
        return Buckets(boundaries: boundaries)
    }

    /// What an answer says of its buckets as a whole.
    struct BucketSummary {
        let interval: Interval?
        let total: Int
        let undated: Int?
        let asked: BucketQuery
    }

    /// Answers with buckets that `write` writes.
    private func counted(
        _ context: ReadContext, _ endpoint: Endpoint, _ canonical: CanonicalRequest,
        _ articles: CanonicalRequest,
        _ write: @escaping @Sendable (inout JSONWriter) throws -> BucketSummary
    ) -> Reply {
        let tag = entityTag(context, canonical, state: context.snapshot.generation)
        if let answer = notModified(context.request, tag) { return .ready(answer) }
        let links = [("self", canonical.link), ("articles", articles.link)]
        return runOnce(endpoint, context, canonical, of: context.snapshot, inline: false) { [self] in
            var writer = JSONWriter(capacity: 16_384)
            writer.beginObject()
            let summary = try write(&writer)
            writer.name("meta")
            writer.beginObject()
            if let interval = summary.interval { writer.member("interval", interval.rawValue) }
            writer.member("tz", summary.asked.zone.name)
            if let by = summary.asked.by { writer.member("by", by.rawValue) }
            if summary.asked.normalization != .none {
                writer.member("normalize", summary.asked.normalization.rawValue)
            }
            writer.member("total", summary.total)
            writer.member("total_exact", true)
            if let undated = summary.undated { writer.member("undated", undated) }
            writer.member("generation", context.snapshot.generation)
            if summary.total == 0 { writer.coverage(of: context.snapshot) }
            writer.endObject()
            writer.links(links)
            writer.endObject()
            return ok(writer.bytes, tag)
        }
    }

    private func writeTimeline(
        _ writer: inout JSONWriter, _ snapshot: CatalogSnapshot, _ filters: Filters, _ interval: Interval,
        _ asked: BucketQuery
    ) throws(Refusal) -> BucketSummary {
        let index = snapshot.articles
        let matches = index.matches(filters.indexQuery)
        let bounds = matches.bounds(of: ArticleFields.published)
        let first = filters.from ?? bounds?.min
        let last = filters.to.map { $0 - 1 } ?? bounds?.max
        var width = interval == .auto ? .day : interval
        var buckets = Buckets(boundaries: [])
        if let first, let last, first <= last {
            width = try chosen(interval, from: first, through: last, in: asked.zone)
            buckets = width.buckets(holding: first, through: last, in: asked.zone)
        }
        let dated = writer.buckets(buckets, of: matches, asked, snapshot)
        // Without a period the matches without a date are among the matches.
        let undated =
            filters.hasPeriod
            ? index.count(.and([filters.withoutPeriod, .absent(column: ArticleFields.published)]))
            : matches.count - dated
        return BucketSummary(interval: width, total: dated, undated: undated, asked: asked)
    }

    /// The width asked for, or the one that `auto` stands for.
    private func chosen(
        _ interval: Interval, from first: Int64, through last: Int64, in zone: Zone
    ) throws(Refusal) -> Interval {
        func finest(_ limit: Int) -> Interval? {
            Interval.widths.first { $0.buckets(from: first, through: last, in: zone) <= limit }
        }
        let width = interval == .auto ? finest(200) ?? .year : interval
        let count = width.buckets(from: first, through: last, in: zone)
        guard count > options.maximumBuckets else { return width }
        let hint = finest(options.maximumBuckets).map { "interval=\($0.rawValue) fits, or" } ?? "Ask for"
        throw Refusal(
            .tooManyBuckets,
            "interval=\(width.rawValue) gives \(count) buckets from \(zone.text(of: first)) to "
                + "\(zone.text(of: last)); at most \(options.maximumBuckets) are answered. \(hint) "
                + "a shorter period.", parameter: "interval")
    }
}

extension JSONWriter {
    /// Writes buckets, and a series for each of the most frequent values if one is asked for.
    ///
    /// - Returns: How many articles are in any bucket.
    @discardableResult
    fileprivate mutating func buckets(
        _ buckets: Buckets, of matches: Matches, _ asked: BucketQuery, _ snapshot: CatalogSnapshot
    ) -> Int {
        let index = snapshot.articles
        let counts = matches.histogram(of: ArticleFields.published, in: buckets)
        let all =
            asked.normalization == .share
            ? index.matches(.all).histogram(of: ArticleFields.published, in: buckets) : nil
        name("data")
        beginArray()
        for (number, count) in counts.enumerated() {
            beginObject()
            member("start", asked.zone.text(of: buckets.start(of: number)))
            member("end", asked.zone.text(of: buckets.start(of: number + 1)))
            member("count", count)
            if let all { member("share", Self.share(count, of: all[number])) }
            endObject()
        }
        endArray()
        if let facet = asked.by {
            name("series")
            beginArray()
            for (value, _) in matches.facet(facet.field, prefix: facet.prefix, limit: asked.limit) {
                let own = index.matches(.keyword(field: facet.field, value: value))
                let counts = matches.intersection(own).histogram(of: ArticleFields.published, in: buckets)
                series(value, facet, counts, all, snapshot)
            }
            endArray()
        }
        return counts.reduce(0, +)
    }

    private mutating func series(
        _ value: String, _ facet: Facet, _ counts: [Int], _ all: [Int]?, _ snapshot: CatalogSnapshot
    ) {
        beginObject()
        member("value", value)
        member("name", facet.name(of: value, snapshot))
        member("count", counts.reduce(0, +))
        name("counts")
        beginArray()
        for count in counts { integer(count) }
        endArray()
        if let all {
            name("shares")
            beginArray()
            for (count, all) in zip(counts, all) {
                if let share = Self.share(count, of: all) { number(share) } else { null() }
            }
            endArray()
        }
        endObject()
    }

    /// A part of a whole, to six decimals; `nil` where the whole is nothing.
    fileprivate static func share(_ count: Int, of all: Int) -> Double? {
        all > 0 ? (Double(count) / Double(all) * 1e6).rounded() / 1e6 : nil
    }
}
