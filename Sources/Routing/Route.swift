public import HTTPMessages

/// One method on one shape of path.
public struct Route<Endpoint: Sendable>: Sendable {
    /// The method; a GET route answers HEAD too.
    public let method: Method
    /// The path: segments are literal, or `{name}` for one segment of any text but none.
    public let path: String
    /// What answers.
    public let endpoint: Endpoint

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, decoded, starting with `/`. A segment is all literal or all parameter.
    ///   - endpoint: What answers.
    public init(_ method: Method, _ path: String, _ endpoint: Endpoint) {
        precondition(path.utf8.first == UInt8(ascii: "/"), "the path of a route starts with a slash")
        self.method = method
        self.path = path
        self.endpoint = endpoint
        for segment in segments {
            guard case .literal(let text) = segment else { continue }
            precondition(!text.contains { $0 == "{" || $0 == "}" }, "a parameter is a whole segment: {name}")
        }
    }

    /// One part of a path.
    enum Segment: Hashable {
        case literal(String)
        case parameter
    }

    /// The parts of the path.
    var segments: [Segment] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix("{") && part.hasSuffix("}") && part.dropFirst().firstIndex(of: "{") == nil
                && part.count > 2 ? .parameter : .literal(String(part))
        }
    }
}
