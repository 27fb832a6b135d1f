import HTTPMessages
import TestSupport
import Testing

@testable import HTTPWire

/// Content in chunks, and what a decoder must make of it.
struct ChunkVector: Sendable, CustomTestStringConvertible {
    let rule: String
    let bytes: [UInt8]
    let limits: WireLimits
    let outcome: Result<[UInt8], WireError>

    var testDescription: String { rule }

    var error: WireError? {
        if case .failure(let error) = outcome { return error }
        return nil
    }

    static func valid(
        _ rule: String, _ text: String, limits: WireLimits = WireLimits(), _ body: String
    ) -> ChunkVector {
        ChunkVector(rule: rule, bytes: latin(text), limits: limits, outcome: .success(latin(body)))
    }

    /// In `text`, `§` stands before the first offending byte.
    static func invalid(
        _ rule: String, _ text: String, limits: WireLimits = WireLimits(), _ kind: WireError.Kind
    ) -> ChunkVector {
        let (bytes, offset) = marked(text)
        return ChunkVector(
            rule: rule, bytes: bytes, limits: limits, outcome: .failure(WireError(kind, at: offset)))
    }
}

let chunkVectors: [ChunkVector] = [
    .valid("RFC 9112 §7.1: no content", "0\r\n\r\n", ""),
    .valid("RFC 9112 §7.1: chunks", "4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n", "Wikipedia"),
    .valid(
        "RFC 9112 §7.1: line ends and sizes as data", "9\r\na\r\n0\r\n\r\nb\r\n0\r\n\r\n", "a\r\n0\r\n\r\nb"),
    .valid(
        "RFC 9112 §7.1: hexadecimal in either case", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
        "01234567890123456789a"),
    .valid("RFC 9112 §7.1: zeros in front", "0003\r\nabc\r\n000\r\n\r\n", "abc"),
    .invalid("RFC 9112 §7.1: no size", "§\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: no size after a chunk", "1\r\na\r\n§\r\n", .chunkSize),
    .invalid("RFC 9112 §7.1: plus", "§+3\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: minus", "§-3\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: 0x", "0§x3\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: space in front", "§ 3\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: another letter", "3§g\r\nabc", .chunkSize),
    .invalid("RFC 9112 §7.1: zeros without end", "0000000000000000§0\r\n", .chunkSize),
    .invalid("RFC 9112 §7.1: more than 64 bits", "123456§7890abcdef0\r\n", .contentTooLarge),
    .invalid(
        "RFC 9112 §7.1: more than 63 bits where that much is allowed", "800000000000000§0\r\n",
        limits: limits { $0.bodyBytes = .max }, .contentTooLarge),
    .invalid("RFC 9112 §7.1: LF after the size", "3§\nabc\r\n", .bareLineFeed),
    .invalid("RFC 9112 §7.1: LF for the size", "§\n", .bareLineFeed),
    .invalid("RFC 9112 §7.1: CR after the size", "3§\rabc\r\n", .bareCarriageReturn),
    .invalid("RFC 9112 §7.1: more data than the size", "3\r\nabc§d\r\n", .chunkEnd),
    .invalid("RFC 9112 §7.1: LF after the data", "3\r\nabc§\n0\r\n\r\n", .chunkEnd),
    .invalid("RFC 9112 §7.1: CR after the data", "3\r\nabc\r§0\r\n\r\n", .chunkEnd),
    .invalid("RFC 9112 §7.1: two CR after the data", "3\r\nabc\r§\r\n0\r\n\r\n", .chunkEnd),

    .valid("RFC 9112 §7.1.1: a name", "1;a\r\nx\r\n0;b\r\n\r\n", "x"),
    .valid("RFC 9112 §7.1.1: names and values", "1;a=b;c=\"d\";e\r\nx\r\n0\r\n\r\n", "x"),
    .valid(
        "RFC 9110 §5.6.4: quoted values", "1;a=\"; \t\\\"\\\\ \u{E9}=\";b\r\nx\r\n0\r\n\r\n", "x"),
    .valid("RFC 9110 §5.6.4: an empty quoted value", "1;a=\"\"\r\nx\r\n0\r\n\r\n", "x"),
    .valid("RFC 9110 §5.6.3: bad white space", "1 \t; a = b ;c = \"d\" ;e\r\nx\r\n0\r\n\r\n", "x"),
    .invalid("RFC 9112 §7.1: space after the size", "1 §\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1: two sizes", "1 §2\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: no name", "1;§\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: a value alone", "1;§=b\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: no value", "1;a=§\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: two values", "1;a=b§=c\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: a name that is no token", "1;a§(\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: space after a name", "1;a §\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9110 §5.6.4: a line end in quotes", "1;a=\"b§\r\n0\r\n\r\n\"\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9110 §5.6.4: NUL in quotes", "1;a=\"§\0\"\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9110 §5.6.4: a line end escaped", "1;a=\"\\§\r\n", .chunkExtension),
    .invalid("RFC 9110 §5.6.4: text after the quotes", "1;a=\"b\"§c\r\nx\r\n", .chunkExtension),
    .invalid("RFC 9112 §7.1.1: LF in an extension", "1;a§\nx\r\n", .bareLineFeed),
    .invalid("RFC 9112 §7.1.1: CR in an extension", "1;a§\rb\r\n", .bareCarriageReturn),
    .valid(
        "WireLimits.chunkLineBytes: the longest line", "1;abc\r\nx\r\n0\r\n\r\n",
        limits: limits { $0.chunkLineBytes = 5 }, "x"),
    .invalid(
        "WireLimits.chunkLineBytes: a longer one", "1;abc§d\r\nx\r\n0\r\n\r\n",
        limits: limits { $0.chunkLineBytes = 5 }, .chunkExtensionTooLong),
    .valid(
        "WireLimits.chunkExtensionBytes: the most", "1;ab\r\nx\r\n0;c\r\n\r\n",
        limits: limits { $0.chunkExtensionBytes = 5 }, "x"),
    .invalid(
        "WireLimits.chunkExtensionBytes: more", "1;ab\r\nx\r\n0;c§d\r\n\r\n",
        limits: limits { $0.chunkExtensionBytes = 5 }, .chunkExtensionTooLong),

    .valid("RFC 9112 §7.1.2: trailers", "1\r\nx\r\n0\r\nA: b\r\nContent-Length: 7\r\n\r\n", "x"),
    .valid("RFC 9112 §7.1.2: trailers alone", "0\r\nA:\t \r\n\r\n", ""),
    .invalid("RFC 9112 §7.1.2: space before the colon", "0\r\nA§ : b\r\n\r\n", .spaceBeforeColon),
    .invalid("RFC 9112 §7.1.2: folding", "0\r\nA: b\r\n§ c\r\n\r\n", .obsoleteFolding),
    .invalid("RFC 9112 §7.1.2: no colon", "0\r\nA§\r\n\r\n", .fieldName),
    .invalid("RFC 9112 §7.1.2: NUL in a value", "0\r\nA: §\0\r\n\r\n", .fieldValue),
    .invalid("RFC 9112 §7.1.2: LF for the empty line", "0\r\n§\n", .bareLineFeed),
    .invalid("RFC 9112 §7.1.2: CR for the empty line", "0\r\n§\rx", .bareCarriageReturn),
    .valid(
        "WireLimits.trailerBytes: the longest", "0\r\nA: bc\r\n\r\n", limits: limits { $0.trailerBytes = 9 },
        ""),
    .invalid(
        "WireLimits.trailerBytes: a longer one", "0\r\nA: bcd\r\n\r§\n",
        limits: limits { $0.trailerBytes = 9 }, .trailersTooLarge),

    .valid(
        "WireLimits.bodyBytes: the most content", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        limits: limits { $0.bodyBytes = 5 }, "abcde"),
    .invalid(
        "WireLimits.bodyBytes: more in one chunk", "§6\r\nabcdef\r\n0\r\n\r\n",
        limits: limits { $0.bodyBytes = 5 }, .contentTooLarge),
    .invalid(
        "WireLimits.bodyBytes: more in two", "3\r\nabc\r\n§3\r\ndef\r\n0\r\n\r\n",
        limits: limits { $0.bodyBytes = 5 }, .contentTooLarge),
]

/// What came of feeding a decoder: the content, and how many bytes it took.
private struct Decoded: Equatable {
    var body: [UInt8] = []
    var consumed = 0
    var isComplete = false
}

private func decode(_ parts: [[UInt8]], limits: WireLimits) -> Result<Decoded, WireError> {
    var decoder = ChunkedDecoder(limits: limits)
    var decoded = Decoded()
    do throws(WireError) {
        for part in parts {
            let (consumed, isComplete) = try decoder.decode(part.span, into: &decoded.body)
            decoded.consumed += consumed
            decoded.isComplete = isComplete
        }
    } catch {
        return .failure(error)
    }
    return .success(decoded)
}

@Suite("Chunked content") struct ChunkedDecoderTests {
    @Test(arguments: chunkVectors) func wholeAndJoined(_ vector: ChunkVector) {
        for rest in [[], latin("GET / HTTP/1.1\r\n"), latin("\0")] {
            let outcome = decode([vector.bytes + rest, rest], limits: vector.limits)
            #expect(
                outcome
                    == vector.outcome.map {
                        Decoded(body: $0, consumed: vector.bytes.count, isComplete: true)
                    })
        }
    }

    @Test(arguments: chunkVectors) func everySplitAgrees(_ vector: ChunkVector) {
        let whole = decode([vector.bytes], limits: vector.limits)
        for length in 0...vector.bytes.count {
            let parts = [Array(vector.bytes[..<length]), Array(vector.bytes[length...])]
            #expect(decode(parts, limits: vector.limits) == whole)
            let first = decode([parts[0]], limits: vector.limits)
            guard let error = vector.error else {
                let isWhole = length == vector.bytes.count
                #expect((try? first.get().isComplete) == isWhole)
                continue
            }
            if length <= error.offset { #expect((try? first.get().isComplete) == false) }
            // CR is at fault only when the next byte is no LF.
            let latest = error.kind == .bareCarriageReturn ? error.offset + 2 : error.offset + 1
            if length >= latest { #expect(first == .failure(error)) }
        }
        #expect(decode(vector.bytes.map { [$0] }, limits: vector.limits) == whole)
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func whatIsEncodedComesBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var body: [UInt8] = []
        var wire: [UInt8] = []
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let chunk = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            body += chunk
            wire +=
                Array(String(chunk.count, radix: 16, uppercase: Bool.random(using: &random)).utf8) + [13, 10]
            wire += chunk + [13, 10]
        }
        wire += latin("0\r\nX: y\r\n\r\n")
        let parts = cut(wire, &random)
        #expect(
            decode(parts, limits: WireLimits())
                == .success(Decoded(body: body, consumed: wire.count, isComplete: true)))
    }
}

/// Cuts bytes at random places into parts, some of them empty.
func cut(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let end = min(
            bytes.count,
            start + Int.random(in: 0...[1, 7, 300].randomElement(using: &random, or: 1), using: &random))
        parts.append(Array(bytes[start..<end]))
        start = end
    }
    return parts
}

extension [Int] {
    fileprivate func randomElement(using random: inout SeededGenerator, or other: Int) -> Int {
        randomElement(using: &random) ?? other
    }
}
