import Glibc
import SearchIndex
import Testing

/// Compares every answer of a snapshot with the model's.
func expectAgreement(_ snapshot: IndexSnapshot, _ model: Model, _ query: IndexQuery, limit: Int) {
    let found = Agreement(snapshot: snapshot, model: model, query: query, limit: limit).disagreement()
    if let found { Issue.record("\(query), \(limit) at a time: \(found)") }
}

/// One query, put to a snapshot and to the model.
struct Agreement {
    let snapshot: IndexSnapshot
    let model: Model
    let query: IndexQuery
    /// How many hits a page has.
    let limit: Int
    /// How many pages are looked at in each order.
    var pages = Int.max
    var orders: [SortOrder] = [
        .column("published", descending: true), .column("published", descending: false),
        .column("tone", descending: true), .column("tone", descending: false),
        .recency(Recency(column: "published", halfLife: 3)),
    ]

    /// How near to each other two scores have to be that should be the same.
    private static func isNear(_ score: Double, _ expected: Double) -> Bool {
        abs(score - expected) <= 1e-5 * max(1, expected)
    }

    /// The first answer that is not the model's, in words.
    func disagreement() -> String? {
        let expected = model.found(query)
        guard snapshot.documentCount == model.documents.count else {
            return "\(snapshot.documentCount) documents, not \(model.documents.count)"
        }
        let count = snapshot.count(query)
        guard count == expected.count else { return "\(count) counted, not \(expected.count)" }
        if let found = relevance(expected) { return "by relevance: \(found)" }
        for order in orders {
            let found =
                if case .recency(let recency) = order {
                    self.recency(recency, expected)
                } else { column(order, expected.map(\.document)) }
            if let found { return "\(order): \(found)" }
        }
        return collected(expected.map(\.document))
    }

    private func key(_ hit: Hit) -> Int64 { snapshot.column("seq", hit.address) ?? -1 }

    /// Hits whose scores are nearly the same may come in either order.
    private func relevance(_ expected: [(document: IndexDocument, score: Double)]) -> String? {
        let scores = Dictionary(
            uniqueKeysWithValues: expected.map { ($0.document.columns[1] ?? 0, $0.score) })
        let ranked = scores.values.sorted(by: >)
        let all = snapshot.search(query, order: .relevance, limit: .max)
        guard all.total == expected.count, all.hits.count == expected.count else {
            return "\(all.hits.count) hits and a total of \(all.total), not \(expected.count)"
        }
        guard Set(all.hits.map(key)) == Set(scores.keys) else { return "other documents" }
        for (place, hit) in all.hits.enumerated() {
            let score = scores[key(hit)] ?? -1
            guard Self.isNear(hit.score, score), Self.isNear(score, ranked[place]) else {
                return
                    "hit \(place) scores \(hit.score); \(score) is expected, of this place \(ranked[place])"
            }
        }
        let isOrdered = zip(all.hits, all.hits.dropFirst()).allSatisfy { first, second in
            (first.score, first.position.tie) > (second.score, second.position.tie)
        }
        guard isOrdered else { return "hits out of order" }
        return paging(.relevance, all)
    }

    private func column(_ order: SortOrder, _ expected: [IndexDocument]) -> String? {
        guard case .column(let name, let descending) = order else { return nil }
        let sorted = expected.map { (value: model.column($0, name), tie: $0.columns[1] ?? 0) }.sorted {
            a, b in
            if a.value == b.value { return a.tie > b.tie }
            guard let first = a.value else { return false }
            guard let second = b.value else { return true }
            return descending ? first > second : first < second
        }
        let all = snapshot.search(query, order: order, limit: .max)
        guard all.hits.map(key) == sorted.map(\.tie) else { return "other hits" }
        guard all.total == expected.count else { return "a total of \(all.total), not \(expected.count)" }
        return paging(order, all)
    }

    /// Hits whose heat is nearly the same may come in either order; those without a date come last, by score.
    private func recency(
        _ recency: Recency, _ expected: [(document: IndexDocument, score: Double)]
    ) -> String? {
        var places: [Int64: (isDated: Int, heat: Double)] = [:]
        for (document, score) in expected {
            let value = model.column(document, recency.column)
            let heat = value.map { log2(1 + score) + Double($0) / Double(recency.halfLife) }
            places[document.columns[1] ?? 0] = (value == nil ? 0 : 1, heat ?? score)
        }
        let ranked = places.values.sorted { $0 > $1 }
        let all = snapshot.search(query, order: .recency(recency), limit: .max)
        guard all.total == expected.count, Set(all.hits.map(key)) == Set(places.keys) else {
            return "other documents, or a total of \(all.total)"
        }
        for (hit, wanted) in zip(all.hits, ranked) {
            guard let found = places[key(hit)], found.isDated == wanted.isDated,
                Self.isNear(found.heat, wanted.heat)
            else { return "\(key(hit)) stands where the heat is \(wanted)" }
        }
        return paging(.recency(recency), all)
    }

    /// Many pages, put together, are one big page.
    private func paging(_ order: SortOrder, _ all: SearchResult) -> String? {
        var hits: [Hit] = []
        var after: SearchPosition?
        for page in 0..<pages {
            let answer = snapshot.search(query, order: order, limit: limit, after: after)
            guard answer.total == all.total else { return "a total of \(answer.total) on page \(page)" }
            let expected = all.hits.dropFirst(hits.count).prefix(limit)
            guard answer.hits == Array(expected) else { return "page \(page) is not that part of all hits" }
            if order == .relevance, snapshot.best(query, limit: limit, after: after) != answer.hits {
                return "page \(page) is another where documents are passed over"
            }
            hits += answer.hits
            after = answer.hits.last?.position
            if answer.hits.count < limit || limit == 0 { break }
        }
        return nil
    }

    /// What is collected from all matches.
    private func collected(_ expected: [IndexDocument]) -> String? {
        let matches = snapshot.matches(query)
        guard matches.count == expected.count else { return "\(matches.count) matches" }
        if let found = measured(expected, matches) { return found }
        for (index, field) in modelSchema.keywords.enumerated() {
            if let found = facets(model.facet(expected, index), field, matches) { return found }
        }
        return together(expected, matches)
    }

    /// Bounds, histograms and means.
    private func measured(_ expected: [IndexDocument], _ matches: Matches) -> String? {
        let values = expected.compactMap { $0.columns[0] }
        let bounds = matches.bounds(of: "published")
        guard bounds?.min == values.min(), bounds?.max == values.max() else { return "other bounds" }
        if let least = values.min(), let greatest = values.max() {
            guard let reach = snapshot.reach(of: "published"), reach.min <= least, reach.max >= greatest
            else {
                return "values beyond the reach"
            }
        }
        // The first bucket and the last are open, so that all have to be the documents with a value.
        for buckets in [
            Buckets(boundaries: [-15, -3, 0, 1, 12]), Buckets(boundaries: [-100, -3, 0, 1, 100]),
            Buckets(from: -17, width: 6, count: 5), Buckets(from: -20, width: 1, count: 40),
            Buckets(from: -32, width: 16, count: 4),
        ] {
            let places = (0..<buckets.count).map { buckets.start(of: $0)..<buckets.start(of: $0 + 1) }
            let counts = places.map { place in values.count { place.contains($0) } }
            guard matches.histogram(of: "published", in: buckets) == counts else {
                return "another histogram than \(counts)"
            }
            let means = places.map { place in
                mean(
                    expected.filter { $0.columns[0].map { place.contains($0) } ?? false }.compactMap {
                        $0.columns[2]
                    })
            }
            let answer = matches.means(of: "tone", by: "published", in: buckets)
            let isNear = zip(answer, means).allSatisfy { answer, mean in
                guard let answer, let mean else { return (answer == nil) == (mean == nil) }
                return abs(answer - mean) <= 1e-9 * abs(mean)
            }
            guard answer.count == means.count, isNear else { return "means of \(answer), not \(means)" }
        }
        return nil
    }

    private func mean(_ values: [Int64]) -> Double? {
        values.isEmpty ? nil : values.reduce(0) { $0 + Double($1) } / Double(values.count)
    }

    private func facets(_ facet: [(String, Int)], _ field: String, _ matches: Matches) -> String? {
        for limit in [3, .max] {
            let answer = matches.facet(field, limit: limit)
            let wanted = facet.prefix(limit)
            guard answer.map(\.value) == wanted.map(\.0), answer.map(\.count) == wanted.map(\.1) else {
                return "another facet of \(field)"
            }
        }
        let values = facet.map(\.0) + ["nowhere"]
        guard matches.counts(of: values, field: field) == facet.map(\.1) + [0] else {
            return "other counts of values of \(field)"
        }
        // The beginnings of a value that is there, and one that is not.
        let value = facet.last?.0 ?? ""
        for prefix in [String(value.prefix(1)), value, value + "\u{1}"] where !prefix.isEmpty {
            let answer = matches.facet(field, prefix: prefix, limit: 3)
            let wanted = facet.filter { $0.0.utf8.starts(with: prefix.utf8) }.prefix(3)
            guard answer.map(\.value) == wanted.map(\.0), answer.map(\.count) == wanted.map(\.1) else {
                return "another facet of \(field) for \(prefix)"
            }
        }
        return nil
    }

    /// What stands beside one value.
    private func together(_ expected: [IndexDocument], _ matches: Matches) -> String? {
        let value = "entity\(expected.count % 40)"
        let others = snapshot.matches(.keyword(field: "entity", value: value))
        let both = expected.filter { $0.keywords[1].contains(value) }
        guard matches.overlap(others) == both.count else { return "another overlap with \(value)" }
        return facets(model.facet(both, 1), "entity", matches.intersection(others))
    }
}
