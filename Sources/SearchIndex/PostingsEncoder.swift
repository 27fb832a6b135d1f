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

    /// The sections, padded so that eight bytes can be loaded wherever a value begins.
    mutating func finished() -> (postings: [UInt8], positions: [UInt8]) {
        let padding = [UInt8](repeating: 0, count: 8)
        postings.append(contentsOf: padding)
        positions.append(contentsOf: padding)
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
        let docWidth = bitWidth(of: mask)
        blocks.append(UInt8(docWidth))
        var widths: [Int] = []
        for field in 0..<fieldCount {
            let width = bitWidth(of: frequencies[field].reduce(0, |))
            widths.append(width)
            blocks.append(UInt8(width))
        }
        if fieldCount > 0 {
            let width = bitWidth(of: deltas.reduce(0, |))
            blocks.append(UInt8(width))
            positions.append(packing: deltas, width: width)
        }
        blocks.append(packing: docs, width: docWidth)
        for field in 0..<fieldCount { blocks.append(packing: frequencies[field], width: widths[field]) }
        skips.append(littleEndian: last)
        skips.append(littleEndian: UInt32(blocks.count))
        skips.append(littleEndian: UInt32(positionsStart))
        skips.append(littleEndian: impact.bitPattern)
        previous = last
        docs.removeAll(keepingCapacity: true)
        deltas.removeAll(keepingCapacity: true)
        for field in 0..<fieldCount { frequencies[field].removeAll(keepingCapacity: true) }
    }
}
