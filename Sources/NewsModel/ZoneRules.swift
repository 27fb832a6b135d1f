/// Why a file is not one of the IANA time zone database.
public struct ZoneFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let reason: String

    /// The reason.
    public var description: String { reason }
}

/// When the offset of a zone changes, in seconds: one by one up to the last known change, then year by year.
///
/// - Source: RFC 9636.
struct ZoneRules: Sendable, Hashable {
    private var changes: [Int64] = []
    // One more than there are changes: the offset before the first, then those from each on.
    private var offsets: [Int]
    private var yearly: YearlyRule?

    /// One offset for all times.
    init(offset: Int) {
        offsets = [offset]
    }

    /// Reads the content of a file.
    init(file: [UInt8]) throws(ZoneFileError) {
        var reader = BigEndianReader(file)
        var header = try ZoneHeader(&reader)
        let isOld = header.version == 0
        if !isOld {
            // The first block has what fits into 32 bits, for readers of old; the second has all.
            try reader.skip(header.blockBytes(timeBytes: 4))
            header = try ZoneHeader(&reader)
        }
        let timeBytes = isOld ? 4 : 8
        changes = []
        for _ in 0..<header.changes {
            changes.append(
                isOld ? Int64(Int32(truncatingIfNeeded: try reader.integer(4))) : try reader.integer(8))
        }
        var places: [Int] = []
        for _ in 0..<header.changes { places.append(Int(try reader.integer(1))) }
        var types: [Int] = []
        for _ in 0..<header.types {
            types.append(Int(Int32(truncatingIfNeeded: try reader.integer(4))))
            try reader.skip(2)
        }
        guard let first = types.first, places.allSatisfy({ $0 < types.count }) else {
            throw ZoneFileError(reason: "a change leads to a local time that is not there")
        }
        guard zip(changes, changes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ZoneFileError(reason: "the changes are out of order")
        }
        // RFC 9636 §3.2: no offset reaches 26 hours.
        guard types.allSatisfy({ abs($0) < 26 * 3_600 }) else {
            throw ZoneFileError(reason: "an offset is a day or more")
        }
        offsets = [first] + places.map { types[$0] }
        guard !isOld else { return }
        try reader.skip(header.tailBytes(timeBytes: timeBytes))
        let footer = reader.rest
        guard footer.count >= 2, footer.first == 0x0A, footer.last == 0x0A else {
            throw ZoneFileError(reason: "the footer is cut off")
        }
        let text = footer.dropFirst().dropLast()
        guard !text.isEmpty else { return }
        guard let rule = YearlyRule(Array(text)) else {
            throw ZoneFileError(
                reason: "the footer is no TZ string: '\(String(decoding: text, as: UTF8.self))'")
        }
        yearly = rule
    }

    var isFixed: Bool { changes.isEmpty && yearly == nil }

    /// The offset at a second since 1970.
    func offset(at second: Int64) -> Int {
        if let yearly, changes.last.map({ second >= $0 }) ?? true { return yearly.offset(at: second) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return offsets[low]
    }
}

/// What a block of a file has, and how much of each.
private struct ZoneHeader {
    let version: UInt8
    let changes: Int
    let types: Int
    private let names: Int
    private let leaps: Int
    private let standards: Int
    private let universals: Int

    init(_ reader: inout BigEndianReader) throws(ZoneFileError) {
        guard try reader.integer(4) == 0x545A_6966 else {
            throw ZoneFileError(reason: "it does not begin with 'TZif'")
        }
        version = UInt8(truncatingIfNeeded: try reader.integer(1))
        try reader.skip(15)
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try reader.integer(4))) }
        (universals, standards, leaps) = (counts[0], counts[1], counts[2])
        (changes, types, names) = (counts[3], counts[4], counts[5])
        guard counts.allSatisfy({ $0 < 1 << 20 }) else {
            throw ZoneFileError(reason: "it says it is larger than it is")
        }
    }

    /// Bytes behind the local times.
    func tailBytes(timeBytes: Int) -> Int { names + leaps * (timeBytes + 4) + standards + universals }

    func blockBytes(timeBytes: Int) -> Int {
        changes * (timeBytes + 1) + types * 6 + tailBytes(timeBytes: timeBytes)
    }
}

/// Takes integers from the front of bytes, the highest byte first.
private struct BigEndianReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var rest: ArraySlice<UInt8> { bytes[offset...] }

    mutating func skip(_ count: Int) throws(ZoneFileError) {
        guard count <= bytes.count - offset else { throw ZoneFileError(reason: "it is cut off") }
        offset += count
    }

    mutating func integer(_ width: Int) throws(ZoneFileError) -> Int64 {
        let start = offset
        try skip(width)
        return bytes[start..<offset].reduce(0) { $0 << 8 | Int64($1) }
    }
}
