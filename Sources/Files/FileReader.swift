internal import Glibc

/// Reads a file or standard input from beginning to end, piece by piece.
public struct FileReader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let isOwned: Bool

    /// Opens a file; the path "-" stands for standard input.
    public init(path: String) throws(FileError) {
        self.path = path
        isOwned = path != "-"
        descriptor = isOwned ? try SystemCalls.open(path, O_RDONLY) : STDIN_FILENO
    }

    deinit {
        if isOwned { SystemCalls.close(descriptor) }
    }

    /// Reads the next bytes: as many as are there at once, but no more than `limit` (at least 1); none only at the
    /// end.
    public mutating func read(upTo limit: Int) throws(FileError) -> [UInt8] {
        precondition(limit > 0, "a read must have room for at least one byte")
        return try SystemCalls.read(descriptor, upTo: limit, path: path)
    }

    /// How many bytes the file says it has; 0 for pipes.
    mutating func expectedBytes() throws(FileError) -> Int {
        Int(try SystemCalls.status(of: descriptor, path: path).st_size)
    }
}
