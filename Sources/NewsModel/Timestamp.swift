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
        milliseconds = Int64(Self.days(year: year, month: month, day: day)) * 86_400_000
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
            guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: year) else {
                return nil
            }
            self.year = year
            self.month = month
            self.day = day
        }

        init(unchecked year: Int, _ month: Int, _ day: Int) {
            self.year = year
            self.month = month
            self.day = day
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

        /// How many days a month has.
        public static func length(ofMonth month: Int, year: Int) -> Int {
            switch month {
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }
    }

    /// The date in UTC.
    public var day: Day {
        // Days to civil date, counted in eras of 400 years from 1 March of year 0 (H. Hinnant, chrono-Compatible
        // Low-Level Date Algorithms).
        let days = Int(Self.floorDivide(milliseconds, 86_400_000)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return Day(
            unchecked: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shifted + 2) / 5 + 1)
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

    static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
