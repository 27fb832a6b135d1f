internal import Bytes

/// The header fields of a message in their order, kept as the bytes that are on the wire.
///
/// A received head is kept whole and a field is two ranges in it, so that no text is made until a handler asks for one.
/// Fields made here are kept as `name: value CRLF`, so that sending them is one copy.
public struct Fields: Sendable {
    /// Where one field lies in the bytes that hold it.
    public struct Location: Sendable, Hashable {
        /// The name's bytes.
        public var name: Range<Int32>
        /// The value's bytes, without white space around them.
        public var value: Range<Int32>

        /// Creates a location.
        public init(name: Range<Int32>, value: Range<Int32>) {
            self.name = name
            self.value = value
        }
    }

    private var bytes: [UInt8]
    private var locations: [Location]
    /// Whether `bytes` holds nothing but the fields in wire form.
    private var isWireForm: Bool

    /// Creates an empty list.
    public init() {
        bytes = []
        locations = []
        isWireForm = true
    }

    /// Creates a list of name and value pairs; see `append(_:_:)`.
    public init(_ pairs: [(FieldName, String)]) {
        self.init()
        for (name, value) in pairs { append(name, value) }
    }

    /// Wraps a parsed head.
    ///
    /// - Parameters:
    ///   - head: The head as received.
    ///   - locations: Where its fields lie; all within `head`.
    public init(head: [UInt8], locations: [Location]) {
        bytes = head
        self.locations = locations
        isWireForm = false
    }

    /// How many fields there are.
    public var count: Int { locations.count }

    /// The first value under a name, or `nil`.
    public subscript(name: FieldName) -> String? {
        for location in locations where matches(location, name) { return value(at: location) }
        return nil
    }

    /// All values under a name, in order.
    public func values(_ name: FieldName) -> [String] {
        locations.filter { matches($0, name) }.map(value(at:))
    }

    /// Whether there is a field of that name.
    public func contains(_ name: FieldName) -> Bool {
        locations.contains { matches($0, name) }
    }

    /// All fields as texts, in order.
    public var pairs: [(name: String, value: String)] {
        locations.map { location in
            (
                String(
                    decoding: bytes[Int(location.name.lowerBound)..<Int(location.name.upperBound)],
                    as: UTF8.self),
                value(at: location)
            )
        }
    }

    /// Adds a field at the end.
    ///
    /// Control characters in `value` become spaces: a value can never end its own line.
    public mutating func append(_ name: FieldName, _ value: String) {
        if !isWireForm { rewrite(without: nil) }
        let needed = bytes.count + name.description.utf8.count + value.utf8.count + 4
        if bytes.capacity < needed { bytes.reserveCapacity(max(needed, 2 * bytes.capacity, 256)) }
        let start = Int32(bytes.count)
        bytes.append(contentsOf: name.description.utf8)
        let nameEnd = Int32(bytes.count)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        let valueStart = Int32(bytes.count)
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
            bytes.append(contentsOf: value.utf8)
        } else {
            for byte in value.utf8 { bytes.append(byte < 0x20 && byte != 0x09 || byte == 0x7F ? 0x20 : byte) }
        }
        locations.append(Location(name: start..<nameEnd, value: valueStart..<Int32(bytes.count)))
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Replaces all fields of that name by one.
    public mutating func set(_ name: FieldName, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes all fields of that name.
    public mutating func remove(_ name: FieldName) {
        guard contains(name) else { return }
        rewrite(without: name)
    }

    /// The fields in wire form, `name: value CRLF` each, without the empty line that ends a head.
    public var wireForm: [UInt8] {
        if isWireForm { return bytes }
        var copy = self
        copy.rewrite(without: nil)
        return copy.bytes
    }

    private mutating func rewrite(without name: FieldName?) {
        var kept = Fields()
        for location in locations {
            if let name, matches(location, name) { continue }
            let spelling = bytes[Int(location.name.lowerBound)..<Int(location.name.upperBound)]
            guard let field = FieldName(String(decoding: spelling, as: UTF8.self)) else { continue }
            kept.append(field, value(at: location))
        }
        self = kept
    }

    private func value(at location: Location) -> String {
        String(
            decoding: bytes[Int(location.value.lowerBound)..<Int(location.value.upperBound)], as: UTF8.self)
    }

    private func matches(_ location: Location, _ name: FieldName) -> Bool {
        let wanted = name.description.utf8
        guard location.name.count == wanted.count else { return false }
        var index = Int(location.name.lowerBound)
        for byte in wanted {
            if bytes[index].lowercased != byte.lowercased { return false }
            index += 1
        }
        return true
    }
}

extension Fields: Equatable {
    /// Whether both have the same fields in the same order, names compared without regard to case.
    public static func == (left: Fields, right: Fields) -> Bool {
        left.pairs.elementsEqual(right.pairs) { one, other in
            one.name.lowercased() == other.name.lowercased() && one.value == other.value
        }
    }
}
