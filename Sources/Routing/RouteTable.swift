public import HTTPMessages

/// The routes of a service: checked when built, then only read.
///
/// Where a literal segment and a parameter could both match, the route with the literal wins, if it has the method.
/// A path without parameters is found by one look-up, without being split.
public struct RouteTable<Endpoint: Sendable>: Sendable {
    /// The routes that share one shape of path.
    private struct Resource: Sendable {
        let segments: [RouteSegment]
        var routes: [Route<Endpoint>]

        func endpoint(_ method: Method) -> Endpoint? {
            for route in routes where route.method == method { return route.endpoint }
            return method == .head ? endpoint(.get) : nil
        }
    }

    /// The resources without parameters, by their path as it is usually sent.
    private var literals: [String: Resource] = [:]
    /// All resources by the number of segments; one that is more particular than another stands before it.
    private var resources: [Int: [Resource]] = [:]
    private var methods: Set<Method> = []

    /// Builds a table.
    ///
    /// - Parameter routes: The routes in any order.
    /// - Throws: `RouteConflict` when two of one method could match one request and neither is more particular: at some
    ///   segment the one is literal where the other is not, and at another it is the other way round, or nowhere.
    public init(_ routes: [Route<Endpoint>]) throws(RouteConflict) {
        for (index, route) in routes.enumerated() {
            for earlier in routes[..<index] where earlier.conflicts(with: route) {
                throw RouteConflict(
                    first: "\(earlier.method.rawValue) \(earlier.path)",
                    second: "\(route.method.rawValue) \(route.path)")
            }
            methods.insert(route.method)
            let segments = route.segments
            var resources = self.resources[segments.count] ?? []
            if let known = resources.firstIndex(where: { $0.segments == segments }) {
                resources[known].routes.append(route)
            } else {
                resources.append(Resource(segments: segments, routes: [route]))
            }
            self.resources[segments.count] = resources
        }
        for (count, resources) in self.resources {
            self.resources[count] = resources.sorted { $0.segments.literalCount > $1.segments.literalCount }
            for resource in resources where resource.segments.literalCount == count {
                literals[resource.routes[0].path] = resource
            }
        }
    }

    /// Finds what answers a request.
    ///
    /// HEAD is answered by GET's route unless it has one of its own. OPTIONS without a route is `.methodNotAllowed`,
    /// which has the list that an answer to it needs; for the target `*` that is every method of the table.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: The request's target; its query plays no part.
    /// - Returns: The endpoint, or why there is none.
    /// - Complexity: One look-up for a path without parameters, else linear in the routes with as many segments.
    public func match(_ method: Method, _ target: RequestTarget) -> RouteMatch<Endpoint> {
        if let endpoint = literals[target.path]?.endpoint(method) { return .found(endpoint, parameters: []) }
        if target.path == "*" { return .methodNotAllowed(allowed: Self.allowed(methods)) }
        guard let segments = target.segments else { return .badPath }
        var allowed: Set<Method> = []
        for resource in resources[segments.count] ?? [] where resource.segments.match(segments) {
            if let endpoint = resource.endpoint(method) {
                return .found(endpoint, parameters: resource.segments.parameters(of: segments))
            }
            allowed.formUnion(resource.routes.lazy.map(\.method))
        }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed: Self.allowed(allowed))
    }

    private static func allowed(_ methods: Set<Method>) -> [Method] {
        let implied: Set<Method> = methods.contains(.get) ? [.head, .options] : [.options]
        return methods.union(implied).sorted { $0.rawValue < $1.rawValue }
    }
}

extension Route {
    /// Whether one request could match both, with nothing to say which of them wins.
    fileprivate func conflicts(with other: Route) -> Bool {
        let (mine, others) = (segments, other.segments)
        guard method == other.method, mine.count == others.count else { return false }
        var isMoreParticular = false
        var isLessParticular = false
        for (segment, otherSegment) in zip(mine, others) where segment != otherSegment {
            switch (segment, otherSegment) {
            case (.literal, .literal): return false
            case (.literal, _): isMoreParticular = true
            case (.parameter, _): isLessParticular = true
            }
        }
        return isMoreParticular == isLessParticular
    }
}
