internal import Bytes

/// What a request is about: a path and a query, as sent.
///
/// - Source: RFC 9112 §3.2, RFC 3986 §3.3, §3.4.
public struct RequestTarget: Hashable, Sendable {
    /// One `name=value` of a query, decoded.
    public struct QueryItem: Hashable, Sendable {
        /// What stands before `=`.
        public let name: String
        /// What stands after it; empty where there is no `=`.
        public let value: String

        /// Creates an item.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The target in origin form (`/path?query`), or `*`.
    public let text: String
    /// The path as sent, still percent-encoded.
    public let path: String
    /// What follows `?`, as sent; `nil` where there is no `?`.
    public let query: String?

    /// Creates a target from its origin form or `*`.
    public init(_ text: String) {
        self.text = text
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = text
            query = nil
            return
        }
        path = String(text[..<mark])
        query = String(text[text.utf8.index(after: mark)...])
    }

    /// The decoded segments of the path: `/v1/a%2Fb` has "v1" and "a/b".
    ///
    /// - Returns: `nil` where the path does not start with `/`, or a segment is badly encoded, is not UTF-8 or holds NUL.
    public var segments: [String]? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        for part in path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard let segment = PercentCoding.decode(part), !segment.utf8.contains(0) else { return nil }
            segments.append(segment)
        }
        return segments
    }

    /// The decoded items of the query in their order; empty parts (`a=1&&b=2`) are passed over.
    ///
    /// - Returns: `nil` where one is badly encoded, is not UTF-8 or holds NUL.
    public var queryItems: [QueryItem]? {
        guard let query else { return [] }
        var items: [QueryItem] = []
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let name = PercentCoding.decode(sides[0], plusIsSpace: true),
                let value = sides.count > 1 ? PercentCoding.decode(sides[1], plusIsSpace: true) : "",
                !name.utf8.contains(0), !value.utf8.contains(0)
            else { return nil }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }
}
