internal import Glibc

/// A time of day on a date, as logs write it.
public struct WallTime: Hashable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Creates a time.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The present.
    public static var now: WallTime {
        var time = timespec()
        // SAFETY: `time` is a local that outlives the call, which writes nothing but it.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The time in ISO 8601, in UTC: `1994-11-06T08:49:37.000Z`.
    ///
    /// - Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, `civil_from_days`.
    public var description: String {
        let ofDay = (milliseconds % 86_400_000 + 86_400_000) % 86_400_000
        let shifted = (milliseconds - ofDay) / 86_400_000 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1

        var text = ""
        func append(_ value: Int64, width: Int, then mark: String) {
            let digits = String(value)
            text += String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits + mark
        }
        append(year, width: 4, then: "-")
        append(month, width: 2, then: "-")
        append(day, width: 2, then: "T")
        append(ofDay / 3_600_000, width: 2, then: ":")
        append(ofDay / 60_000 % 60, width: 2, then: ":")
        append(ofDay / 1000 % 60, width: 2, then: ".")
        append(ofDay % 1000, width: 3, then: "Z")
        return text
    }
}
