/// Writes JSON text value by value, commas included; the caller sees to it that objects and arrays are closed.
///
/// Names and strings are escaped; everything else outside ASCII is sent as UTF-8.
///
/// - Source: RFC 8259.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Creates an empty writer.
    ///
    /// - Parameter capacity: Bytes to make room for at once.
    public init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object.
    public mutating func beginObject() {
        open(UInt8(ascii: "{"))
    }

    /// Closes the innermost object.
    public mutating func endObject() {
        close(UInt8(ascii: "}"))
    }

    /// Opens an array.
    public mutating func beginArray() {
        open(UInt8(ascii: "["))
    }

    /// Closes the innermost array.
    public mutating func endArray() {
        close(UInt8(ascii: "]"))
    }

    /// Writes the name of a member; its value must follow.
    public mutating func name(_ name: String) {
        separate()
        appendEscaped(name.utf8)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func string(_ text: String) {
        separate()
        appendEscaped(text.utf8)
    }

    /// Writes a string from UTF-8 that is known to be valid.
    public mutating func string(utf8 text: ArraySlice<UInt8>) {
        separate()
        appendEscaped(text)
    }

    /// Writes an integer.
    public mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a number in the shortest form that reads back as the same; what is not finite becomes null.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if value == value.rounded(), value.magnitude < 1e15 {
            bytes.append(contentsOf: String(Int64(value)).utf8)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    /// Writes `true` or `false`.
    public mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value that is JSON already.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes the members of an object that is JSON already.
    ///
    /// - Parameter json: The object, with its braces; anything shorter than them is passed over.
    public mutating func members(of json: ArraySlice<UInt8>) {
        guard json.count > 2 else { return }
        separate()
        bytes.append(contentsOf: json.dropFirst().dropLast())
    }

    /// Writes a value as it was read; members keep their order.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let truth): boolean(truth)
        case .number(let number): raw(number.description.utf8)
        case .string(let text): string(text)
        case .array(let values):
            beginArray()
            for value in values { self.value(value) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes a member with a string, or null.
    public mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a member with an integer, or null.
    public mutating func member(_ name: String, _ value: (some FixedWidthInteger)?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }

    /// Writes a member with a number, or null.
    public mutating func member(_ name: String, _ value: Double?) {
        self.name(name)
        if let value { number(value) } else { null() }
    }

    /// Writes a member with `true` or `false`.
    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    /// Writes a member with an array of strings.
    public mutating func member(_ name: String, _ texts: [String]) {
        self.name(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendEscaped(_ text: String.UTF8View) {
        guard Self.plainEnd(of: text.span, from: 0) == text.count else {
            // Runs of an array are copied at once, those of a string byte by byte.
            return appendEscaped(Array(text)[...])
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a text in runs: nearly all bytes need no escape.
    private mutating func appendEscaped(_ text: ArraySlice<UInt8>) {
        let span = text.span
        var runStart = 0
        bytes.append(UInt8(ascii: "\""))
        while true {
            let runEnd = Self.plainEnd(of: span, from: runStart)
            bytes.append(contentsOf: text[text.startIndex + runStart..<text.startIndex + runEnd])
            guard runEnd < span.count else { break }
            appendEscape(of: span[runEnd])
            runStart = runEnd + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The first place from `start` on whose byte must be escaped, or the end.
    private static func plainEnd(of span: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < span.count {
            let byte = span[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 0x0F)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
