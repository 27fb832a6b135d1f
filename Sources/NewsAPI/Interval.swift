internal import NewsModel

/// The width of the buckets of a timeline; they begin at whole hours, days, Mondays, months and years of UTC.
enum Interval: String, Sendable, CaseIterable {
    case hour, day, week, month, year
    /// The finest of the others that gives no more than 200 buckets.
    case auto

    /// The widths, the finest first.
    static let widths: [Interval] = [.hour, .day, .week, .month, .year]

    private static let milliseconds: [Interval: Int64] = [
        .hour: 3_600_000, .day: 86_400_000, .week: 604_800_000,
    ]
    /// 1970-01-01 was a Thursday; the Monday before lies so far back.
    private static let mondayOffset: Int64 = 3 * 86_400_000

    /// The beginning of the bucket that an instant is in.
    func start(of instant: Int64) -> Int64 {
        switch self {
        case .month, .auto:
            let day = Timestamp(milliseconds: instant).day
            return Timestamp(year: day.year, month: day.month, day: 1).milliseconds
        case .year:
            return Timestamp(year: Timestamp(milliseconds: instant).day.year, month: 1, day: 1).milliseconds
        case .hour, .day, .week:
            let width = Self.milliseconds[self] ?? 86_400_000
            let shift = self == .week ? Self.mondayOffset : 0
            let (quotient, remainder) = (instant + shift).quotientAndRemainder(dividingBy: width)
            return (remainder < 0 ? quotient - 1 : quotient) * width - shift
        }
    }

    /// The beginning of the bucket after the one that an instant is in.
    func start(after instant: Int64) -> Int64 {
        let start = start(of: instant)
        switch self {
        case .month, .auto:
            let day = Timestamp(milliseconds: start).day
            return day.month == 12
                ? Timestamp(year: day.year + 1, month: 1, day: 1).milliseconds
                : Timestamp(year: day.year, month: day.month + 1, day: 1).milliseconds
        case .year:
            return Timestamp(year: Timestamp(milliseconds: start).day.year + 1, month: 1, day: 1).milliseconds
        case .hour, .day, .week: return start + (Self.milliseconds[self] ?? 86_400_000)
        }
    }

    /// How many buckets hold the instants from `first` to `last`, both included.
    func buckets(from first: Int64, through last: Int64) -> Int {
        switch self {
        case .month, .auto:
            let (one, other) = (Timestamp(milliseconds: first).day, Timestamp(milliseconds: last).day)
            return (other.year - one.year) * 12 + other.month - one.month + 1
        case .year:
            return Timestamp(milliseconds: last).day.year - Timestamp(milliseconds: first).day.year + 1
        case .hour, .day, .week:
            return Int((start(of: last) - start(of: first)) / (Self.milliseconds[self] ?? 86_400_000)) + 1
        }
    }
}
