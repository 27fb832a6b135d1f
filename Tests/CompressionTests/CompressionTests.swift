import Compression
import TestSupport
import Testing

@Suite("Deflate")
struct DeflateTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func whatIsCompressedComesBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = someBytes(&random)
        let level = Int.random(in: -1...10, using: &random)
        let compressed = Deflate.compress(bytes, level: level)
        #expect(try Deflate.decompress(compressed[...], limit: bytes.count) == bytes)
        var stream = GunzipStream()
        #expect(try stream.feed(Deflate.gzip(bytes, level: level)) == bytes)
        try stream.finish()
    }

    @Test func theLimitIsExact() throws {
        let compressed = Deflate.compress([UInt8](repeating: 7, count: 100_000), level: 9)
        #expect(try Deflate.decompress(compressed[...], limit: 100_000).count == 100_000)
        #expect(try Deflate.decompress(compressed[...], limit: .max).count == 100_000)
        #expect(throws: CompressionError.tooLarge(limit: 99_999)) {
            try Deflate.decompress(compressed[...], limit: 99_999)
        }
        #expect(throws: CompressionError.tooLarge(limit: 0)) {
            try Deflate.decompress(compressed[...], limit: 0)
        }
        #expect(try Deflate.decompress(Deflate.compress([], level: 6)[...], limit: 0) == [])
    }

    @Test func everyPrefixIsTruncated() {
        let compressed = Deflate.compress(
            Array("Talks resume in Geneva; talks resume in Vienna.".utf8), level: 6)
        for length in 0..<compressed.count {
            #expect(throws: CompressionError.truncated, "prefix of \(length) bytes") {
                try Deflate.decompress(compressed[..<length], limit: 1_000)
            }
        }
    }

    @Test func whatFollowsTheStreamIsRefused() {
        let compressed = Deflate.compress([1, 2, 3], level: 6)
        #expect(throws: CompressionError.damaged(offset: compressed.count)) {
            try Deflate.decompress((compressed + [0])[...], limit: 100)
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func damageIsNoticed(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = Array("The delegations met for the third day. ".utf8) + someBytes(&random)
        var compressed = Deflate.compress(bytes, level: 6)
        let place = Int.random(in: 0..<compressed.count, using: &random)
        compressed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        // The checksum makes a silent change as good as impossible; the one bit without effect is in the header.
        let outcome = try? Deflate.decompress(compressed[...], limit: 1 << 20)
        #expect(outcome == nil || outcome == bytes)
        #expect(outcome == nil || place < 2)
    }
}

@Suite("Gunzip as a stream")
struct GunzipStreamTests {
    @Test(arguments: [1, 2, 7, 1_000])
    func membersFollowEachOther(chunk: Int) throws {
        let first = Array("first member\n".utf8)
        let second = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
        let input = Deflate.gzip(first) + Deflate.gzip([]) + Deflate.gzip(second) + [0, 0, 0]
        var stream = GunzipStream()
        #expect(try output(of: input, in: chunk, &stream) == first + second)
        try stream.finish()
    }

    @Test(arguments: [1, 64])
    func everyPrefixButThoseBetweenMembersIsTruncated(chunk: Int) throws {
        let first = Deflate.gzip(Array("first".utf8))
        let input = first + Deflate.gzip(Array("second".utf8))
        for length in 0..<input.count {
            var stream = GunzipStream()
            _ = try output(of: Array(input[..<length]), in: chunk, &stream)
            if length == first.count {
                try stream.finish()
            } else {
                #expect(throws: CompressionError.truncated, "prefix of \(length) bytes") {
                    try stream.finish()
                }
            }
        }
    }

    @Test func whatIsNotGzipIsRefusedForGood() {
        var stream = GunzipStream()
        #expect(throws: CompressionError.self) { try stream.feed(Array("plain text".utf8)) }
        #expect(throws: CompressionError.self) { try stream.feed(Deflate.gzip([1])) }
        #expect(throws: CompressionError.self) { try stream.finish() }
    }

    @Test func rubbishAfterAMemberIsRefused() {
        var stream = GunzipStream()
        #expect(throws: CompressionError.self) { try stream.feed(Deflate.gzip([1]) + Array("rest".utf8)) }
        var padded = GunzipStream()
        #expect(throws: CompressionError.self) { try padded.feed(Deflate.gzip([1]) + [0, 0, 1]) }
    }

    @Test func aWrongChecksumIsRefused() {
        var input = Deflate.gzip(Array("abc".utf8))
        input[input.count - 8] ^= 1
        var stream = GunzipStream()
        #expect(throws: CompressionError.self) { try stream.feed(input) }
    }

    @Test func theLimitHoldsOverAllMembers() throws {
        let member = Deflate.gzip([UInt8](repeating: 0, count: 1_000))
        var fitting = GunzipStream(limit: 2_000)
        #expect(try fitting.feed(member + member).count == 2_000)
        var bomb = GunzipStream(limit: 1_999)
        #expect(throws: CompressionError.tooLarge(limit: 1_999)) { try bomb.feed(member + member) }
    }

    private func output(
        of input: [UInt8], in chunk: Int, _ stream: inout GunzipStream
    ) throws -> [UInt8] {
        var output: [UInt8] = []
        for start in stride(from: 0, to: input.count, by: chunk) {
            output += try stream.feed(Array(input[start..<min(start + chunk, input.count)]))
        }
        return output
    }
}

@Suite("CRC-32")
struct CRC32Tests {
    @Test(
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func vectors(text: String, checksum: UInt32) {
        #expect(CRC32.of(Array(text.utf8)) == checksum)
    }

    @Test func piecesGiveWhatTheWholeGives() {
        let bytes = Array("The quick brown fox jumps over the lazy dog".utf8)
        for split in 0...bytes.count {
            let first = CRC32.of(Array(bytes[..<split]))
            #expect(CRC32.of(Array(bytes[split...]), continuing: first) == CRC32.of(bytes))
        }
    }
}

/// Up to 70,000 bytes, some runs of which can be compressed well.
private func someBytes(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0..<8, using: &random) {
        if Bool.random(using: &random) {
            let byte = UInt8.random(in: .min ... .max, using: &random)
            bytes += [UInt8](repeating: byte, count: Int.random(in: 0..<10_000, using: &random))
        } else {
            bytes += (0..<Int.random(in: 0..<2_000, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
        }
    }
    return bytes
}

@Suite("Gzip, piece by piece")
struct GzipStreamTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyPieceCanBeReadAtOnce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var packer = GzipStream(level: Int.random(in: 0...10, using: &random))
        var reader = GunzipStream()
        for _ in 0..<10 {
            let piece = someBytes(&random)
            #expect(try reader.feed(packer.feed(piece)) == piece)
        }
        #expect(try reader.feed(packer.finish()) == [])
        try reader.finish()
    }

    @Test func nothingIsAnEmptyStream() throws {
        var packer = GzipStream()
        #expect(packer.feed([]) == [])
        var reader = GunzipStream()
        #expect(try reader.feed(packer.finish()) == [])
        try reader.finish()
    }
}
