internal import Bytes

/// Reads JSON text, accepting nothing but what the grammar allows.
///
/// Refused besides what is not JSON: bytes that are not UTF-8, escapes that name half a surrogate pair, an object with
/// one name twice (canonically equivalent names count as one), and nesting deeper than the limit. A byte order mark at
/// the start is skipped.
///
/// - Source: RFC 8259.
public struct JSONParser: Sendable {
    private let depthLimit: Int

    /// Creates a parser of texts in which arrays and objects are nested at most `depthLimit` (1 to 500) deep.
    public init(depthLimit: Int = 64) {
        // Each level takes a few hundred bytes of stack, of which a thread may have only half a megabyte.
        self.depthLimit = min(500, max(1, depthLimit))
    }

    /// Reads a text that holds one value and white space around it.
    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try parse(bytes[...])
    }

    /// Reads a text that holds one value and white space around it; offsets count from the first byte of the slice.
    public func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        var scanner = JSONScanner(bytes.span, source: bytes, depthLimit: depthLimit)
        return try scanner.text()
    }
}

/// Recursive descent over the bytes of one text.
struct JSONScanner: ~Escapable {
    private let bytes: Span<UInt8>
    /// The same bytes in a form that whole runs can be copied from.
    private let source: ArraySlice<UInt8>
    private let depthLimit: Int
    private var position = 0
    private var depth = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, source: ArraySlice<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.source = source
        self.depthLimit = depthLimit
    }

    mutating func text() throws(JSONError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard position == bytes.count else { throw error("the end of the text") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard position < bytes.count else { throw error("a value") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"):
            try literal("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw error("a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        skipWhitespace()
        if !take("}") {
            repeat {
                skipWhitespace()
                let offset = position
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw error(members.isEmpty ? "a member's name or }" : "a member's name")
                }
                let name = try string()
                let isNew: Bool
                if members.count < Self.scannedNames {
                    isNew = !members.contains { $0.name == name }
                } else {
                    if members.count == Self.scannedNames { names = Set(members.map(\.name)) }
                    isNew = names.insert(name).inserted
                }
                guard isNew else {
                    throw JSONError(offset: offset, expected: "a name that is new in its object")
                }
                skipWhitespace()
                guard take(":") else { throw error("a colon after a member's name") }
                skipWhitespace()
                members.append(JSONObject.Member(name: name, value: try value(), offset: offset))
                skipWhitespace()
            } while take(",")
            guard take("}") else { throw error("a comma or }") }
        }
        depth -= 1
        return JSONObject(members: members)
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        skipWhitespace()
        if !take("]") {
            repeat {
                skipWhitespace()
                elements.append(try value())
                skipWhitespace()
            } while take(",")
            guard take("]") else { throw error("a comma or ]") }
        }
        depth -= 1
        return elements
    }

    /// Goes over an opening bracket.
    private mutating func descend() throws(JSONError) {
        guard depth < depthLimit else { throw error("nesting at most \(depthLimit) deep") }
        depth += 1
        position += 1
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return JSONNumber(unchecked: try text(start..<position))
    }

    /// Goes over one digit or more.
    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw error("a digit") }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let start = position
        for byte in word.description.utf8 {
            guard position < bytes.count, bytes[position] == byte else {
                throw JSONError(offset: start, expected: "a value")
            }
            position += 1
        }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        skipPlain()
        guard position < bytes.count else { throw error("the closing quotation mark of a string") }
        if bytes[position] == UInt8(ascii: "\"") {
            // Most strings are one run.
            position += 1
            return try text(start..<position - 1)
        }
        return try stringWithEscapes(from: start)
    }

    /// Goes on with a string that has stopped being one run.
    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(2 * (position - start) + 64)
        var runStart = start
        while position < bytes.count {
            let byte = bytes[position]
            guard byte != UInt8(ascii: "\"") else {
                decoded.append(
                    contentsOf: source[source.startIndex + runStart..<source.startIndex + position])
                position += 1
                guard let text = String(validating: decoded, as: UTF8.self) else {
                    // What the escapes gave is valid, so that the fault is in the bytes as they stand.
                    throw encodingError(start..<position - 1)
                }
                return text
            }
            guard byte == UInt8(ascii: "\\") else { throw error("control characters written as escapes") }
            decoded.append(contentsOf: source[source.startIndex + runStart..<source.startIndex + position])
            try escape(into: &decoded)
            runStart = position
            skipPlain()
        }
        throw error("the closing quotation mark of a string")
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard position < bytes.count else { throw error("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "u"): decoded.append(contentsOf: try codePoint(escapedAt: start).utf8)
        default: throw JSONError(offset: start, expected: "one of the escapes of JSON")
        }
    }

    /// Reads what follows `\u`: four digits, or two such escapes that make a pair.
    private mutating func codePoint(escapedAt start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let unpaired = JSONError(offset: start, expected: "both halves of a surrogate pair")
        guard unit < 0xDC00, take("\\"), take("u") else { throw unpaired }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
        else { throw unpaired }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = bytes[position].hexadecimalValue else {
                throw error("four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    /// Goes over what needs no look inside a string, up to a quotation mark, backslash or control character.
    private mutating func skipPlain() {
        var index = position
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        position = index
    }

    private func text(_ range: Range<Int>) throws(JSONError) -> String {
        let slice = source[source.startIndex + range.lowerBound..<source.startIndex + range.upperBound]
        guard let text = String(validating: slice, as: UTF8.self) else { throw encodingError(range) }
        return text
    }

    private func encodingError(_ range: Range<Int>) -> JSONError {
        var offset = range.lowerBound
        do {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            offset += error.byteOffsets.lowerBound
        }
        return JSONError(offset: offset, expected: "valid UTF-8")
    }

    // MARK: Single bytes

    private mutating func skipWhitespace() {
        while position < bytes.count, bytes[position].isWhitespace { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func error(_ expected: String) -> JSONError {
        JSONError(offset: position, expected: expected)
    }

    /// Up to so many names are compared one by one; beyond, a set is quicker.
    private static let scannedNames = 12
}
