extension TermDictionary {
    /// The ordinals of the terms that begin so; terms ascend by their bytes, so that they are one range.
    ///
    /// - Complexity: O(log *n*) terms are read, *n* = terms.
    static func ordinals(beginning prefix: [UInt8], _ section: RawSpan) -> Range<Int> {
        let count = count(section)
        guard !prefix.isEmpty else { return 0..<count }
        func firstOrdinal(from start: Int, _ isPast: ([UInt8]) -> Bool) -> Int {
            var (low, high) = (start, count)
            while low < high {
                let middle = (low + high) / 2
                if isPast(term(at: middle, section)) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let first = firstOrdinal(from: 0) { !$0.lexicographicallyPrecedes(prefix) }
        return first..<firstOrdinal(from: first) { !$0.starts(with: prefix) }
    }
}
