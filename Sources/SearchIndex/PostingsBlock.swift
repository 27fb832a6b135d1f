// One of the files of this target with unsafe code: memory of a fixed size that is reached without checks of bounds, as
// every index is held to the size by a mask.

/// Room for what one block of postings unpacks to.
@safe
final class PostingsBlock {
    // SAFETY: one run of memory, allocated and initialised in `init`, freed in `deinit`, and reached by masked indexes alone.
    private let docs: UnsafeMutablePointer<UInt32>
    private let frequencies: UnsafeMutablePointer<UInt32>
    private let impacts: UnsafeMutablePointer<Float>
    private let fieldMask: Int

    /// Makes room for postings with so many text fields, at most eight.
    init(fieldCount: Int) {
        precondition(fieldCount <= IndexSchema.textFieldLimit, "A schema has at most eight text fields.")
        var fields = 1
        while fields < fieldCount { fields *= 2 }
        fieldMask = fields - 1
        let room = 128 * (2 + fields)
        unsafe docs = .allocate(capacity: room)
        unsafe docs.initialize(repeating: 0, count: room)
        unsafe frequencies = docs + 256
        // SAFETY: bits of 0 are a float, and this part is only ever used as such.
        unsafe impacts = UnsafeMutableRawPointer(docs + 128).assumingMemoryBound(to: Float.self)
    }

    deinit {
        unsafe docs.deallocate()
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

    /// How often the documents from one place to before another have the term in a field, all together.
    func occurrences(_ low: Int, _ high: Int, field: Int) -> Int {
        let start = (field & fieldMask) &<< 7
        var sum = 0 as UInt32
        for place in max(low, 0)..<max(low, 0, min(high, 128)) { sum &+= unsafe frequencies[start &+ place] }
        return Int(sum)
    }

    @inline(__always)
    func set(impact: Float, _ place: Int) { unsafe impacts[place & 127] = impact }

    /// Unpacks the first documents from their distances, less one each, beginning after `last`.
    ///
    /// They are neighbours if they are not there. The places behind them get the largest number there is.
    func unpackDocs(_ postings: RawSpan, _ offset: Int, count: Int, width: Int, after last: UInt32) {
        let count = min(max(count, 0), 128)
        var last = last
        guard width > 0, postings.holds(offset, count: count, width: width, following: 16) else {
            for place in 0..<count {
                last = last &+ 1
                unsafe docs[place] = last
            }
            for place in count..<128 { unsafe docs[place] = .max }
            return
        }
        if count == 128 {
            // Each value becomes the sum of it and of those before it in its vector, and then of those before the vector.
            var before = SIMD4<UInt32>(repeating: last)
            forEachLane(postings, offset, width: width) { slot, distances in
                var sums = distances &+ 1
                sums = sums &+ SIMD4(0, sums[0], sums[1], sums[2])
                sums = sums &+ SIMD4(0, 0, sums[0], sums[1])
                sums = sums &+ before
                before = SIMD4(repeating: sums[3])
                unsafe UnsafeMutableRawPointer(docs + slot).storeBytes(of: sums, as: SIMD4<UInt32>.self)
            }
            return
        }
        var place = 0
        forEachPacked(postings, offset, count: count, width: width) { distance in
            last = last &+ distance &+ 1
            unsafe docs[place] = last
            place &+= 1
        }
        for place in count..<128 { unsafe docs[place] = .max }
    }

    /// Unpacks the first frequencies of a field, less `bias` each; that many if they are not there.
    func unpackFrequencies(
        _ postings: RawSpan, _ offset: Int, count: Int, width: Int, field: Int, bias: UInt32
    ) {
        let count = min(max(count, 0), 128)
        let start = (field & fieldMask) << 7
        guard width > 0, postings.holds(offset, count: count, width: width, following: 16) else {
            for place in start..<start + count { unsafe frequencies[place] = bias }
            return
        }
        if count == 128 {
            let bias = SIMD4<UInt32>(repeating: bias)
            forEachLane(postings, offset, width: width) { slot, values in
                unsafe UnsafeMutableRawPointer(frequencies + start + slot).storeBytes(
                    of: values &+ bias, as: SIMD4<UInt32>.self)
            }
            return
        }
        var place = start
        forEachPacked(postings, offset, count: count, width: width) { frequency in
            unsafe frequencies[place] = frequency &+ bias
            place &+= 1
        }
    }

    /// Calls `body` with each four of 128 values that are packed in lanes, and the place of the first; `holds` has found
    /// them to be there.
    @inline(__always)
    private func forEachLane(
        _ postings: RawSpan, _ offset: Int, width: Int, _ body: (Int, SIMD4<UInt32>) -> Void
    ) {
        let mask = SIMD4<UInt32>(repeating: UInt32(truncatingIfNeeded: (1 as UInt64) &<< UInt64(width) &- 1))
        var bit = 0
        for slot in stride(from: 0, to: 128, by: 4) {
            let at = offset &+ (bit &>> 5) &* 16
            let shift = UInt32(truncatingIfNeeded: bit & 31)
            // SAFETY: the last value begins in the last words of its block, and at least 16 bytes follow every block.
            let low = unsafe postings.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: SIMD4<UInt32>.self)
            let high = unsafe postings.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at &+ 16, as: SIMD4<UInt32>.self)
            let upper = (high &<< SIMD4(repeating: 31 &- shift)) &<< SIMD4(repeating: 1)
            body(slot, (low &>> SIMD4(repeating: shift) | upper) & mask)
            bit &+= width
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
