import HTTPMessages
import Testing

@Suite("Fields") struct FieldsTests {
    private func name(_ text: String) throws -> FieldName { try #require(FieldName(text)) }

    /// RFC 9110 §5.6.2, `tchar`.
    @Test func tokenBytes() {
        let others = Set("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8.min...UInt8.max {
            let isAlphanumeric =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            #expect(byte.isTokenByte == (isAlphanumeric || others.contains(byte)), "\(byte)")
        }
    }

    @Test(arguments: ["", "a b", "a:", "é", "a\r\n", "(a)"]) func noNames(_ text: String) {
        #expect(FieldName(text) == nil)
    }

    @Test func namesInEitherCase() throws {
        #expect(try name("x-API-key") == .apiKey)
        #expect(try name("x-API-key").hashValue == FieldName.apiKey.hashValue)
        #expect(try name("x-API-keys") != .apiKey)
        #expect(try name("etag").description == "etag")
    }

    /// A received list and a made one answer alike.
    @Test func receivedAndMade() throws {
        let head = Array("accept:a\r\nX:  b \r\nACCEPT: c\r\n\r\n".utf8)
        let received = Fields(
            head: head,
            locations: [
                Fields.Location(name: 0..<6, value: 7..<8), Fields.Location(name: 10..<11, value: 14..<15),
                Fields.Location(name: 18..<24, value: 26..<27),
            ])
        let made = Fields([(.accept, "a"), (try name("x"), "b"), (.accept, "c")])
        #expect(received == made)
        for fields in [received, made] {
            #expect(fields.count == 3)
            #expect(fields[.accept] == "a")
            #expect(fields.values(.accept) == ["a", "c"])
            #expect(fields.values(.host) == [])
            #expect(fields[.host] == nil)
            #expect(fields.contains(.accept))
            #expect(!fields.contains(.host))
        }
        #expect(received.wireForm == Array("accept: a\r\nX: b\r\nACCEPT: c\r\n".utf8))
        #expect(received != Fields([(.accept, "a"), (.accept, "c"), (try name("x"), "b")]))
    }

    @Test func changing() throws {
        var fields = Fields(
            head: Array("GET\r\nVary:a\r\n".utf8), locations: [Fields.Location(name: 5..<9, value: 10..<11)])
        fields.append(.link, "b")
        fields.append(.vary, "c")
        #expect(fields.wireForm == Array("Vary: a\r\nLink: b\r\nVary: c\r\n".utf8))
        fields.set(.vary, "d")
        #expect(fields.wireForm == Array("Link: b\r\nVary: d\r\n".utf8))
        fields.remove(.link)
        fields.remove(.host)
        #expect(fields.pairs.map(\.name) == ["Vary"])
        #expect(fields[.vary] == "d")
    }

    @Test func aValueCannotEndItsLine() {
        var fields = Fields()
        fields.append(.link, "a\r\nb\0c\u{7F}d\te é")
        #expect(fields[.link] == "a  b c d\te é")
        #expect(fields.wireForm == Array("Link: a  b c d\te é\r\n".utf8))
    }

    @Test func bytesThatAreNotUTF8AreReadAsReplacements() {
        let fields = Fields(
            head: [0x61, 0x3A, 0xFF], locations: [Fields.Location(name: 0..<1, value: 2..<3)])
        #expect(fields.pairs.first?.value == "\u{FFFD}")
    }
}
