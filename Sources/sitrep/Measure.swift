internal import Bytes
internal import Files
internal import Glibc

/// Figures of this process.
enum Measure {
    /// CPU seconds used so far by all threads.
    static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// Bytes of memory in use now: all, and the part that no file backs; and the most that there were at once.
    static var residentBytes: (all: Int, anonymous: Int, peak: Int) {
        guard let status = try? FileSystem.read("/proc/self/status") else { return (0, 0, 0) }
        func kibibytes(_ name: String) -> Int {
            for line in status.split(separator: 0x0A) where line.starts(with: name.utf8) {
                return Int(String(decoding: line.filter(\.isDigit), as: UTF8.self)) ?? 0
            }
            return 0
        }
        return (kibibytes("VmRSS:") * 1_024, kibibytes("RssAnon:") * 1_024, kibibytes("VmHWM:") * 1_024)
    }

    /// The value below which `share` of the values lie.
    static func quantile(_ share: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
