internal import Glibc

/// The system calls of this layer: every use of a raw pointer outside of a mapping is here.
///
/// Calls that a signal interrupted are made again. A failure is thrown as the `FileError` of `path`.
enum SystemCalls {
    static func message(ofError code: Int32) -> String {
        // SAFETY: the call writes a text and its zero into the buffer, or fails; it is told the buffer's size.
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String? in
            unsafe buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress, unsafe strerror_r(code, start, buffer.count) == 0 else {
                return nil
            }
            return unsafe String(cString: start)
        }
        return text ?? "error \(code)"
    }

    static func open(_ path: String, _ flags: Int32, operation: String = "open") throws(FileError) -> Int32 {
        // SAFETY: the path's bytes live until the call returns.
        try retrying(path, operation) { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644) }
    }

    static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// Reads up to `limit` bytes; none at the end of the file.
    static func read(_ descriptor: Int32, upTo limit: Int, path: String) throws(FileError) -> [UInt8] {
        var failure: FileError?
        // SAFETY: the system writes at most `capacity` bytes into storage of that size, and tells how many.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(FileError) {
                count = Int(
                    try retrying(path, "read") {
                        unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
                    })
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
        var written = 0
        while written < bytes.count {
            written += Int(
                try retrying(path, "write") {
                    // SAFETY: `written` is less than the count, so that the rest lies within the array's storage.
                    unsafe bytes.withUnsafeBytes { buffer in
                        unsafe Glibc.write(
                            descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written
                        )
                    }
                })
        }
    }

    static func synchronize(_ descriptor: Int32, path: String) throws(FileError) {
        _ = try retrying(path, "flush") { fsync(descriptor) }
    }

    static func rename(_ old: String, to new: String) throws(FileError) {
        // SAFETY: both paths' bytes live until the call returns.
        _ = try retrying(new, "replace") { unsafe Glibc.rename(old, new) }
    }

    static func unlink(_ path: String) throws(FileError) {
        // SAFETY: the path's bytes live until the call returns.
        _ = try retrying(path, "remove") { unsafe Glibc.unlink(path) }
    }

    static func makeFolder(_ path: String) throws(FileError) {
        // SAFETY: the path's bytes live until the call returns.
        _ = try retrying(path, "create folder") { unsafe mkdir(path, 0o755) }
    }

    static func status(of path: String) throws(FileError) -> stat {
        var status = stat()
        // SAFETY: the path's bytes and the structure live until the call returns.
        _ = try retrying(path, "look at") { unsafe stat(path, &status) }
        return status
    }

    static func status(of descriptor: Int32, path: String) throws(FileError) -> stat {
        var status = stat()
        // SAFETY: the structure lives until the call returns.
        _ = try retrying(path, "look at") { unsafe fstat(descriptor, &status) }
        return status
    }

    /// Takes the lock of an open file; `false` where another holds it for longer than half a second.
    ///
    /// A lock is also held, for a moment, by a process that was begun while it was taken and does not yet run its program.
    static func lock(_ descriptor: Int32, path: String) throws(FileError) -> Bool {
        for attempt in 0...50 {
            if attempt > 0 { usleep(10_000) }
            do throws(FileError) {
                _ = try retrying(path, "lock") { flock(descriptor, LOCK_EX | LOCK_NB) }
                return true
            } catch {
                guard error.code == EWOULDBLOCK else { throw error }
            }
        }
        return false
    }

    /// The names in a folder in the system's order, "." and ".." with them.
    static func names(in folder: String) throws(FileError) -> [String] {
        // SAFETY: the path's bytes live until the call returns.
        guard let stream = unsafe opendir(folder) else {
            throw FileError(path: folder, operation: "list", code: errno)
        }
        // SAFETY: the stream is open until here and used nowhere else.
        defer { _ = unsafe closedir(stream) }
        guard let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { return [] }
        var names: [String] = []
        while true {
            errno = 0
            // SAFETY: the entry stays valid until the next `readdir`; its name ends in a zero.
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe UnsafeRawPointer(entry).advanced(by: nameOffset)
            unsafe names.append(String(cString: name.assumingMemoryBound(to: CChar.self)))
        }
        guard errno == 0 else { throw FileError(path: folder, operation: "list", code: errno) }
        return names
    }

    /// Repeats `call` while signals interrupt it.
    private static func retrying<Count: FixedWidthInteger & SignedInteger>(
        _ path: String, _ operation: String, _ call: () -> Count
    ) throws(FileError) -> Count {
        while true {
            let outcome = call()
            if outcome >= 0 { return outcome }
            let code = errno
            if code != EINTR { throw FileError(path: path, operation: operation, code: code) }
        }
    }
}
