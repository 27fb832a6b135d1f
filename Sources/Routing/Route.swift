public import HTTPMessages

/// One method on one shape of path.
public struct Route<Endpoint: Sendable>: Sendable {
    /// The method; a GET route answers HEAD too.
    public let method: Method
    /// The path: a segment is a literal, or `{name}` for any text but none.
    public let path: String
    /// What answers.
    public let endpoint: Endpoint
    let segments: [RouteSegment]

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, decoded, starting with `/`.
    ///   - endpoint: What answers.
    public init(_ method: Method, _ path: String, _ endpoint: Endpoint) {
        precondition(path.utf8.first == UInt8(ascii: "/"), "the path of a route starts with a slash")
        self.method = method
        self.path = path
        self.endpoint = endpoint
        segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { part in
                let text = String(decoding: part, as: UTF8.self)
                if text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2 { return .parameter }
                precondition(
                    !text.contains { $0 == "{" || $0 == "}" }, "a parameter is a whole segment: {name}")
                return .literal(text)
            }
    }
}
