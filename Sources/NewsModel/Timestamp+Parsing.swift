internal import Bytes

extension Timestamp {
    /// Reads an instant: a date (`2021-12-15`, `2021-12`, `2021`), a date and time with `T` or a space between
    /// (`2021-12-15T08:30`, `…:00`, `…:00.250`, then `Z`, `+01:00`, `+0100` or nothing for UTC), a compact date
    /// (`20211215`, `20211215T083000Z`, `20211215083000`), seconds or milliseconds since 1970 (9 to 11, or 12 to 14
    /// digits without leading zero and not a compact date), or a mail date (`Wed, 15 Dec 2021 08:30:00 GMT`).
    ///
    /// - Returns: `nil` where `text` is none of these or names a day or time that does not exist.
    /// - Source: RFC 3339, ISO 8601, RFC 5322 §3.3.
    public init?(_ text: String) {
        let trimmed = text.utf8.drop(while: \.isWhitespace)
        let bytes = Array(trimmed)
        guard let last = bytes.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        var scanner = TimestampScanner(Array(bytes[...last]))
        guard let value = scanner.scan() else { return nil }
        self = value
    }
}

/// Reads the forms of `Timestamp.init(_:)`.
struct TimestampScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func scan() -> Timestamp? {
        if bytes.allSatisfy(\.isDigit), let value = digitsOnly() { return value }
        if bytes.first?.isLetter == true { return mail() }
        if let value = iso(), position == bytes.count { return value }
        position = 0
        return mail()
    }

    private func digitsOnly() -> Timestamp? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let number = Int64(text) else { return nil }
        switch bytes.count {
        case 4: return Timestamp.Day(year: Int(number), month: 1, day: 1)?.start
        case 8:
            return Timestamp.Day(
                year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))?.start
        case 14 where bytes[0] <= UInt8(ascii: "2") && (19...21).contains(number / 1_000_000_000_000):
            guard
                let day = Timestamp.Day(
                    year: Int(number / 10_000_000_000), month: Int(number / 100_000_000 % 100),
                    day: Int(number / 1_000_000 % 100))
            else { return nil }
            let (hour, minute, second) = (number / 10_000 % 100, number / 100 % 100, number % 100)
            guard hour < 24, minute < 60, second < 60 else { return nil }
            return Timestamp(
                milliseconds: day.start.milliseconds + (hour * 3_600 + minute * 60 + second) * 1_000)
        case 9...11: return Timestamp(milliseconds: number * 1_000)
        case 12...14: return Timestamp(milliseconds: number)
        default: return nil
        }
    }

    private mutating func iso() -> Timestamp? {
        guard let year = number(4) else { return nil }
        var month = 1
        var day = 1
        if take("-") {
            guard let value = number(2) else { return nil }
            month = value
            if take("-") {
                guard let value = number(2) else { return nil }
                day = value
            }
        } else if position < bytes.count {
            guard let monthValue = number(2), let dayValue = number(2) else { return nil }
            (month, day) = (monthValue, dayValue)
        }
        guard let date = Timestamp.Day(year: year, month: month, day: day) else { return nil }
        guard position < bytes.count else { return date.start }
        guard take("T") || take("t") || take(" ") else { return nil }
        guard let clock = clock(), let offset = zone() else { return nil }
        return Timestamp(milliseconds: date.start.milliseconds + clock - offset)
    }

    /// Hours, minutes, and perhaps seconds and a fraction, in milliseconds.
    private mutating func clock() -> Int64? {
        guard let hour = number(2) else { return nil }
        _ = take(":")
        guard let minute = number(2) else { return nil }
        var second = 0
        var fraction = 0
        if take(":") || (position < bytes.count && bytes[position].isDigit) {
            guard let value = number(2) else { return nil }
            second = value
            if take(".") || take(",") {
                var scale = 100
                guard position < bytes.count, bytes[position].isDigit else { return nil }
                while position < bytes.count, bytes[position].isDigit {
                    fraction += Int(bytes[position] - 0x30) * scale
                    scale /= 10
                    position += 1
                }
            }
        }
        // 60 is a leap second; it is counted as the second before.
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return Int64((hour * 3_600 + minute * 60 + min(second, 59)) * 1_000 + fraction)
    }

    /// The offset from UTC in milliseconds; nothing means UTC.
    private mutating func zone() -> Int64? {
        while take(" ") {}
        guard position < bytes.count else { return 0 }
        if take("Z") || take("z") { return 0 }
        let isNegative = take("-")
        if isNegative || take("+") {
            guard let hour = number(2) else { return nil }
            _ = take(":")
            let minute = position < bytes.count ? number(2) : 0
            guard let minute, hour <= 23, minute < 60 else { return nil }
            return Int64(hour * 60 + minute) * (isNegative ? -60_000 : 60_000)
        }
        let name = String(decoding: bytes[position...], as: UTF8.self).uppercased()
        guard let hours = Self.zones[name] else { return nil }
        position = bytes.count
        return Int64(hours) * 3_600_000
    }

    /// `[Wed, ]15 Dec 2021[ 08:30[:00]][ GMT]`.
    private mutating func mail() -> Timestamp? {
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "," }.map(String.init)
        var rest = words[...]
        if let first = rest.first, Self.weekdays.contains(first.prefix(3).lowercased()) {
            rest = rest.dropFirst()
        }
        guard rest.count >= 3 else { return nil }
        let parts = Array(rest)
        let dayFirst = Int(parts[0]) != nil
        guard
            let day = Int(dayFirst ? parts[0] : parts[1]),
            let month = Self.months.firstIndex(of: (dayFirst ? parts[1] : parts[0]).prefix(3).lowercased()),
            let year = Int(parts[2]), year >= 1000,
            let date = Timestamp.Day(year: year, month: month + 1, day: day)
        else { return nil }
        var tail = TimestampScanner(Array(parts.dropFirst(3).joined(separator: " ").utf8))
        guard parts.count > 3 else { return date.start }
        guard let clock = tail.clock(), let offset = tail.zone(), tail.position == tail.bytes.count else {
            return nil
        }
        return Timestamp(milliseconds: date.start.milliseconds + clock - offset)
    }

    private mutating func number(_ width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + width {
            guard bytes[index].isDigit else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        position += width
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// Zone names that mail dates use, with their hours from UTC.
    private static let zones = [
        "GMT": 0, "UT": 0, "UTC": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
        "PST": -8,
        "PDT": -7, "CET": 1, "CEST": 2, "BST": 1, "MSK": 3, "JST": 9,
    ]
}
