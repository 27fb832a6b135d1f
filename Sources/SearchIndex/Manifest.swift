internal import Bytes
internal import Compression

/// Which segments an index is made of, and which of their documents are not there any more.
struct Manifest: Equatable {
    static let magic = Array("SITREPMF".utf8)
    static let formatVersion: UInt32 = 1
    static let fileName = "manifest"

    struct Part: Equatable {
        var id: UInt64
        var bytes: Int
        var documentCount: Int
        /// Ascending.
        var deleted: [UInt32]
    }

    var fingerprint: UInt64
    var mark: Int64
    var generation: UInt64
    var nextID: UInt64
    var parts: [Part]

    /// The name of a segment's file.
    static func fileName(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return prefix + String(repeating: "0", count: 16 - digits.count) + digits + suffix
    }

    static let prefix = "segment-"
    static let suffix = ".idx"

    /// What is wrong with the bytes of a manifest.
    struct Fault: Error {
        var reason: String
    }

    func encoded() -> [UInt8] {
        var builder = ByteBuilder()
        builder.append(contentsOf: Self.magic)
        builder.append(littleEndian: Self.formatVersion)
        builder.append(littleEndian: fingerprint)
        builder.append(littleEndian: mark)
        builder.append(littleEndian: generation)
        builder.append(littleEndian: nextID)
        builder.append(varint: UInt64(parts.count))
        for part in parts {
            builder.append(littleEndian: part.id)
            builder.append(varint: UInt64(part.bytes))
            builder.append(varint: UInt64(part.documentCount))
            builder.append(varint: UInt64(part.deleted.count))
            var last: UInt32 = 0
            for doc in part.deleted {
                builder.append(varint: UInt64(doc - last))
                last = doc
            }
        }
        builder.append(littleEndian: CRC32.of(builder.bytes))
        return builder.bytes
    }

    init(fingerprint: UInt64, mark: Int64, generation: UInt64, nextID: UInt64, parts: [Part]) {
        self.fingerprint = fingerprint
        self.mark = mark
        self.generation = generation
        self.nextID = nextID
        self.parts = parts
    }

    init(decoding bytes: [UInt8]) throws(Fault) {
        guard bytes.count > 4, bytes.starts(with: Self.magic) else {
            throw Fault(reason: "it is not the manifest of an index")
        }
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes[..<(bytes.count - 4)])
            var checksum = ByteReader(bytes[(bytes.count - 4)...])
            let expected = try checksum.littleEndian(UInt32.self)
            let isWhole = expected == CRC32.of(Array(bytes[..<(bytes.count - 4)]))
            _ = try reader.run(Self.magic.count)
            let version = try reader.littleEndian(UInt32.self)
            if isWhole, version != Self.formatVersion {
                throw ByteReaderError(
                    offset: 8, expected: "format version \(Self.formatVersion), not \(version)")
            }
            guard isWhole else {
                throw ByteReaderError(offset: bytes.count - 4, expected: "the checksum of what is before")
            }
            fingerprint = try reader.littleEndian(UInt64.self)
            mark = try reader.littleEndian(Int64.self)
            generation = try reader.littleEndian(UInt64.self)
            nextID = try reader.littleEndian(UInt64.self)
            parts = []
            for _ in 0..<(try reader.count()) {
                let id = try reader.littleEndian(UInt64.self)
                let length = try reader.varint()
                let documentCount = try reader.varint()
                var deleted: [UInt32] = []
                var last: UInt64 = 0
                for _ in 0..<(try reader.count()) {
                    last = last &+ (try reader.varint())
                    guard last < documentCount, last <= UInt64(UInt32.max) else {
                        throw ByteReaderError(offset: reader.offset, expected: "a document of the segment")
                    }
                    deleted.append(UInt32(last))
                }
                guard length <= UInt64(Int.max), documentCount <= UInt64(UInt32.max) else {
                    throw ByteReaderError(offset: reader.offset, expected: "the size of a segment")
                }
                parts.append(
                    Part(
                        id: id, bytes: Int(length), documentCount: Int(documentCount), deleted: deleted))
            }
            guard reader.remaining == 0 else {
                throw ByteReaderError(offset: reader.offset, expected: "the end")
            }
        } catch {
            throw Fault(reason: "expected \(error.expected) at byte \(error.offset)")
        }
    }
}
