/// What a dictionary says of one term.
struct TermEntry: Sendable {
    /// Its place among the terms, in ascending order of their bytes.
    var ordinal = 0
    /// Documents that have it, removed ones included.
    var frequency = 0
    /// Where its postings are.
    var postings = 0
    var postingsLength = 0
    /// Where its positions are.
    var positions = 0
    var positionsLength = 0

    /// Reads on from the entry of the term before, or from the start of a block.
    @inline(__always)
    mutating func read(isFirst: Bool, _ section: RawSpan, _ offset: inout Int) {
        postings = isFirst ? section.varint(&offset) : postings &+ postingsLength
        positions = isFirst ? section.varint(&offset) : positions &+ positionsLength
        frequency = min(section.varint(&offset), Int(UInt32.max))
        postingsLength = section.varint(&offset)
        positionsLength = section.varint(&offset)
    }
}

/// Writes a dictionary: ascending terms in blocks of 16, each but a block's first without what it shares with the one
/// before it.
struct TermDictionaryBuilder {
    static let blockTerms = 16

    private var blocks: [UInt8] = []
    private var heads: [UInt64] = []
    private var starts: [UInt32] = []
    private var last: [UInt8] = []
    private(set) var count = 0

    /// Adds a term, larger than those before it; `entry.ordinal` does not matter.
    mutating func add(_ term: [UInt8], _ entry: TermEntry) {
        if count % Self.blockTerms == 0 {
            heads.append(TermDictionary.head(term.raw, 0, term.count))
            starts.append(UInt32(blocks.count))
            blocks.append(varint: term.count)
            blocks.append(contentsOf: term)
            blocks.append(varint: entry.postings)
            blocks.append(varint: entry.positions)
        } else {
            let shared = TermDictionary.shared(last, term)
            blocks.append(varint: shared)
            blocks.append(varint: term.count - shared)
            blocks.append(contentsOf: term[shared...])
        }
        blocks.append(varint: entry.frequency)
        blocks.append(varint: entry.postingsLength)
        blocks.append(varint: entry.positionsLength)
        last = term
        count += 1
    }

    /// The section: the number of terms and of blocks, how the first term of each block begins, where each block
    /// starts, the blocks.
    func finished() -> [UInt8] {
        var section: [UInt8] = []
        section.reserveCapacity(16 + 12 * starts.count + blocks.count)
        section.append(littleEndian: UInt32(count))
        section.append(littleEndian: UInt32(starts.count))
        for head in heads { section.append(littleEndian: head) }
        for start in starts { section.append(littleEndian: start) }
        section.append(contentsOf: blocks)
        return section
    }
}

/// Walks over the terms of a dictionary.
struct TermCursor {
    /// The bytes of the term.
    private(set) var term: [UInt8] = []
    /// What the dictionary says of it.
    private(set) var entry = TermEntry()
    private var next: Int
    private var offset: Int
    private let count: Int

    /// Stands before the first term.
    init(_ section: RawSpan) {
        self.init(section, block: 0)
    }

    /// Stands before the first term of a block.
    init(_ section: RawSpan, block: Int) {
        count = TermDictionary.count(section)
        next = block * TermDictionaryBuilder.blockTerms
        offset = Self.start(of: block, section)
    }

    static func start(of block: Int, _ section: RawSpan) -> Int {
        let starts = 8 &+ 8 &* Int(section.u32(4))
        return 8 &+ 12 &* Int(section.u32(4)) &+ Int(section.u32(starts &+ 4 &* block))
    }

    /// Goes to the next term; `false` at the end.
    mutating func advance(_ section: RawSpan) -> Bool {
        guard next < count, offset < section.byteCount else { return false }
        let isFirst = next % TermDictionaryBuilder.blockTerms == 0
        let shared = isFirst ? 0 : section.varint(&offset)
        if shared < term.count { term.removeLast(term.count - shared) }
        takeBytes(section)
        entry.read(isFirst: isFirst, section, &offset)
        entry.ordinal = next
        next += 1
        return true
    }

    private mutating func takeBytes(_ section: RawSpan) {
        let length = min(section.varint(&offset), section.byteCount)
        for index in 0..<length { term.append(section.u8(offset &+ index)) }
        offset &+= length
    }
}

/// Looks terms up in the section that `TermDictionaryBuilder` wrote.
enum TermDictionary {
    /// How many terms there are; no more than there are bytes, whatever a damaged section says.
    static func count(_ section: RawSpan) -> Int { min(Int(section.u32(0)), section.byteCount) }

    /// How many bytes two terms begin with alike.
    @inline(__always)
    static func shared(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let limit = min(left.count, right.count)
        var shared = 0
        while shared < limit, left[shared] == right[shared] { shared &+= 1 }
        return shared
    }

    /// Below 0 where the left one of two terms comes first, 0 where they are equal; `lexicographicallyPrecedes` without
    /// iterators.
    @inline(__always)
    static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let shared = shared(left, right)
        guard shared < left.count, shared < right.count else { return left.count - right.count }
        return left[shared] < right[shared] ? -1 : 1
    }

    /// What the dictionary says of a term, if it has it.
    ///
    /// - Complexity: O(log *n*), *n* = terms.
    static func entry(_ term: [UInt8], _ section: RawSpan) -> TermEntry? {
        let block = block(of: term, section)
        let first = block &* TermDictionaryBuilder.blockTerms
        var offset = TermCursor.start(of: block, section)
        var entry = TermEntry()
        // How many bytes `term` begins with that the terms so far, all of them less, begin with too.
        var matched = 0
        for ordinal in first..<max(first, min(count(section), first &+ TermDictionaryBuilder.blockTerms)) {
            let shared = ordinal > first ? section.varint(&offset) : 0
            let length = min(section.varint(&offset), section.byteCount)
            if shared < matched { return nil }
            if shared == matched {
                let end = min(length, term.count &- matched)
                var same = 0
                while same < end, section.u8(offset &+ same) == term[matched &+ same] { same &+= 1 }
                matched &+= same
                if same < length, matched == term.count || section.u8(offset &+ same) > term[matched] {
                    return nil
                }
                entry.ordinal = same == length && matched == term.count ? ordinal : -1
            } else {
                entry.ordinal = -1
            }
            offset &+= length
            entry.read(isFirst: ordinal == first, section, &offset)
            if entry.ordinal >= 0 { return entry }
        }
        return nil
    }

    /// A cursor on the block in which `term` is or would be.
    static func cursor(before term: [UInt8], _ section: RawSpan) -> TermCursor {
        TermCursor(section, block: block(of: term, section))
    }

    /// The last block whose first term is not larger; the first if there is none.
    private static func block(of term: [UInt8], _ section: RawSpan) -> Int {
        let head = head(term.raw, 0, term.count)
        var (low, high) = (0, Int(section.u32(4)))
        while high &- low > 1 {
            let middle = (low &+ high) &>> 1
            let first = section.load(UInt64.self, 8 &+ 8 &* middle)
            if first < head || first == head && isOrdered(firstOf: middle, term, section) {
                low = middle
            } else {
                high = middle
            }
        }
        return low
    }

    /// A cursor on the first term that is not less than `term`; `nil` if there is none.
    static func cursor(notBefore term: [UInt8], _ section: RawSpan) -> TermCursor? {
        var cursor = cursor(before: term, section)
        while cursor.advance(section) {
            if !cursor.term.lexicographicallyPrecedes(term) { return cursor }
        }
        return nil
    }

    /// The ordinals of the terms that begin so; terms ascend by their bytes, so that they are one range.
    ///
    /// - Complexity: O(log *n*), *n* = terms.
    static func ordinals(beginning prefix: [UInt8], _ section: RawSpan) -> Range<Int> {
        let count = count(section)
        func ordinal(notBefore term: [UInt8]) -> Int {
            cursor(notBefore: term, section)?.entry.ordinal ?? count
        }
        // No term has this byte, so that this lies behind all that begin with the prefix.
        let (first, end) = (ordinal(notBefore: prefix), ordinal(notBefore: prefix + [0xFF]))
        return first..<max(first, end)
    }

    /// The term at a place in the order; empty where there is none.
    ///
    /// The block is walked over once; then what each term shares with the one before it is taken from those before.
    static func term(at ordinal: Int, _ section: RawSpan) -> [UInt8] {
        guard ordinal >= 0, ordinal < count(section) else { return [] }
        let (block, place) = ordinal.quotientAndRemainder(dividingBy: TermDictionaryBuilder.blockTerms)
        var starts = InlineArray<16, Int>(repeating: 0)
        var shared = InlineArray<16, Int>(repeating: 0)
        var length = 0
        var offset = TermCursor.start(of: block, section)
        for index in 0...place {
            shared[index] = index > 0 ? section.varint(&offset) : 0
            length = min(section.varint(&offset), section.byteCount)
            starts[index] = offset
            offset &+= length
            for _ in 0..<(index > 0 ? 3 : 5) { _ = section.varint(&offset) }
        }
        var end = min(shared[place], section.byteCount)
        var term = [UInt8](repeating: 0, count: end + length)
        for index in 0..<length { term[end + index] = section.u8(starts[place] &+ index) }
        var index = place
        while end > 0, index > 0 {
            index -= 1
            while end > shared[index] {
                end -= 1
                term[end] = section.u8(starts[index] &+ end &- shared[index])
            }
        }
        return term
    }

    /// The first eight bytes of a term as a number that orders as they do; zeros behind a shorter one.
    static func head(_ bytes: RawSpan, _ offset: Int, _ length: Int) -> UInt64 {
        if offset <= bytes.byteCount - 8 {
            let head = bytes.load(UInt64.self, offset).byteSwapped
            return length >= 8 ? head : length == 0 ? 0 : head & (.max &<< UInt64(64 - 8 * length))
        }
        var head: UInt64 = 0
        for index in 0..<8 { head = head << 8 | (index < length ? UInt64(bytes.u8(offset &+ index)) : 0) }
        return head
    }

    /// Whether the first term of a block is at most `term`.
    private static func isOrdered(firstOf block: Int, _ term: [UInt8], _ section: RawSpan) -> Bool {
        var offset = TermCursor.start(of: block, section)
        let length = section.varint(&offset)
        for index in 0..<min(length, term.count) {
            let byte = section.u8(offset &+ index)
            if byte != term[index] { return byte < term[index] }
        }
        return length <= term.count
    }
}
