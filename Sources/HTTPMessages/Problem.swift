public import JSON

/// What a client is told when its request cannot be answered: a status, a stable code, and what to change.
///
/// - Source: RFC 9457.
public struct Problem: Error, Hashable, Sendable {
    /// The status that it is sent with.
    public var status: Status
    /// A stable name for the kind of problem, in kebab case; Docs/errors.md has a section for each.
    public var code: String
    /// What was wrong here and what would be right, in a sentence.
    public var detail: String
    /// The query parameter, header field or member of the document that is at fault.
    public var parameter: String?
    /// Where the fault lies in the parameter or document: an offset in bytes from its start.
    public var offset: Int?
    /// Header fields that this status asks for, such as `Allow` or `Retry-After`.
    public var fields: Fields

    /// Creates a problem.
    public init(
        _ status: Status, code: String, detail: String, parameter: String? = nil, offset: Int? = nil,
        fields: Fields = Fields()
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.parameter = parameter
        self.offset = offset
        self.fields = fields
    }

    /// Hashes what tells most problems apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(detail)
    }

    /// The problem as a JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        write(to: &writer)
        return writer.bytes
    }

    /// Writes the problem as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("type")
        writer.string("/problems/" + code)
        writer.name("title")
        writer.string(status.reason)
        writer.name("status")
        writer.integer(status.code)
        writer.name("code")
        writer.string(code)
        writer.name("detail")
        writer.string(detail)
        if let parameter {
            writer.name("parameter")
            writer.string(parameter)
        }
        if let offset {
            writer.name("offset")
            writer.integer(offset)
        }
        writer.endObject()
    }

    /// The problem as an answer, `application/problem+json`.
    public var response: Response {
        var answer = Response(status: status, fields: fields, body: json)
        answer.fields.append(.contentType, "application/problem+json")
        return answer
    }
}
