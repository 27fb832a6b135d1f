/// A value of JSON.
public enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The string, where this is one.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, where this is one and it is an integer that fits.
    public var int: Int? {
        if case .number(let number) = self { number.int64.map(Int.init) } else { nil }
    }

    /// The number, where this is one and it is in the range of a `Double`.
    public var double: Double? {
        if case .number(let number) = self { number.double } else { nil }
    }

    /// The truth, where this is `true` or `false`.
    public var bool: Bool? {
        if case .boolean(let truth) = self { truth } else { nil }
    }

    /// The elements, where this is an array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The object, where this is one.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }
}

/// A number as it was written; equal only to one written the same.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number in the grammar of JSON.
    public let description: String

    /// Creates a number of a text that follows the grammar.
    init(unchecked text: String) {
        description = text
    }

    /// Creates a number.
    public init(_ value: Int64) {
        description = String(value)
    }

    /// The value, where it is an integer that fits, however it is written: 1000, 1e3 and 1000.0 are one.
    public var int64: Int64? {
        // Where there is a fraction or an exponent, what lies beyond 2^53 may have been rounded.
        Int64(description) ?? double.flatMap { $0.magnitude <= 0x1p53 ? Int64(exactly: $0) : nil }
    }

    /// The nearest `Double`; `nil` where the value is too large for one.
    public var double: Double? {
        Double(description).flatMap { $0.isFinite ? $0 : nil }
    }
}

/// An object: names and values in the order in which they stood.
public struct JSONObject: Sendable, Equatable {
    /// A name with its value.
    public struct Member: Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSONValue
        /// Where the name's opening quotation mark stands, in bytes from the start of the text.
        public let offset: Int
    }

    /// All members; no name comes twice.
    public let members: [Member]

    /// The value of a member, or `nil` where there is none of that name.
    public subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }

    /// Whether both have the same names with the same values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }
}
