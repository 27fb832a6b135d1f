import HTTPMessages
import Testing

@testable import HTTPWire

struct ProxyVector: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let outcome: Result<ProxyHeader, ProxyHeaderError>
    var testDescription: String { name }

    static func line(_ text: String, _ client: String?) -> ProxyVector {
        let header = client.flatMap { IPAddress($0) }.map { ProxyHeader.client($0) } ?? .own
        return ProxyVector(name: text, bytes: Array(text.utf8), outcome: .success(header))
    }

    static func bad(_ text: String, _ kind: ProxyHeaderError.Kind, _ offset: Int) -> ProxyVector {
        ProxyVector(
            name: text, bytes: Array(text.utf8),
            outcome: .failure(ProxyHeaderError(kind: kind, offset: offset)))
    }

    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    static func binary(
        _ name: String, _ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil,
        _ client: String?
    ) -> ProxyVector {
        let header = client.flatMap { IPAddress($0) }.map { ProxyHeader.client($0) } ?? .own
        return ProxyVector(
            name: name, bytes: head(command, family, length ?? rest.count) + rest, outcome: .success(header))
    }

    static func badBinary(
        _ name: String, _ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil,
        _ kind: ProxyHeaderError.Kind, _ offset: Int
    ) -> ProxyVector {
        ProxyVector(
            name: name, bytes: head(command, family, length ?? rest.count) + rest,
            outcome: .failure(ProxyHeaderError(kind: kind, offset: offset)))
    }

    private static func head(_ command: UInt8, _ family: UInt8, _ length: Int) -> [UInt8] {
        signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)]
    }
}

private let four: [UInt8] = [192, 0, 2, 7, 10, 0, 0, 1, 0x9C, 0x40, 0, 80]
private let six: [UInt8] =
    [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 1, count: 16) + [
        1, 2, 3, 4,
    ]

private let vectors: [ProxyVector] = [
    .line("PROXY TCP4 192.0.2.7 10.0.0.1 40000 80\r\n", "192.0.2.7"),
    .line("PROXY TCP6 2001:db8::7 ::1 65535 0\r\n", "2001:db8::7"),
    .line("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", "192.0.2.7"),
    .line("PROXY UNKNOWN\r\n", nil),
    .line(
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        nil),
    .bad("GET / HTTP/1.1\r\n", .signature, 0), .bad("POST / HTTP/1.1\r\n", .signature, 1),
    .bad("PROXY\tTCP4", .signature, 5), .bad("\r\n\r\nGET", .signature, 4),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\n", .lineEnd, 33),
    .bad("PROXY " + String(repeating: "a", count: 200), .lineTooLong, 106),
    .bad("PROXY tcp4 192.0.2.7 10.0.0.1 1 2\r\n", .protocolName, 34), .bad("PROXY \r\n", .protocolName, 7),
    .bad("PROXY UDP4 192.0.2.7 10.0.0.1 1 2\r\n", .protocolName, 34),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 1\r\n", .fields, 32),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 1 2 \r\n", .fields, 35),
    .bad("PROXY TCP4  192.0.2.7 10.0.0.1 1 2\r\n", .fields, 35),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 1 65536\r\n", .port, 38),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 01 2\r\n", .port, 35),
    .bad("PROXY TCP4 192.0.2.7 10.0.0.1 1 +2\r\n", .port, 35),
    .bad("PROXY TCP4 ::1 ::1 1 2\r\n", .address, 23),
    .bad("PROXY TCP6 192.0.2.7 10.0.0.1 1 2\r\n", .address, 34),
    .bad("PROXY TCP4 192.0.2.256 10.0.0.1 1 2\r\n", .address, 36),
    .bad("PROXY TCP4 a b 1 2\r\n", .address, 19),
    .binary("TCP over IPv4", 0x21, 0x11, four, "192.0.2.7"),
    .binary("TCP over IPv6", 0x21, 0x21, six, "2001:db8::7"),
    .binary("further facts are skipped", 0x21, 0x11, four + [4, 0, 3, 1, 2, 3], "192.0.2.7"),
    .binary("a Unix socket", 0x21, 0x31, [UInt8](repeating: 0x2F, count: 216), nil),
    .binary("unspecified", 0x21, 0x00, [1, 2, 3], nil),
    .binary("local", 0x20, 0x00, [], nil), .binary("local, with addresses", 0x20, 0x11, four, nil),
    .binary("local, of any family", 0x20, 0xFF, [9], nil),
    .binary("local, without addresses", 0x20, 0x11, [], nil),
    .binary("local, with too short ones", 0x20, 0x21, four, nil),
    .binary(
        "as long as can be", 0x21, 0x11, four + [UInt8](repeating: 0, count: 4096 - 16 - 12), "192.0.2.7"),
    .badBinary("version 1", 0x11, 0x11, four, .version, 12),
    .badBinary("version 3", 0x31, 0x11, four, .version, 12),
    .badBinary("unknown command", 0x22, 0x11, four, .command, 12),
    .badBinary("datagrams", 0x21, 0x12, four, .family, 13),
    .badBinary("unknown family", 0x21, 0x41, four, .family, 13),
    .badBinary("no room for the addresses", 0x21, 0x11, Array(four.dropLast()), .length, 15),
    .badBinary("no room for IPv6", 0x21, 0x21, four, .length, 15),
    .badBinary("no room for paths", 0x21, 0x31, four, .length, 15),
    .badBinary("too long", 0x21, 0x11, [], length: 4096 - 15, .length, 15),
    .badBinary("far too long", 0x20, 0x00, [], length: 65535, .length, 15),
]

@Suite("PROXY headers") struct ProxyHeaderTests {
    private func parse(_ bytes: [UInt8]) -> Result<DecodeStep<ProxyHeader>, ProxyHeaderError> {
        do throws(ProxyHeaderError) { return .success(try ProxyHeaderParser.parse(bytes.span)) } catch {
            return .failure(error)
        }
    }

    @Test(arguments: vectors) func wholeAndJoined(_ vector: ProxyVector) {
        for rest in [[], Array("GET / HTTP/1.1\r\n".utf8), [0, 0]] {
            switch vector.outcome {
            case .success(let header):
                #expect(
                    parse(vector.bytes + rest) == .success(.complete(header, consumed: vector.bytes.count)))
            case .failure(let error): #expect(parse(vector.bytes + rest) == .failure(error))
            }
        }
    }

    @Test(arguments: vectors) func everySplitAgrees(_ vector: ProxyVector) {
        for length in 0..<vector.bytes.count {
            let step = parse(Array(vector.bytes[..<length]))
            switch vector.outcome {
            case .success: #expect(step == .success(.incomplete), "\(length)")
            case .failure(let error):
                #expect(
                    step == (length > error.offset ? .failure(error) : .success(.incomplete)), "\(length)")
            }
        }
    }

    @Test(arguments: ProxyHeaderError.Kind.allCases) func everyRuleHasAVector(_ kind: ProxyHeaderError.Kind) {
        #expect(
            vectors.contains { vector in
                guard case .failure(let error) = vector.outcome else { return false }
                return error.kind == kind
            })
    }
}

@Suite("Forwarded") struct ForwardedChainTests {
    private static let trusted = ["10.0.0.0/8", "2001:db8::/32"].compactMap { IPNetwork($0) }

    private func client(_ values: [String], _ field: ForwardingField) -> String? {
        var fields = Fields()
        let name: FieldName = field == .forwarded ? .forwarded : .xForwardedFor
        for value in values { fields.append(name, value) }
        return ForwardedChain.client(fields, field) { address in
            Self.trusted.contains { $0.contains(address) }
        }?
        .description
    }

    @Test(
        arguments: [
            (["192.0.2.7"], "192.0.2.7"), (["192.0.2.7, 10.0.0.2"], "192.0.2.7"),
            // What stands before the last address that is not trusted may be anything.
            (["1.1.1.1, 192.0.2.7, 10.0.0.2"], "192.0.2.7"), (["10.0.0.9, 192.0.2.7,10.0.0.2"], "192.0.2.7"),
            // Several fields are one list, in order.
            (["1.1.1.1", "192.0.2.7, 10.0.0.2"], "192.0.2.7"), (["192.0.2.7", "10.0.0.2"], "192.0.2.7"),
            // All of them are trusted: the first one asked.
            (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // From one that cannot be read on nothing is known.
            (["192.0.2.7, unknown, 10.0.0.2"], "10.0.0.2"), (["192.0.2.7, , 10.0.0.2"], "10.0.0.2"),
            (["unknown"], nil),
            ([""], nil), ([], nil), (["192.0.2.7, evil\u{0}"], nil),
            (["192.0.2.7:4711"], "192.0.2.7"), (["[2001:db9::7]:80"], "2001:db9::7"),
            (["[2001:db9::7]"], "2001:db9::7"),
            (["2001:db9::7"], "2001:db9::7"), (["[192.0.2.7]"], nil), (["192.0.2.7:99999"], nil),
            (["[::1"], nil),
            (["::ffff:192.0.2.7"], "192.0.2.7"), (["\t192.0.2.7 \t"], "192.0.2.7"),
        ] as [([String], String?)])
    func xForwardedFor(values: [String], expected: String?) {
        #expect(client(values, .xForwardedFor) == expected)
    }

    @Test(
        arguments: [
            (["for=192.0.2.7"], "192.0.2.7"),
            (["For=\"192.0.2.7:47\" ; proto=http;by=10.0.0.1"], "192.0.2.7"),
            (["for=\"[2001:db9::7]:4711\""], "2001:db9::7"),
            (["for=\"[2001:db9::7]\", for=10.0.0.2"], "2001:db9::7"),
            (["for=1.1.1.1, for=192.0.2.7, for=10.0.0.2;proto=https"], "192.0.2.7"),
            (["for=1.1.1.1", "for=192.0.2.7", "for=10.0.0.2"], "192.0.2.7"),
            (["for=192.0.2.7, for=_hidden, for=10.0.0.2"], "10.0.0.2"), (["for=unknown"], nil),
            (["proto=https"], nil),
            (["for=192.0.2.7;for=192.0.2.8"], nil), (["for=\"192.0.2.7"], nil),
            (["for=192.0.2.7:_port"], "192.0.2.7"),
            // A comma in quotes does not end an element.
            (["for=192.0.2.7;host=\"a,for=1.1.1.1\""], "192.0.2.7"),
            (["for=192.0.2.7;host=\"a\\\",for=1.1.1.1\""], "192.0.2.7"),
            ([""], nil),
        ] as [([String], String?)])
    func forwarded(values: [String], expected: String?) { #expect(client(values, .forwarded) == expected) }

    @Test func onlyTheFieldThatIsChosenIsRead() {
        let fields = Fields([(.forwarded, "for=1.1.1.1"), (.xForwardedFor, "192.0.2.7")])
        #expect(
            ForwardedChain.client(fields, .xForwardedFor, isTrusted: { _ in false })?.description
                == "192.0.2.7")
        #expect(
            ForwardedChain.client(fields, .forwarded, isTrusted: { _ in false })?.description == "1.1.1.1")
        #expect(ForwardedChain.client(fields, .none, isTrusted: { _ in false }) == nil)
    }
}
