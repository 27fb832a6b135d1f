internal import Bytes

/// The members of a list of preferences, such as `Accept` and `Accept-Encoding` are, each with its weight.
///
/// Members that cannot be read are passed over: a preference is a wish, and the others still hold.
///
/// - Source: RFC 9110 §5.6.1, §5.6.6, §12.4.2.
public struct WeightedList: Sendable, Hashable {
    /// One member of a list.
    public struct Member: Sendable, Hashable {
        /// What stands before the parameters, in lower case: tokens, with `/` between them in a media range.
        public let name: String
        /// The parameters other than the weight: names in lower case, values without quotation marks.
        public let parameters: [String: String]
        /// How much it is liked, in thousandths: 0 (not at all) to 1,000 (also where nothing is said).
        public let weight: Int
    }

    /// The members that can be read, in their order.
    public let members: [Member]

    /// Reads the values of a field, which count as one list.
    public init(_ values: [String]) {
        members = values.flatMap { value in
            let bytes = Array(value.utf8)
            return Self.split(bytes[...], at: UInt8(ascii: ",")).compactMap(Self.member)
        }
    }

    private static func member(_ text: ArraySlice<UInt8>) -> Member? {
        let parts = split(text, at: UInt8(ascii: ";"))
        let name = trimmed(parts[0])
        guard !name.isEmpty, name.allSatisfy({ $0.isTokenByte || $0 == UInt8(ascii: "/") }) else {
            return nil
        }
        var parameters: [String: String] = [:]
        var weight: Int?
        for part in parts.dropFirst() {
            let part = trimmed(part)
            guard !part.isEmpty else { continue }
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let (key, value) = (lowercased(trimmed(part[..<equals])), trimmed(part[equals...].dropFirst()))
            if key == "q" {
                weight = Self.weight(value)
                guard weight != nil else { return nil }
                // What RFC 7231 allowed behind the weight speaks of nothing that is known here.
                break
            }
            guard let text = unquoted(value), !key.isEmpty, key.utf8.allSatisfy(\.isTokenByte) else {
                return nil
            }
            parameters[key] = text
        }
        return Member(name: lowercased(name), parameters: parameters, weight: weight ?? 1000)
    }

    /// A weight in thousandths, or `nil` where it is none.
    private static func weight(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else {
            return nil
        }
        let fraction = text.dropFirst()
        guard fraction.isEmpty || fraction.first == UInt8(ascii: "."), fraction.count <= 4 else { return nil }
        var thousandths = first == UInt8(ascii: "1") ? 1000 : 0
        var place = 100
        for digit in fraction.dropFirst() {
            guard digit.isDigit else { return nil }
            thousandths += Int(digit & 0x0F) * place
            place /= 10
        }
        return thousandths <= 1000 ? thousandths : nil
    }

    /// A token as it is, or what a quoted string holds.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> String? {
        guard text.first == UInt8(ascii: "\"") else {
            guard !text.isEmpty, text.allSatisfy(\.isTokenByte) else { return nil }
            return String(decoding: text, as: UTF8.self)
        }
        var content: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                return rest.isEmpty ? String(decoding: content, as: UTF8.self) : nil
            }
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            content.append(escaped)
        }
        return nil
    }

    /// Cuts at a mark, but not inside quotation marks; there is at least one part.
    private static func split(_ text: ArraySlice<UInt8>, at mark: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var index = start
        var isQuoted = false
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case mark where !isQuoted:
                parts.append(text[start..<index])
                start = index + 1
            default: break
            }
            index += 1
        }
        parts.append(text[start...])
        return parts
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }

    private static func lowercased(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.map(\.lowercased), as: UTF8.self)
    }
}
