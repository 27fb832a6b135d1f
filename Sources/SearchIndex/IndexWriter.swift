internal import Dispatch
internal import Files
internal import Synchronization

/// The one writer of an index.
///
/// Changes can be searched as soon as `apply` returns, and outlive the process once `checkpoint` has. What was applied
/// after the last checkpoint is lost with the process; the mark of the snapshot then says from where to apply anew.
///
/// Small segments are merged while changes are applied, large ones on a queue of the writer's own. Any thread may call;
/// batches take turns. Readers never wait for them.
public final class IndexWriter: Sendable {
    /// Why an index that lay in the folder was given up when this writer was made; empty if it was taken over.
    public let recovery: [String]

    private let schema: IndexSchema
    private let options: IndexOptions
    // Held for as long as the writer lives.
    private let lock: FileLock?
    private let segments: SegmentList
    // `nil` where the index is in memory alone.
    private let files: SegmentFiles?

    /// Opens or creates the index of a folder.
    ///
    /// An index that is damaged, incomplete, or of another schema or format is given up, with its files unless the
    /// options say otherwise: `recovery` then says why, and the mark is 0.
    ///
    /// Without a folder the index is in memory alone, and `checkpoint` does not keep it. Throws `IndexError.locked` when
    /// another writer has the folder, and `IndexError.file` when the system refuses.
    public init(folder: String?, schema: IndexSchema, options: IndexOptions = .init()) throws(IndexError) {
        self.schema = schema
        self.options = options
        var opened = SegmentList.State()
        var recovery: [String] = []
        var manifest: [UInt8] = []
        if let folder {
            do throws(FileError) {
                try FileSystem.createFolder(folder)
                lock = try FileLock(path: folder + "/lock")
            } catch {
                throw .file(error)
            }
            guard lock != nil else { throw .locked(folder: folder) }
            do throws(FileError) {
                manifest = try FileSystem.read(folder + "/" + Manifest.fileName)
            } catch {
                guard error.isAbsence else { throw .file(error) }
            }
            if !manifest.isEmpty {
                do throws(OpenFault) {
                    opened = try Self.open(manifest, folder, schema, options)
                } catch {
                    switch error {
                    case .refused(let error): throw .file(error)
                    case .unusable(let reason): recovery.append(reason)
                    }
                    manifest = []
                    if options.removesUnusable { try Self.removeIndex(of: folder) }
                }
            }
        } else {
            lock = nil
        }
        self.recovery = recovery
        files = folder.map { SegmentFiles(folder: $0, manifest: manifest) }
        segments = SegmentList(opened, schema: schema, options: options, files: files)
        let bytes = opened.views.reduce(0) { $0 + $1.segment.bytes.count }
        if bytes > options.verifiedBytes { segments.checkAll() }
    }

    deinit { segments.close() }

    /// Makes as few segments of all as `IndexOptions.segmentBytes` allows, without the documents that are gone.
    ///
    /// Searches are then as fast as they can be. Costs about as much as a third of building the index; changes may be
    /// applied meanwhile.
    public func compact() { segments.compact() }

    /// What is damaged in the files of this index, as a merge found that was to read them, or the check after opening.
    ///
    /// Nothing is merged any more until `reset`; changes are still taken in. What the damage does to answers is not known.
    public var damage: IndexError? { segments.damage }

    /// Gives up all that is in the index, its files included, and begins anew with mark 0.
    ///
    /// Throws `IndexError.file` where the system refuses; there may then be files that the next opening gives up.
    public func reset() throws(IndexError) {
        guard let files else { return segments.reset() }
        try files.state.withLock { state throws(IndexError) in
            segments.reset()
            state.manifest = []
            try Self.removeIndex(of: files.folder)
        }
    }

    /// Waits until the check after opening is over.
    func waitForCheck() { segments.waitForCheck() }

    /// Waits until no segments are being merged.
    func waitForMerges() { segments.waitForMerges() }

    /// The newest snapshot.
    public var snapshot: IndexSnapshot { segments.snapshot }

    /// Makes a batch of changes, in order, and gives back the snapshot that has them all.
    ///
    /// Large batches cost less for each document than small ones. The snapshot carries `mark` from now on: how far the
    /// owner's own numbering has come. Throws `IndexError.shape` when a document does not fit the schema; nothing has
    /// been changed then.
    @discardableResult
    public func apply(_ changes: [IndexChange], mark: Int64) throws(IndexError) -> IndexSnapshot {
        for case .put(let document) in changes { try check(document) }
        // Whoever writes faster than segments are merged waits here, so that their number stays bounded.
        segments.waitWhileCrowded()

        // Of several changes of one key the last counts.
        var last: [String: Int] = [:]
        for (index, change) in changes.enumerated() {
            switch change {
            case .put(let document): last[document.key] = index
            case .remove(let key): last[key] = index
            }
        }
        var documents: [IndexDocument] = []
        for (index, change) in changes.enumerated() {
            if case .put(let document) = change, last[document.key] == index { documents.append(document) }
        }
        let keys = last.keys.map { Array($0.utf8) }
        return segments.replace(keys, with: build(documents), mark: mark)
    }

    private func check(_ document: IndexDocument) throws(IndexError) {
        let shapes = [
            ("text", document.texts.count, schema.texts.count),
            ("keyword", document.keywords.count, schema.keywords.count),
            ("column", document.columns.count, schema.columns.count),
        ]
        for (name, count, expected) in shapes where count != expected {
            throw .shape(
                key: document.key, reason: "it has \(count) \(name) fields, and the schema \(expected)")
        }
    }

    /// The bytes of segments for some documents, in order.
    private func build(_ documents: [IndexDocument]) -> [[UInt8]] {
        guard !documents.isEmpty else { return [] }
        var ranges: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for (index, document) in documents.enumerated() {
            bytes += document.texts.reduce(document.content.count / 4) { $0 + $1.count }
            if bytes >= options.buildBytes || index == documents.count - 1 {
                ranges.append(start..<index + 1)
                start = index + 1
                bytes = 0
            }
        }
        let (schema, level) = (schema, options.compressionLevel)
        if ranges.count == 1 {
            return [SegmentBuilder.build(documents[...], schema: schema, compressionLevel: level)]
        }
        let built = Mutex([[UInt8]](repeating: [], count: ranges.count))
        let next = Atomic<Int>(0)
        let (all, parts) = (documents, ranges)
        DispatchQueue.concurrentPerform(iterations: max(1, min(options.buildThreads, ranges.count))) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < parts.count else { break }
                let bytes = SegmentBuilder.build(all[parts[index]], schema: schema, compressionLevel: level)
                built.withLock { $0[index] = bytes }
            }
        }
        return built.withLock { $0 }
    }

    /// Checks every checksum of every file again.
    ///
    /// - Returns: What is wrong, in words; empty when all is well. What is in memory alone is not looked at.
    public func verify() throws(IndexError) -> [String] {
        var problems: [String] = []
        for view in snapshot.views where !view.segment.bytes.isInMemory {
            let segment = view.segment
            do throws(Segment.Fault) {
                _ = try Segment(
                    id: segment.id, bytes: segment.bytes, schema: schema, checks: true)
            } catch {
                problems.append("\(Manifest.fileName(segment.id)): \(error.reason) at byte \(error.offset)")
            }
        }
        guard let files else { return problems }
        let expected = files.state.withLock { $0.manifest }
        guard !expected.isEmpty else { return problems }
        do throws(FileError) {
            if try FileSystem.read(files.folder + "/" + Manifest.fileName) != expected {
                problems.append("\(Manifest.fileName): it is not as it was written")
            }
        } catch {
            guard error.isAbsence else { throw .file(error) }
            problems.append("\(Manifest.fileName): it is gone")
        }
        return problems
    }
}

// Files.
extension IndexWriter {
    private enum OpenFault: Error {
        /// The system refuses, for a reason that has nothing to do with what is in the files.
        case refused(FileError)
        /// The index has to be built anew.
        case unusable(String)
    }

    private static func open(
        _ bytes: [UInt8], _ folder: String, _ schema: IndexSchema, _ options: IndexOptions
    ) throws(OpenFault) -> SegmentList.State {
        let manifest: Manifest
        do throws(Manifest.Fault) {
            manifest = try Manifest(decoding: bytes)
        } catch {
            throw .unusable("\(Manifest.fileName): \(error.reason)")
        }
        guard manifest.fingerprint == schema.fingerprint else {
            throw .unusable("\(Manifest.fileName): the index was made with another schema")
        }
        let total = manifest.parts.reduce(0) { $0 &+ $1.bytes }
        let checks = total <= options.verifiedBytes
        let opened = Mutex([Result<SegmentView, OpenFault>?](repeating: nil, count: manifest.parts.count))
        DispatchQueue.concurrentPerform(iterations: manifest.parts.count) { index in
            let view = Result { () throws(OpenFault) in
                try open(manifest.parts[index], folder, schema, checks: checks)
            }
            opened.withLock { $0[index] = view }
        }
        var views: [SegmentView] = []
        for view in opened.withLock({ $0 }) {
            if let view { views.append(try view.get()) }
        }
        return SegmentList.State(
            views: views, mark: manifest.mark, generation: manifest.generation, nextID: manifest.nextID)
    }

    private static func open(
        _ part: Manifest.Part, _ folder: String, _ schema: IndexSchema, checks: Bool
    ) throws(OpenFault) -> SegmentView {
        let name = Manifest.fileName(part.id)
        let bytes: SegmentBytes
        do throws(FileError) {
            bytes = try SegmentBytes(path: folder + "/" + name)
        } catch {
            throw error.isAbsence ? .unusable("\(name): it is gone") : .refused(error)
        }
        do throws(Segment.Fault) {
            guard bytes.count == part.bytes else {
                throw Segment.Fault(offset: bytes.count, reason: "it is not as long as the manifest says")
            }
            let segment = try Segment(
                id: part.id, bytes: bytes, schema: schema, checks: checks)
            guard segment.documentCount == part.documentCount else {
                throw Segment.Fault(offset: 16, reason: "it has not the documents that the manifest says")
            }
            var view = SegmentView(segment)
            for doc in part.deleted { view.delete(doc) }
            // The pass of the checksums has read it all; what queries need comes back as they touch it.
            bytes.release()
            return view
        } catch {
            throw .unusable("\(name): \(error.reason) at byte \(error.offset)")
        }
    }

    /// Writes everything applied so far to files, so that the next writer of the folder begins with it.
    ///
    /// The manifest is replaced last and at once: whenever the process ends, the folder holds the old state or the new
    /// one. Changes may be applied meanwhile; they wait for the next checkpoint.
    ///
    /// - Throws: `IndexError.file` when the system refuses; the folder then still holds the old state.
    public func checkpoint() throws(IndexError) {
        guard let files else { return }
        try files.state.withLock { state throws(IndexError) in
            do throws(FileError) {
                try writeFiles(files, &state.manifest)
            } catch {
                throw IndexError.file(error)
            }
        }
    }

    private func writeFiles(_ files: SegmentFiles, _ written: inout [UInt8]) throws(FileError) {
        let captured = segments.captured()
        let manifest = Manifest(captured.views, captured, schema)
        let bytes = manifest.encoded()
        guard bytes != written else { return }
        var mapped: [UInt64: Segment] = [:]
        for view in captured.views where view.segment.bytes.isInMemory {
            let segment = view.segment
            let bytes = try files.write(segment.part(0, segment.bytes.count).array(), as: segment.id)
            do throws(Segment.Fault) {
                mapped[view.segment.id] = try Segment(
                    id: view.segment.id, bytes: bytes, schema: schema, checks: false)
            } catch {
                throw FileError(path: files.path(segment.id), operation: "read back", code: 5)
            }
        }
        try FileSystem.writeAtomically(bytes, to: files.folder + "/" + Manifest.fileName)
        written = bytes
        segments.map(mapped)
        try Self.removeFiles(of: files.folder, keeping: Set(manifest.parts.map { Manifest.fileName($0.id) }))
    }

    private static func removeIndex(of folder: String) throws(IndexError) {
        do throws(FileError) {
            // The manifest first, so that what is left after a crash is no index rather than half of one.
            try FileSystem.remove(folder + "/" + Manifest.fileName)
            try removeFiles(of: folder, keeping: [])
        } catch {
            throw .file(error)
        }
    }

    /// Removes segments that no manifest names, and what a crash left half written.
    private static func removeFiles(of folder: String, keeping names: Set<String>) throws(FileError) {
        for name in try FileSystem.entries(of: folder) where !names.contains(name) {
            let isSegment = name.hasPrefix(Manifest.prefix) && name.hasSuffix(Manifest.suffix)
            let isPartial = name.hasPrefix(".") && name.hasSuffix(".partial")
            if isSegment || isPartial { try FileSystem.remove(folder + "/" + name) }
        }
    }
}

extension Manifest {
    fileprivate init(_ views: [SegmentView], _ state: SegmentList.State, _ schema: IndexSchema) {
        self.init(
            fingerprint: schema.fingerprint, mark: state.mark, generation: state.generation,
            nextID: state.nextID,
            parts: views.map { view in
                Part(
                    id: view.segment.id, bytes: view.segment.bytes.count,
                    documentCount: view.segment.documentCount,
                    deleted: (0..<UInt32(view.segment.documentCount)).filter(view.isDeleted))
            })
    }
}
