/// Walks over the postings of one term in one segment, block by block.
///
/// A copy unpacks its blocks to the same memory: only one of both may go on.
struct PostingsCursor {
    /// Documents with the term.
    private(set) var frequency: Int
    private var entry: TermEntry
    private let fieldCount: Int
    private(set) var blockCount: Int

    private(set) var block = -1
    /// What the block at hand unpacks to, of which the first `blockDocs` places count; after `scoreBlock` an impact is
    /// what the document scores, below 0 for one that lacks the field that is searched.
    let unpacked: PostingsBlock
    private(set) var blockDocs = 0
    // Where the packed frequencies begin, their widths, and which block they have been unpacked of.
    private var dataOffset = 0
    private var positionWidth = 0
    private var widths = InlineArray<8, UInt8>(repeating: 0)
    // Which block the frequencies have been unpacked of.
    private var counted = -1
    // How many occurrences there are in the block before a place, as far as positions have been asked for.
    private var summed = (block: -1, place: 0, occurrences: 0)

    private var bias: UInt32 { PostingsLayout.bias(fieldCount) }

    /// Whether any document of the block at hand has the term in a field.
    @inline(__always)
    private func hasAny(_ field: Int) -> Bool { widths[field & 7] > 0 || fieldCount == 1 }

    /// Stands before the first block; of a keyword field's postings, or for `nil` of the text fields'.
    init(_ entry: TermEntry, _ segment: Segment, keywordField: Int? = nil) {
        self.entry = entry
        fieldCount = keywordField == nil ? segment.fieldCount : 0
        unpacked = PostingsBlock(fieldCount: fieldCount)
        // No more than there are documents, whatever a damaged dictionary says.
        frequency = min(entry.frequency, segment.documentCount)
        blockCount = (frequency + 127) / 128
    }

    /// Stands before the first block of another term of the same kind of field.
    mutating func reset(_ entry: TermEntry, _ segment: Segment) {
        self.entry = entry
        frequency = min(entry.frequency, segment.documentCount)
        blockCount = (frequency + 127) / 128
        block = -1
        counted = -1
        summed.block = -1
    }

    /// The last document of a block; as large as can be for a term with one block that has not been unpacked.
    @inline(__always)
    func lastDoc(_ block: Int, _ postings: RawSpan) -> UInt32 {
        if blockCount > 1 { return postings.u32(skip(block)) }
        return self.block == 0 && blockDocs > 0 ? unpacked.doc(blockDocs &- 1) : .max
    }

    /// Unpacks the documents of a block.
    private mutating func open(_ target: Int, _ postings: RawSpan) {
        block = target
        guard target < blockCount else {
            blockDocs = 0
            return
        }
        var offset = entry.postings
        var start: UInt32 = .max
        if blockCount > 1 {
            offset = skip(blockCount)
            if target > 0 {
                start = postings.u32(skip(target &- 1))
                offset = offset &+ Int(postings.u32(skip(target &- 1) &+ 4))
            }
        }
        blockDocs = min(128, frequency - 128 * target)
        var header = postings.load(UInt64.self, offset)
        let width = Int(header & 63)
        header &>>= 6
        for field in 0..<fieldCount {
            widths[field & 7] = UInt8(truncatingIfNeeded: header & 31)
            header &>>= 5
        }
        positionWidth = Int(header & 31)
        offset = offset &+ PostingsLayout.headerBytes(fieldCount)
        unpacked.unpackDocs(postings, offset, count: blockDocs, width: width, after: start)
        dataOffset = offset &+ (blockDocs &* width &+ 7) / 8
    }

    /// Where what is known of a block begins; behind that of the last block the first begins.
    @inline(__always)
    private func skip(_ block: Int) -> Int { entry.postings &+ PostingsLayout.skipBytes &* block }

    /// Unpacks the frequencies of the block at hand.
    private mutating func openFrequencies(_ postings: RawSpan) {
        guard counted != block else { return }
        counted = block
        var offset = dataOffset
        for field in 0..<fieldCount {
            let width = Int(widths[field & 7])
            unpacked.unpackFrequencies(
                postings, offset, count: blockDocs, width: width, field: field, bias: bias)
            offset &+= (blockDocs &* width &+ 7) / 8
        }
    }

    /// The first document that a block may have.
    @inline(__always)
    func firstDoc(_ block: Int, _ postings: RawSpan) -> UInt32 {
        block > 0 ? lastDoc(block &- 1, postings) &+ 1 : 0
    }

    /// Goes to a block, before or behind the one at hand.
    mutating func go(to target: Int, _ postings: RawSpan) {
        if target != block { open(target, postings) }
    }

    /// The first block that may have `target`, from block `first` on; the number of blocks if there is none.
    @inline(__always)
    func block(reaching target: UInt32, from first: Int, _ postings: RawSpan) -> Int {
        guard first < blockCount, lastDoc(first, postings) < target else { return first }
        return block(beyond: first, reaching: target, postings)
    }

    private func block(beyond first: Int, reaching target: UInt32, _ postings: RawSpan) -> Int {
        var low = first
        var step = 1
        while low + step < blockCount, lastDoc(low + step, postings) < target {
            low += step
            step *= 2
        }
        var high = min(low + step, blockCount)
        low += 1
        while low < high {
            let middle = (low + high) / 2
            if lastDoc(middle, postings) < target { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first block that may have `target`, from the one at hand on.
    @inline(__always)
    func block(reaching target: UInt32, _ postings: RawSpan) -> Int {
        if block >= 0, blockDocs > 0, target <= unpacked.doc(blockDocs &- 1) { return block }
        return block(reaching: target, from: max(block, 0), postings)
    }

    /// A block, and from which document to which it may have any.
    struct Stretch {
        var block: Int
        var first: UInt32
        var last: UInt32
    }

    /// The first block that may have `target`, from block `first` on.
    @inline(__always)
    func stretch(reaching target: UInt32, from first: Int, _ postings: RawSpan) -> Stretch? {
        let block = block(reaching: target, from: first, postings)
        guard block < blockCount else { return nil }
        return Stretch(block: block, first: firstDoc(block, postings), last: lastDoc(block, postings))
    }

    /// The places of the block at hand that have documents from `first` to `last`.
    func places(_ first: UInt32, _ last: UInt32) -> Range<Int> {
        let low = unpacked.doc(0) >= first ? 0 : min(unpacked.place(of: first), blockDocs)
        let isWhole = last == .max || blockDocs > 0 && unpacked.doc(blockDocs &- 1) <= last
        let high = isWhole ? blockDocs : unpacked.place(of: last &+ 1)
        return low..<max(low, high)
    }

    /// Makes candidates of the documents of the block at hand from `first` to `last`, and chooses all.
    func choose(_ candidates: Candidates, _ first: UInt32, _ last: UInt32, term: Int) {
        let places = places(first, last)
        candidates.take(unpacked, places.lowerBound, places.upperBound, term: term)
    }

    /// Finds a document, not before one that was sought earlier.
    ///
    /// - Returns: Its place in the block at hand, or `nil`.
    mutating func seek(_ doc: UInt32, _ postings: RawSpan) -> Int? {
        let target = block(reaching: doc, postings)
        if target != block { open(target, postings) }
        return place(ofDoc: doc)
    }

    /// The place of a document in the block at hand.
    @inline(__always)
    func place(ofDoc doc: UInt32) -> Int? {
        let place = unpacked.place(of: doc)
        return place < blockDocs && unpacked.doc(place) == doc ? place : nil
    }

    /// How often the document at a place has the term in a field.
    mutating func frequency(at place: Int, field: Int, _ postings: RawSpan) -> Int {
        openFrequencies(postings)
        return Int(unpacked.frequency(place, field: field))
    }

    /// The positions of the term in a field of the document at a place.
    mutating func positions(at place: Int, field: Int, _ postings: RawSpan, _ section: RawSpan)
        -> PositionStream
    {
        openFrequencies(postings)
        if summed.block != block || summed.place > place { summed = (block, 0, 0) }
        for field in 0..<fieldCount where hasAny(field) {
            summed.occurrences &+= unpacked.occurrences(summed.place, place, field: field)
        }
        summed.place = place
        var first = summed.occurrences
        for before in 0..<field { first &+= Int(unpacked.frequency(place, field: before)) }
        return PositionStream(
            section, positionsOffset(postings), first: first,
            count: Int(unpacked.frequency(place, field: field)), width: positionWidth)
    }

    private func positionsOffset(_ postings: RawSpan) -> Int {
        guard blockCount > 1 else { return entry.positions }
        return entry.positions &+ Int(postings.u32(skip(block) &+ 8))
    }

    /// Goes to the next block and unpacks all of it, for merging; `false` at the end.
    ///
    /// `deltas` takes the distances of all occurrences, document by document, field by field.
    mutating func nextBlock(_ postings: RawSpan, _ section: RawSpan, deltas: inout [UInt32]) -> Bool {
        open(block + 1, postings)
        guard block < blockCount else { return false }
        openFrequencies(postings)
        guard fieldCount > 0 else { return true }
        var sum = 0
        for field in 0..<fieldCount {
            for index in 0..<blockDocs { sum &+= Int(unpacked.frequency(index, field: field)) }
        }
        deltas.removeAll(keepingCapacity: true)
        section.unpack(
            positionsOffset(postings), first: 0, count: sum, width: positionWidth, appendingTo: &deltas)
        // A damaged section must not make the caller read beyond what is there.
        while deltas.count < min(sum, 1 << 24) { deltas.append(0) }
        return true
    }

    /// Goes to the next block and unpacks its documents.
    mutating func nextBlock(_ postings: RawSpan) -> Bool {
        open(block + 1, postings)
        return block < blockCount
    }
}

extension PostingsCursor {
    /// Which occurrences of a term count, and for how much.
    struct Scoring {
        /// The field that is searched; `nil` for all of them.
        var field: Int?
        /// Inverse document frequency, times k1 + 1.
        var weight: Float
        /// By field, then by length: what a frequency is multiplied by.
        var norms: [[Float]]
    }

    /// k1 of BM25: how soon more occurrences stop to count.
    static let saturation: Float = 1.2

    /// The most that a document of a block scores; `slack` is how much larger weighted frequencies may be by now than
    /// when the segment was built.
    @inline(__always)
    func bound(_ block: Int, _ scoring: borrowing Scoring, slack: Float, _ postings: RawSpan) -> Float {
        guard blockCount > 1 else { return scoring.weight }
        let upper = postings.load(UInt16.self, skip(block) &+ 12)
        let impact = Float(bitPattern: UInt32(upper) &<< 16) * slack
        return Self.score(impact, scoring.weight) * 1.000_001
    }

    /// Scores each document of the block at hand.
    mutating func scoreBlock(_ scoring: Scoring, _ segment: Segment) {
        weigh(0, blockDocs, scoring, segment)
    }

    /// Adds to the chosen of some candidates, all of which the block at hand has, what they score; `missing` to those
    /// that lack the field that is searched.
    mutating func score(
        _ candidates: Candidates, term: Int, missing: Float, _ scoring: borrowing Scoring, _ segment: Segment
    ) {
        for number in 0..<candidates.chosenCount {
            let index = candidates.chosen(number)
            let frequency = weightedFrequency(
                at: candidates.place(index, term: term), scoring, segment)
            candidates.add(frequency < 0 ? missing : Self.score(frequency, scoring.weight), index)
        }
    }

    /// The weighted frequency of the document at a place, by the lengths of the fields; below 0 if the field that is
    /// searched lacks the term.
    func weightedFrequency(at place: Int, _ scoring: borrowing Scoring, _ segment: Segment) -> Float {
        let postings = segment.postings
        let doc = Int(unpacked.doc(place))
        var offset = dataOffset
        var sum: Float = 0
        for field in 0..<fieldCount {
            let width = Int(widths[field & 7])
            if (scoring.field ?? field) == field {
                let frequency =
                    bias
                    &+ (blockDocs == 128
                        ? postings.unpackedLane(offset, width: width, at: place)
                        : postings.unpacked(offset, width: width, at: place))
                if frequency > 0 {
                    let length = segment.length(field, of: doc)
                    sum +=
                        Float(frequency) * scoring.norms[field][min(length, scoring.norms[field].count &- 1)]
                } else if scoring.field != nil {
                    return -1
                }
            }
            offset &+= (blockDocs &* width &+ 7) / 8
        }
        return sum
    }

    /// What a weighted frequency scores.
    @inline(__always)
    static func score(_ frequency: Float, _ weight: Float) -> Float {
        weight * frequency / (saturation + frequency)
    }

    /// The least weighted frequency that scores `score`, or a little less for what rounding takes; more than any for a
    /// score that none has.
    static func frequency(scoring score: Float, _ weight: Float) -> Float {
        guard score > 0 else { return 0 }
        return score < weight
            ? saturation * score / (weight - score) * 0.999_99 : score > weight * 1.000_01 ? .infinity : 0
    }

    /// Adds the term's documents within a window to `result` as far as `mask` has them, and their scores to `scores`.
    ///
    /// Scores are added for some documents outside the mask as well; who reads scores looks at the result first.
    mutating func fill(
        _ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores, scoring: Scoring,
        adding: Bool, segment: Segment
    ) {
        guard adding || scoring.field != nil else {
            fill(window, mask: mask, into: &result, postings: segment.postings)
            return
        }
        let postings = segment.postings
        let base = UInt32(window) << 12
        var found = Bits()
        var target = block(reaching: base, postings)
        while let (low, high) = places(&target, base, mask, postings) {
            score(low, high, base, into: &found, scores: &scores, scoring, adding, segment)
        }
        found.formIntersection(mask)
        result.formUnion(found)
    }

    /// Adds the term's documents within a window to `result` as far as `mask` has them.
    mutating func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, postings: RawSpan) {
        let base = UInt32(window) << 12
        var found = Bits()
        var target = block(reaching: base, postings)
        while let (low, high) = places(&target, base, mask, postings) {
            for index in low..<high { found.insert(Int(unpacked.doc(index) &- base)) }
        }
        found.formIntersection(mask)
        result.formUnion(found)
    }

    /// Opens the next block, from `target` on, that reaches into the mask of the window at `base`, and moves `target`
    /// behind it.
    ///
    /// - Returns: The places of its documents within the window; `nil` when no more blocks reach into it.
    @inline(__always)
    private mutating func places(
        _ target: inout Int, _ base: UInt32, _ mask: borrowing Bits, _ postings: RawSpan
    ) -> (low: Int, high: Int)? {
        let end = base &+ 4096
        while target < blockCount {
            if target != block {
                // Only a block that reaches into the mask is worth unpacking.
                if blockCount > 1 {
                    let first = target > 0 ? lastDoc(target - 1, postings) &+ 1 : 0
                    if first >= end { return nil }
                    let last = lastDoc(target, postings)
                    let from = first > base ? Int(first - base) : 0
                    let to = last < end ? Int(last &- base) : 4095
                    if !mask.hasAny(from, to) {
                        if last >= end { return nil }
                        target += 1
                        continue
                    }
                }
                open(target, postings)
            }
            target += 1
            let low = unpacked.doc(0) >= base ? 0 : unpacked.place(of: base)
            let high = unpacked.doc(blockDocs - 1) < end ? blockDocs : unpacked.place(of: end)
            if low < high { return (low, high) }
            if high < blockDocs { return nil }
        }
        return nil
    }

    /// Scores the documents at some places of the block at hand.
    @inline(__always)
    private mutating func score(
        _ low: Int, _ high: Int, _ base: UInt32, into found: inout Bits, scores: inout Scores,
        _ scoring: Scoring, _ adding: Bool, _ segment: Segment
    ) {
        if adding {
            weigh(low, high, scoring, segment)
            scores.isClear = false
        } else {
            openFrequencies(segment.postings)
        }
        var values = scores.values.mutableSpan
        for index in low..<high {
            if let field = scoring.field, unpacked.frequency(index, field: field) == 0 { continue }
            let doc = Int(unpacked.doc(index) &- base) & 4095
            found.insert(doc)
            if adding { values[doc] += unpacked.impact(index) }
        }
    }

    /// Works out what the documents at some places of the block at hand score.
    private mutating func weigh(_ low: Int, _ high: Int, _ scoring: Scoring, _ segment: Segment) {
        openFrequencies(segment.postings)
        unpacked.clearImpacts(low, high)
        for field in 0..<fieldCount where hasAny(field) && (scoring.field ?? field) == field {
            unpacked.addWeighted(field: field, segment.lengths(field), scoring.norms[field], low, high)
        }
        unpacked.saturate(low, high, weight: scoring.weight)
        guard let field = scoring.field else { return }
        for index in low..<high where unpacked.frequency(index, field: field) == 0 {
            unpacked.set(impact: -1, index)
        }
    }

    /// Adds all of the term's documents to a set as large as the segment, and their scores to `scores`.
    mutating func accumulate(
        into found: inout [UInt64], scores: inout [Float], scoring: Scoring, adding: Bool, segment: Segment
    ) {
        let postings = segment.postings
        while nextBlock(postings) {
            if adding || scoring.field != nil { openFrequencies(postings) }
            if adding { weigh(0, blockDocs, scoring, segment) }
            var words = found.mutableSpan
            var values = scores.mutableSpan
            for index in 0..<blockDocs {
                if let field = scoring.field, unpacked.frequency(index, field: field) == 0 { continue }
                let doc = Int(unpacked.doc(index))
                guard doc &>> 6 < words.count else { continue }
                words[doc &>> 6] |= 1 &<< UInt64(doc & 63)
                if adding { values[doc] += unpacked.impact(index) }
            }
        }
    }
}

/// The positions of a term in one field of one document, ascending, unpacked as they are asked for.
struct PositionStream {
    /// The newest position; 0 before the first.
    private(set) var position: UInt32 = 0
    private var bit: Int
    private var left: Int
    private let width: Int
    private let mask: UInt64

    /// A stream of none.
    init() {
        (bit, left, width, mask) = (0, 0, 0, 0)
    }

    /// Stands before the first of `count` positions of a block that begins at `offset`, behind `first` others; of
    /// none if they are not there.
    init(_ section: RawSpan, _ offset: Int, first: Int, count: Int, width: Int) {
        self.width = width
        mask = (1 as UInt64) << UInt64(width) &- 1
        bit = 8 &* offset &+ first &* width
        let isThere =
            first >= 0 && count <= 1 << 28 && first <= 1 << 28
            && section.holds(offset, count: first &+ count, width: width)
        left = isThere ? count : 0
    }

    /// Goes to the next position; `false` at the end.
    @inline(__always)
    mutating func next(_ section: RawSpan) -> Bool {
        guard left > 0 else { return false }
        left &-= 1
        let word = section.load(UInt64.self, bit &>> 3) &>> UInt64(bit & 7)
        position &+= UInt32(truncatingIfNeeded: word & mask)
        bit &+= width
        return true
    }
}
