internal import Dispatch
internal import Synchronization

/// The segments of an index as they are now: the writer changes them, and a queue of their own merges large ones.
///
/// Merging keeps this alive but not the writer, which so gives its folder free as soon as it is let go.
final class SegmentList: Sendable {
    struct State {
        var views: [SegmentView] = []
        var mark: Int64 = 0
        var generation: UInt64 = 0
        var nextID: UInt64 = 1
        var isMerging = false
        /// What a merge found damaged; nothing is merged from then on.
        var damage: IndexError?
    }

    private let schema: IndexSchema
    private let options: IndexOptions
    private let state: Mutex<State>
    private let current: Mutex<IndexSnapshot>
    private let isClosed = Atomic<Bool>(false)
    private let merges = DispatchQueue(label: "SearchIndex.merges")
    private let checks = DispatchQueue(label: "SearchIndex.checks", qos: .utility)
    private let files: SegmentFiles?

    init(_ opened: State, schema: IndexSchema, options: IndexOptions, files: SegmentFiles?) {
        self.schema = schema
        self.options = options
        self.files = files
        current = Mutex(
            IndexSnapshot(
                views: opened.views, schema: schema, options: options, mark: opened.mark,
                generation: opened.generation))
        state = Mutex(opened)
    }

    /// Begins no more merges, and writes no more files.
    func close() {
        isClosed.store(true, ordering: .relaxed)
        files?.state.withLock { $0.isClosed = true }
    }

    /// What a merge found damaged, if any did since the last reset.
    var damage: IndexError? { state.withLock { $0.damage } }

    /// Lets all segments go and begins anew, at mark 0; merges that are under way come to nothing.
    func reset() {
        state.withLock { state in
            state.views = []
            state.mark = 0
            state.generation += 1
            state.damage = nil
            _ = publish(state)
        }
    }

    /// The newest snapshot.
    var snapshot: IndexSnapshot { current.withLock { $0 } }

    /// Waits while there are more segments than searches should have to visit, until some are merged.
    func waitWhileCrowded() {
        while state.withLock({ $0.isMerging && $0.views.count > 8 * options.mergeFactor }) { merges.sync {} }
    }

    /// Takes out the documents with some keys and puts in some segments.
    func replace(_ keys: [[UInt8]], with built: [[UInt8]], mark: Int64) -> IndexSnapshot {
        state.withLock { state in
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
            if !state.isMerging, state.damage == nil, mergeCandidate(state.views) != nil {
                state.isMerging = true
                merges.async { self.merge(next: self.mergeCandidate) }
            }
            return publish(state)
        }
    }

    /// The state as it is to be written to files.
    func captured() -> State {
        state.withLock { state in
            joinInMemory(&state)
            return state
        }
    }

    /// Puts other forms of some segments, by number, in their place.
    func map(_ mapped: [UInt64: Segment]) {
        state.withLock { state in
            for index in state.views.indices {
                guard let segment = mapped[state.views[index].segment.id] else { continue }
                state.views[index] = SegmentView(state.views[index], segment: segment)
            }
            _ = publish(state)
        }
    }

    /// A segment in memory, with the next number.
    private func segment(_ bytes: [UInt8], _ state: inout State) -> Segment {
        defer { state.nextID += 1 }
        return segment(bytes, state.nextID)
    }

    /// A segment in memory.
    private func segment(_ bytes: [UInt8], _ id: UInt64) -> Segment {
        do throws(Segment.Fault) {
            return try Segment(
                id: id, bytes: SegmentBytes(bytes), schema: schema, checks: false)
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
            let bytes = state.views[run].reduce(0) { $0 + $1.segment.bytes.count }
            guard bytes < options.inlineBytes, merge(run, &state) else { return }
        }
    }

    /// Keeps in mind what is damaged, unless the segments have been let go meanwhile.
    private func note(_ damage: IndexError, in views: [SegmentView]) {
        let ids = views.map(\.segment.id)
        state.withLock { state in
            if state.views.contains(where: { ids.contains($0.segment.id) }) { state.damage = damage }
        }
    }

    /// Holds every checksum of the segments that there are now against their bytes, on a queue of its own.
    func checkAll() {
        let views = snapshot.views
        checks.async { [weak self] in
            for view in views {
                guard let self, !isClosed.load(ordering: .relaxed) else { return }
                do throws(IndexError) {
                    try view.segment.check()
                } catch {
                    note(error, in: [view])
                }
                // The pass has read it all; what queries need comes back as they touch it.
                view.segment.bytes.release()
            }
        }
    }

    /// Waits until `checkAll` has come to its end.
    func waitForCheck() { checks.sync {} }

    /// Puts one segment in the place of some.
    ///
    /// - Returns: Whether it did; not where something is damaged.
    private func merge(_ run: Range<Int>, _ state: inout State) -> Bool {
        guard let merger = merger(of: Array(state.views[run]), &state.damage) else { return false }
        state.views.replaceSubrange(run, with: [SegmentView(segment(merger.bytes, &state))])
        return true
    }

    /// Merges some segments; `nil` where something is damaged, now or before.
    private func merger(of sources: [SegmentView], _ damage: inout IndexError?) -> SegmentMerger? {
        guard damage == nil else { return nil }
        do throws(IndexError) {
            return try SegmentMerger(sources, schema: schema)
        } catch {
            damage = error
            return nil
        }
    }

    /// Merges all segments into as few as their greatest size allows, and waits for it.
    func compact() {
        while true {
            let begins = state.withLock { state in
                guard !state.isMerging else { return false }
                state.isMerging = true
                return true
            }
            if begins { return merges.sync { merge(next: compactionCandidate) } }
            merges.sync {}
        }
    }

    /// Segments that can be one, or one of which documents are gone.
    private func compactionCandidate(_ views: [SegmentView]) -> Range<Int>? {
        bounded(0..<views.count, views)
            ?? views.indices.first { !views[$0].deleted.isEmpty }.map { $0..<$0 + 1 }
    }

    /// Merges until `candidate` gives nothing to merge any more; on the queue, while `isMerging` is set.
    private func merge(next candidate: ([SegmentView]) -> Range<Int>?) {
        while true {
            let sources: [SegmentView]? = state.withLock { state in
                guard state.damage == nil, let run = candidate(state.views) else {
                    state.isMerging = false
                    return nil
                }
                return Array(state.views[run])
            }
            guard let sources, !isClosed.load(ordering: .relaxed) else { return }
            var damage: IndexError?
            guard let merger = merger(of: sources, &damage) else {
                if let damage { note(damage, in: sources) }
                continue
            }
            put(merger, inPlaceOf: sources)
        }
    }

    /// Puts a merged segment in the place of its sources; where the index has files, in one at once, so that it need not
    /// stay in memory until the next checkpoint.
    private func put(_ merger: SegmentMerger, inPlaceOf sources: [SegmentView]) {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        guard let files else {
            return replace(sources, merger.numbers, by: segment(merger.bytes, id))
        }
        files.state.withLock { held in
            // Otherwise another writer may have the folder.
            guard !held.isClosed else { return }
            // What cannot be written stays in memory: the next checkpoint tries again, and tells.
            let mapped = try? Segment(
                id: id, bytes: files.write(merger.bytes, as: id), schema: schema, checks: false)
            replace(sources, merger.numbers, by: mapped ?? segment(merger.bytes, id))
        }
    }

    private func replace(_ sources: [SegmentView], _ numbers: [[UInt32]], by segment: Segment) {
        state.withLock { state in
            var merged = SegmentView(segment)
            // Documents may have been replaced or removed meanwhile.
            for (source, numbers) in zip(sources, numbers) {
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

    /// Makes one of the small segments in memory at the end, so that each checkpoint writes but one file for them.
    private func joinInMemory(_ state: inout State) {
        guard !state.isMerging else { return }
        var start = state.views.count
        var bytes = 0
        while start > 0, state.views[start - 1].segment.bytes.isInMemory,
            bytes + state.views[start - 1].segment.bytes.count < options.inlineBytes
        {
            start -= 1
            bytes += state.views[start].segment.bytes.count
        }
        guard state.views.count - start > 1 else { return }
        guard merge(start..<state.views.count, &state) else { return }
        mergeSmall(&state)
        _ = publish(state)
    }
}
