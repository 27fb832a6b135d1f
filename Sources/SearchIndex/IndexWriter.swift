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

    private let folder: String?
    private let schema: IndexSchema
    private let options: IndexOptions
    // Held for as long as the writer lives.
    private let lock: FileLock?
    private let state: Mutex<State>
    private let current: Mutex<IndexSnapshot>
    // The bytes of the manifest that was written last; whoever writes files holds this.
    private let written: Mutex<[UInt8]>
    private let merges = DispatchQueue(label: "SearchIndex.merges")

    fileprivate struct State {
        var views: [SegmentView]
        var mark: Int64
        var generation: UInt64
        var nextID: UInt64
        var isMerging = false
    }

    /// Segments of less than this altogether are merged at once.
    private static let inlineBytes = 4 << 20

    /// Opens or creates the index of a folder.
    ///
    /// An index that is damaged, incomplete, or of another schema or format is given up, with its files: `recovery` then
    /// says why, and the mark is 0.
    ///
    /// - Parameter folder: `nil` for an index in memory alone, which `checkpoint` does not keep.
    /// - Throws: `IndexError.locked` when another writer has the folder, `IndexError.file` when the system refuses.
    public init(folder: String?, schema: IndexSchema, options: IndexOptions = .init()) throws(IndexError) {
        self.folder = folder
        self.schema = schema
        self.options = options
        var opened = State(views: [], mark: 0, generation: 0, nextID: 1)
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
                    do throws(FileError) {
                        // First of all, so that what is left after a crash is no index rather than half of one.
                        try FileSystem.remove(folder + "/" + Manifest.fileName)
                        try Self.removeFiles(of: folder, keeping: [])
                    } catch {
                        throw .file(error)
                    }
                }
            }
        } else {
            lock = nil
        }
        self.recovery = recovery
        current = Mutex(
            IndexSnapshot(
                views: opened.views, schema: schema, options: options, mark: opened.mark,
                generation: opened.generation))
        state = Mutex(opened)
        written = Mutex(manifest)
    }

    /// The newest snapshot.
    public var snapshot: IndexSnapshot { current.withLock { $0 } }

    /// Makes a batch of changes, in order, and gives back the snapshot that has them all.
    ///
    /// Large batches cost less for each document than small ones.
    ///
    /// - Parameter mark: What the snapshot carries from now on, as far as the owner's own numbering has come.
    /// - Throws: `IndexError.shape` when a document does not fit the schema; nothing has been changed then.
    @discardableResult
    public func apply(_ changes: [IndexChange], mark: Int64) throws(IndexError) -> IndexSnapshot {
        for case .put(let document) in changes { try check(document) }
        // Whoever writes faster than segments are merged waits here, so that their number stays bounded.
        while state.withLock({ $0.isMerging && $0.views.count > 8 * options.mergeFactor }) { merges.sync {} }

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
        let built = build(documents)

        return state.withLock { state in
            for key in keys {
                let hash = keyHash(key)
                for index in state.views.indices {
                    if let doc = state.views[index].doc(ofKey: key, hash: hash) {
                        state.views[index].delete(doc)
                        break
                    }
                }
            }
            state.views.removeAll { $0.liveCount == 0 }
            for bytes in built { state.views.append(SegmentView(segment(bytes, &state))) }
            state.mark = mark
            state.generation += 1
            mergeSmall(&state)
            if !state.isMerging, mergeCandidate(state.views) != nil {
                state.isMerging = true
                merges.async { self.mergeLarge() }
            }
            return publish(state)
        }
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

    /// A segment in memory.
    private func segment(_ bytes: [UInt8], _ state: inout State) -> Segment {
        defer { state.nextID += 1 }
        do throws(Segment.Fault) {
            return try Segment(
                id: state.nextID, bytes: SegmentBytes(bytes), schema: schema, checks: false,
                checksStored: false)
        } catch {
            preconditionFailure("A segment that was just built is readable: \(error.reason)")
        }
    }

    /// Makes a snapshot of the state the newest.
    private func publish(_ state: borrowing State) -> IndexSnapshot {
        let snapshot = IndexSnapshot(
            views: state.views, schema: schema, options: options, mark: state.mark,
            generation: state.generation)
        current.withLock { $0 = snapshot }
        return snapshot
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
                    id: segment.id, bytes: segment.bytes, schema: schema, checks: true, checksStored: true)
            } catch {
                problems.append("\(Manifest.fileName(segment.id)): \(error.reason) at byte \(error.offset)")
            }
        }
        guard let folder else { return problems }
        let expected = written.withLock { $0 }
        guard !expected.isEmpty else { return problems }
        do throws(FileError) {
            if try FileSystem.read(folder + "/" + Manifest.fileName) != expected {
                problems.append("\(Manifest.fileName): it is not as it was written")
            }
        } catch {
            guard error.isAbsence else { throw .file(error) }
            problems.append("\(Manifest.fileName): it is gone")
        }
        return problems
    }
}

// Merging.
extension IndexWriter {
    /// Waits until no segments are being merged.
    func waitForMerges() {
        while state.withLock({ $0.isMerging }) { merges.sync {} }
    }

    /// The segments that should become one next, or `nil`.
    ///
    /// A run of as many segments as the merge factor says, all of one tier or below, becomes one; a tier is that many
    /// times as large as the one before. So each document is merged once for each tier. Besides, a segment most of
    /// whose documents are gone is written anew without them.
    private func mergeCandidate(_ views: [SegmentView]) -> Range<Int>? {
        let factor = max(2, options.mergeFactor)
        let tiers = views.map { view in
            var tier = 0
            var bytes = view.liveBytes / (64 << 10)
            while bytes >= factor {
                bytes /= factor
                tier += 1
            }
            return tier
        }
        for tier in 0...(tiers.max() ?? 0) {
            var start = 0
            while start < views.count {
                guard tiers[start] <= tier else {
                    start += 1
                    continue
                }
                var end = start
                while end < views.count, tiers[end] <= tier { end += 1 }
                if end - start >= factor, let run = bounded(start..<end, views) { return run }
                start = end
            }
        }
        return views.indices.first { views[$0].liveCount * 2 < views[$0].segment.documentCount }
            .map { $0..<$0 + 1 }
    }

    /// The first part of a run that can be merged without growing beyond the limit.
    private func bounded(_ run: Range<Int>, _ views: [SegmentView]) -> Range<Int>? {
        var start = run.lowerBound
        while start < run.upperBound {
            var end = start
            var bytes = 0
            while end < run.upperBound, bytes + views[end].liveBytes <= options.segmentBytes {
                bytes += views[end].liveBytes
                end += 1
            }
            if end - start >= 2 { return start..<end }
            start += 1
        }
        return nil
    }

    private func mergeSmall(_ state: inout State) {
        guard !state.isMerging else { return }
        while let run = mergeCandidate(state.views) {
            let sources = Array(state.views[run])
            guard sources.reduce(0, { $0 + $1.segment.bytes.count }) < Self.inlineBytes else { return }
            let merger = SegmentMerger(sources, schema: schema)
            state.views.replaceSubrange(run, with: [SegmentView(segment(merger.bytes, &state))])
        }
    }

    /// Merges until there is nothing to merge any more; on the queue.
    private func mergeLarge() {
        while true {
            let sources: [SegmentView]? = state.withLock { state in
                guard let run = mergeCandidate(state.views) else {
                    state.isMerging = false
                    return nil
                }
                return Array(state.views[run])
            }
            guard let sources else { return }
            let merger = SegmentMerger(sources, schema: schema)
            state.withLock { state in
                var merged = SegmentView(segment(merger.bytes, &state))
                // Documents may have been replaced or removed meanwhile.
                for (source, numbers) in zip(sources, merger.numbers) {
                    let now = state.views.first { $0.segment.id == source.segment.id }
                    if let now, now.liveCount == source.liveCount { continue }
                    for doc in numbers.indices where numbers[doc] != .max {
                        if now?.isDeleted(UInt32(doc)) ?? true { merged.delete(numbers[doc]) }
                    }
                }
                let ids = Set(sources.map(\.segment.id))
                let place = state.views.firstIndex { ids.contains($0.segment.id) } ?? 0
                state.views.removeAll { ids.contains($0.segment.id) }
                if merged.liveCount > 0 { state.views.insert(merged, at: min(place, state.views.count)) }
                _ = publish(state)
            }
        }
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
    ) throws(OpenFault) -> State {
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
        let checksStored = total <= options.verifiedBytes
        let opened = Mutex([Result<SegmentView, OpenFault>?](repeating: nil, count: manifest.parts.count))
        DispatchQueue.concurrentPerform(iterations: manifest.parts.count) { index in
            let view = Result { () throws(OpenFault) in
                try open(manifest.parts[index], folder, schema, checksStored: checksStored)
            }
            opened.withLock { $0[index] = view }
        }
        var views: [SegmentView] = []
        for view in opened.withLock({ $0 }) {
            if let view { views.append(try view.get()) }
        }
        return State(
            views: views, mark: manifest.mark, generation: manifest.generation, nextID: manifest.nextID)
    }

    private static func open(
        _ part: Manifest.Part, _ folder: String, _ schema: IndexSchema, checksStored: Bool
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
                id: part.id, bytes: bytes, schema: schema, checks: true, checksStored: checksStored)
            guard segment.documentCount == part.documentCount else {
                throw Segment.Fault(offset: 16, reason: "it has not the documents that the manifest says")
            }
            var view = SegmentView(segment)
            for doc in part.deleted { view.delete(doc) }
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
        guard let folder else { return }
        try written.withLock { written throws(IndexError) in
            do throws(FileError) {
                try writeFiles(folder, &written)
            } catch {
                throw IndexError.file(error)
            }
        }
    }

    private func writeFiles(_ folder: String, _ written: inout [UInt8]) throws(FileError) {
        let captured = state.withLock { state in
            joinInMemory(&state)
            return state
        }
        let manifest = Manifest(captured.views, captured, schema)
        let bytes = manifest.encoded()
        guard bytes != written else { return }
        var mapped: [UInt64: Segment] = [:]
        for view in captured.views where view.segment.bytes.isInMemory {
            let path = folder + "/" + Manifest.fileName(view.segment.id)
            let segment = view.segment
            try FileSystem.writeAtomically(segment.part(0, segment.bytes.count).array(), to: path)
            let bytes = try SegmentBytes(path: path)
            do throws(Segment.Fault) {
                mapped[view.segment.id] = try Segment(
                    id: view.segment.id, bytes: bytes, schema: schema, checks: false, checksStored: false)
            } catch {
                throw FileError(path: path, operation: "read back", code: 5)
            }
        }
        try FileSystem.writeAtomically(bytes, to: folder + "/" + Manifest.fileName)
        written = bytes
        state.withLock { state in
            for index in state.views.indices {
                guard let segment = mapped[state.views[index].segment.id] else { continue }
                state.views[index] = SegmentView(state.views[index], segment: segment)
            }
            _ = publish(state)
        }
        try Self.removeFiles(of: folder, keeping: Set(manifest.parts.map { Manifest.fileName($0.id) }))
    }

    /// Makes one of the small segments in memory at the end, so that each checkpoint writes but one file for them.
    private func joinInMemory(_ state: inout State) {
        guard !state.isMerging else { return }
        var start = state.views.count
        var bytes = 0
        while start > 0, state.views[start - 1].segment.bytes.isInMemory,
            bytes + state.views[start - 1].segment.bytes.count < Self.inlineBytes
        {
            start -= 1
            bytes += state.views[start].segment.bytes.count
        }
        guard state.views.count - start > 1 else { return }
        let run = start..<state.views.count
        let merger = SegmentMerger(Array(state.views[run]), schema: schema)
        state.views.replaceSubrange(run, with: [SegmentView(segment(merger.bytes, &state))])
        mergeSmall(&state)
        _ = publish(state)
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
    fileprivate init(_ views: [SegmentView], _ state: IndexWriter.State, _ schema: IndexSchema) {
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
