internal import Glibc

/// The time of day as the system has it.
public enum SystemClock {
    /// Milliseconds since 1970-01-01T00:00:00Z; may jump when the system's clock is set.
    public static func milliseconds() -> Int64 {
        var time = timespec()
        // SAFETY: the structure lives until the call returns.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
