/// A set of documents within one window of 4,096.
struct Bits {
    // Reached by spans in loops: a subscript of the array itself may copy all of it each time.
    private(set) var words = InlineArray<64, UInt64>(repeating: 0)

    /// The set of the first `count` documents.
    init(first count: Int) {
        var words = words.mutableSpan
        for index in 0..<64 {
            let rest = count - 64 * index
            words[index] = rest >= 64 ? .max : rest > 0 ? 1 << UInt64(rest) - 1 : 0
        }
    }

    init() {}

    var isEmpty: Bool {
        let words = words.span
        for index in 0..<64 where words[index] != 0 { return false }
        return true
    }

    var count: Int {
        let words = words.span
        var sum = 0
        for index in 0..<64 { sum &+= words[index].nonzeroBitCount }
        return sum
    }

    @inline(__always)
    func contains(_ doc: Int) -> Bool { words[(doc &>> 6) & 63] &>> UInt64(doc & 63) & 1 != 0 }

    @inline(__always)
    mutating func insert(_ doc: Int) { words[(doc &>> 6) & 63] |= 1 &<< UInt64(doc & 63) }

    @inline(__always)
    mutating func set(word index: Int, to word: UInt64) { words[index & 63] = word }

    @inline(__always)
    mutating func insert(word index: Int, _ word: UInt64) { words[index & 63] |= word }

    @inline(__always)
    mutating func remove(word index: Int, _ word: UInt64) { words[index & 63] &= ~word }

    @inline(__always)
    mutating func formUnion(_ other: borrowing Bits) {
        let theirs = other.words.span
        var words = words.mutableSpan
        for index in 0..<64 { words[index] |= theirs[index] }
    }

    @inline(__always)
    mutating func formIntersection(_ other: borrowing Bits) {
        let theirs = other.words.span
        var words = words.mutableSpan
        for index in 0..<64 { words[index] &= theirs[index] }
    }

    @inline(__always)
    mutating func subtract(_ other: borrowing Bits) {
        let theirs = other.words.span
        var words = words.mutableSpan
        for index in 0..<64 { words[index] &= ~theirs[index] }
    }

    /// Whether any document from `first` to `last`, both within the window, is in the set.
    func hasAny(_ first: Int, _ last: Int) -> Bool {
        let words = words.span
        return words.hasAny(first, last)
    }

    /// Calls `body` with each document, ascending.
    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        let words = words.span
        words.forEachBit(body)
    }
}

extension Span<UInt64> {
    /// Calls `body` with the place of each bit that is set, ascending.
    @inline(__always)
    func forEachBit(_ body: (Int) -> Void) {
        for index in 0..<count {
            var word = self[index]
            while word != 0 {
                body(index &<< 6 | word.trailingZeroBitCount)
                word &= word &- 1
            }
        }
    }

    /// Whether any bit from `first` to `last` is set; those beyond the last word are not.
    @inline(__always)
    func hasAny(_ first: Int, _ last: Int) -> Bool {
        guard first >= 0, first <= last, first &>> 6 < count else { return false }
        let (low, high) = (first &>> 6, last &>> 6)
        let from = UInt64.max &<< UInt64(first & 63)
        let to = UInt64.max &>> UInt64(63 - last & 63)
        if low == high { return self[low] & from & to != 0 }
        if self[low] & from != 0 || high < count && self[high] & to != 0 { return true }
        for index in low + 1..<Swift.max(low + 1, Swift.min(high, count)) where self[index] != 0 {
            return true
        }
        return false
    }
}

/// The scores of the documents in one window.
struct Scores: ~Copyable {
    var values: [Float]

    /// Whether all are 0; whoever adds scores says that they are not any more.
    var isClear = true

    init() { values = Array(repeating: 0, count: 4096) }

    private init(_ values: [Float]) { self.values = values }

    /// No room at all, for nodes that do not score.
    static var none: Scores { Scores([]) }

    mutating func clear() {
        guard !isClear else { return }
        isClear = true
        var values = values.mutableSpan
        for index in 0..<4096 { values[index] = 0 }
    }
}
