internal import Glibc

extension FileSystem {
    /// Where the running program lies, links followed; empty where the system does not tell.
    ///
    /// - Source: proc(5), `/proc/self/exe`.
    public static var executablePath: String {
        // SAFETY: the call writes at most `count` bytes into the buffer and tells how many.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = unsafe readlink("/proc/self/exe", start, buffer.count)
            guard count > 0 else { return "" }
            return unsafe String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
