internal import Bytes
internal import HTTPMessages

/// The bytes that HTTP's grammar gives a meaning to.
enum Mark {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote = UInt8(ascii: "\"")
    static let percent = UInt8(ascii: "%")
    static let comma = UInt8(ascii: ",")
    static let dot = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let question = UInt8(ascii: "?")
    static let backslash = UInt8(ascii: "\\")
}

extension UInt8 {
    /// Whether this is a space or a tab.
    ///
    /// - Source: RFC 9110 §5.6.3, `OWS`.
    var isBlank: Bool { self == Mark.space || self == Mark.tab }

    /// Whether a field's value may hold this byte, white space included.
    ///
    /// - Source: RFC 9110 §5.5, `field-content`.
    var isValueByte: Bool { self >= 0x20 && self != 0x7F || self == Mark.tab }

    /// Whether a host's name may hold this byte as it is.
    ///
    /// - Source: RFC 3986 §3.2.2, `unreserved / sub-delims`.
    var isNameByte: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), Mark.comma, Mark.semicolon, Mark.equals:
            return true
        default: return false
        }
    }
}

extension Span<UInt8> {
    /// Whether the bytes of a range are a text in lower case, their letters taken without regard to case.
    func matches(_ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count else { return false }
        var index = range.lowerBound
        for byte in text.utf8 {
            if self[index].lowercased != byte { return false }
            index += 1
        }
        return true
    }

    /// The bytes of a range as text; what is not UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>) -> String {
        if let text = try? UTF8Span(validating: extracting(range)) { return String(copying: text) }
        return String(decoding: copy(range), as: UTF8.self)
    }

    /// A copy of a range.
    func copy(_ range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        output.append(extracting(range))
        return output
    }
}

extension [UInt8] {
    /// Appends a run of bytes.
    mutating func append(_ run: Span<UInt8>) {
        append(addingCapacity: run.count) { output in
            for index in run.indices { output.append(run[index]) }
        }
    }
}
