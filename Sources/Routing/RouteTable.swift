public import HTTPMessages

/// The routes of a service: checked when built, then only read.
///
/// Where a literal segment and a parameter could both match, the route with the literal wins, if it has the method.
/// A path without parameters is found by one look-up, without being split.
public struct RouteTable<Endpoint: Sendable>: Sendable {
    /// The routes that share one shape of path.
    private struct Resource: Sendable {
        let segments: [Route<Endpoint>.Segment]
        var endpoints: [Method: Endpoint] = [:]
    }

    private var literals: [String: Resource] = [:]
    /// By the number of segments; the more particular first.
    private var patterns: [Int: [Resource]] = [:]

    /// Builds a table.
    ///
    /// - Parameter routes: The routes in any order.
    /// - Throws: `RouteConflict` when two of one method could match one request and neither is more particular: at some
    ///   segment the one is literal where the other is not, and at another it is the other way round, or nowhere.
    public init(_ routes: [Route<Endpoint>]) throws(RouteConflict) {
    }

    /// Finds what answers a request.
    ///
    /// HEAD is answered by GET's route unless it has one of its own. OPTIONS without a route is `.methodNotAllowed`,
    /// which has the list that an answer to it needs; for the target `*` that is every method of the table.
    ///
    /// - Complexity: One look-up for a path without parameters, else linear in the routes with as many segments.
    public func match(_ method: Method, _ target: RequestTarget) -> RouteMatch<Endpoint> {
        .notFound
    }
}
