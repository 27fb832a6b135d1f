internal import Glibc

/// A file that lines of a log are appended to.
struct LogFile: Sendable {
    private let descriptor: Int32
    /// So many bytes are written in one piece, and do not mix with what others write.
    private let pieceBytes: Int

    static let standardError = LogFile(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        // SAFETY: `status` is a local that outlives the call, which writes nothing but it.
        let isFile = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        // A pipe takes no more in one piece than `PIPE_BUF`.
        pieceBytes = isFile ? 256 * 1024 : 4096
    }

    /// Opens a file, or makes it for its owner and group to read.
    init(path: String) throws(LogFileError) {
        // SAFETY: the text outlives the call, which takes no other pointer.
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw LogFileError(path: path, code: errno) }
        self.init(descriptor: descriptor)
    }

    /// Closes the file; standard error stays open.
    func close() {
        if descriptor != STDERR_FILENO { _ = Glibc.close(descriptor) }
    }

    /// Whether a line can be written without waiting.
    var hasRoom: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // SAFETY: `wanted` is a local that outlives the call, which gets the one element that there is.
        return unsafe poll(&wanted, 1, 0) == 1
    }

    /// Writes lines, as many at a time as go together in one piece; waits as long as it takes.
    ///
    /// - Parameter lines: Each with its line feed.
    /// - Returns: How many could not be written.
    func write(_ lines: [UInt8]) -> Int {
        var start = 0
        while start < lines.count {
            let bound = min(start + pieceBytes, lines.count)
            let newline = UInt8(ascii: "\n")
            let end =
                lines[start..<bound].lastIndex(of: newline) ?? lines[bound...].firstIndex(of: newline)
                ?? lines.count - 1
            guard writeAll(lines, start..<(end + 1)) else {
                return lines[start...].count { $0 == newline }
            }
            start = end + 1
        }
        return 0
    }

    private func writeAll(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            // SAFETY: `rest` is storage of `bytes`, valid for `rest.count` bytes until the closure returns.
            let count = unsafe bytes[start..<range.upperBound].withUnsafeBytes { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EAGAIN:
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    // SAFETY: as in `hasRoom`.
                    _ = unsafe poll(&wanted, 1, -1)
                    continue
                default: return false
                }
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}

/// A file for a log could not be opened.
public struct LogFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which file.
    public let path: String
    /// The system's number for the reason.
    public let code: Int32

    /// The file and the reason.
    public var description: String {
        // SAFETY: the text ends in NUL, and is copied before the next call.
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "\(path): \(reason)"
    }
}
