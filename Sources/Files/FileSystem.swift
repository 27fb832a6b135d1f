internal import Glibc
internal import Synchronization

/// What a path names.
public enum FileKind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A pipe, socket or device.
    case other
}

/// What tells a file or folder from every other on the machine, by whatever path it is reached.
public struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
}

/// Whole files and folders by their paths.
public enum FileSystem {
    /// Reads a whole file.
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        var reader = try FileReader(path: path)
        let expected = try reader.expectedBytes()
        var bytes = try reader.read(upTo: expected + 1)
        guard !bytes.isEmpty else { return [] }
        while true {
            // A file may grow while it is read, and those under /proc tell no size.
            let more = try reader.read(upTo: max(4_096, min(bytes.count, 1 << 20)))
            guard !more.isEmpty else { return bytes }
            bytes.append(contentsOf: more)
        }
    }

    /// Puts `bytes` in the place of what `path` held, so that after a crash either the old or the new whole is there.
    ///
    /// The bytes go to a file beside it (its name begins with a dot and ends in ".partial"), which is flushed and
    /// renamed, and the folder is flushed too. Whoever has the old file open or mapped keeps the old one.
    ///
    /// - Throws: `FileError`; the old file is untouched, unless the last step, the folder's flush, failed.
    public static func writeAtomically(_ bytes: [UInt8], to path: String) throws(FileError) {
        let folder = folder(of: path)
        let name =
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
        let count = temporaryCount.add(1, ordering: .relaxed).newValue
        let temporary = "\(folder)/.\(name).\(getpid())-\(count).partial"
        do throws(FileError) {
            let descriptor = try SystemCalls.open(
                temporary, O_WRONLY | O_CREAT | O_TRUNC, operation: "create")
            defer { SystemCalls.close(descriptor) }
            try SystemCalls.write(bytes, to: descriptor, path: temporary)
            try SystemCalls.synchronize(descriptor, path: temporary)
            try SystemCalls.rename(temporary, to: path)
        } catch {
            try? SystemCalls.unlink(temporary)
            throw error
        }
        try synchronizeFolder(folder)
    }

    /// Makes a folder and those above it; nothing where it is there already.
    public static func createFolder(_ path: String) throws(FileError) {
        switch kind(of: path) {
        case .folder: return
        case .file, .other: throw FileError(path: path, operation: "create folder", code: ENOTDIR)
        case nil: break
        }
        let parent = folder(of: path)
        if parent != path { try createFolder(parent) }
        do throws(FileError) {
            try SystemCalls.makeFolder(path)
        } catch {
            // Another process may have been faster.
            guard error.code == EEXIST, kind(of: path) == .folder else { throw error }
        }
        try synchronizeFolder(parent)
    }

    /// Removes a file; nothing where it is not there.
    public static func remove(_ path: String) throws(FileError) {
        do throws(FileError) {
            try SystemCalls.unlink(path)
        } catch {
            guard error.isAbsence else { throw error }
        }
    }

    /// The names in a folder in the order of their bytes, without "." and "..".
    ///
    /// A name that is not UTF-8 comes with U+FFFD in it and so names no file: opening it fails and says which.
    public static func entries(of folder: String) throws(FileError) -> [String] {
        try SystemCalls.names(in: folder).filter { $0 != "." && $0 != ".." }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What a path names, following links; `nil` where it names nothing that can be looked at.
    public static func kind(of path: String) -> FileKind? {
        guard let status = try? SystemCalls.status(of: path) else { return nil }
        return kind(status)
    }

    /// What a path names, following links.
    ///
    /// - Throws: `FileError` where it names nothing, or nothing that can be looked at.
    public static func kind(ofNamed path: String) throws(FileError) -> FileKind {
        try kind(SystemCalls.status(of: path))
    }

    private static func kind(_ status: stat) -> FileKind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// Which file or folder a path names, following links; equal for two paths that lead to the same one.
    public static func identity(of path: String) throws(FileError) -> FileIdentity {
        let status = try SystemCalls.status(of: path)
        return FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    /// How many bytes a file holds.
    public static func size(of path: String) throws(FileError) -> Int {
        Int(try SystemCalls.status(of: path).st_size)
    }

    /// Flushes the list of names in a folder, so that a file made or renamed there stays so after a crash.
    static func synchronizeFolder(_ folder: String) throws(FileError) {
        let descriptor = try SystemCalls.open(folder, O_RDONLY | O_DIRECTORY)
        defer { SystemCalls.close(descriptor) }
        try SystemCalls.synchronize(descriptor, path: folder)
    }

    /// The folder that holds `path`, "." where the path has only one part.
    private static func folder(of path: String) -> String {
        var trimmed = path.utf8[...]
        while trimmed.count > 1, trimmed.last == UInt8(ascii: "/") { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == trimmed.startIndex ? "/" : String(path[..<slash])
    }

    private static let temporaryCount = Atomic<Int>(0)
}
