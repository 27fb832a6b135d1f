internal import Bytes

/// Points in time as HTTP writes them, in whole seconds since 1970-01-01T00:00:00Z.
///
/// - Source: RFC 9110 §5.6.7.
public enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].map { Array($0.utf8) }
    private static let longDays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ].map { Array($0.utf8) }
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map { Array($0.utf8) }

    /// The first and the last second that four digits of a year can tell, less the first years, which no calendar
    /// agrees on: 0001-01-01 and 9999-12-31T23:59:59.
    private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Writes a time in the preferred form, `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter seconds: The time; what lies outside the years 1 to 9999 is moved to the nearest second inside.
    /// - Returns: 29 bytes.
    public static func format(seconds: Int64) -> [UInt8] {
        let clamped = min(max(seconds, range.lowerBound), range.upperBound)
        let day = Int((clamped - (clamped % 86_400 + 86_400) % 86_400) / 86_400)
        let second = Int(clamped) - day * 86_400
        let date = CivilDate(dayNumber: day)
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text.append(contentsOf: days[((day + 4) % 7 + 7) % 7])
        text.append(UInt8(ascii: ","))
        text.append(UInt8(ascii: " "))
        appendTwoDigits(date.day, to: &text)
        text.append(UInt8(ascii: " "))
        text.append(contentsOf: months[date.month - 1])
        text.append(UInt8(ascii: " "))
        appendTwoDigits(date.year / 100, to: &text)
        appendTwoDigits(date.year % 100, to: &text)
        text.append(UInt8(ascii: " "))
        appendTwoDigits(second / 3600, to: &text)
        text.append(UInt8(ascii: ":"))
        appendTwoDigits(second / 60 % 60, to: &text)
        text.append(UInt8(ascii: ":"))
        appendTwoDigits(second % 60, to: &text)
        text.append(contentsOf: " GMT".utf8)
        return text
    }

    /// Reads a time in any of the three forms.
    ///
    /// A day of the week must be one, but need not be the right one. A leap second is read as the second after it.
    ///
    /// - Parameters:
    ///   - text: The value of a field such as `If-Modified-Since`.
    ///   - now: The present, which tells the century of a year in two digits: the year is at most 50 ahead of it.
    /// - Returns: The time, or `nil` where the text has none of the forms or there is no such day.
    public static func parse(_ text: String, now: Int64 = 1_767_225_600) -> Int64? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let weekday = scanner.word() else { return nil }
        var date: (year: Int, month: Int, day: Int)
        let second: Int
        if scanner.take(" ") {  // asctime: "Sun Nov  6 08:49:37 1994"
            guard days.contains(weekday), let month = scanner.month(), scanner.take(" ") else { return nil }
            let day = scanner.take(" ") ? scanner.number(digits: 1) : scanner.number(digits: 2)
            guard let day, scanner.take(" "), let time = scanner.time(), scanner.take(" "),
                let year = scanner.number(digits: 4)
            else { return nil }
            (date, second) = ((year, month, day), time)
        } else {
            guard scanner.take(", "), let day = scanner.number(digits: 2) else { return nil }
            if scanner.take(" ") {  // IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT"
                guard days.contains(weekday), let month = scanner.month(), scanner.take(" "),
                    let year = scanner.number(digits: 4)
                else { return nil }
                date = (year, month, day)
            } else {  // RFC 850: "Sunday, 06-Nov-94 08:49:37 GMT"
                guard longDays.contains(weekday), scanner.take("-"), let month = scanner.month(),
                    scanner.take("-"), let twoDigits = scanner.number(digits: 2)
                else { return nil }
                let latest =
                    CivilDate(dayNumber: Int(min(max(now, range.lowerBound), range.upperBound)) / 86_400).year
                    + 50
                date = (latest - (latest - twoDigits) % 100, month, day)
            }
            guard scanner.take(" "), let time = scanner.time(), scanner.take(" GMT") else { return nil }
            second = time
        }
        guard scanner.isAtEnd, date.year >= 1,
            (1...CivilDate.length(ofMonth: date.month, year: date.year)).contains(date.day)
        else { return nil }
        let seconds = Int64(
            CivilDate(year: date.year, month: date.month, day: date.day).dayNumber * 86_400 + second)
        // A leap second at the end of the last year would be in a year that cannot be written.
        return min(seconds, range.upperBound)
    }

    private static func appendTwoDigits(_ value: Int, to text: inout [UInt8]) {
        text.append(UInt8(truncatingIfNeeded: 0x30 + value / 10))
        text.append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
    }

    /// Reads the parts that the three forms are made of.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ expected: StaticString) -> Bool {
            let wanted = Array(expected.description.utf8)
            guard bytes[position...].starts(with: wanted) else { return false }
            position += wanted.count
            return true
        }

        mutating func word() -> [UInt8]? {
            let run = bytes[position...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }
            position = run.endIndex
            return run.isEmpty ? nil : Array(run)
        }

        mutating func number(digits: Int) -> Int? {
            guard bytes.count - position >= digits else { return nil }
            var value = 0
            for byte in bytes[position..<position + digits] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += digits
            return value
        }

        mutating func month() -> Int? {
            guard bytes.count - position >= 3,
                let index = HTTPDate.months.firstIndex(where: { bytes[position...].starts(with: $0) })
            else { return nil }
            position += 3
            return index + 1
        }

        mutating func time() -> Int? {
            guard let hour = number(digits: 2), hour < 24, take(":"), let minute = number(digits: 2),
                minute < 60, take(":"), let second = number(digits: 2), second <= 60
            else { return nil }
            return hour * 3600 + minute * 60 + second
        }
    }
}
