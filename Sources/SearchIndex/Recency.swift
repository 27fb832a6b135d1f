internal import Glibc

/// An order in which what is new and what fits well come first, each making up for some of the other.
///
/// A document's heat is log2(1 + score) + value / half-life. So each half-life of age costs as much as half of 1 + score,
/// and how two documents compare never changes as both grow older. Documents without a value have no heat.
public struct Recency: Sendable, Hashable {
    /// The column that says how new a document is.
    public let column: String
    /// How much older makes up for twice as large a 1 + score, in units of the column; above 0.
    public let halfLife: Int64

    /// Creates an order.
    public init(column: String, halfLife: Int64) {
        precondition(halfLife > 0, "a half-life is longer than nothing")
        self.column = column
        self.halfLife = halfLife
    }

    /// The heat of a document with a score and a value, counted from an origin.
    public func heat(score: Double, value: Int64, origin: Int64 = 0) -> Double {
        log2(1 + score) + (Double(value) - Double(origin)) / Double(halfLife)
    }

    /// No less than the heat of a document with that score and value, found without a logarithm.
    @inline(__always)
    func bound(score: Float, value: Int64) -> Double {
        // 1 + score is less than twice the power of two in it; one more is for what rounding may add.
        Double((1 + score).exponent + 2) + Double(value) / Double(halfLife)
    }

    /// The place of a document in the order: a larger one comes first.
    ///
    /// Those without a value come last, by score.
    @inline(__always)
    func rank(score: Float, value: Int64?) -> UInt64 {
        guard let value else { return UInt64(score.bitPattern) }
        let bits = heat(score: Double(score), value: value).bitPattern
        // Negative numbers have the sign bit, and their other bits ascend away from zero.
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }

    /// No document with less heat has this rank or a higher one.
    static func heat(ofRank rank: UInt64) -> Double {
        // Ranks of documents without a value, which any heat goes before.
        if rank <= UInt64(UInt32.max) { return -.infinity }
        return Double(bitPattern: rank >> 63 == 1 ? rank & ~(1 << 63) : ~rank)
    }
}
