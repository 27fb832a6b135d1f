internal import Bytes
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
    public var description: String {
        let ofDay = (milliseconds % 86_400_000 + 86_400_000) % 86_400_000
        let date = CivilDate(dayNumber: Int((milliseconds - ofDay) / 86_400_000))

        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ value: Int64, _ powers: [Int64] = [10, 1], then mark: Unicode.Scalar) {
            for power in powers { text.append(UInt8(truncatingIfNeeded: 0x30 + value / power % 10)) }
            text.append(UInt8(ascii: mark))
        }
        append(Int64(date.year), [1000, 100, 10, 1], then: "-")
        append(Int64(date.month), then: "-")
        append(Int64(date.day), then: "T")
        append(ofDay / 3_600_000, then: ":")
        append(ofDay / 60_000 % 60, then: ":")
        append(ofDay / 1000 % 60, then: ".")
        append(ofDay % 1000, [100, 10, 1], then: "Z")
        return String(decoding: text, as: UTF8.self)
    }
}
