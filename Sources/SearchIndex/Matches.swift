/// The documents that match a query, found once, so that any number of things can be collected from them.
///
/// Counts, facets, histograms, means and co-occurrences are all made from one evaluation of the query: each walks over
/// a set of bits, which costs a fraction of finding the matches.
public struct Matches: Sendable {
    /// How many there are.
    public let count: Int

    let snapshot: IndexSnapshot
    // By segment a bit for each document, filled up to whole windows; empty where no document matches.
    let sets: [[UInt64]]

    init(_ sets: [[UInt64]], of snapshot: IndexSnapshot) {
        self.snapshot = snapshot
        var count = 0
        self.sets = sets.map { words in
            let own = words.reduce(0) { $0 &+ $1.nonzeroBitCount }
            count += own
            return own > 0 ? words : []
        }
        self.count = count
    }

    /// Those that other matches of the same snapshot have, too.
    public func intersection(_ other: Matches) -> Matches {
        Matches(
            zip(sets, other.sets).map { left, right in
                left.isEmpty || right.isEmpty ? [] : left.indices.map { left[$0] & right[$0] }
            }, of: snapshot)
    }

    /// How many of them other matches of the same snapshot have, too.
    public func overlap(_ other: Matches) -> Int {
        zip(sets, other.sets).reduce(0) { sum, pair in
            let (left, right) = (pair.0.span, pair.1.span)
            var own = 0
            for index in 0..<min(left.count, right.count) {
                own &+= (left[index] & right[index]).nonzeroBitCount
            }
            return sum + own
        }
    }

    /// The least and greatest value of a column; `nil` where none of them has a value.
    public func bounds(of column: String) -> (min: Int64, max: Int64)? {
        guard let column = snapshot.schema.columns.firstIndex(of: column) else { return nil }
        var bounds: (min: Int64, max: Int64)?
        for (view, words) in zip(snapshot.views, sets) where !words.isEmpty {
            let segment = view.segment
            let values = segment.column(column)
            for window in 0..<segment.windowCount {
                let known = values.bounds(window)
                guard known.min <= known.max else { continue }
                if let bounds, bounds.min <= known.min, bounds.max >= known.max { continue }
                var least = bounds?.min ?? .max
                var greatest = bounds?.max ?? .min
                values.forEachPresent(words.span, from: 64 * window, through: 64 * window + 63) { value in
                    least = min(least, value)
                    greatest = max(greatest, value)
                }
                if least <= greatest { bounds = (least, greatest) }
            }
        }
        return bounds
    }
}

extension IndexSnapshot {
    /// The documents that match.
    ///
    /// - Complexity: O(*p*), *p* = postings of the query's terms; a bit of memory for each document.
    public func matches(_ query: IndexQuery) -> Matches {
        Matches(matchSets(query), of: self)
    }

    /// Values that all of a column lie between, themselves included: the least and greatest, those of documents that
    /// have been removed since included; `nil` where no document has a value.
    ///
    /// - Complexity: O(*n* / 4,096), *n* = documents.
    public func reach(of column: String) -> (min: Int64, max: Int64)? {
        guard let column = schema.columns.firstIndex(of: column) else { return nil }
        var reach: (min: Int64, max: Int64)?
        for view in views where view.liveCount > 0 {
            let segment = view.segment
            for window in 0..<segment.windowCount {
                let own = segment.column(column).bounds(window)
                guard own.min <= own.max else { continue }
                reach = (min(own.min, reach?.min ?? .max), max(own.max, reach?.max ?? .min))
            }
        }
        return reach
    }
}

extension ColumnView {
    /// Calls `body` with the value of each document of a set that has one, within a range of words.
    @inline(__always)
    func forEachPresent(_ words: Span<UInt64>, from: Int, through: Int, _ body: (Int64) -> Void) {
        for index in from...through where index < words.count {
            var word = words[index] & presence(word: index)
            while word != 0 {
                body(present(index &<< 6 | word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
    }
}

extension PostingsCursor {
    /// Adds all of the term's documents to a set as large as the segment; where `field` is given, those that have it there.
    mutating func collect(into set: inout [UInt64], field: Int?, _ postings: RawSpan) {
        while nextBlock(postings) {
            var words = set.mutableSpan
            if field == nil, blockDocs == 128 {
                // Neighbours are mostly of one word, and each would wait for the one before it.
                for place in 0..<32 {
                    for lane in 0..<4 {
                        let doc = Int(unpacked.doc(32 &* lane &+ place))
                        if doc &>> 6 < words.count { words[doc &>> 6] |= 1 &<< UInt64(doc & 63) }
                    }
                }
                continue
            }
            for place in 0..<blockDocs {
                if let field, frequency(at: place, field: field, postings) == 0 { continue }
                let doc = Int(unpacked.doc(place))
                if doc &>> 6 < words.count { words[doc &>> 6] |= 1 &<< UInt64(doc & 63) }
            }
        }
    }
}

extension QueryPlan {
    /// The terms of which a document must have any to match; `nil` where it is not as simple as that.
    var union: [TermPlan]? {
        switch self {
        case .term(let term): [term]
        case .or(let parts):
            parts.reduce(into: Optional([TermPlan]())) { terms, part in
                if case .term(let term) = part { terms?.append(term) } else { terms = nil }
            }
        default: nil
        }
    }
}
