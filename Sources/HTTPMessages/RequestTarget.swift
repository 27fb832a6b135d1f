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

    /// The path as sent, still percent-encoded; or `*`.
    public let path: String
    /// What follows `?`, as sent; `nil` where there is no `?`.
    public let query: String?

    /// Creates a target from its parts, which must be encoded.
    public init(path: String, query: String?) {
        self.path = path
        self.query = query
    }

    /// Creates a target from its origin form or `*`.
    public init(_ text: String) {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            self.init(path: text, query: nil)
            return
        }
        self.init(path: String(text[..<mark]), query: String(text[text.utf8.index(after: mark)...]))
    }

    /// The target in origin form (`/path?query`), or `*`.
    public var text: String {
        guard let query else { return path }
        return path + "?" + query
    }

    /// The decoded segments of the path: `/v1/a%2Fb` has "v1" and "a/b".
    ///
    /// - Returns: `nil` where the path does not start with `/`, or a segment is badly encoded, is not UTF-8 or holds NUL.
    public var segments: [String]? {
        let bytes = Array(path.utf8)
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        segments.reserveCapacity(6)
        var start = 1
        while true {
            var end = start
            var isPlain = true
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") {
                if bytes[end] == UInt8(ascii: "%") || bytes[end] == 0 { isPlain = false }
                end += 1
            }
            if isPlain {
                // Taken out of a text, and cut at ASCII only: what was UTF-8 still is.
                segments.append(String(decoding: bytes[start..<end], as: UTF8.self))
            } else {
                guard let segment = PercentCoding.decode(bytes[start..<end]), !segment.utf8.contains(0)
                else { return nil }
                segments.append(segment)
            }
            guard end < bytes.count else { return segments }
            start = end + 1
        }
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
