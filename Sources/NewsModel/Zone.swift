internal import Bytes

/// How far the clocks of a place are from UTC, and when that changes.
public struct Zone: Sendable, Hashable {
    /// `UTC`, an offset such as `+03:00`, or a name of the IANA database such as `Europe/Kyiv`.
    public let name: String

    private let rules: ZoneRules

    /// The zone in which local time is UTC.
    public static let utc = Zone(name: "UTC", rules: ZoneRules(offset: 0))

    init(name: String, rules: ZoneRules) {
        self.name = name
        self.rules = rules
    }

    /// Creates a zone of one offset for all times: `Z`, `UTC` and `GMT`, or hours and perhaps minutes from UTC as in
    /// `+03:00`, `-0330` or `+9`; `nil` for any other text.
    public init?(offset text: String) {
        if ["Z", "UTC", "GMT"].contains(text.uppercased()) {
            self = .utc
            return
        }
        let bytes = Array(text.utf8)
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let hasColon = bytes.count == 6 && bytes[3] == UInt8(ascii: ":")
        let digits = hasColon ? Array(bytes[1..<3] + bytes[4...]) : Array(bytes[1...])
        guard [1, 2, 4].contains(digits.count), digits.allSatisfy(\.isDigit),
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let minutes = digits.count == 4 ? number / 100 * 60 + number % 100 : number * 60
        guard minutes <= 23 * 60 + 59, digits.count < 4 || number % 100 < 60 else { return nil }
        let offset = sign == UInt8(ascii: "-") ? -minutes : minutes
        self =
            offset == 0
            ? .utc : Zone(name: Self.text(ofOffset: offset), rules: ZoneRules(offset: offset * 60))
    }

    /// Reads a file of the IANA database.
    ///
    /// - Throws: `ZoneFileError` where the bytes are no such file.
    /// - Source: RFC 9636 (TZif), which replaced RFC 8536.
    public init(name: String, file: [UInt8]) throws(ZoneFileError) {
        self.init(name: name, rules: try ZoneRules(file: file))
    }

    /// Whether local time is always as far from UTC.
    public var isFixed: Bool { rules.isFixed }

    /// How many milliseconds local time is ahead of UTC.
    public func offset(at instant: Int64) -> Int64 {
        Int64(rules.offset(at: Timestamp.floorDivide(instant, 1_000))) * 1_000
    }

    /// The first instant at which the clocks show a local time or, where they skip it, a later one.
    ///
    /// - Parameter local: Milliseconds since 1970-01-01T00:00 of local time.
    /// - Returns: Milliseconds since 1970-01-01T00:00Z.
    public func instant(ofLocal local: Int64) -> Int64 {
        if isFixed { return local - offset(at: 0) }
        let day: Int64 = 86_400_000
        let offsets = [offset(at: local - day), offset(at: local + day)]
        if offsets[0] == offsets[1] { return local - offsets[0] }
        // The larger offset is the earlier instant.
        for offset in offsets.sorted(by: >) where self.offset(at: local - offset) == offset {
            return local - offset
        }
        return change(
            after: local - max(offsets[0], offsets[1]) - 1, through: local - min(offsets[0], offsets[1]))
    }

    /// The instant up to `end` from which on the offset is the one at `end`, where it is another at `start`; to the
    /// second.
    public func change(after start: Int64, through end: Int64) -> Int64 {
        var low = Timestamp.floorDivide(start, 1_000)
        var high = Timestamp.floorDivide(end, 1_000)
        let offset = rules.offset(at: high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if rules.offset(at: middle) == offset { high = middle } else { low = middle }
        }
        return high * 1_000
    }

    /// An instant as local time with its offset, `2021-12-15T11:30:00+03:00`; `Z` for UTC.
    public func text(of instant: Int64) -> String {
        guard self != .utc else { return Timestamp(milliseconds: instant).description }
        let offset = offset(at: instant)
        let local = Timestamp(milliseconds: instant + offset).description.dropLast()
        // Offsets of before standard time have seconds, which RFC 3339 cannot say.
        return local + Self.text(ofOffset: Int(Timestamp.floorDivide(offset, 60_000)))
    }

    private static func text(ofOffset minutes: Int) -> String {
        let (hours, rest) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
        return (minutes < 0 ? "-" : "+") + Timestamp.padded(Int(hours), 2) + ":"
            + Timestamp.padded(Int(rest), 2)
    }
}
