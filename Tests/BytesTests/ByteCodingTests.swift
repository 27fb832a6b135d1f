import Bytes
import TestSupport
import Testing

@Suite("Bytes written by ByteBuilder and read by ByteReader")
struct ByteCodingTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let shift = UInt64.random(in: 0..<64, using: &random)
        let unsigned = UInt64.random(in: .min ... .max, using: &random) >> shift
        let signed = Int64(bitPattern: UInt64.random(in: .min ... .max, using: &random)) >> Int64(shift)
        let text = String(repeating: "é日", count: Int.random(in: 0..<100, using: &random))
        var builder = ByteBuilder()
        builder.append(varint: unsigned)
        builder.append(signedVarint: signed)
        builder.append(littleEndian: UInt32(truncatingIfNeeded: unsigned))
        builder.append(littleEndian: signed)
        builder.append(text: text)
        builder.append(0x7F)

        var reader = ByteReader(builder.bytes)
        #expect(try reader.varint() == unsigned)
        #expect(try reader.signedVarint() == signed)
        #expect(try reader.littleEndian(UInt32.self) == UInt32(truncatingIfNeeded: unsigned))
        #expect(try reader.littleEndian(Int64.self) == signed)
        #expect(try reader.text() == text)
        #expect(try reader.byte() == 0x7F)
        #expect(reader.remaining == 0)
        #expect(reader.offset == builder.count)
    }

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, .max] as [UInt64])
    func varintsTakeSevenBitsAByte(value: UInt64) throws {
        var builder = ByteBuilder()
        builder.append(varint: value)
        #expect(builder.count == max(1, (64 - value.leadingZeroBitCount + 6) / 7))
        var reader = ByteReader(builder.bytes)
        #expect(try reader.varint() == value)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func signedVarintsReachBothEnds(value: Int64) throws {
        var builder = ByteBuilder()
        builder.append(signedVarint: value)
        var reader = ByteReader(builder.bytes)
        #expect(try reader.signedVarint() == value)
    }

    @Test func everyPrefixEndsInAnError() {
        var builder = ByteBuilder()
        builder.append(varint: 300)
        builder.append(text: "résumé")
        for length in 0..<builder.count {
            #expect(throws: ByteReaderError.self, "prefix of \(length) bytes") {
                var reader = ByteReader(builder.bytes[..<length])
                _ = try reader.varint()
                _ = try reader.text()
            }
        }
    }

    @Test func varintsOfMoreThan64BitsAreRefused() {
        var overflow = ByteReader([UInt8](repeating: 0xFF, count: 9) + [0x02])
        #expect(throws: ByteReaderError.self) { try overflow.varint() }
        var endless = ByteReader([UInt8](repeating: 0x80, count: 11) + [0])
        #expect(throws: ByteReaderError.self) { try endless.varint() }
    }

    @Test func countsMustFitInWhatIsLeft() throws {
        var fitting = ByteReader([2, 0, 0])
        #expect(try fitting.count() == 2)
        var tooLarge = ByteReader([3, 0, 0])
        #expect(throws: ByteReaderError.self) { try tooLarge.count() }
    }

    @Test func textsMustBeUTF8() {
        var reader = ByteReader([2, 0xC3, 0x28])
        #expect(throws: ByteReaderError.self) { try reader.text() }
    }

    @Test func offsetsCountFromTheSlicesStart() throws {
        let bytes: [UInt8] = [9, 9, 9, 1, 2]
        var reader = ByteReader(bytes[3...])
        #expect(try reader.byte() == 1)
        #expect(reader.offset == 1)
        #expect(try reader.run(1) == [2])
        #expect(throws: ByteReaderError(offset: 2, expected: "one more byte")) { try reader.byte() }
    }
}

@Suite("Percent coding")
struct PercentCodingTests {
    @Test(arguments: [
        ("a%20b", "a b"), ("%E6%97%A5", "日"), ("a+b", "a+b"), ("%2f%2F", "//"), ("", ""),
    ])
    func decodes(encoded: String, text: String) {
        #expect(PercentCoding.decode(encoded.utf8) == text)
    }

    @Test(arguments: ["%", "%2", "%zz", "%+1", "%C3", "%C3%28", "a%"])
    func refuses(encoded: String) {
        #expect(PercentCoding.decode(encoded.utf8) == nil)
    }

    @Test func plusIsASpaceOnlyWhereAsked() {
        #expect(PercentCoding.decode("a+b%2B".utf8, plusIsSpace: true) == "a b+")
    }

    @Test func encodesAllButTheUnreserved() {
        #expect(PercentCoding.encode("Az09-._~ /?&é") == "Az09-._~%20%2F%3F%26%C3%A9")
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func whatIsEncodedDecodes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let scalars = (0..<20).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &random))
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        #expect(
            PercentCoding.decode(PercentCoding.encode(text).utf8)?.unicodeScalars.elementsEqual(scalars)
                == true)
    }
}

@Suite("Classes of ASCII bytes, hash")
struct ByteClassTests {
    @Test func classesAgreeWithTheirCharacters() {
        let digits = Set("0123456789".utf8)
        let upper = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let lower = Set("abcdefghijklmnopqrstuvwxyz".utf8)
        for byte in UInt8.min ... .max {
            #expect(byte.isDigit == digits.contains(byte))
            #expect(byte.isUppercaseLetter == upper.contains(byte))
            #expect(byte.isLowercaseLetter == lower.contains(byte))
            #expect(byte.isLetter == (upper.contains(byte) || lower.contains(byte)))
            #expect(byte.isWhitespace == [0x20, 0x09, 0x0A, 0x0D].contains(byte))
            #expect(byte.lowercased == (upper.contains(byte) ? byte + 32 : byte))
            let value = byte < 0x80 ? Character(Unicode.Scalar(byte)).hexDigitValue : nil
            #expect(byte.hexadecimalValue.map(Int.init) == value)
            #expect(
                byte.isUnreserved == (byte.isLetter || byte.isDigit || Set("-._~".utf8).contains(byte)))
        }
    }

    @Test func hashesAreTheSameInEveryRun() {
        // Written down once: files of other runs hold such values.
        var hash = StableHash()
        hash.combine("sitrep")
        hash.combine(1 as UInt64)
        #expect(hash.value == Self.known)
        #expect(StableHash.of("ab") != StableHash.of("ba"))
        #expect(StableHash.of("ab") == StableHash.of("ab"))
    }

    @Test func textsHaveTheirEndsHashed() {
        var left = StableHash()
        left.combine("ab")
        left.combine("c")
        var right = StableHash()
        right.combine("a")
        right.combine("bc")
        #expect(left.value != right.value)
    }

    private static let known: UInt64 = 4_542_007_265_530_797_193
}
