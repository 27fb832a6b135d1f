internal import Bytes
internal import Compression
public import Files

/// A file that an import reads.
public struct SourceFile: Hashable, Sendable {
    /// Where it is.
    public let path: String
    /// How its items are laid out; `nil` to tell it from its first bytes.
    public let form: DocumentForm?
    /// Whether it is gzip.
    public let isCompressed: Bool
    /// Its size in bytes, as it lies on the disk.
    public let size: Int

    /// Describes a file.
    public init(path: String, form: DocumentForm?, isCompressed: Bool, size: Int) {
        self.path = path
        self.form = form
        self.isCompressed = isCompressed
        self.size = size
    }
}

/// The files below some paths, in a fixed order.
public struct SourceFiles: Sendable {
    /// The files to read.
    public private(set) var files: [SourceFile] = []
    /// Files in folders that have another ending, which are passed over.
    public private(set) var passedOver: [String] = []

    /// Finds the files: a path that names a file is taken whatever its ending, a folder gives the files below it that
    /// end in `.txt`, `.json`, `.ndjson` or `.jsonl`, with or without `.gz`; names that start with a dot are hidden.
    ///
    /// - Throws: `FileError` where a path does not exist or cannot be read.
    public init(paths: [String]) throws(FileError) {
        for path in paths {
            switch FileSystem.kind(of: path) {
            case .folder: try walk(path)
            case .file, .other: try add(path, isNamed: true)
            case nil: throw FileError(path: path, operation: "open", code: 2)
            }
        }
    }

    private mutating func walk(_ folder: String) throws(FileError) {
        for name in try FileSystem.entries(of: folder) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            switch FileSystem.kind(of: path) {
            case .folder: try walk(path)
            case .file: try add(path, isNamed: false)
            default: passedOver.append(path)
            }
        }
    }

    private mutating func add(_ path: String, isNamed: Bool) throws(FileError) {
        var name = path.lowercased()[...]
        let isCompressed = name.hasSuffix(".gz")
        if isCompressed { name = name.dropLast(3) }
        let form: DocumentForm? =
            if name.hasSuffix(".txt") {
                .plainText
            } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
                .ndjson
            } else if name.hasSuffix(".json") {
                .json
            } else {
                nil
            }
        guard form != nil || isNamed else {
            passedOver.append(path)
            return
        }
        let size = FileSystem.kind(of: path) == .file ? try FileSystem.size(of: path) : 0
        files.append(SourceFile(path: path, form: form, isCompressed: isCompressed, size: size))
    }
}

/// Reads the items of one file in batches, so that a file larger than memory can be imported.
public struct SourceFileReader: ~Copyable {
    /// One line or item as found, not parsed yet: parsing is left to whoever has a core free.
    public enum RawItem: Sendable {
        /// A line of NDJSON and its number.
        case line([UInt8], number: Int)
        /// An item that was read with its whole document.
        case read(ReadItem)
    }

    private let file: SourceFile
    private var reader: FileReader
    private var gunzip: GunzipStream?
    private var pending: [UInt8] = []
    private var lineNumber = 1
    private var isAtEnd = false
    private var isDone = false
    /// Bytes of the file, as it lies on the disk, read so far.
    public private(set) var bytesRead = 0

    /// Opens a file.
    ///
    /// - Throws: `FileError` where it cannot be opened.
    public init(_ file: SourceFile) throws(FileError) {
        self.file = file
        reader = try FileReader(path: file.path)
        gunzip = file.isCompressed ? GunzipStream() : nil
    }

    /// Reads on until about `bytes` bytes of items are at hand.
    ///
    /// - Returns: The next items; empty at the end of the file.
    /// - Throws: `FileError` where reading fails, `ItemFault` where the file cannot be decompressed or parsed any
    ///   further; what was returned before stays good.
    public mutating func next(bytes target: Int = 1 << 20) throws -> [RawItem] {
        if isDone { return [] }
        let form: DocumentForm
        if let known = file.form {
            form = known
        } else {
            while pending.count < target, !isAtEnd { try fill() }
            form = DocumentReader.form(of: pending)
        }
        switch form {
        case .ndjson: return try nextLines(target)
        case .json, .plainText:
            while !isAtEnd { try fill() }
            isDone = true
            if pending.allSatisfy(\.isWhitespace), form == .json {
                throw ItemFault(line: 1, reason: "the file is empty")
            }
            return try DocumentReader().read(pending, form: form).map(RawItem.read)
        }
    }

    private mutating func nextLines(_ target: Int) throws -> [RawItem] {
        var items: [RawItem] = []
        while items.isEmpty, !isDone {
            while pending.count < target, !isAtEnd { try fill() }
            // Only whole lines are given out, and the last one though nothing ends it.
            let end = isAtEnd ? pending.count : (pending.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
            guard end > 0 || isAtEnd else {
                // A line longer than the target: read on.
                try fill()
                continue
            }
            for slice in pending[..<end].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast(
                isAtEnd ? 0 : 1)
            {
                if !slice.allSatisfy(\.isWhitespace) { items.append(.line(Array(slice), number: lineNumber)) }
                lineNumber += 1
            }
            pending.removeSubrange(..<end)
            if isAtEnd { isDone = true }
        }
        return items
    }

    private mutating func fill() throws {
        let chunk = try reader.read(upTo: 1 << 18)
        bytesRead += chunk.count
        guard !chunk.isEmpty else {
            isAtEnd = true
            do { try gunzip?.finish() } catch { throw ItemFault(reason: "the gzip data is cut short") }
            return
        }
        guard gunzip != nil else {
            pending += chunk
            return
        }
        do {
            pending += try gunzip?.feed(chunk) ?? []
        } catch {
            isAtEnd = true
            isDone = true
            throw ItemFault(reason: "not valid gzip data: \(error)")
        }
    }
}
