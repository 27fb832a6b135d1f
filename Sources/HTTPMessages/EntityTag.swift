/// A validator for one representation of a resource.
///
/// - Source: RFC 9110 §8.8.3.
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// Whether equal tags promise only equal meaning, not equal bytes.
    public let isWeak: Bool
    /// What stands between the quotation marks.
    public let opaque: String

    /// Creates a tag, or returns `nil` where `opaque` holds a byte that a tag may not.
    public init?(_ opaque: String, isWeak: Bool = false) {
        guard opaque.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x7E).contains($0) || $0 >= 0x80 }) else {
            return nil
        }
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Creates a strong tag of a number, in hexadecimal.
    public init(_ value: UInt64) {
        opaque = String(value, radix: 16)
        isWeak = false
    }

    /// The tag as it is sent.
    public var description: String { (isWeak ? "W/\"" : "\"") + opaque + "\"" }

    /// The tags of an `If-Match` or `If-None-Match` value.
    public enum Condition: Hashable, Sendable {
        /// `*`: any representation.
        case any
        /// One of these.
        case tags([EntityTag])

        /// Reads the joined values of the field, or returns `nil` where they are not a list of tags or `*`.
        public init?(_ text: String) {
            var rest = text.utf8[...]
            func skipBlanks() {
                while let first = rest.first, first == 0x20 || first == 0x09 || first == UInt8(ascii: ",") {
                    rest = rest.dropFirst()
                }
            }
            skipBlanks()
            if rest.first == UInt8(ascii: "*") {
                rest = rest.dropFirst()
                guard rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
                self = .any
                return
            }
            var tags: [EntityTag] = []
            while !rest.isEmpty {
                var isWeak = false
                if rest.starts(with: "W/".utf8) {
                    isWeak = true
                    rest = rest.dropFirst(2)
                }
                guard rest.first == UInt8(ascii: "\"") else { return nil }
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: UInt8(ascii: "\"")),
                    let opaque = String(rest[..<end]), let tag = EntityTag(opaque, isWeak: isWeak)
                else { return nil }
                tags.append(tag)
                rest = rest[end...].dropFirst()
                let mark = rest.first { $0 != 0x20 && $0 != 0x09 }
                guard mark == nil || mark == UInt8(ascii: ",") else { return nil }
                skipBlanks()
            }
            guard !tags.isEmpty else { return nil }
            self = .tags(tags)
        }

        /// Whether the weak comparison finds `tag` among these, as `If-None-Match` asks.
        public func matchesWeakly(_ tag: EntityTag) -> Bool {
            switch self {
            case .any: true
            case .tags(let tags): tags.contains { $0.opaque == tag.opaque }
            }
        }

        /// Whether the strong comparison finds `tag` among these, as `If-Match` asks.
        public func matchesStrongly(_ tag: EntityTag) -> Bool {
            switch self {
            case .any: true
            case .tags(let tags): !tag.isWeak && tags.contains { !$0.isWeak && $0.opaque == tag.opaque }
            }
        }
    }
}
