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
    /// Folders below the paths that cannot be listed, and why.
    public private(set) var unreadable: [FileError] = []
    /// The folders that the walk is in, by what they are: a link may lead back to one of them.
    private var open: [FileIdentity] = []

    /// Finds the files below some paths.
    ///
    /// A path that names a file is taken whatever its ending; a folder gives the files below it that end in `.txt`,
    /// `.json`, `.ndjson` or `.jsonl`, with or without `.gz`; names that start with a dot are hidden. The path "-" is
    /// standard input.
    ///
    /// Links are followed, but not back into a folder that holds them.
    ///
    /// - Throws: `FileError` where one of the paths does not exist or cannot be read.
    public init(paths: [String]) throws(FileError) {
        for path in paths {
            if path == "-" {
                files.append(SourceFile(path: path, form: nil, isCompressed: false, size: 0))
                continue
            }
            switch try FileSystem.kind(ofNamed: path) {
            case .folder: try walk(path)
            case .file, .other: try add(path, isNamed: true)
            }
        }
    }

    private mutating func walk(_ folder: String) throws(FileError) {
        let identity = try FileSystem.identity(of: folder)
        guard !open.contains(identity) else { return }
        open.append(identity)
        defer { open.removeLast() }
        for name in try FileSystem.entries(of: folder) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            switch FileSystem.kind(of: path) {
            case .folder: do { try walk(path) } catch { unreadable.append(error) }
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

        /// The item, parsed now if it was not.
        public var parsed: ReadItem {
            switch self {
            case .line(let line, let number): DocumentReader().readLine(line[...], number: number)
            case .read(let item): item
            }
        }
    }

    /// Bytes that a line, or a file that is one item, may have: as many as a request may post by default.
    public static let itemBytes = 10 << 20

    private let file: SourceFile
    private var reader: FileReader
    private var gunzip: GunzipStream?
    private var pending: [UInt8] = []
    /// Bytes of `pending` that are known to hold no line end.
    private var scanned = 0
    private var lineNumber = 1
    /// Whether what comes next belongs to a line that was refused for its length.
    private var isSkipping = false
    private var isAtStart = true
    private var isAtEnd = false
    private var isDone = false
    /// What ended the file before its time; it is thrown once all that came before has been given out.
    private var fault: (any Error)?
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
        if !isDone {
            let form = self.form(target)
            if form == .ndjson {
                let items = nextLines(target)
                if !items.isEmpty { return items }
            } else {
                let items = try wholeDocument(form)
                if !items.isEmpty { return items }
            }
        }
        if let fault {
            self.fault = nil
            throw fault
        }
        return []
    }

    private mutating func form(_ target: Int) -> DocumentForm {
        if let known = file.form { return known }
        while pending.count < target, !isAtEnd { fill() }
        return DocumentReader.form(of: pending)
    }

    /// All items of a document that has to be at hand as a whole.
    private mutating func wholeDocument(_ form: DocumentForm) throws -> [RawItem] {
        while !isAtEnd {
            fill()
            guard form == .json || pending.count <= Self.itemBytes else {
                isDone = true
                throw ItemFault(reason: Self.tooLong("text"))
            }
        }
        isDone = true
        // Half a document is none, and why it is half is what is to be told.
        if fault != nil { return [] }
        if pending.allSatisfy(\.isWhitespace), form == .json {
            throw ItemFault(line: 1, reason: "the file is empty")
        }
        return try DocumentReader().read(pending, form: form).map(RawItem.read)
    }

    private mutating func nextLines(_ target: Int) -> [RawItem] {
        var items: [RawItem] = []
        while items.isEmpty, !isDone {
            while pending.count < target, !isAtEnd { fill() }
            // Only whole lines are given out; the last one though nothing ends it, unless the file was cut off.
            let end =
                isAtEnd && fault == nil
                ? pending.count : (pending[scanned...].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
            if end > 0 {
                takeLines(end, into: &items)
                scanned = 0
            } else {
                scanned = pending.count
            }
            if isAtEnd {
                isDone = true
            } else if scanned > Self.itemBytes {
                if !isSkipping { items.append(Self.refusedLine(lineNumber)) }
                isSkipping = true
                pending = []
                scanned = 0
            } else if end == 0 {
                fill()
            }
        }
        return items
    }

    /// Moves the lines in the first `end` bytes at hand over to `items`.
    private mutating func takeLines(_ end: Int, into items: inout [RawItem]) {
        var start = 0
        while start < end {
            let stop = pending[start..<end].firstIndex(of: 0x0A) ?? end
            let line = pending[start..<stop]
            if isSkipping {
                isSkipping = false
            } else if line.count > Self.itemBytes {
                items.append(Self.refusedLine(lineNumber))
            } else if !line.allSatisfy(\.isWhitespace) {
                items.append(.line(Array(line), number: lineNumber))
            }
            lineNumber += 1
            start = stop + 1
        }
        pending.removeSubrange(..<end)
    }

    private static func refusedLine(_ number: Int) -> RawItem {
        .read(.failure(ItemFault(line: number, reason: tooLong("line"))))
    }

    private static func tooLong(_ what: String) -> String {
        "the \(what) is too long; expected an item of at most \(itemBytes >> 20) MiB"
    }

    /// Reads a piece more; at the end, whatever its reason, `isAtEnd` is set.
    private mutating func fill() {
        do {
            let chunk = try reader.read(upTo: 1 << 18)
            bytesRead += chunk.count
            if isAtStart {
                isAtStart = false
                // No text begins so: these are the first bytes of gzip data under another name, or from a pipe.
                if gunzip == nil, chunk.starts(with: [0x1F, 0x8B]) { gunzip = GunzipStream() }
            }
            guard !chunk.isEmpty else {
                isAtEnd = true
                do { try gunzip?.finish() } catch { throw ItemFault(reason: "the gzip data is cut short") }
                return
            }
            if gunzip == nil {
                pending += chunk
            } else {
                try gunzip?.feed(chunk, appendingTo: &pending)
            }
        } catch let error as CompressionError {
            isAtEnd = true
            fault = ItemFault(reason: "not valid gzip data: \(error)")
        } catch {
            isAtEnd = true
            fault = error
        }
    }
}
