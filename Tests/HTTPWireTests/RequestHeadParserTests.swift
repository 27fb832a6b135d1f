import HTTPMessages
import Testing

@testable import HTTPWire

private let headVectors = lineVectors + fieldVectors

/// Errors that are told as soon as the offending byte is there; the others wait for the end of its line at most.
private let immediate: Set<WireError.Kind> = [
    .leadingEmptyLines, .methodNotToken, .targetByte, .versionMalformed, .requestLineTooLong,
    .headTooLarge, .bareLineFeed, .fieldName, .spaceBeforeColon, .obsoleteFolding, .fieldValue,
]

private typealias Step = Result<DecodeStep<RequestHead>, WireError>

private func parse(_ parser: inout RequestHeadParser, _ bytes: [UInt8]) -> Step {
    do throws(WireError) { return .success(try parser.parse(bytes.span)) } catch { return .failure(error) }
}

@Suite("Request heads") struct RequestHeadParserTests {
    @Test(arguments: headVectors) func wholeAndJoined(_ vector: HeadVector) {
        let next = latin("GET / HTTP/1.1\r\nHost: n\r\n\r\n")
        for rest in [[], next, latin("\0\0")] {
            var parser = RequestHeadParser(limits: vector.limits)
            let step = parse(&parser, vector.bytes + rest)
            switch vector.outcome {
            case .success(let head):
                #expect(step == .success(.complete(head, consumed: vector.bytes.count)))
                guard rest == next else { continue }
                #expect(
                    parse(&parser, rest)
                        == .success(
                            .complete(HTTPWireTests.head(.get, "/", host: "n"), consumed: next.count)))
            case .failure(let error):
                #expect(step == .failure(error))
            }
        }
    }

    @Test(arguments: headVectors) func everySplitAgrees(_ vector: HeadVector) {
        let count = vector.bytes.count
        for length in 0...count {
            var parser = RequestHeadParser(limits: vector.limits)
            check(vector, length, parse(&parser, Array(vector.bytes[..<length])))
            // The rest at once, after a stop.
            switch vector.outcome {
            case .success(let head) where length < count:
                #expect(parse(&parser, vector.bytes) == .success(.complete(head, consumed: count)))
            case .failure(let error) where length <= error.offset:
                #expect(parse(&parser, vector.bytes) == .failure(error))
            default: break
            }
        }
    }

    @Test(arguments: headVectors) func byteByByteAgrees(_ vector: HeadVector) {
        var parser = RequestHeadParser(limits: vector.limits)
        for length in 0...vector.bytes.count {
            let step = parse(&parser, Array(vector.bytes[..<length]))
            check(vector, length, step)
            guard case .success(.incomplete) = step else { return }
        }
    }

    private func check(_ vector: HeadVector, _ length: Int, _ step: Step) {
        switch vector.outcome {
        case .success(let head):
            let isWhole = length == vector.bytes.count
            #expect(step == .success(isWhole ? .complete(head, consumed: length) : .incomplete))
        case .failure(let error) where length <= error.offset:
            #expect(step == .success(.incomplete), "before the byte at \(error.offset), at \(length)")
        case .failure(let error):
            let lineEnd = vector.bytes[error.offset...].firstIndex(of: 0x0A) ?? vector.bytes.count - 1
            let latest = immediate.contains(error.kind) ? error.offset : lineEnd
            if length > latest || step != .success(.incomplete) { #expect(step == .failure(error)) }
        }
    }

    @Test func everyKindHasAVector() {
        let covered = Set((headVectors.compactMap(\.error) + chunkVectors.compactMap(\.error)).map(\.kind))
        let missing = WireError.Kind.allCases.filter { !covered.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test(arguments: WireError.Kind.allCases) func everyKindSaysWhatToDo(_ kind: WireError.Kind) {
        let error = WireError(kind, at: 7)
        let problem = error.problem
        #expect((400...599).contains(error.status.code))
        #expect(problem.status == error.status)
        #expect(problem.offset == 7)
        #expect(problem.detail.hasSuffix("."))
        #expect(problem.code.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) })
    }

    @Test func statusesOfErrors() {
        let statuses = Dictionary(grouping: WireError.Kind.allCases) { WireError($0, at: 0).status.code }
        #expect(statuses[413] == [.contentTooLarge])
        #expect(statuses[414] == [.requestLineTooLong])
        #expect(statuses[417] == [.expectationUnknown])
        #expect(statuses[431] == [.headTooLarge, .fieldCount, .trailersTooLarge])
        #expect(statuses[501] == [.methodUnknown, .transferCodingUnknown])
        #expect(statuses[505] == [.versionUnsupported])
        #expect(Set(statuses.keys) == [400, 413, 414, 417, 431, 501, 505])
    }

    @Test(arguments: addressVectors.map { HostCase(text: $0.text, isValid: $0.isValid) })
    func addresses(_ host: HostCase) {
        var parser = RequestHeadParser()
        let step = parse(&parser, latin("GET / HTTP/1.1\r\nHost: \(host.text)\r\n\r\n"))
        if host.isValid {
            #expect(throws: Never.self) { try step.get() }
        } else {
            #expect { try step.get() } throws: { ($0 as? WireError)?.kind == .hostInvalid }
        }
    }

    struct HostCase: Sendable, CustomTestStringConvertible {
        let text: String
        let isValid: Bool
        var testDescription: String { text }
    }

    @Test(arguments: [
        ("HEAD / HTTP/1.1\r\n: b\r\n", Method.head), ("HEAD / HTTP/2.0\r\n\r\n", .head),
        ("POST / HTTP/1.1\r\nHost: a b\r\n", .post), ("BREW / HTTP/1.1\r\n", .get), ("HEAD\r\n", .get),
    ])
    func tellsTheMethodOfWhatItRefuses(head: String, method: Method) {
        var parser = RequestHeadParser()
        #expect(throws: WireError.self) { try parse(&parser, latin(head)).get() }
        #expect(parser.method == method)
    }

    @Test func hostIsTheTargetsOrTheFields() throws {
        #expect(head(host: "a:1").host == "a:1")
        #expect(head(host: "a:1", authority: "b").host == "b")
        #expect(head(minor: 0, host: nil).host == nil)
    }

    /// A byte at a time, a head of 32 KiB would be looked at half a billion times by a parser that starts again.
    @Test func aLongHeadByteByByteIsLinear() throws {
        var text = "GET / HTTP/1.1\r\nHost: a\r\n"
        for index in 0..<90 { text += "X-\(index): " + String(repeating: "v", count: 340) + "\r\n" }
        let bytes = latin(text + "\r\n")
        var parser = RequestHeadParser()
        for length in 0..<bytes.count {
            let step = try parser.parse(bytes.span.extracting(..<length))
            #expect(step == .incomplete)
        }
        guard case .complete(let head, consumed: bytes.count) = try parser.parse(bytes.span) else {
            Issue.record("the head is whole")
            return
        }
        #expect(head.fields.count == 91)
    }
}
