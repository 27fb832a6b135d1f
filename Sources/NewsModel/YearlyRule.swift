internal import Bytes

/// An offset from UTC, or two that alternate within each year, as the TZ variable of POSIX says it.
///
/// - Source: POSIX.1-2024, Base Definitions §8.3; RFC 9636 §3.3.1 for hours beyond a day.
struct YearlyRule: Sendable, Hashable {
    /// A moment of each year, by the clocks of the time before it.
    private struct Moment: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// 1…365, February 29 not counted.
            case withoutLeapDay(Int)
            /// 0…365, February 29 counted.
            case ofYear(Int)
            /// The *n*th such weekday of a month, 0 being Sunday; the fifth is the last.
            case ofMonth(Int, week: Int, weekday: Int)
        }

        let day: Day
        /// Seconds from the midnight at which the day begins.
        let time: Int

        /// The moment in a year, in seconds of local time since 1970.
        func second(in year: Int) -> Int64 {
            let newYear = CivilDate(year: year, month: 1, day: 1).dayNumber
            let number =
                switch day {
                case .withoutLeapDay(let day):
                    newYear + day - 1 + (day >= 60 && CivilDate.length(ofMonth: 2, year: year) == 29 ? 1 : 0)
                case .ofYear(let day): newYear + day
                case .ofMonth(let month, let week, let weekday): Self.day(month, week, weekday, year)
                }
            return Int64(number) * 86_400 + Int64(time)
        }

        private static func day(_ month: Int, _ week: Int, _ weekday: Int, _ year: Int) -> Int {
            let first = CivilDate(year: year, month: month, day: 1).dayNumber
            // 1970-01-01 was a Thursday.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var day = (weekday - firstWeekday + 7) % 7 + 7 * (week - 1)
            if day >= CivilDate.length(ofMonth: month, year: year) { day -= 7 }
            return first + day
        }
    }

    private let standard: Int
    private let summer: Summer?

    private struct Summer: Sendable, Hashable {
        let offset: Int
        let start: Moment
        let end: Moment
    }

    /// The offset at a second since 1970.
    func offset(at second: Int64) -> Int {
        guard let summer else { return standard }
        let days = Timestamp.floorDivide(second + Int64(standard), 86_400)
        let year = CivilDate(dayNumber: Int(days)).year
        let start = summer.start.second(in: year) - Int64(standard)
        let end = summer.end.second(in: year) - Int64(summer.offset)
        let isSummer = start < end ? start <= second && second < end : !(end <= second && second < start)
        return isSummer ? summer.offset : standard
    }
}

extension YearlyRule {
    /// Reads a text such as `EET-2EEST,M3.5.0/3,M10.5.0/4`; `nil` where it is none, or does not say when the clocks change.
    init?(_ text: [UInt8]) {
        var scanner = Scanner(text: text)
        guard scanner.name(), let west = scanner.time() else { return nil }
        // The text says how far UTC is ahead.
        standard = -west
        guard !scanner.isAtEnd else {
            summer = nil
            return
        }
        guard scanner.name() else { return nil }
        var offset = standard + 3_600
        if !scanner.isAt(",") {
            guard let west = scanner.time() else { return nil }
            offset = -west
        }
        guard scanner.take(","), let start = scanner.moment(), scanner.take(","), let end = scanner.moment(),
            scanner.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    private struct Scanner {
        let text: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == text.count }

        func isAt(_ character: Unicode.Scalar) -> Bool { !isAtEnd && text[place] == UInt8(ascii: character) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            place += 1
            return true
        }

        /// Three letters or more, or anything within angle brackets.
        mutating func name() -> Bool {
            let start = place
            if take("<") {
                while !isAtEnd, !isAt(">") { place += 1 }
                return take(">")
            }
            while !isAtEnd, text[place].isLetter { place += 1 }
            return place - start >= 3
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int? {
            var value: Int?
            while !isAtEnd, text[place].isDigit, value ?? 0 < 1_000 {
                value = (value ?? 0) * 10 + Int(text[place] - 0x30)
                place += 1
            }
            return value.flatMap { range.contains($0) ? $0 : nil }
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(0...167) else { return nil }
            var seconds = hours * 3_600
            for unit in [60, 1] where take(":") {
                guard let value = number(0...59) else { return nil }
                seconds += value * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func moment() -> Moment? {
            let day: Moment.Day
            if take("M") {
                guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                    let weekday = number(0...6)
                else { return nil }
                day = .ofMonth(month, week: week, weekday: weekday)
            } else if take("J") {
                guard let number = number(1...365) else { return nil }
                day = .withoutLeapDay(number)
            } else {
                guard let number = number(0...365) else { return nil }
                day = .ofYear(number)
            }
            guard take("/") else { return Moment(day: day, time: 2 * 3_600) }
            return time().map { Moment(day: day, time: $0) }
        }
    }
}
