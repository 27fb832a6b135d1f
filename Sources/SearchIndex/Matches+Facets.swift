extension Matches {
    /// The values of a keyword field that most of them have, most first, then by the bytes of the value.
    ///
    /// Only values that begin with `prefix` are counted; all are where it is empty. A document with several values
    /// counts for each. What stands beside one value is the facet of its matches: see `matches(of:field:)`.
    public func facet(_ field: String, prefix: String = "", limit: Int) -> [(value: String, count: Int)] {
        guard limit > 0, let field = snapshot.schema.keywords.firstIndex(of: field) else { return [] }
        let counts = ordinalCounts(field, prefix: Array(prefix.utf8))
        let found: [(value: [UInt8], count: Int)]
        if counts.count == 1 {
            let segment = counts[0].segment
            found = counts[0].counts.mostFrequent(limit).map {
                (TermDictionary.term(at: $0.ordinal, segment.keywordDictionary(field)), $0.count)
            }
        } else {
            found = Self.mostFrequent(counts, field, limit)
        }
        return found.map { (String(decoding: $0.value, as: UTF8.self), $0.count) }
    }

    /// How many of them have each of some values of a keyword field.
    public func counts(of values: [String], field: String) -> [Int] {
        guard let field = snapshot.schema.keywords.firstIndex(of: field) else { return values.map { _ in 0 } }
        let counts = ordinalCounts(field, prefix: [])
        return values.map { Self.total(of: Array($0.utf8), counts, field) }
    }

    private struct SegmentCounts {
        let segment: Segment
        let counts: OrdinalCounts
    }

    /// The counts of each segment that has matches.
    private func ordinalCounts(_ field: Int, prefix: [UInt8]) -> [SegmentCounts] {
        zip(snapshot.views, sets).compactMap { view, words in
            if words.isEmpty { return nil }
            let segment = view.segment
            let range =
                prefix.isEmpty
                ? 0..<TermDictionary.count(segment.keywordDictionary(field))
                : TermDictionary.ordinals(beginning: prefix, segment.keywordDictionary(field))
            return SegmentCounts(
                segment: segment,
                counts: OrdinalCounts(field, of: segment, in: range, words.span, matches: count))
        }
    }

    /// The most frequent values over several segments.
    ///
    /// The most frequent of each segment are added up first. A value that has fewer documents than the last one wanted
    /// of those is out; and one that has more has at least its share of them in some segment, so that most values need
    /// not even be read.
    private static func mostFrequent(
        _ counts: [SegmentCounts], _ field: Int, _ limit: Int
    ) -> [(value: [UInt8], count: Int)] {
        var totals: [[UInt8]: Int] = [:]
        func add(_ segment: Segment, _ ordinal: Int) {
            let value = TermDictionary.term(at: ordinal, segment.keywordDictionary(field))
            if totals[value] == nil { totals[value] = total(of: value, counts, field) }
        }
        for own in counts {
            for (ordinal, _) in own.counts.mostFrequent(limit) { add(own.segment, ordinal) }
        }
        let least = totals.count >= limit ? totals.values.sorted(by: >)[limit - 1] : 0
        let share = max(1, (least + counts.count - 1) / max(1, counts.count))
        for own in counts {
            own.counts.forEach { ordinal, count in
                if count >= share { add(own.segment, ordinal) }
            }
        }
        var found = totals.map { (value: $0.key, count: $0.value) }
        found.sort { left, right in
            if left.count != right.count { return left.count > right.count }
            return left.value.lexicographicallyPrecedes(right.value)
        }
        return Array(found.prefix(limit))
    }

    private static func total(of value: [UInt8], _ counts: [SegmentCounts], _ field: Int) -> Int {
        counts.reduce(0) { sum, own in
            let segment = own.segment
            return sum
                + (TermDictionary.entry(value, segment.keywordDictionary(field)).map {
                    own.counts[$0.ordinal]
                }
                    ?? 0)
        }
    }
}
