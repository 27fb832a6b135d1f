import TestSupport
@testable import JSON
import Testing

@Suite("JSON reader")
struct JSONParserTests {
    private let parser = JSONParser()

    // MARK: What the grammar allows

    @Test(
        arguments: [
            ("null", .null), ("true", .boolean(true)), (" false\r\n\t", .boolean(false)),
            ("0", .number(JSONNumber(0))), ("-12", .number(JSONNumber(-12))),
            ("\"\"", .string("")), ("[]", .array([])), ("[ ]", .array([])),
            ("{}", .object(JSONObject(members: []))),
            ("[null,[true],\"a\"]", .array([.null, .array([.boolean(true)]), .string("a")])),
            ("\u{FEFF}null", .null), ("\"\u{7F}\u{80}日😀\"", .string("\u{7F}\u{80}日😀")),
        ] as [(String, JSONValue)])
    func accepts(text: String, value: JSONValue) throws {
        #expect(try parser.parse(Array(text.utf8)) == value)
    }

    /// RFC 8259 §6.
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("0.5", 0.5), ("-1.25e2", -125), ("1E+2", 100), ("1e-2", 0.01), ("1e0", 1),
            ("123456789.0", 123_456_789), ("0e5", 0), ("2.2250738585072014e-308", 0x1p-1022), ("1e-400", 0),
        ] as [(String, Double)])
    func numbers(text: String, value: Double) throws {
        let parsed = try parser.parse(Array(text.utf8))
        #expect(parsed.double == value)
        guard case .number(let number) = parsed else { return #expect(Bool(false), "a number") }
        #expect(number.description == text)
    }

    @Test(
        arguments: [
            ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("1e3", 1_000), ("1000.0", 1_000), ("1.5", nil), ("9007199254740992.0", 9_007_199_254_740_992),
            ("9007199254740994.0", nil), ("1e400", nil), ("-0", 0),
        ] as [(String, Int64?)])
    func integers(text: String, value: Int64?) throws {
        #expect(try parser.parse(Array(text.utf8)).int.map(Int64.init) == value)
    }

    @Test func numbersTooLargeForADoubleHaveNone() throws {
        #expect(try parser.parse(Array("1e400".utf8)).double == nil)
    }

    /// RFC 8259 §7.
    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u65E5""#, "Aé日"),
        (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"),
        (#""\u0000""#, "\0"), (#""日\n本""#, "日\n本"), (#""a\u0301""#, "a\u{301}"), (#""\\u0041""#, "\\u0041"),
    ])
    func escapes(text: String, value: String) throws {
        let parsed = try #require(try parser.parse(Array(text.utf8)).string)
        #expect(Array(parsed.utf8) == Array(value.utf8))
    }

    // MARK: What it does not allow, and where

    @Test(arguments: [
        ("", 0), ("  ", 2), ("nul", 0), ("nulL", 0), ("True", 0), ("NaN", 0), ("Infinity", 0), ("'a'", 0),
        ("null null", 5), ("null,", 4), ("// no", 0),
        ("01", 1), ("-", 1), ("-a", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3),
        ("0x1", 1), ("1_0", 1), ("-01", 2),
        ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("[1}", 2),
        ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7),
        ("{a:1}", 1), ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{1:2}", 1), ("{\"a\":1]", 6),
        ("{\"a\":1,\"a\":2}", 7), ("{\"a\":1,\"\\u0061\":2}", 7),
        ("\"", 1), ("\"abc", 4), ("\"a\\", 3), ("\"\\\"", 3), ("\"a\nb\"", 2), ("\"\0\"", 1),
        ("\"a\\nb\u{1F}\"", 5),
        ("\"\\x41\"", 1), ("\"\\u12\"", 5), ("\"\\u12g4\"", 5), ("\"ab\\U0041\"", 3),
        ("\"\\ud83d\"", 1), ("\"\\ude00\"", 1), ("\"\\ud83d\\u0041\"", 1), ("\"\\ud83dx\"", 1),
        ("\"\\ud83d\\ud83d\"", 1), ("\u{A0}null", 0), ("null\u{FEFF}", 4), ("\u{FEFF}", 3),
    ])
    func refuses(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try parser.parse(Array(text.utf8)) }
        #expect(error?.offset == offset, "\(error?.description ?? "")")
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0x5C, 0x6E, 0xC3, 0xA9, 0xE6, 0x97, 0x22], 5), ([0x5B, 0x80, 0x5D], 1),
        ] as [([UInt8], Int)])
    func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try parser.parse(bytes) }
        #expect(error?.offset == offset)
    }

    @Test func offsetsCountFromTheSlicesStart() {
        let bytes = Array("{}\n[1,x]\n".utf8)
        #expect(throws: JSONError(offset: 3, expected: "a value")) { try parser.parse(bytes[3..<8]) }
    }

    @Test func errorsTellLineAndColumn() throws {
        let bytes = Array("{\n  \"é\": x\n}".utf8)
        let error = try #require(throws: JSONError.self) { try parser.parse(bytes) }
        #expect(error.line(in: bytes) == 2)
        #expect(error.column(in: bytes) == 8)
        #expect(error.description == "expected a value at byte 10")
        let first = JSONError(offset: 0, expected: "a value")
        #expect(first.line(in: []) == 1)
        #expect(first.column(in: []) == 1)
    }

    @Test func depthIsLimited() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try parser.parse(Array(deep.utf8)) }
        let error = #expect(throws: JSONError.self) { try parser.parse(Array("[\(deep)]".utf8)) }
        #expect(error?.offset == 64)
        let bombs = ["[", "{\"a\":", "[{\"a\":"].map { String(repeating: $0, count: 100_000) }
        for bomb in bombs {
            #expect(throws: JSONError.self) { try JSONParser(depthLimit: .max).parse(Array(bomb.utf8)) }
        }
        // Depth is of nesting, not of how many there are.
        let wide = "[" + String(repeating: "[],{},", count: 200) + "[]]"
        #expect(throws: Never.self) { try JSONParser(depthLimit: 2).parse(Array(wide.utf8)) }
        #expect(throws: JSONError.self) { try JSONParser(depthLimit: 1).parse(Array(wide.utf8)) }
    }

    // MARK: Objects

    @Test func membersKeepTheirOrderAndPlace() throws {
        let object = try #require(try parser.parse(Array(#"{"b":1, "a":{"c":null}}"#.utf8)).object)
        #expect(object.members.map(\.name) == ["b", "a"])
        #expect(object.members.map(\.offset) == [1, 8])
        #expect(object["b"]?.int == 1)
        #expect(object["a"]?.object?["c"]?.isNull == true)
        #expect(object["c"] == nil)
    }

    @Test func objectsAreEqualInAnyOrder() throws {
        let one = try parser.parse(Array(#"{"a":1,"b":[2]}"#.utf8))
        #expect(try parser.parse(Array(#"{ "b":[2], "a":1 }"#.utf8)) == one)
        #expect(try parser.parse(Array(#"{"a":1,"b":[3]}"#.utf8)) != one)
        #expect(try parser.parse(Array(#"{"a":1}"#.utf8)) != one)
    }

    @Test(arguments: [2, 11, 12, 13, 14, 40])
    func aNameComesOnce(count: Int) throws {
        let members = (0..<count).map { "\"name\($0)\":\($0)" }
        let object = try #require(try parser.parse(Array("{\(members.joined(separator: ","))}".utf8)).object)
        #expect(object.members.count == count)
        for repeated in 0..<count {
            let text = "{\(members.joined(separator: ",")),\"name\(repeated)\":0}"
            let error = #expect(throws: JSONError.self) { try parser.parse(Array(text.utf8)) }
            #expect(error?.expected == "a name that is new in its object")
        }
    }

    // MARK: Random texts

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = JSONWriter()
        let value = randomValue(&random, depth: 0, &writer)
        #expect(try parser.parse(writer.bytes) == value)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func hostileBytesAreReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = JSONWriter()
        _ = randomValue(&random, depth: 0, &writer)
        for _ in 0..<50 {
            var bytes = writer.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(Self.tokens.randomElement(using: &random) ?? 0, at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2: bytes.removeSubrange(place...)
                default:
                    if place < bytes.count { bytes[place] = UInt8.random(in: .min ... .max, using: &random) }
                }
            }
            do {
                // What was read can be written and read again as the same.
                let value = try parser.parse(bytes)
                var again = JSONWriter()
                write(value, to: &again)
                #expect(try parser.parse(again.bytes) == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                #expect(!error.expected.isEmpty)
            }
        }
    }

    private static let tokens = Array("{}[]\",:\\u0e-. \n".utf8) + [0x00, 0x80, 0xC3, 0xED, 0xF0]

    private func randomValue(
        _ random: inout SeededGenerator, depth: Int, _ writer: inout JSONWriter
    ) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0:
            writer.null()
            return .null
        case 1:
            let truth = Bool.random(using: &random)
            writer.boolean(truth)
            return .boolean(truth)
        case 2:
            let number =
                Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random)
            writer.integer(number)
            return .number(JSONNumber(number))
        case 3, 4:
            let text = randomText(&random)
            writer.string(text)
            return .string(text)
        case 5:
            writer.beginArray()
            let elements = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                randomValue(&random, depth: depth + 1, &writer)
            }
            writer.endArray()
            return .array(elements)
        default:
            writer.beginObject()
            let members = (0..<Int.random(in: 0..<16, using: &random)).map { index in
                let name = "\(index)" + randomText(&random)
                writer.name(name)
                return JSONObject.Member(
                    name: name, value: randomValue(&random, depth: depth + 1, &writer), offset: 0)
            }
            writer.endObject()
            return .object(JSONObject(members: members))
        }
    }

    private func randomText(_ random: inout SeededGenerator) -> String {
        let pieces = [
            "a", "\"", "\\", "\n", "\0", "é", "日", "😀", "\u{7F}", "/", "plain words here ", "\u{2028}", "\t",
        ]
        return (0..<Int.random(in: 0..<12, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
    }

    private func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .boolean(let truth): writer.boolean(truth)
        case .number(let number): writer.raw(number.description.utf8)
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { write(element, to: &writer) }
            writer.endArray()
        case .object(let object):
            writer.beginObject()
            for member in object.members {
                writer.name(member.name)
                write(member.value, to: &writer)
            }
            writer.endObject()
        }
    }
}

@Suite("JSON writer")
struct JSONWriterTests {
    @Test func writesEveryKindOfValue() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("text", "a\"b\\c\n\r\t\u{1}é")
        writer.member("absent", nil as String?)
        writer.member("integer", -7)
        writer.member("number", 0.25)
        writer.member("whole", 3.0)
        writer.member("infinite", Double.infinity)
        writer.member("truth", true)
        writer.member("texts", ["x", "y"])
        writer.name("raw")
        writer.raw("[1]".utf8)
        writer.name("empty")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        let expected =
            #"{"text":"a\"b\\c\n\r\t\u0001é","absent":null,"integer":-7,"number":0.25,"whole":3,"infinite":null,"#
            + #""truth":true,"texts":["x","y"],"raw":[1],"empty":[]}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: 0..<100)
    func escapesStandWhereverTheyFall(place: Int) {
        var letters = [UInt8](repeating: UInt8(ascii: "x"), count: 99)
        letters.insert(0x0A, at: place)
        let expected =
            "\""
            + String(decoding: letters, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false
            )
            .joined(separator: "\\n") + "\""
        var fromText = JSONWriter()
        fromText.string(String(decoding: letters, as: UTF8.self))
        #expect(String(decoding: fromText.bytes, as: UTF8.self) == expected)
        var fromBytes = JSONWriter()
        fromBytes.string(utf8: ([0x22] + letters)[1...])
        #expect(String(decoding: fromBytes.bytes, as: UTF8.self) == expected)
    }
}
