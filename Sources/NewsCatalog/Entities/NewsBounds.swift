/// For every block of 64 keys and every type of entity, a bound of how many articles mention the one most in the news.
///
/// Bounds are kept in a byte, in steps of a quarter of a doubling, so that they seldom change as articles come; they
/// are not lowered when articles go, as a bound that is too high costs time alone.
struct NewsBounds: Sendable {
    /// Keys of a block.
    static let blockKeys = 64

    /// Eight lanes for a block, one for each type: 0 where the block has none of it, else the step of its bound.
    private var steps: ChunkedArray<SIMD8<UInt8>>

    init(keys: Int) {
        steps = ChunkedArray(repeatElement(SIMD8(), count: (keys + Self.blockKeys - 1) / Self.blockKeys))
    }

    /// Sees to it that the block of a key bounds a number of articles.
    mutating func raise(_ key: Int, type: Int, to articles: Int) {
        let step = Self.step(articles)
        let block = key / Self.blockKeys
        if steps[block][type] < step { steps[block][type] = step }
    }

    /// The step of the bound of a block, for entities of a type or of any; 0 where it has none.
    func step(block: Int, type: Int?) -> Int {
        let lanes = steps[block]
        return Int(type.map { lanes[$0] } ?? lanes.max())
    }

    /// One more than the highest step there is.
    static let steps = 4 * 32 + 1

    /// The step of a number of articles.
    static func step(_ articles: Int) -> UInt8 {
        let count = UInt64(max(0, articles)) + 1
        let doublings = 63 - count.leadingZeroBitCount
        let quarters = (doublings < 2 ? count << UInt64(2 - doublings) : count >> UInt64(doublings - 2)) & 3
        return UInt8(min(Self.steps - 1, 4 * doublings + Int(quarters) + 1))
    }

    /// The most articles of a step.
    static func articles(ofStep step: Int) -> Int {
        let (doublings, quarters) = ((step - 1) / 4, (step - 1) % 4)
        // The first number of the next step is (5 + quarters) / 4 doublings, rounded up; one is what counts begin at.
        return (((5 + quarters) << doublings) + 3) / 4 - 2
    }
}
