internal import Bytes
public import NewsModel

/// A term of office.
public struct Office: Hashable, Sendable {
    /// What the holder is called: "prime minister", in lower case.
    public let title: String
    /// ISO 3166-1 alpha-2 of the country, in capitals; `nil` for an office of an organisation.
    public let country: String?
    /// The organisation; `nil` for an office of a country.
    public let organisation: EntityID?
    /// The first day, where known.
    public let from: Timestamp.Day?
    /// The last day; `nil` while in office.
    public let to: Timestamp.Day?

    /// Whether it is held on a day.
    ///
    /// A term without a first day counts from ever.
    public func isHeld(on day: Timestamp.Day) -> Bool {
        if let from, day < from { return false }
        if let to, to < day { return false }
        return true
    }

    /// Reads `TITLE@HOLDER FROM..TO`, or returns `nil` where the syntax is another.
    ///
    /// A year or a month alone begins with its first day and ends with its last.
    public init?(_ text: String) {
        guard let at = text.lastIndex(of: "@") else { return nil }
        let title = text[..<at]
        let rest = text[text.index(after: at)...].split(separator: " ")
        guard !title.isEmpty, title == title.lowercased(), title.first != " ", title.last != " ",
            (1...2).contains(rest.count)
        else { return nil }
        let holder = rest[0]
        if holder.hasPrefix("org:") {
            guard holder.utf8.count > 4 else { return nil }
            organisation = EntityID(String(holder))
            country = nil
        } else {
            guard holder.utf8.count == 2, holder.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                return nil
            }
            country = String(holder)
            organisation = nil
        }
        self.title = String(title)
        guard rest.count == 2 else {
            from = nil
            to = nil
            return
        }
        let range = rest[1]
        guard let dots = range.utf8.indices.first(where: { range[$0...].hasPrefix("..") }) else { return nil }
        let (first, last) = (range[..<dots], range[dots...].dropFirst(2))
        if first.isEmpty {
            from = nil
        } else {
            guard let day = Self.day(first, isEnd: false) else { return nil }
            from = day
        }
        if last.isEmpty {
            to = nil
        } else {
            guard let day = Self.day(last, isEnd: true) else { return nil }
            to = day
        }
        if let from, let to, to < from { return nil }
    }

    private static func day(_ text: Substring, isEnd: Bool) -> Timestamp.Day? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, (1...3).contains(parts.count), parts[0].utf8.count == 4 else {
            return nil
        }
        let month = numbers.count > 1 ? numbers[1] : isEnd ? 12 : 1
        guard (1...12).contains(month) else { return nil }
        let day =
            numbers.count > 2
            ? numbers[2] : isEnd ? CivilDate.length(ofMonth: month, year: numbers[0]) : 1
        return Timestamp.Day(year: numbers[0], month: month, day: day)
    }
}
