extension Matches {
    /// How many of them have a column's value in each bucket.
    public func histogram(of column: String, in buckets: Buckets) -> [Int] {
        var counts = [Int](repeating: 0, count: buckets.count)
        guard let column = snapshot.schema.columns.firstIndex(of: column) else { return counts }
        for (view, words) in zip(snapshot.views, sets) where !words.isEmpty {
            let segment = view.segment
            let values = segment.column(column)
            var counts = counts.mutableSpan
            if let division = buckets.division {
                values.forEachPresent(words.span, from: 0, through: words.count &- 1) { value in
                    if let bucket = division.bucket(of: value) { counts[bucket] &+= 1 }
                }
            } else {
                values.forEachPresent(words.span, from: 0, through: words.count &- 1) { value in
                    if let bucket = buckets.index(of: value) { counts[bucket] &+= 1 }
                }
            }
        }
        return counts
    }

    /// The mean of one column by the bucket that another column's value is in; `nil` for buckets in which none has a
    /// value of both.
    public func means(of measured: String, by column: String, in buckets: Buckets) -> [Double?] {
        guard let measured = snapshot.schema.columns.firstIndex(of: measured) else {
            return Array(repeating: nil, count: buckets.count)
        }
        var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: buckets.count)
        guard let column = snapshot.schema.columns.firstIndex(of: column) else {
            return sums.map { _ in nil }
        }
        for (view, words) in zip(snapshot.views, sets) where !words.isEmpty {
            let segment = view.segment
            let places = segment.column(column)
            let values = segment.column(measured)
            words.span.forEachBit { doc in
                guard let place = places[doc], let bucket = buckets.index(of: place),
                    let value = values[doc]
                else { return }
                sums[bucket].sum += Double(value)
                sums[bucket].count += 1
            }
        }
        return sums.map { $0.count > 0 ? $0.sum / $0.count : nil }
    }
}
