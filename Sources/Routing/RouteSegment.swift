/// One part of a route's path.
enum RouteSegment: Hashable, Sendable {
    /// A part that must be there as it is.
    case literal(String)
    /// A part that may be any text but none.
    case parameter
}

extension [RouteSegment] {
    var literalCount: Int {
        reduce(0) { $1 == .parameter ? $0 : $0 + 1 }
    }

    /// Whether a path with these decoded segments matches; there must be as many.
    func match(_ path: [String]) -> Bool {
        for index in indices {
            switch self[index] {
            case .literal(let literal): if literal != path[index] { return false }
            case .parameter: if path[index].isEmpty { return false }
            }
        }
        return true
    }

    /// Those segments of a matching path that stand for parameters.
    func parameters(of path: [String]) -> [String] {
        zip(self, path).compactMap { $0 == .parameter ? $1 : nil }
    }
}
