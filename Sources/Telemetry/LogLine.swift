/// One line of a log in the making.
struct LogLine {
    private let format: Log.Format
    private var bytes: [UInt8] = []

    init(format: Log.Format) {
        self.format = format
        bytes.reserveCapacity(256)
    }

    mutating func append(_ name: String, _ value: String) {
        switch format {
        case .text:
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            for byte in name.utf8 { bytes.append(Self.isBare(byte) ? byte : UInt8(ascii: "_")) }
            bytes.append(UInt8(ascii: "="))
            if !value.isEmpty, value.utf8.allSatisfy(Self.isBare) {
                bytes.append(contentsOf: value.utf8)
            } else {
                appendQuoted(value)
            }
        case .json:
            bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            appendQuoted(name)
            bytes.append(UInt8(ascii: ":"))
            appendQuoted(value)
        }
    }

    /// The line with its line feed.
    consuming func finished() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Whether a text may hold this byte without being quoted: visible, and none of `"`, `=` and `\`.
    private static func isBare(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }

    /// Appends a text between quotation marks, escaped as in JSON.
    ///
    /// What could move a terminal's cursor or turn the direction of writing is escaped too: a log is read in terminals,
    /// and some of its values come from strangers.
    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
                bytes.append(contentsOf: "\\u".utf8)
                for shift in [12, 8, 4, 0] as [UInt32] {
                    bytes.append(Self.digits[Int(scalar.value >> shift & 0x0F)])
                }
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
