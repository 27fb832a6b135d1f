internal import Glibc

/// The stream that a log goes to unless it is told otherwise.
public enum StandardError {
    /// Writes a line in one call, so that lines of several threads or processes do not mix.
    ///
    /// What cannot be written is lost: there is nowhere left to say so.
    public static func write(_ line: [UInt8]) {
        var start = 0
        while start < line.count {
            // SAFETY: `rest` is the storage of `line`, valid for `rest.count` bytes until the closure returns.
            let count = unsafe line[start...].withUnsafeBytes { rest in
                unsafe Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }
}
