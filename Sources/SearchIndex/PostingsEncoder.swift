/// Writes the postings of one term after another; see Docs/segment-format.md for the bytes.
struct PostingsEncoder {
    /// Text fields whose frequencies and positions are kept; 0 for keywords.
    private let fieldCount: Int
    /// Inverse length of each field of each document, times the field's weight: what a frequency is multiplied by.
    private let norms: [[Float]]
    /// All postings so far.
    private(set) var postings: [UInt8] = []
    /// All positions so far.
    private(set) var positions: [UInt8] = []

    private var docs: [UInt32] = []
    private var frequencies: [[UInt32]]
    private var deltas: [UInt32] = []
    private var previous: UInt32 = .max
    private var blocks: [UInt8] = []
    private var skips: [UInt8] = []
    private var count = 0
    private var start = (postings: 0, positions: 0)

    /// Creates an encoder of postings without frequencies.
    init() {
        self.init(norms: [])
    }

    /// Creates an encoder; `norms` has an array for each text field, by document.
    init(norms: [[Float]]) {
        fieldCount = norms.count
        self.norms = norms
        frequencies = Array(repeating: [], count: norms.count)
        docs.reserveCapacity(128)
        for field in frequencies.indices { frequencies[field].reserveCapacity(128) }
    }

    /// Adds a document, larger than those before it; its frequencies and positions follow.
    mutating func add(_ doc: UInt32) {
        if docs.count == 128 { flush() }
        docs.append(doc)
        for field in 0..<fieldCount { frequencies[field].append(0) }
        count += 1
    }

    /// Adds one more occurrence to the newest document: the distance from the last one in this field, or from its start.
    mutating func add(delta: UInt32, field: Int) {
        frequencies[field][docs.count - 1] &+= 1
        deltas.append(delta)
    }

    /// Adds occurrences to the newest document, as `add(delta:field:)` would one by one.
    mutating func add(deltas run: ArraySlice<UInt32>, field: Int) {
        frequencies[field][docs.count - 1] &+= UInt32(run.count)
        deltas.append(contentsOf: run)
    }

    /// Ends the term.
    mutating func finish() -> TermEntry {
        flush()
        if count > 128 { postings.append(contentsOf: skips) }
        postings.append(contentsOf: blocks)
        let entry = TermEntry(
            frequency: count, postings: start.postings, postingsLength: postings.count - start.postings,
            positions: start.positions, positionsLength: positions.count - start.positions)
        blocks.removeAll(keepingCapacity: true)
        skips.removeAll(keepingCapacity: true)
        previous = .max
        count = 0
        start = (postings.count, positions.count)
        return entry
    }

    /// The sections, padded so that more than is there can be loaded wherever a value begins.
    mutating func finished() -> (postings: [UInt8], positions: [UInt8]) {
        postings.append(contentsOf: repeatElement(0, count: PostingsLayout.padding))
        positions.append(contentsOf: repeatElement(0, count: 8))
        defer {
            postings = []
            positions = []
        }
        return (postings, positions)
    }

    private mutating func flush() {
        guard let last = docs.last else { return }
        var impact: Float = 0
        for index in 0..<docs.count where fieldCount > 0 {
            var sum: Float = 0
            for field in 0..<fieldCount {
                sum += Float(frequencies[field][index]) * norms[field][Int(docs[index])]
            }
            impact = max(impact, sum)
        }
        let positionsStart = positions.count - start.positions
        // Distances are counted from one less than the least that is possible, so that neighbours take no bits.
        var before = previous
        var mask: UInt32 = 0
        for index in 0..<docs.count {
            let doc = docs[index]
            docs[index] = doc &- before &- 1
            mask |= docs[index]
            before = doc
        }
        let bias = PostingsLayout.bias(fieldCount)
        var widths = PostingsLayout.Widths()
        widths.docs = bitWidth(of: mask)
        for field in 0..<fieldCount {
            for index in 0..<docs.count {
                frequencies[field][index] = max(frequencies[field][index], bias) - bias
            }
            widths.frequencies[field] = bitWidth(of: frequencies[field].reduce(0, |))
        }
        if fieldCount > 0 {
            widths.positions = bitWidth(of: deltas.reduce(0, |))
            positions.append(packing: deltas, width: widths.positions)
        }
        blocks.append(header: widths, fieldCount: fieldCount)
        append(docs, width: widths.docs)
        for field in 0..<fieldCount { append(frequencies[field], width: widths.frequencies[field]) }
        skips.append(littleEndian: last)
        skips.append(littleEndian: UInt32(blocks.count))
        skips.append(littleEndian: UInt32(positionsStart))
        skips.append(littleEndian: PostingsLayout.impact(impact))
        previous = last
        docs.removeAll(keepingCapacity: true)
        deltas.removeAll(keepingCapacity: true)
        for field in 0..<fieldCount { frequencies[field].removeAll(keepingCapacity: true) }
    }

    /// Appends a value for each document of the block, in lanes if it is full.
    private mutating func append(_ values: [UInt32], width: Int) {
        if values.count == 128 {
            blocks.append(packingLanes: values, width: width)
        } else {
            blocks.append(packing: values, width: width)
        }
    }
}

/// What the bytes of postings are made of; see Docs/segment-format.md.
enum PostingsLayout {
    /// What is known of each block of a term with several: its last document, where it ends, where its positions begin,
    /// its impact.
    static let skipBytes = 14
    /// How many zeros follow the last block.
    static let padding = 32

    /// How many bits the values of a block have.
    struct Widths {
        var docs = 0
        var frequencies = InlineArray<8, Int>(repeating: 0)
        var positions = 0
    }

    /// What is taken off frequencies: with one field, none is 0.
    @inline(__always)
    static func bias(_ fieldCount: Int) -> UInt32 { fieldCount == 1 ? 1 : 0 }

    /// How many bytes the widths of a block take: six bits for the documents, five for each other.
    @inline(__always)
    static func headerBytes(_ fieldCount: Int) -> Int {
        fieldCount == 0 ? 1 : (6 &+ 5 &* (fieldCount &+ 1) &+ 7) &>> 3
    }

    /// The upper half of a number that is not below 0, rounded up.
    static func impact(_ impact: Float) -> UInt16 { UInt16((impact.bitPattern + 0xFFFF) >> 16) }
}

extension Array<UInt8> {
    /// Appends the widths of a block.
    fileprivate mutating func append(header widths: borrowing PostingsLayout.Widths, fieldCount: Int) {
        var header = UInt64(widths.docs)
        var shift: UInt64 = 6
        for field in 0..<fieldCount {
            header |= UInt64(widths.frequencies[field]) << shift
            shift += 5
        }
        header |= UInt64(widths.positions) << shift
        for byte in 0..<PostingsLayout.headerBytes(fieldCount) {
            append(UInt8(truncatingIfNeeded: header >> UInt64(8 * byte)))
        }
    }

    /// Appends 128 values packed at `width` bits each in four lanes: value *i* is in lane *i* mod 4, and words of 32
    /// bits of each lane take turns.
    fileprivate mutating func append(packingLanes values: [UInt32], width: Int) {
        var words = [UInt32](repeating: 0, count: 4 * width)
        for (index, value) in values.enumerated() where width > 0 {
            let bit = (index >> 2) * width
            let word = (bit >> 5) * 4 + index & 3
            words[word] |= value &<< UInt32(bit & 31)
            if bit & 31 + width > 32 { words[word + 4] |= value &>> UInt32(32 - bit & 31) }
        }
        for word in words { append(littleEndian: word) }
    }
}
