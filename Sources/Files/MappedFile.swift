internal import Glibc

/// A file's bytes, read by the system as they are touched.
///
/// The file must not be shortened or written to while it is mapped; one replaced by `FileSystem.writeAtomically`
/// or removed stays as it was for this mapping.
@safe
public final class MappedFile: Sendable {
    /// How many bytes there are.
    public let count: Int
    // SAFETY: the mapping is read-only, so that threads may share it, and lasts until `deinit`.
    private nonisolated(unsafe) let start: UnsafeRawPointer?

    /// Maps a whole file.
    public init(path: String) throws(FileError) {
        let descriptor = try SystemCalls.open(path, O_RDONLY)
        defer { SystemCalls.close(descriptor) }
        count = Int(try SystemCalls.status(of: descriptor, path: path).st_size)
        guard count > 0 else {
            unsafe start = nil
            return
        }
        // SAFETY: a new mapping, placed by the system, overlaps nothing of ours.
        let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            throw FileError(path: path, operation: "map", code: errno)
        }
        unsafe start = UnsafeRawPointer(mapping)
    }

    deinit {
        // SAFETY: this is the mapping made in `init`; spans of it cannot outlive this object.
        if let start = unsafe start { unsafe munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }

    /// The bytes, for as long as this object is held.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: `count` bytes are mapped from `start` on until `deinit`, and the span borrows `self`.
            let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
            return unsafe _overrideLifetime(RawSpan(_unsafeBytes: buffer), borrowing: self)
        }
    }

    /// Calls `body` with the bytes.
    public func withBytes<Output, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try body(bytes)
    }

    /// Gives back the memory that reading has filled; what is read again comes from the system's cache or the disk.
    ///
    /// Worth a call after a pass over the whole file, such as that of a checksum.
    public func release() {
        // SAFETY: the mapping is private and never written to, so that dropped pages are read anew as they were.
        if let start = unsafe start {
            _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_DONTNEED)
        }
    }
}
