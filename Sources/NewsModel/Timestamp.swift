internal import Bytes

/// An instant in UTC, to the millisecond.
///
/// The calendar is the proleptic Gregorian one; leap seconds are not counted, as in POSIX time.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Creates an instant.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Creates the first instant of a day; `month` and `day` are taken as they are (1 is the first).
    public init(year: Int, month: Int, day: Int) {
        milliseconds = Int64(CivilDate(year: year, month: month, day: day).dayNumber) * 86_400_000
    }
    /// Whether one comes before the other.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// A date of the calendar.
    public struct Day: Hashable, Sendable, Comparable, CustomStringConvertible {
        /// The year, 1 BC being 0.
        public let year: Int
        /// 1…12.
        public let month: Int
        /// 1…31.
        public let day: Int

        /// Creates a date, or returns `nil` where the calendar has no such day.
        public init?(year: Int, month: Int, day: Int) {
            guard (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, year: year)
            else {
                return nil
            }
            self.year = year
            self.month = month
            self.day = day
        }

        init(_ date: CivilDate) {
            year = date.year
            month = date.month
            day = date.day
        }

        /// Whether one comes before the other.
        public static func < (left: Day, right: Day) -> Bool {
            (left.year, left.month, left.day) < (right.year, right.month, right.day)
        }

        /// `2021-12-15`.
        public var description: String {
            "\(Timestamp.padded(year, 4))-\(Timestamp.padded(month, 2))-\(Timestamp.padded(day, 2))"
        }

        /// The first instant of the day.
        public var start: Timestamp { Timestamp(year: year, month: month, day: day) }
    }

    /// The date in UTC.
    public var day: Day {
        Day(CivilDate(dayNumber: Int(Self.floorDivide(milliseconds, 86_400_000))))
    }

    /// `2021-12-15T08:30:00Z`, with milliseconds only where there are some.
    public var description: String {
        let ofDay = milliseconds - Self.floorDivide(milliseconds, 86_400_000) * 86_400_000
        let (seconds, fraction) = (Int(ofDay / 1_000), Int(ofDay % 1_000))
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
        let rest = fraction == 0 ? "" : "." + Self.padded(fraction, 3)
        return "\(day)T\(clock.joined(separator: ":"))\(rest)Z"
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }
}
