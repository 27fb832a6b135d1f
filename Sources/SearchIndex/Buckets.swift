/// The buckets of a histogram: ranges of values that follow each other without a gap, each without its end.
public struct Buckets: Sendable, Hashable {
    /// How many there are.
    public let count: Int

    /// Where the first one begins.
    let first: Int64
    /// 0 where the boundaries are given one by one.
    private let width: Int64
    private let boundaries: [Int64]
    /// Buckets for each unit of the value, on the average.
    private let density: Double
    /// How to find a bucket by a multiplication; `nil` where their widths differ or are too many.
    let division: Division?

    /// Creates buckets of equal width, 1 or more; those that would end beyond the largest integer are left out.
    public init(from first: Int64, width: Int64, count: Int) {
        precondition(width > 0, "A bucket has a width of at least 1.")
        self.first = first
        self.width = width
        let room = UInt64(bitPattern: Int64.max &- first) / UInt64(width)
        self.count = Int(clamping: min(UInt64(max(0, count)), room))
        boundaries = []
        density = 1 / Double(width)
        division = Division(from: first, width: width, count: self.count)
    }

    /// Creates the buckets between ascending boundaries; there are none between fewer than two.
    public init(boundaries: [Int64]) {
        self.boundaries = boundaries
        first = boundaries.first ?? 0
        width = 0
        count = max(0, boundaries.count - 1)
        let span = boundaries.last.map { Double($0) - Double(boundaries[0]) } ?? 0
        density = span > 0 ? Double(boundaries.count - 1) / span : 0
        division = nil
    }

    /// Where a bucket begins, and, for the number of buckets, where the last one ends.
    public func start(of bucket: Int) -> Int64 {
        width > 0 ? first &+ Int64(bucket) &* width : boundaries[bucket]
    }

    /// The bucket that a value lies in; `nil` for one that is in none of them.
    public func index(of value: Int64) -> Int? {
        if let division { return division.bucket(of: value) }
        return count > 0 && value >= first && value < start(of: count) ? guess(value) : nil
    }

    /// Buckets are mostly of much the same width, days in a time zone or months: so the place is guessed, and searched
    /// for only where the guess is off by more than one.
    private func guess(_ value: Int64) -> Int {
        let distance = Double(UInt64(bitPattern: value &- first))
        var guess = min(Int(distance * density), count - 1)
        if value < start(of: guess) { guess -= 1 } else if value >= start(of: guess + 1) { guess += 1 }
        return value >= start(of: guess) && value < start(of: guess + 1) ? guess : search(value)
    }

    private func search(_ value: Int64) -> Int {
        var low = 0
        var high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if start(of: middle) <= value { low = middle } else { high = middle }
        }
        return low
    }
}

extension Buckets {
    /// Finds buckets of equal width by a multiplication.
    ///
    /// With *f* = ⌈2⁶⁴/*d*⌉ the upper half of *nf* is ⌊*n*/*d*⌋ as long as *nd* < 2⁶⁴, so for numbers below 2³²; what the
    /// width can be halved by is shifted out before.
    ///
    /// - Source: Granlund and Montgomery, Division by invariant integers using multiplication, 1994,
    ///   doi:10.1145/178243.178249.
    struct Division: Sendable, Hashable {
        private let first: Int64
        private let shift: UInt64
        private let factor: UInt64
        private let reach: UInt64

        /// `nil` where the width or what it is counted in is too large.
        init?(from first: Int64, width: Int64, count: Int) {
            self.first = first
            shift = UInt64(width.trailingZeroBitCount)
            let divisor = UInt64(width) >> shift
            reach = UInt64(width) &* UInt64(count)
            guard divisor > 1, divisor < 1 << 32, reach >> shift < 1 << 32 else { return nil }
            factor = .max / divisor + 1
        }

        /// The bucket that a value lies in.
        @inline(__always)
        func bucket(of value: Int64) -> Int? {
            let distance = UInt64(bitPattern: value &- first)
            guard distance < reach else { return nil }
            return Int(truncatingIfNeeded: (distance &>> shift).multipliedFullWidth(by: factor).high)
        }
    }
}
