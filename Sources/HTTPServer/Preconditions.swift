internal import HTTPMessages
internal import Transport

/// The conditions of a request, as far as the server itself looks after them.
///
/// A client that holds a compressed form asks with that form's tag. The responder is asked with the tags that
/// it gave itself, and the client is answered with the tag that it holds.
///
/// - Source: RFC 9110 §13.1, §13.2.2.
struct Preconditions: Sendable {
    /// What becomes of an answer.
    enum Verdict {
        /// It is sent.
        case met
        /// The client holds what it would bring.
        case notModified
        /// The client wants it only of another state than the resource is in.
        case failed
    }

    /// `If-None-Match` as sent; `nil` where there is none or it cannot be read.
    private let noneMatch: EntityTag.Condition?
    private let hasNoneMatch: Bool

    /// No conditions.
    init() {
        noneMatch = nil
        hasNoneMatch = false
    }

    /// Takes the conditions of a request, and rewrites those that name compressed forms.
    init(_ request: inout Request) {
        // Of GET and HEAD it is looked at here.
        let isRead = request.method == .get || request.method == .head
        if !isRead, request.fields.contains(.ifMatch) { Self.rewrite(.ifMatch, of: &request) }
        hasNoneMatch = request.fields.contains(.ifNoneMatch)
        guard hasNoneMatch else {
            noneMatch = nil
            return
        }
        noneMatch = EntityTag.Condition(request.fields.values(.ifNoneMatch).joined(separator: ", "))
        if isRead, request.fields.contains(.ifMatch) || request.fields.contains(.ifUnmodifiedSince) {
            // These come first, and the responder knows nothing of them.
            request.fields.remove(.ifNoneMatch)
            return
        }
        Self.rewrite(.ifNoneMatch, of: &request)
    }

    /// Puts the tags that the responder gave in the place of those of compressed forms.
    private static func rewrite(_ name: FieldName, of request: inout Request) {
        let condition = EntityTag.Condition(request.fields.values(name).joined(separator: ", "))
        guard case .tags(let tags) = condition, tags.contains(where: ContentCoding.isCoded) else { return }
        let plain = tags.map { ContentCoding.uncoded($0).description }
        request.fields.set(name, plain.joined(separator: ", "))
    }

    /// What becomes of a 200; all other answers are sent.
    func judge(_ response: Response, to request: Request) -> Verdict {
        guard response.status == .ok, request.method == .get || request.method == .head else { return .met }
        let tag = Self.tag(of: response)
        let modified = response.fields[.lastModified].flatMap { HTTPDate.parse($0) }
        if request.fields.contains(.ifMatch) {
            let match = EntityTag.Condition(request.fields.values(.ifMatch).joined(separator: ", "))
            guard match == .any || tag.map({ Self.isMatched($0, by: match) }) == true else { return .failed }
        } else if let modified, let since = Self.date(.ifUnmodifiedSince, of: request), modified > since {
            return .failed
        }
        if hasNoneMatch {
            if noneMatch == .any { return .notModified }
            guard let noneMatch, let tag else { return .met }
            let isHeld = noneMatch.matchesWeakly(tag) || noneMatch.matchesWeakly(ContentCoding.coded(tag))
            return isHeld ? .notModified : .met
        }
        guard let modified, let since = Self.date(.ifModifiedSince, of: request), modified <= since else {
            return .met
        }
        return .notModified
    }

    /// The tag of an answer.
    static func tag(of response: Response) -> EntityTag? {
        guard let text = response.fields[.entityTag], case .tags(let tags) = EntityTag.Condition(text) else {
            return nil
        }
        return tags.first
    }

    private static func isMatched(_ tag: EntityTag, by match: EntityTag.Condition?) -> Bool {
        guard let match else { return false }
        return match.matchesStrongly(tag) || match.matchesStrongly(ContentCoding.coded(tag))
    }

    /// The date of a condition; `nil` where there is none, or more than one, or it cannot be read.
    private static func date(_ name: FieldName, of request: Request) -> Int64? {
        let values = request.fields.values(name)
        guard values.count == 1 else { return nil }
        return HTTPDate.parse(values[0], now: MonotonicTime.wallSeconds())
    }

    /// Turns a 200 into the 304 of the same fields, but for those that speak of its content.
    static func notModified(_ response: Response) -> Response {
        var answer = Response(status: .notModified, fields: response.fields)
        answer.fields.remove(.contentType)
        answer.fields.remove(.contentEncoding)
        return answer
    }

    /// Gives a 304 the tag of the form that the client holds.
    func finish(_ response: inout Response) {
        if case .tags(let held) = noneMatch, held.contains(where: ContentCoding.isCoded),
            let tag = Self.tag(of: response), !held.contains(where: { $0.opaque == tag.opaque })
        {
            let coded = ContentCoding.coded(tag)
            if held.contains(where: { $0.opaque == coded.opaque }) {
                response.fields.set(.entityTag, coded.description)
            }
        }
        ContentCoding.addVary(to: &response.fields)
    }
}
