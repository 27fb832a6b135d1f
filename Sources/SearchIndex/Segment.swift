internal import Compression

/// The parts of a segment; see Docs/segment-format.md.
enum SectionKind: UInt32, CaseIterable {
    case termDictionary = 1
    case postings = 2
    case positions = 3
    case lengths = 4
    case keywordDictionary = 5
    case keywordPostings = 6
    case keywordValues = 7
    case column = 8
    case keys = 9
    case summaries = 10
    case contents = 11
    case statistics = 12
}

/// An immutable part of an index that can be searched by itself.
final class Segment: Sendable {
    static let magic: [UInt8] = Array("SITREPSG".utf8)
    static let formatVersion: UInt32 = 3
    static let headerBytes = 48
    static let entryBytes = 32

    /// The same for all forms of one segment: in memory, and mapped.
    let id: UInt64
    let bytes: SegmentBytes
    let documentCount: Int
    /// The sum of the lengths of each text field, and the greatest length.
    let totals: [Int]
    let longest: [Int]
    /// By text field: the mean length that the impacts of blocks were worked out with.
    let means: [Float]

    /// The languages in which words were stemmed.
    let stemLanguages: [StemLanguage]

    let fieldCount: Int
    private let places: [Place]
    private let postingsPlace: (offset: Int, length: Int)
    private let positionsPlace: (offset: Int, length: Int)
    private let firstLengths: Int
    private let firstKeyword: Int
    private let firstColumn: Int
    private let firstStored: Int

    private struct Place {
        var kind: SectionKind
        var field: Int
        var offset: Int
        var length: Int
        var checksum: UInt32
    }

    /// What is wrong with a segment's bytes.
    struct Fault: Error {
        var offset: Int
        var reason: String
    }

    /// Reads the header and the section table, and checks the checksums of all sections if `checks`.
    init(
        id: UInt64, bytes: SegmentBytes, schema: IndexSchema, checks: Bool
    ) throws(Fault) {
        self.id = id
        self.bytes = bytes
        let raw = bytes.raw
        guard raw.byteCount >= Self.headerBytes else {
            throw Fault(offset: raw.byteCount, reason: "the header is cut off")
        }
        for (index, byte) in Self.magic.enumerated() where raw.u8(index) != byte {
            throw Fault(offset: index, reason: "this is not a segment of an index")
        }
        guard raw.u32(8) == Self.formatVersion else {
            throw Fault(offset: 8, reason: "format version \(raw.u32(8)) is not known")
        }
        let count = Int(raw.u32(12))
        let tableEnd = Self.headerBytes + Self.entryBytes * count
        guard count <= 1024, raw.byteCount >= tableEnd else {
            throw Fault(offset: 12, reason: "the section table is cut off")
        }
        let headChecksum = CRC32.of(
            raw.part(Self.headerBytes, tableEnd - Self.headerBytes),
            continuing: CRC32.of(raw.part(0, Self.headerBytes - 8)))
        guard raw.u32(Self.headerBytes - 8) == headChecksum, raw.u32(Self.headerBytes - 4) == 0 else {
            throw Fault(offset: Self.headerBytes - 8, reason: "the checksum of the header differs")
        }
        guard raw.load(UInt64.self, 24) == UInt64(raw.byteCount) else {
            throw Fault(offset: raw.byteCount, reason: "the file is not as long as its header says")
        }
        guard raw.load(UInt64.self, 32) == schema.fingerprint else {
            throw Fault(offset: 32, reason: "the fields are not those of the schema")
        }
        documentCount = Int(raw.u32(16))
        fieldCount = schema.texts.count

        var places: [Place] = []
        var end = tableEnd
        let expected = SectionKind.order(schema)
        guard count == expected.count else {
            throw Fault(offset: 12, reason: "there are \(count) sections, not \(expected.count)")
        }
        for (index, section) in expected.enumerated() {
            let entry = Self.headerBytes + Self.entryBytes * index
            guard raw.u32(entry) == section.kind.rawValue, raw.u32(entry + 4) == UInt32(section.field) else {
                throw Fault(offset: entry, reason: "the sections are not those of the schema")
            }
            let length = raw.load(UInt64.self, entry + 16)
            guard raw.load(UInt64.self, entry + 8) == UInt64(end), length <= UInt64(raw.byteCount - end),
                length % 8 == 0
            else {
                throw Fault(offset: entry + 8, reason: "a section does not lie within the file")
            }
            let place = Place(
                kind: section.kind, field: section.field, offset: end, length: Int(length),
                checksum: raw.u32(entry + 24))
            if checks { try Self.check(place, raw.part(place.offset, place.length)) }
            places.append(place)
            end += place.length
        }
        guard end == raw.byteCount else { throw Fault(offset: end, reason: "bytes follow the last section") }
        self.places = places
        postingsPlace = (places[1].offset, places[1].length)
        positionsPlace = (places[2].offset, places[2].length)
        firstLengths = 4
        firstKeyword = firstLengths + schema.texts.count
        firstColumn = firstKeyword + 3 * schema.keywords.count
        firstStored = firstColumn + schema.columns.count

        let statistics = raw.part(places[3].offset, places[3].length)
        totals = schema.texts.indices.map { Int(clamping: statistics.load(UInt64.self, 16 * $0)) }
        longest = schema.texts.indices.map { Int(statistics.u32(16 * $0 + 8) & 0xFFFF) }
        means = schema.texts.indices.map { Float(bitPattern: statistics.u32(16 * $0 + 12)) }
        stemLanguages =
            schema.stems ? StemLanguage.languages(of: raw.part(places[0].offset, places[0].length)) : []
    }

    private static func check(_ place: Place, _ section: RawSpan) throws(Fault) {
        guard CRC32.of(section) == place.checksum else {
            throw Fault(offset: place.offset, reason: "the checksum of section \(place.kind) differs")
        }
    }

    /// Holds the checksums of all sections against the bytes of the file again; bytes in memory are not looked at.
    ///
    /// - Throws: `IndexError.damaged` of the first section that is not as it was written.
    func check() throws(IndexError) {
        guard !bytes.isInMemory else { return }
        do throws(Fault) {
            for place in places { try Self.check(place, part(place.offset, place.length)) }
        } catch {
            throw .damaged(path: Manifest.fileName(id), offset: error.offset, reason: error.reason)
        }
    }

    @_lifetime(borrow self)
    @inline(__always)
    private func section(_ index: Int) -> RawSpan {
        let place = places[index]
        return part(place.offset, place.length)
    }

    var dictionary: RawSpan { @_lifetime(borrow self) get { section(0) } }
    // Asked for all the time.
    var postings: RawSpan {
        @_lifetime(borrow self) @inline(__always) get { part(postingsPlace.offset, postingsPlace.length) }
    }
    var positions: RawSpan {
        @_lifetime(borrow self) @inline(__always) get { part(positionsPlace.offset, positionsPlace.length) }
    }

    /// The lengths of a text field, two bytes for each document.
    @_lifetime(borrow self)
    func lengths(_ field: Int) -> RawSpan { section(firstLengths + field) }

    /// The length of a text field in one document.
    @inline(__always)
    func length(_ field: Int, of doc: Int) -> Int { Int(lengths(field).load(UInt16.self, 2 &* doc)) }

    @_lifetime(borrow self)
    func keywordDictionary(_ field: Int) -> RawSpan { section(firstKeyword + 3 * field) }

    @_lifetime(borrow self)
    func keywordPostings(_ field: Int) -> RawSpan { section(firstKeyword + 3 * field + 1) }

    /// The postings of a keyword field, or of the text fields for `nil`.
    @_lifetime(borrow self)
    func postings(keywordField: Int?) -> RawSpan {
        guard let keywordField else { return postings }
        return keywordPostings(keywordField)
    }

    /// The dictionary of a keyword field, or of the text fields for `nil`.
    @_lifetime(borrow self)
    func dictionary(keywordField: Int?) -> RawSpan {
        guard let keywordField else { return dictionary }
        return keywordDictionary(keywordField)
    }

    /// By document, the ordinals of its values in a keyword field.
    @_lifetime(borrow self)
    func keywordValues(_ field: Int) -> RawSpan { section(firstKeyword + 3 * field + 2) }

    @_lifetime(borrow self)
    func column(_ column: Int) -> ColumnView {
        ColumnView(section(firstColumn + column), documentCount: documentCount)
    }

    var keys: KeysView {
        @_lifetime(borrow self) get { KeysView(section(firstStored), documentCount: documentCount) }
    }

    var summaries: StoredView {
        @_lifetime(borrow self)
        get { StoredView(section(firstStored + 1), documentCount: documentCount) }
    }

    var contents: StoredView {
        @_lifetime(borrow self)
        get { StoredView(section(firstStored + 2), documentCount: documentCount) }
    }

    /// Where in the file the content of a document begins.
    func contentOffset(_ doc: UInt32) -> Int {
        let place = places[firstStored + 2]
        return place.offset + 4 * (documentCount + 1)
            + Int(part(place.offset, place.length).u32(4 * Int(doc)))
    }

    /// How many words of 64 bits a set of all documents takes.
    var wordCount: Int { (documentCount + 63) / 64 }

    /// How many windows of 4,096 documents there are.
    var windowCount: Int { (documentCount + 4095) / 4096 }
}

extension SectionKind {
    /// The sections of a segment, in the order of the file.
    static func order(_ schema: IndexSchema) -> [(kind: SectionKind, field: Int)] {
        var order: [(kind: SectionKind, field: Int)] = [
            (.termDictionary, 0), (.postings, 0), (.positions, 0), (.statistics, 0),
        ]
        for field in schema.texts.indices { order.append((.lengths, field)) }
        for field in schema.keywords.indices {
            order.append((.keywordDictionary, field))
            order.append((.keywordPostings, field))
            order.append((.keywordValues, field))
        }
        for field in schema.columns.indices { order.append((.column, field)) }
        return order + [(.keys, 0), (.summaries, 0), (.contents, 0)]
    }
}

extension SectionKind {
    /// Joins sections, in the order of `order(_:)`, into the bytes of a segment; `sections` is emptied on the way.
    static func assemble(
        _ sections: inout [[UInt8]], documentCount: Int, schema: IndexSchema
    ) -> [UInt8] {
        let order = order(schema)
        precondition(sections.count == order.count, "Every section of the schema is written.")
        for index in sections.indices { sections[index].align() }
        let tableEnd = Segment.headerBytes + Segment.entryBytes * sections.count
        let length = sections.reduce(tableEnd) { $0 + $1.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        bytes.append(contentsOf: Segment.magic)
        bytes.append(littleEndian: Segment.formatVersion)
        bytes.append(littleEndian: UInt32(sections.count))
        bytes.append(littleEndian: UInt32(documentCount))
        bytes.append(littleEndian: 0 as UInt32)
        bytes.append(littleEndian: UInt64(length))
        bytes.append(littleEndian: schema.fingerprint)
        var table: [UInt8] = []
        var offset = tableEnd
        for (section, bytes) in zip(order, sections) {
            table.append(littleEndian: section.kind.rawValue)
            table.append(littleEndian: UInt32(section.field))
            table.append(littleEndian: UInt64(offset))
            table.append(littleEndian: UInt64(bytes.count))
            table.append(littleEndian: CRC32.of(bytes))
            table.append(littleEndian: 0 as UInt32)
            offset += bytes.count
        }
        bytes.append(littleEndian: CRC32.of(table, continuing: CRC32.of(bytes)))
        bytes.append(littleEndian: 0 as UInt32)
        bytes.append(contentsOf: table)
        for index in sections.indices {
            bytes.append(contentsOf: sections[index])
            sections[index] = []
        }
        return bytes
    }
}
