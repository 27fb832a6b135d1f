internal import HTTPMessages

/// The conditions of a request, as far as the server itself looks after them.
///
/// A client that holds a compressed form asks with that form's tag. The responder is asked with the tags that
/// it gave itself, and the client is answered with the tag that it holds.
///
/// - Source: RFC 9110 §13.1.2, §13.1.3, §13.2.2.
struct Preconditions: Sendable {
    /// `If-None-Match` as sent; `nil` where there is none or it cannot be read.
    private let noneMatch: EntityTag.Condition?
    private let hasNoneMatch: Bool

    /// Takes the conditions of a request, and rewrites those that name compressed forms.
    init(_ request: inout Request) {
        hasNoneMatch = request.fields.contains(.ifNoneMatch)
        guard hasNoneMatch else {
            noneMatch = nil
            return
        }
        noneMatch = EntityTag.Condition(request.fields.values(.ifNoneMatch).joined(separator: ", "))
        guard case .tags(let tags) = noneMatch, tags.contains(where: ContentCoding.isCoded) else { return }
        let plain = tags.map { ContentCoding.uncoded($0).description }
        request.fields.set(.ifNoneMatch, plain.joined(separator: ", "))
    }

    /// Whether the client holds what a 200 would bring.
    func areMet(by response: Response, to request: Request) -> Bool {
        guard response.status == .ok, request.method == .get || request.method == .head else { return false }
        if hasNoneMatch {
            guard let noneMatch, let text = response.fields[.entityTag] else { return false }
            guard case .tags(let own) = EntityTag.Condition(text), let tag = own.first else { return false }
            return noneMatch.matchesWeakly(tag) || noneMatch.matchesWeakly(ContentCoding.coded(tag))
        }
        guard let modified = response.fields[.lastModified], let since = request.fields[.ifModifiedSince],
            let modifiedSeconds = HTTPDate.parse(modified), let sinceSeconds = HTTPDate.parse(since)
        else { return false }
        return modifiedSeconds <= sinceSeconds
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
            let text = response.fields[.entityTag],
            case .tags(let own) = EntityTag.Condition(text), let tag = own.first,
            !held.contains(where: { $0.opaque == tag.opaque })
        {
            let coded = ContentCoding.coded(tag)
            if held.contains(where: { $0.opaque == coded.opaque }) {
                response.fields.set(.entityTag, coded.description)
            }
        }
        ContentCoding.addVary(to: &response.fields)
    }
}
