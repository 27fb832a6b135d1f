internal import Bytes
internal import NewsModel
internal import SearchIndex

/// The width of the buckets of a timeline; they begin at whole hours, days, Mondays, months, quarters and years of a zone.
enum Interval: String, Sendable, CaseIterable {
    case hour, day, week, month, quarter, year
    /// The finest of the others that gives no more than 200 buckets.
    case auto

    /// The widths, the finest first.
    static let widths: [Interval] = [.hour, .day, .week, .month, .quarter, .year]

    private static let hourWidth: Int64 = 3_600_000
    private static let dayWidth: Int64 = 86_400_000
    /// The widths that are always the same.
    private static let hours: [Interval: Int64] = [.hour: 1, .day: 24, .week: 7 * 24]

    /// The beginning of the bucket that an instant is in.
    func start(of instant: Int64, in zone: Zone = .utc) -> Int64 {
        self == .hour ? Self.hour(of: instant, zone) : start(ofUnit: unit(of: instant, zone), zone)
    }

    /// The beginning of the bucket after the one that an instant is in.
    func start(after instant: Int64, in zone: Zone = .utc) -> Int64 {
        let start = start(of: instant, in: zone)
        if self == .hour { return Self.hour(after: start, zone) }
        // Places that moved over the date line have skipped whole days.
        var unit = unit(of: start, zone) + 1
        while self.start(ofUnit: unit, zone) <= start { unit += 1 }
        return self.start(ofUnit: unit, zone)
    }

    /// How many buckets hold the instants from `first` to `last`, both included, whole days that a place skipped and
    /// parts of hours where its clocks changed aside.
    func buckets(from first: Int64, through last: Int64, in zone: Zone = .utc) -> Int {
        guard self == .hour else { return unit(of: last, zone) - unit(of: first, zone) + 1 }
        return Int((Self.hour(of: last, zone) - Self.hour(of: first, zone)) / Self.hourWidth) + 1
    }

    /// The buckets that hold the instants from `first` to `last`, both included.
    func buckets(holding first: Int64, through last: Int64, in zone: Zone) -> Buckets {
        let start = start(of: first, in: zone)
        if zone.isFixed, let width = Self.hours[self] {
            return Buckets(
                from: start, width: Self.hourWidth * width,
                count: buckets(from: first, through: last, in: zone))
        }
        var boundaries = [start]
        while let end = boundaries.last, end <= last { boundaries.append(self.start(after: end, in: zone)) }
        return Buckets(boundaries: boundaries)
    }

    // MARK: Days and more

    /// The number of the unit that an instant is in.
    private func unit(of instant: Int64, _ zone: Zone) -> Int {
        let day = Int(Self.floorDivide(instant + zone.offset(at: instant), Self.dayWidth))
        let unit = unit(ofDay: day)
        // Clocks that were put back over midnight show the day before once more.
        return start(ofUnit: unit + 1, zone) <= instant ? unit + 1 : unit
    }

    private func start(ofUnit unit: Int, _ zone: Zone) -> Int64 {
        zone.instant(ofLocal: Int64(firstDay(ofUnit: unit)) * Self.dayWidth)
    }

    /// Units are counted from one that does not matter.
    private func unit(ofDay day: Int) -> Int {
        let date = CivilDate(dayNumber: day)
        return switch self {
        case .hour, .day: day
        // 1970-01-01 was a Thursday; the Monday before lies three days back.
        case .week: Int(Self.floorDivide(Int64(day) + 3, 7))
        case .month, .auto: date.year * 12 + date.month - 1
        case .quarter: date.year * 4 + (date.month - 1) / 3
        case .year: date.year
        }
    }

    private func firstDay(ofUnit unit: Int) -> Int {
        let months: Int
        switch self {
        case .hour, .day: return unit
        case .week: return unit * 7 - 3
        case .month, .auto: months = unit
        case .quarter: months = unit * 3
        case .year: months = unit * 12
        }
        let year = Int(Self.floorDivide(Int64(months), 12))
        return CivilDate(year: year, month: months - year * 12 + 1, day: 1).dayNumber
    }

    // MARK: Hours

    /// Hours go on through a change of the clocks, and begin anew where the change is by part of an hour.
    private static func hour(of instant: Int64, _ zone: Zone) -> Int64 {
        let offset = zone.offset(at: instant)
        let start = floorDivide(instant + offset, hourWidth) * hourWidth - offset
        return zone.offset(at: start) == offset
            ? start : max(start, zone.change(after: start, through: instant))
    }

    private static func hour(after start: Int64, _ zone: Zone) -> Int64 {
        let offset = zone.offset(at: start)
        let end = (floorDivide(start + offset, hourWidth) + 1) * hourWidth - offset
        return zone.offset(at: end) == offset ? end : zone.change(after: start, through: end)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }
}
