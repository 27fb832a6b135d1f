/// How much older makes up for twice as large a 1 + score, where lists are ordered by relevance and age together.
struct HalfLife: Sendable, Equatable, CustomStringConvertible {
    /// In whole hours, 1 to 87,600 (ten years of 365 days).
    let hours: Int

    /// What holds where a request does not say.
    static let standard = HalfLife(hours: 24)

    private static let units: [(name: Character, hours: Int)] = [("w", 168), ("d", 24), ("h", 1)]
    private static let range = 1...87_600

    private init(hours: Int) {
        self.hours = hours
    }

    /// Reads a number of hours, days or weeks, as `36h`, `2d`, `1w`; `nil` for anything else, and what is out of range.
    init?(_ text: String) {
        let digits = text.dropLast()
        guard let unit = Self.units.first(where: { $0.name == text.last }),
            (1...6).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(digits),
            Self.range.contains(count * unit.hours)
        else { return nil }
        hours = count * unit.hours
    }

    var milliseconds: Int64 { Int64(hours) * 3_600_000 }

    /// The one way to write it: in the largest unit that it is whole in.
    var description: String {
        let unit = Self.units.first { hours.isMultiple(of: $0.hours) } ?? ("h", 1)
        return "\(hours / unit.hours)\(unit.name)"
    }
}

extension Parameters {
    /// The half-life that a request names, or the one that holds where it names none.
    func halfLife() throws(Refusal) -> HalfLife {
        guard let text = self[.halfLife] else { return .standard }
        guard let halfLife = HalfLife(text) else {
            throw Refusal(
                .badParameter,
                "'half_life' is a number of hours, days or weeks such as 36h, 2d or 1w, from 1h to 3650d; found "
                    + "\(Refusal.shown(text)).", parameter: "half_life")
        }
        return halfLife
    }
}
