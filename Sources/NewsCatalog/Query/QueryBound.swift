internal import Bytes
internal import NewsModel

/// A date or number that the values of a column are compared with: the values from its first to its last, as a month has
/// many milliseconds.
struct QueryBound {
    /// How values are compared with a bound.
    enum Comparison {
        case below, atMost, atLeast, above
    }

    /// Years 0 to 9999.
    private static let dates =
        Timestamp(year: 0, month: 1, day: 1).milliseconds...Timestamp(year: 10_000, month: 1, day: 1)
        .milliseconds - 1
    private static let numbers: ClosedRange<Int64> = 0...999_999_999

    let first: Int64
    let last: Int64

    /// Reads `2024`, `2024-05`, `2024-05-01`, `2024-05-01T10:00:00Z`, or a whole number of at most nine digits.
    ///
    /// - Throws: `QueryError` at `offset` for anything else.
    init(_ text: String, _ meaning: QueryScope.Meaning, at offset: Int) throws(QueryError) {
        let found = text.isEmpty ? "nothing" : "'\(text.prefix(40))'"
        guard case .date = meaning else {
            guard text.utf8.count <= 9, text.utf8.allSatisfy(\.isDigit), let number = Int64(text) else {
                throw QueryError(
                    offset: offset, reason: "expected a whole number of at most nine digits, found \(found)")
            }
            (first, last) = (number, number)
            return
        }
        guard let (first, end) = Self.period(text), Self.dates.contains(first), Self.dates.contains(end - 1)
        else {
            throw QueryError(
                offset: offset,
                reason:
                    "expected a date such as 2024, 2024-05, 2024-05-01 or 2024-05-01T10:00:00Z, found \(found)"
            )
        }
        (self.first, last) = (first, end - 1)
    }

    /// The year, month, day or millisecond that a text names, without its end.
    private static func period(_ text: String) -> (Int64, Int64)? {
        let digits = text.utf8.filter(\.isDigit).count
        guard let instant = Timestamp(text) else { return nil }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        switch (text.utf8.count, digits, parts.count) {
        case (4, 4, 1):
            return (instant.milliseconds, Timestamp(year: parts[0] + 1, month: 1, day: 1).milliseconds)
        case (7, 6, 2):
            let (year, month) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
            return (instant.milliseconds, Timestamp(year: year, month: month, day: 1).milliseconds)
        case (10, 8, 3): return (instant.milliseconds, instant.milliseconds + 86_400_000)
        default:
            // A number alone may be seconds or milliseconds, or a date in other calendars' order.
            guard text.utf8.contains(UInt8(ascii: "T")) else { return nil }
            return (instant.milliseconds, instant.milliseconds + 1)
        }
    }

    /// The values that stand so to this bound.
    ///
    /// - Throws: `QueryError` at `offset` where there are none.
    func range(
        _ comparison: Comparison, _ name: String, _ meaning: QueryScope.Meaning, at offset: Int
    ) throws(QueryError) -> QueryTree.Range {
        switch comparison {
        case .below: return try Self.range(nil, first - 1, name, meaning, at: offset)
        case .atMost: return try Self.range(nil, last, name, meaning, at: offset)
        case .atLeast: return try Self.range(first, nil, name, meaning, at: offset)
        case .above: return try Self.range(last + 1, nil, name, meaning, at: offset)
        }
    }

    /// Reads a bound, or two with `..` between them, of which one may be left out.
    static func range(
        _ text: String, _ name: String, _ meaning: QueryScope.Meaning, at offset: Int
    ) throws(QueryError) -> QueryTree.Range {
        let bytes = Array(text.utf8)
        guard
            let dots = bytes.indices.dropLast().first(where: {
                bytes[$0] == UInt8(ascii: ".") && bytes[$0 + 1] == UInt8(ascii: ".")
            })
        else {
            let bound = try QueryBound(text, meaning, at: offset)
            return try range(bound.first, bound.last, name, meaning, at: offset)
        }
        let from = String(decoding: bytes[..<dots], as: UTF8.self)
        let to = String(decoding: bytes[(dots + 2)...], as: UTF8.self)
        guard !from.isEmpty || !to.isEmpty else {
            throw QueryError(offset: offset, reason: "expected a value before or behind '..'")
        }
        let first = from.isEmpty ? nil : try QueryBound(from, meaning, at: offset).first
        let last = to.isEmpty ? nil : try QueryBound(to, meaning, at: offset + dots + 2).last
        return try range(first, last, name, meaning, at: offset)
    }

    private static func range(
        _ from: Int64?, _ through: Int64?, _ name: String, _ meaning: QueryScope.Meaning, at offset: Int
    ) throws(QueryError) -> QueryTree.Range {
        let (column, isDate, all): (String, Bool, ClosedRange<Int64>)
        switch meaning {
        case .date(let name): (column, isDate, all) = (name, true, dates)
        case .number(let name): (column, isDate, all) = (name, false, numbers)
        default: preconditionFailure("only dates and numbers are compared")
        }
        guard (from ?? all.lowerBound) <= (through ?? all.upperBound), all.contains(from ?? all.lowerBound),
            all.contains(through ?? all.upperBound)
        else {
            throw QueryError(
                offset: offset,
                reason: "expected the lower value before the higher one, with values between them")
        }
        return .init(name: name, column: column, isDate: isDate, from: from, through: through)
    }
}
