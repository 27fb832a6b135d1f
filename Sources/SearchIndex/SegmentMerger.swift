/// A segment and which of its documents are still there, as one moment saw them.
struct SegmentView: Sendable {
    let segment: Segment
    /// A bit for each document that was replaced or removed; empty while there is none.
    var deleted: [UInt64] = []
    /// How many documents are there.
    var liveCount: Int
    /// The sum of the lengths of each text field, over the documents that are there.
    var liveTotals: [Int]

    init(_ segment: Segment) {
        self.segment = segment
        liveCount = segment.documentCount
        liveTotals = segment.totals
    }

    /// The same documents, out of another form of the segment.
    init(_ other: SegmentView, segment: Segment) {
        self.segment = segment
        deleted = other.deleted
        liveCount = other.liveCount
        liveTotals = other.liveTotals
    }

    func isDeleted(_ doc: UInt32) -> Bool {
        let word = Int(doc >> 6)
        return word < deleted.count && deleted[word] >> UInt64(doc & 63) & 1 != 0
    }

    /// Takes a document out; nothing happens if it is out already.
    mutating func delete(_ doc: UInt32) {
        guard doc < segment.documentCount, !isDeleted(doc) else { return }
        if deleted.isEmpty { deleted = Array(repeating: 0, count: segment.wordCount) }
        deleted[Int(doc >> 6)] |= 1 << UInt64(doc & 63)
        liveCount -= 1
        for field in liveTotals.indices {
            liveTotals[field] -= segment.length(field, of: Int(doc))
        }
    }

    /// The document with a key, if it is there.
    func doc(ofKey key: [UInt8], hash: UInt64) -> UInt32? {
        segment.keys.doc(key, hash: hash).flatMap { isDeleted($0) ? nil : $0 }
    }

    /// The documents of a window that are there.
    func live(_ window: Int) -> Bits {
        var bits = Bits(first: segment.documentCount - 4096 * window)
        if !deleted.isEmpty {
            for index in 0..<64 where 64 * window + index < deleted.count {
                bits.remove(word: index, deleted[64 * window + index])
            }
        }
        return bits
    }

    /// The documents of a window that are not there any more.
    func dead(_ window: Int) -> Bits {
        var bits = Bits()
        for index in 0..<64 where 64 * window + index < deleted.count {
            bits.set(word: index, to: deleted[64 * window + index])
        }
        return bits
    }

    /// How many of the documents of some postings are still there.
    func liveFrequency(_ entry: TermEntry, keywordField: Int? = nil) -> Int {
        guard !deleted.isEmpty else { return entry.frequency }
        let postings = segment.postings(keywordField: keywordField)
        var cursor = PostingsCursor(entry, segment, keywordField: keywordField)
        var gone = 0
        while cursor.nextBlock(postings) {
            for index in 0..<cursor.blockDocs where isDeleted(cursor.unpacked.doc(index)) { gone += 1 }
        }
        return max(0, cursor.frequency - gone)
    }

    /// The size of the segment, less what its removed documents take up.
    var liveBytes: Int {
        segment.documentCount == 0 ? 0 : segment.bytes.count / segment.documentCount * liveCount
    }
}

/// Makes one segment of several; documents keep their order, and those that are not there any more are left out.
struct SegmentMerger {
    /// The bytes of the new segment.
    private(set) var bytes: [UInt8] = []
    /// By source and document, the number in the new segment; `UInt32.max` for those left out.
    private(set) var numbers: [[UInt32]] = []
    private let sources: [SegmentView]
    private let schema: IndexSchema

    /// Merges, and holds every checksum of what it reads against the bytes: before, as damaged lengths could make the
    /// new segment any size, and after, as what is damaged meanwhile must not get a checksum that fits.
    ///
    /// - Throws: `IndexError.damaged` of the first fault of a source.
    init(_ sources: [SegmentView], schema: IndexSchema) throws(IndexError) {
        self.sources = sources
        self.schema = schema
        for source in sources { try source.segment.check() }
        var next: UInt32 = 0
        for source in sources {
            numbers.append(
                (0..<UInt32(source.segment.documentCount)).map { doc in
                    guard !source.isDeleted(doc) else { return .max }
                    defer { next += 1 }
                    return next
                })
        }
        var sections = texts()
        for field in schema.keywords.indices { sections += keywords(field) }
        for column in schema.columns.indices { sections.append(self.column(column)) }
        sections.append(keys())
        sections.append(summaries())
        sections.append(contents())
        bytes = SectionKind.assemble(&sections, documentCount: Int(next), schema: schema)
        for source in sources { try source.segment.check() }
    }

    /// Calls `body` with each document that is kept, in the order of the new segment.
    private func forEachKept(_ body: (Segment, Int) -> Void) {
        for (source, numbers) in zip(sources, numbers) {
            for doc in numbers.indices where numbers[doc] != .max { body(source.segment, doc) }
        }
    }

    private func texts() -> [[UInt8]] {
        var lengths = Array(repeating: [UInt16](), count: schema.texts.count)
        for field in schema.texts.indices {
            forEachKept { segment, doc in
                lengths[field].append(segment.lengths(field).load(UInt16.self, 2 * doc))
            }
        }
        let (statistics, norms) = SegmentBuilder.statistics(lengths, schema)
        var encoder = PostingsEncoder(norms: norms)
        var dictionary = TermDictionaryBuilder()
        var deltas: [UInt32] = []
        let fieldCount = schema.texts.count
        forEachTerm(keywordField: nil) { term, found in
            var isKept = false
            for (source, entry) in found {
                let segment = sources[source].segment
                var cursor = PostingsCursor(entry, segment)
                while cursor.nextBlock(segment.postings, segment.positions, deltas: &deltas) {
                    var start = 0
                    for place in 0..<cursor.blockDocs {
                        let doc = Int(cursor.unpacked.doc(place))
                        let number = doc < numbers[source].count ? numbers[source][doc] : .max
                        if number != .max {
                            encoder.add(number)
                            isKept = true
                        }
                        for field in 0..<fieldCount {
                            let count = cursor.frequency(at: place, field: field, segment.postings)
                            let end = min(start + count, deltas.count)
                            if number != .max, start < end {
                                encoder.add(deltas: deltas[start..<end], field: field)
                            }
                            start = end
                        }
                    }
                }
            }
            if isKept { dictionary.add(term, encoder.finish()) }
        }
        let (postings, positions) = encoder.finished()
        return [dictionary.finished(), postings, positions, statistics]
            + lengths.map(SegmentBuilder.encode)
    }

    private func keywords(_ field: Int) -> [[UInt8]] {
        var encoder = PostingsEncoder()
        var dictionary = TermDictionaryBuilder()
        var pairs: [UInt64] = []
        forEachTerm(keywordField: field) { term, found in
            let ordinal = UInt64(dictionary.count)
            var isKept = false
            for (source, entry) in found {
                let segment = sources[source].segment
                let postings = segment.keywordPostings(field)
                var cursor = PostingsCursor(entry, segment, keywordField: field)
                while cursor.nextBlock(postings) {
                    for place in 0..<cursor.blockDocs {
                        let doc = Int(cursor.unpacked.doc(place))
                        guard doc < numbers[source].count, numbers[source][doc] != .max else { continue }
                        encoder.add(numbers[source][doc])
                        pairs.append(UInt64(numbers[source][doc]) << 32 | ordinal)
                        isKept = true
                    }
                }
            }
            if isKept { dictionary.add(term, encoder.finish()) }
        }
        pairs.sort()
        let documents = sources.reduce(0) { $0 + $1.liveCount }
        return [dictionary.finished(), encoder.finished().postings]
            + [SegmentBuilder.valuesSection(pairs, documents: documents, count: dictionary.count)]
    }

    /// Calls `body` with each term that a source has, ascending, and in which sources it is.
    private func forEachTerm(
        keywordField: Int?, _ body: ([UInt8], [(source: Int, entry: TermEntry)]) -> Void
    ) {
        let segments = sources.map(\.segment)
        var cursors = segments.map { TermCursor($0.dictionary(keywordField: keywordField)) }
        func advance(_ source: Int) -> Bool {
            let segment = segments[source]
            return cursors[source].advance(segment.dictionary(keywordField: keywordField))
        }
        var open = segments.indices.filter(advance)
        var found: [(source: Int, entry: TermEntry)] = []
        while let first = open.first {
            var least = first
            found.removeAll(keepingCapacity: true)
            found.append((first, cursors[first].entry))
            for source in open.dropFirst() {
                switch TermDictionary.order(cursors[source].term, cursors[least].term) {
                case 0: found.append((source, cursors[source].entry))
                case ..<0:
                    least = source
                    found.removeAll(keepingCapacity: true)
                    found.append((source, cursors[source].entry))
                default: break
                }
            }
            body(cursors[least].term, found)
            for (source, _) in found where !advance(source) { open.removeAll { $0 == source } }
        }
    }

    private func column(_ column: Int) -> [UInt8] {
        var values: [Int64?] = []
        forEachKept { segment, doc in values.append(segment.column(column)[doc]) }
        return ColumnView.encode(values)
    }

    private func keys() -> [UInt8] {
        var keys: [[UInt8]] = []
        forEachKept { segment, doc in keys.append(segment.keys.key(UInt32(doc))) }
        return KeysView.encode(keys)
    }

    private func summaries() -> [UInt8] {
        var builder = StoredBuilder()
        forEachKept { segment, doc in builder.add(segment.summaries.bytes(UInt32(doc))) }
        return builder.finished()
    }

    private func contents() -> [UInt8] {
        var builder = StoredBuilder()
        forEachKept { segment, doc in builder.add(segment.contents.bytes(UInt32(doc))) }
        return builder.finished()
    }
}
