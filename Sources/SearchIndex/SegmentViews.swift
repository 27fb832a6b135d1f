/// A hash that is the same in every file, for keys.
func keyHash(_ key: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    return hash ^ (hash >> 31)
}

/// Reads a column: one integer or none for each document.
struct ColumnView: ~Escapable {
    static let headerBytes = 24
    static let windowBytes = 16

    private let section: RawSpan
    private let base: Int64
    private let width: Int
    private let presence: Int
    private let values: Int

    @_lifetime(copy section)
    init(_ section: RawSpan, documentCount: Int) {
        self.section = section
        base = section.load(Int64.self, 0)
        width = Int(section.u32(16))
        presence = Self.headerBytes + Self.windowBytes * ((documentCount + 4095) / 4096)
        values = presence + 8 * ((documentCount + 63) / 64)
    }

    /// The least and greatest value within a window; least above greatest where there is none.
    func bounds(_ window: Int) -> (min: Int64, max: Int64) {
        let offset = Self.headerBytes &+ Self.windowBytes &* window
        return (section.load(Int64.self, offset), section.load(Int64.self, offset &+ 8))
    }

    /// Which of 64 documents have a value.
    @inline(__always)
    func presence(word: Int) -> UInt64 { section.load(UInt64.self, presence &+ 8 &* word) }

    /// The value of a document, which must have one.
    @inline(__always)
    func present(_ doc: Int) -> Int64 {
        switch width {
        case 0: base
        case 1: base &+ Int64(section.u8(values &+ doc))
        case 2: base &+ Int64(section.load(UInt16.self, values &+ 2 &* doc))
        case 4: base &+ Int64(section.load(UInt32.self, values &+ 4 &* doc))
        default: base &+ section.load(Int64.self, values &+ 8 &* doc)
        }
    }

    /// The value of a document, if it has one.
    @inline(__always)
    subscript(doc: Int) -> Int64? {
        presence(word: doc &>> 6) &>> UInt64(doc & 63) & 1 == 0 ? nil : present(doc)
    }

    /// The section for some values: the least and greatest, the width in bytes, the bounds of each window, which
    /// documents have a value, and what is left when the least is taken off.
    static func encode(_ values: [Int64?]) -> [UInt8] {
        let present = values.lazy.compactMap { $0 }
        let least = present.min() ?? 0
        let greatest = present.max() ?? 0
        let range = UInt64(bitPattern: greatest &- least)
        let width =
            switch range {
            case 0: 0
            case ...0xFF: 1
            case ...0xFFFF: 2
            case ...0xFFFF_FFFF: 4
            default: 8
            }
        var section: [UInt8] = []
        section.append(littleEndian: least)
        section.append(littleEndian: greatest)
        section.append(littleEndian: UInt64(width))
        for start in stride(from: 0, to: values.count, by: 4096) {
            let window = values[start..<min(start + 4096, values.count)].lazy.compactMap { $0 }
            section.append(littleEndian: window.min() ?? .max)
            section.append(littleEndian: window.max() ?? .min)
        }
        for start in stride(from: 0, to: values.count, by: 64) {
            var word: UInt64 = 0
            for (bit, value) in values[start..<min(start + 64, values.count)].enumerated() where value != nil
            {
                word |= 1 << UInt64(bit)
            }
            section.append(littleEndian: word)
        }
        for value in values {
            let code = UInt64(bitPattern: (value ?? least) &- least)
            switch width {
            case 0: break
            case 1: section.append(UInt8(code))
            case 2: section.append(littleEndian: UInt16(code))
            case 4: section.append(littleEndian: UInt32(code))
            default: section.append(littleEndian: code)
            }
        }
        return section
    }
}

/// Finds documents by key.
struct KeysView: ~Escapable {
    private let section: RawSpan
    private let mask: Int
    private let offsets: Int
    private let documentCount: Int

    @_lifetime(copy section)
    init(_ section: RawSpan, documentCount: Int) {
        self.section = section
        self.documentCount = documentCount
        let capacity = Int(section.u32(0))
        mask = capacity - 1
        offsets = 8 + 8 * capacity
    }

    /// The document with a key.
    func doc(_ key: [UInt8], hash: UInt64) -> UInt32? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        for _ in 0...max(mask, 0) {
            let entry = section.load(UInt64.self, 8 &+ 8 &* slot)
            let doc = UInt32(truncatingIfNeeded: entry)
            if doc == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == tag, matches(key, doc - 1) { return doc - 1 }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    private func matches(_ key: [UInt8], _ doc: UInt32) -> Bool {
        let (start, length) = place(doc)
        guard length == key.count else { return false }
        for index in 0..<length where section.u8(start &+ index) != key[index] { return false }
        return true
    }

    private func place(_ doc: UInt32) -> (start: Int, length: Int) {
        let start = Int(section.u32(offsets &+ 4 &* Int(doc)))
        let end = Int(section.u32(offsets &+ 4 &* Int(doc) &+ 4))
        return (offsets &+ 4 &* (documentCount &+ 1) &+ start, max(0, end - start))
    }

    /// The key of a document.
    func key(_ doc: UInt32) -> [UInt8] {
        let (start, length) = place(doc)
        return section.part(start, length).array()
    }

    /// The section for some keys: a hash table of documents, where each key starts, the keys.
    static func encode(_ keys: [[UInt8]]) -> [UInt8] {
        var capacity = 2
        // At most two of three slots are taken.
        while 2 * capacity < 3 * keys.count { capacity *= 2 }
        var slots = [UInt64](repeating: 0, count: capacity)
        for (doc, key) in keys.enumerated() {
            let hash = keyHash(key)
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(doc + 1)
        }
        var section: [UInt8] = []
        section.append(littleEndian: UInt64(capacity))
        for slot in slots { section.append(littleEndian: slot) }
        var end: UInt32 = 0
        section.append(littleEndian: end)
        for key in keys {
            end += UInt32(key.count)
            section.append(littleEndian: end)
        }
        for key in keys { section.append(contentsOf: key) }
        return section
    }
}

/// Reads runs of bytes by document.
struct StoredView: ~Escapable {
    private let section: RawSpan
    private let documentCount: Int

    @_lifetime(copy section)
    init(_ section: RawSpan, documentCount: Int) {
        self.section = section
        self.documentCount = documentCount
    }

    /// The bytes of a document.
    @_lifetime(copy self)
    func bytes(_ doc: UInt32) -> RawSpan {
        let start = Int(section.u32(4 &* Int(doc)))
        let end = Int(section.u32(4 &* Int(doc) &+ 4))
        return section.part(4 &* (documentCount &+ 1) &+ start, max(0, end - start))
    }
}

/// Writes what `StoredView` reads: where each run starts, and the runs.
struct StoredBuilder {
    private var offsets: [UInt32] = [0]
    private var runs: [UInt8] = []

    mutating func add(_ run: [UInt8]) {
        runs.append(contentsOf: run)
        offsets.append(UInt32(runs.count))
    }

    mutating func add(_ run: RawSpan) {
        runs.append(run)
        offsets.append(UInt32(runs.count))
    }

    func finished() -> [UInt8] {
        var section: [UInt8] = []
        section.reserveCapacity(4 * offsets.count + runs.count + 8)
        for offset in offsets { section.append(littleEndian: offset) }
        section.append(contentsOf: runs)
        return section
    }
}

/// Reads the values of a keyword field by document, as ordinals of its dictionary.
struct KeywordValuesView: ~Escapable {
    private let section: RawSpan
    private let width: Int
    /// Whether no document has more than one value, so that there is one ordinal for each.
    private let isSingle: Bool
    private let values: Int

    @_lifetime(copy section)
    init(_ section: RawSpan, documentCount: Int) {
        self.section = section
        width = Int(section.u32(0))
        isSingle = section.u32(4) == 1
        values = isSingle ? 8 : 8 + 4 * (documentCount + 1)
    }

    /// Calls `body` with the ordinals of each document of a set, those of a document ascending.
    ///
    /// For a document without a value that can be the number of values.
    @inline(__always)
    func forEach(in words: Span<UInt64>, _ body: (Int) -> Void) {
        switch width {
        case 1: forEach(UInt8.self, in: words, body)
        case 2: forEach(UInt16.self, in: words, body)
        default: forEach(UInt32.self, in: words, body)
        }
    }

    @inline(__always)
    private func forEach<Ordinal: FixedWidthInteger & BitwiseCopyable>(
        _ type: Ordinal.Type, in words: Span<UInt64>, _ body: (Int) -> Void
    ) {
        if isSingle {
            words.forEachBit { body(Int(section.load(type, values &+ MemoryLayout<Ordinal>.size &* $0))) }
            return
        }
        words.forEachBit { doc in
            let start = Int(section.u32(8 &+ 4 &* doc))
            // No more than there are bytes, whatever a damaged section says.
            let end = min(Int(section.u32(12 &+ 4 &* doc)), section.byteCount)
            guard start < end else { return }
            for index in start..<end {
                body(Int(section.load(type, values &+ MemoryLayout<Ordinal>.size &* index)))
            }
        }
    }

    /// The section: the width of an ordinal in bytes; then, where no document has several values, an ordinal for each,
    /// or for one without a value the number of values; else where each document's begin, and the ordinals.
    ///
    /// `ends` says for each document how many ordinals there are up to and with it, `count` how many values the
    /// dictionary has.
    static func encode(_ ordinals: [UInt32], ends: [UInt32], count: Int) -> [UInt8] {
        let isSingle = ends.indices.allSatisfy { ends[$0] - ($0 > 0 ? ends[$0 - 1] : 0) <= 1 }
        let greatest = isSingle ? count : count - 1
        let width = greatest <= 0xFF ? 1 : greatest <= 0xFFFF ? 2 : 4
        var section: [UInt8] = []
        section.append(littleEndian: UInt32(width))
        section.append(littleEndian: UInt32(isSingle ? 1 : 0))
        if !isSingle {
            section.append(littleEndian: 0 as UInt32)
            for end in ends { section.append(littleEndian: end) }
        }
        func append(_ ordinal: UInt32) {
            switch width {
            case 1: section.append(UInt8(ordinal))
            case 2: section.append(littleEndian: UInt16(ordinal))
            default: section.append(littleEndian: ordinal)
            }
        }
        guard isSingle else {
            for ordinal in ordinals { append(ordinal) }
            return section
        }
        var end: UInt32 = 0
        for next in ends {
            append(next > end ? ordinals[Int(end)] : UInt32(count))
            end = next
        }
        return section
    }
}
