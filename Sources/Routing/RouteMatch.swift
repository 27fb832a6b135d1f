public import HTTPMessages

/// What a table says of a request.
public enum RouteMatch<Endpoint: Sendable>: Sendable {
    /// The endpoint, and the decoded segments that stand for its route's parameters, in order.
    case found(Endpoint, parameters: [String])
    /// The path is known, but not with this method; the methods that would do, with HEAD and OPTIONS, by name.
    case methodNotAllowed(allowed: [Method])
    /// No route has this path.
    case notFound
    /// The path does not start with `/`, is badly encoded, is not UTF-8 or holds NUL.
    case badPath
}

extension RouteMatch: Equatable where Endpoint: Equatable {}
