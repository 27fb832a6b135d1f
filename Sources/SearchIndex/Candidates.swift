// One of the files of this target with unsafe code: memory of a fixed size that is reached without checks of bounds, as
// every index is held to the size by a mask.

/// Up to 128 documents in ascending order that may yet be hits, what they score so far, and for each of several terms
/// at which place of its block they stand.
@safe
final class Candidates {
    static let limit = 128

    // SAFETY: allocated and initialised in `init`, freed in `deinit`, and reached by masked indexes alone.
    private let docs: UnsafeMutablePointer<UInt32>
    private let sums: UnsafeMutablePointer<Float>
    // Which of the documents are still of interest, ascending; one place more, as one is written ahead.
    private let chosen: UnsafeMutablePointer<UInt8>
    private let places: UnsafeMutablePointer<UInt8>
    private let termMask: Int

    /// How many documents there are.
    fileprivate(set) var count = 0
    /// How many of them are chosen.
    private(set) var chosenCount = 0

    /// Makes room for the places of so many terms.
    init(terms: Int) {
        var room = 1
        while room < terms { room *= 2 }
        termMask = room - 1
        unsafe docs = .allocate(capacity: 128)
        unsafe docs.initialize(repeating: 0, count: 128)
        unsafe sums = .allocate(capacity: 128)
        unsafe sums.initialize(repeating: 0, count: 128)
        unsafe chosen = .allocate(capacity: 128)
        unsafe chosen.initialize(repeating: 0, count: 128)
        unsafe places = .allocate(capacity: 128 * room)
        unsafe places.initialize(repeating: 0, count: 128 * room)
    }

    deinit {
        unsafe docs.deallocate()
        unsafe sums.deallocate()
        unsafe chosen.deallocate()
        unsafe places.deallocate()
    }

    @inline(__always)
    func doc(_ index: Int) -> UInt32 { unsafe docs[index & 127] }

    @inline(__always)
    func sum(_ index: Int) -> Float { unsafe sums[index & 127] }

    @inline(__always)
    func add(_ score: Float, _ index: Int) { unsafe sums[index & 127] += score }

    /// The document at a place among the chosen.
    @inline(__always)
    func chosen(_ index: Int) -> Int { unsafe Int(chosen[index & 127]) }

    /// The place in the block of a term at which a document stands.
    @inline(__always)
    func place(_ index: Int, term: Int) -> Int {
        unsafe Int(places[(term & termMask) &<< 7 | index & 127])
    }

    @inline(__always)
    func removeAll() { count = 0 }

    /// Adds a document, larger than those before it; there must be room.
    @inline(__always)
    func append(_ doc: UInt32, _ sum: Float) {
        unsafe docs[count & 127] = doc
        unsafe sums[count & 127] = sum
        count &+= 1
    }

    /// Takes the documents at some places of a scored block that score at least `need`, which is not below 0, and
    /// chooses all.
    func take(_ block: PostingsBlock, _ low: Int, _ high: Int, atLeast need: Float, term: Int) {
        var kept = 0
        let start = (term & termMask) &<< 7
        // Without a branch, as which documents are good enough cannot be foretold.
        for place in max(low, 0)..<min(high, 128) {
            let score = block.impact(place)
            unsafe docs[kept & 127] = block.doc(place)
            unsafe sums[kept & 127] = score
            unsafe chosen[kept & 127] = UInt8(truncatingIfNeeded: kept)
            unsafe places[start | kept & 127] = UInt8(truncatingIfNeeded: place)
            kept &+= isAtLeast(score, need)
        }
        count = kept
        chosenCount = kept
    }

    /// Takes the documents at some places of a block, and chooses all.
    func take(_ block: PostingsBlock, _ low: Int, _ high: Int, term: Int) {
        removeAll()
        let start = (term & termMask) &<< 7
        for place in max(low, 0)..<min(high, 128) {
            unsafe places[start | count & 127] = UInt8(truncatingIfNeeded: place)
            unsafe chosen[count & 127] = UInt8(truncatingIfNeeded: count)
            append(block.doc(place), 0)
        }
        chosenCount = count
    }

    /// Chooses those from the place `low` on, up to the document `last`, that score at least `need`, which is not below
    /// 0, so far.
    ///
    /// - Returns: The place behind them.
    func choose(from low: Int, through last: UInt32, atLeast need: Float) -> Int {
        var kept = 0
        var index = low
        while index < count {
            let doc = unsafe docs[index & 127]
            if doc > last { break }
            unsafe chosen[kept & 127] = UInt8(truncatingIfNeeded: index)
            kept &+= isAtLeast(unsafe sums[index & 127], need)
            index &+= 1
        }
        chosenCount = kept
        return index
    }

    /// Lets go of those of the chosen that a block does not have, and notes where the others stand in it.
    func find(in block: PostingsBlock, term: Int) {
        var kept = 0
        let start = (term & termMask) &<< 7
        for number in 0..<min(chosenCount, 128) {
            let index = unsafe Int(chosen[number] & 127)
            let doc = unsafe docs[index]
            let place = block.place(of: doc) & 127
            unsafe places[start | index] = UInt8(truncatingIfNeeded: place)
            unsafe chosen[kept & 127] = UInt8(truncatingIfNeeded: index)
            kept &+= isEqual(block.doc(place), doc)
        }
        chosenCount = kept
    }

    /// Lets go of those of the chosen that score less than `need`, which is not below 0.
    func keep(atLeast need: Float) {
        var kept = 0
        for number in 0..<min(chosenCount, 128) {
            let index = unsafe Int(chosen[number] & 127)
            unsafe chosen[kept & 127] = UInt8(truncatingIfNeeded: index)
            kept &+= isAtLeast(unsafe sums[index], need)
        }
        chosenCount = kept
    }

    /// The first place from `low` on whose document is at least `target`.
    func index(notBefore target: UInt32, from low: Int) -> Int {
        var index = low
        while index < count, doc(index) < target { index &+= 1 }
        return index
    }
}

/// What the documents in one window of 4,096 score so far.
@safe
final class WindowScores {
    // SAFETY: allocated and initialised in `init`, freed in `deinit`, and reached by masked indexes alone.
    private let values: UnsafeMutablePointer<Float>
    /// A bit for each 64 documents of which any may have a score.
    private var touched: UInt64 = 0
    // For each of 64 documents whether it scores enough.
    private let flags: UnsafeMutablePointer<UInt8>

    init() {
        unsafe values = .allocate(capacity: 4096)
        unsafe values.initialize(repeating: 0, count: 4096)
        unsafe flags = .allocate(capacity: 64)
        unsafe flags.initialize(repeating: 0, count: 64)
    }

    deinit {
        unsafe values.deallocate()
        unsafe flags.deallocate()
    }

    /// Adds what the documents of a scored block at some places score; the window begins at `base`.
    func add(_ block: PostingsBlock, _ low: Int, _ high: Int, base: UInt32) {
        var touched = touched
        for place in max(low, 0)..<min(high, 128) {
            let doc = Int(block.doc(place) &- base) & 4095
            // Below 0 where the field that is searched lacks the term.
            unsafe values[doc] += max(block.impact(place), 0)
            touched |= 1 &<< UInt64(doc &>> 6)
        }
        self.touched = touched
    }

    /// Moves the next documents of the window at `base` that score at least `need`, which is above 0, to some candidates,
    /// from which all others are removed first, and clears what they score.
    ///
    /// - Returns: Whether there are any; after the last, all scores are clear.
    func drain(into candidates: Candidates, base: UInt32, atLeast need: Float) -> Bool {
        candidates.removeAll()
        var rest = touched
        while rest != 0, candidates.count <= Candidates.limit - 64 {
            let group = rest.trailingZeroBitCount &<< 6
            rest &= rest &- 1
            // SAFETY: 64 values from a multiple of 64 below 4,096 on.
            unsafe candidates.append(values + group & 4095, base &+ UInt32(group), atLeast: need, flags)
        }
        touched = rest
        return candidates.count > 0
    }
}

extension Candidates {
    /// Appends those of 64 documents that score at least `need`, and clears the scores.
    fileprivate func append(
        _ scores: UnsafeMutablePointer<Float>, _ first: UInt32, atLeast need: Float,
        _ flags: UnsafeMutablePointer<UInt8>
    ) {
        // Bits of numbers that are not below 0 order as they do. Without a branch, so that vectors do it.
        for lane in 0..<64 {
            let isLess = unsafe (scores[lane].bitPattern &- need.bitPattern) &>> 31
            unsafe flags[lane] = UInt8(truncatingIfNeeded: isLess ^ 1)
        }
        for byte in stride(from: 0, to: 64, by: 8) {
            // SAFETY: `flags` has 64 bytes.
            var rest = unsafe UInt64(
                littleEndian: UnsafeRawPointer(flags).loadUnaligned(fromByteOffset: byte, as: UInt64.self))
            while rest != 0 {
                let lane = byte &+ rest.trailingZeroBitCount &>> 3
                append(first &+ UInt32(lane), unsafe scores[lane & 63])
                rest &= rest &- 1
            }
        }
        for lane in 0..<64 { unsafe scores[lane] = 0 }
    }
}

/// 1 if a score is at least `need`, which is not below 0; otherwise 0, by arithmetic alone.
///
/// Of numbers that are not below 0 the bits order as they do; those below 0 have the highest bit.
@inline(__always)
private func isAtLeast(_ score: Float, _ need: Float) -> Int {
    let distance = Int64(Int32(bitPattern: score.bitPattern)) &- Int64(Int32(bitPattern: need.bitPattern))
    return Int(truncatingIfNeeded: ~UInt64(bitPattern: distance) &>> 63)
}

/// 1 if two numbers are equal; otherwise 0, by arithmetic alone.
@inline(__always)
private func isEqual(_ left: UInt32, _ right: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(left ^ right) &- 1) &>> 63)
}
