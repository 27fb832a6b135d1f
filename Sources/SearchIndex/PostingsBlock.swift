// With SegmentBytes.swift and Stemmer.swift one of the files of this target with unsafe code: memory of a fixed size that is reached without checks of bounds,
// as every index is held to the size by a mask.

/// Room for what one block of postings unpacks to.
@safe
final class PostingsBlock {
    // SAFETY: allocated and initialised in `init`, freed in `deinit`, and reached by masked indexes alone.
    private let docs: UnsafeMutablePointer<UInt32>
    private let impacts: UnsafeMutablePointer<Float>
    private let frequencies: UnsafeMutablePointer<UInt32>
    private let fieldMask: Int

    /// Makes room for postings with so many text fields, at most eight.
    init(fieldCount: Int) {
        precondition(fieldCount <= IndexSchema.textFieldLimit, "A schema has at most eight text fields.")
        var fields = 1
        while fields < fieldCount { fields *= 2 }
        fieldMask = fields - 1
        unsafe docs = .allocate(capacity: 128)
        unsafe docs.initialize(repeating: 0, count: 128)
        unsafe impacts = .allocate(capacity: 128)
        unsafe impacts.initialize(repeating: 0, count: 128)
        unsafe frequencies = .allocate(capacity: 128 * fields)
        unsafe frequencies.initialize(repeating: 0, count: 128 * fields)
    }

    deinit {
        unsafe docs.deallocate()
        unsafe impacts.deallocate()
        unsafe frequencies.deallocate()
    }

    /// The document at a place.
    @inline(__always)
    func doc(_ place: Int) -> UInt32 { unsafe docs[place & 127] }

    /// What the document at a place scores.
    @inline(__always)
    func impact(_ place: Int) -> Float { unsafe impacts[place & 127] }

    /// How often the document at a place has the term in a field.
    @inline(__always)
    func frequency(_ place: Int, field: Int) -> UInt32 {
        unsafe frequencies[(field & fieldMask) &<< 7 | place & 127]
    }

    @inline(__always)
    func set(impact: Float, _ place: Int) { unsafe impacts[place & 127] = impact }

    /// Unpacks the first documents from their distances, less one each, beginning after `last`.
    ///
    /// They are neighbours if they are not there. The places behind them get the largest number there is.
    func unpackDocs(_ postings: RawSpan, _ offset: Int, count: Int, width: Int, after last: UInt32) {
        let count = min(max(count, 0), 128)
        var last = last
        if width > 0, postings.holds(offset, count: count, width: width) {
            var place = 0
            forEachPacked(postings, offset, count: count, width: width) { distance in
                last = last &+ distance &+ 1
                unsafe docs[place] = last
                place &+= 1
            }
        } else {
            for place in 0..<count {
                last &+= 1
                unsafe docs[place] = last
            }
        }
        for place in count..<128 { unsafe docs[place] = .max }
    }

    /// Unpacks the first frequencies of a field; zeros if they are not there.
    func unpackFrequencies(_ postings: RawSpan, _ offset: Int, count: Int, width: Int, field: Int) {
        let count = min(max(count, 0), 128)
        let start = (field & fieldMask) << 7
        guard width > 0, postings.holds(offset, count: count, width: width) else {
            for place in start..<start + count { unsafe frequencies[place] = 0 }
            return
        }
        var place = start
        forEachPacked(postings, offset, count: count, width: width) { frequency in
            unsafe frequencies[place] = frequency
            place &+= 1
        }
    }

    /// Calls `body` with each value of a packed run that `holds` has found to be there.
    @inline(__always)
    private func forEachPacked(
        _ postings: RawSpan, _ offset: Int, count: Int, width: Int, _ body: (UInt32) -> Void
    ) {
        let mask = (1 as UInt64) << UInt64(width) &- 1
        var index = 0
        if width <= 8 {
            // Eight values fill whole bytes, and no more of them than one load brings.
            while index &+ 8 <= count {
                // SAFETY: `holds` has checked that eight bytes can be loaded where any of the values begins.
                var word = unsafe UInt64(
                    littleEndian: postings.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: offset &+ (index &* width) &>> 3, as: UInt64.self))
                for _ in 0..<8 {
                    body(UInt32(truncatingIfNeeded: word & mask))
                    word &>>= UInt64(width)
                }
                index &+= 8
            }
        }
        while index < count {
            let bit = index &* width
            // SAFETY: as above.
            let word = unsafe UInt64(
                littleEndian: postings.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: offset &+ bit &>> 3, as: UInt64.self))
            body(UInt32(truncatingIfNeeded: word &>> UInt64(bit & 7) & mask))
            index &+= 1
        }
    }

    /// Begins anew what documents score.
    func clearImpacts(_ low: Int, _ high: Int) {
        for place in max(low, 0)..<min(high, 128) { unsafe impacts[place] = 0 }
    }

    /// Adds to what some documents score a frequency times what stands in `norms` for the length of the field.
    ///
    /// `lengths` has two bytes for each document; one without a length counts as of length 0.
    func addWeighted(field: Int, _ lengths: RawSpan, _ norms: [Float], _ low: Int, _ high: Int) {
        let start = (field & fieldMask) << 7
        let norms = norms.span
        let last = norms.count &- 1
        guard last >= 0 else { return }
        for place in max(low, 0)..<min(high, 128) {
            // SAFETY: `place` is below 128, and a length is held to the last norm.
            let length = unsafe min(Int(lengths.load(UInt16.self, 2 &* Int(docs[place]))), last)
            unsafe impacts[place] += Float(frequencies[start &+ place]) * norms[unchecked: length]
        }
    }

    /// Makes scores of weighted frequencies.
    func saturate(_ low: Int, _ high: Int, weight: Float) {
        for place in max(low, 0)..<min(high, 128) {
            unsafe impacts[place] = PostingsCursor.score(impacts[place], weight)
        }
    }

    /// The first place whose document is at least `target`.
    ///
    /// By arithmetic alone: a branch on what is compared would mostly be foretold wrongly.
    @inline(__always)
    func place(of target: UInt32) -> Int {
        // SAFETY: each step leaves room for those that follow, so that no place is beyond 127.
        var place = unsafe isLess(docs[63], target) &<< 6
        place &+= unsafe isLess(docs[place &+ 31], target) &<< 5
        place &+= unsafe isLess(docs[place &+ 15], target) &<< 4
        place &+= unsafe isLess(docs[place &+ 7], target) &<< 3
        place &+= unsafe isLess(docs[place &+ 3], target) &<< 2
        place &+= unsafe isLess(docs[place &+ 1], target) &<< 1
        place &+= unsafe isLess(docs[place], target)
        return unsafe place &+ isLess(docs[place & 127], target)
    }

    /// 1 if a number is less than another; otherwise 0.
    @inline(__always)
    private func isLess(_ left: UInt32, _ right: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(left) &- UInt64(right)) &>> 63)
    }
}
