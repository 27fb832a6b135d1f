internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel

/// Why a request is not answered as asked: a problem, with what else a client needs to put it right.
struct Refusal: Error, Sendable {
    let code: ProblemCode
    /// What was wrong here and what would be right.
    let detail: String
    /// The parameter, field or member at fault.
    var parameter: String?
    /// Where in a JSON document that is, by RFC 6901.
    var pointer: String?
    /// Bytes from the start of the parameter or document.
    var offset: Int?
    /// Lines from the start of the document, the first being 1.
    var line: Int?
    /// Header fields that the status asks for.
    var fields = Fields()
    /// Entities that may have been meant.
    var candidates: [EntityDirectory.Ranked] = []
    /// How far loading has come.
    var progress: (done: Int, total: Int)?
    /// By what the log tells this failure.
    var incident: String?

    init(
        _ code: ProblemCode, _ detail: String, parameter: String? = nil, offset: Int? = nil,
        candidates: [EntityDirectory.Ranked] = []
    ) {
        self.code = code
        self.detail = detail
        self.parameter = parameter
        self.offset = offset
        self.candidates = candidates
    }

    /// The refusal as a JSON object in the form of RFC 9457.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", "/problems/" + code.rawValue)
        writer.member("title", code.title)
        writer.member("status", code.status.code)
        writer.member("code", code.rawValue)
        writer.member("detail", detail)
        if let parameter { writer.member("parameter", parameter) }
        if let pointer { writer.member("pointer", pointer) }
        if let offset { writer.member("offset", offset) }
        if let line { writer.member("line", line) }
        if !candidates.isEmpty {
            writer.name("candidates")
            writer.beginArray()
            for candidate in candidates.prefix(20) {
                writer.beginObject()
                writer.entityMembers(candidate)
                writer.endObject()
            }
            writer.endArray()
        }
        if let progress {
            writer.name("progress")
            writer.beginObject()
            writer.member("done", progress.done)
            writer.member("total", progress.total)
            writer.endObject()
        }
        if let incident { writer.member("incident", incident) }
        writer.endObject()
    }

    /// The refusal as an answer.
    var response: Response {
        var writer = JSONWriter(capacity: 512)
        write(to: &writer)
        var answer = Response(status: code.status, fields: fields, body: writer.bytes)
        answer.fields.append(.contentType, "application/problem+json")
        answer.fields.append(.cacheControl, "no-store")
        return answer
    }

    /// A text of the client's as it is shown in a message: shortened, with its ends marked.
    static func shown(_ text: String) -> String {
        text.utf8.count <= 80 ? "'\(text)'" : "'\(text.prefix(60))…'"
    }
}

extension JSONWriter {
    /// Writes what lists show of an entity; the object is open before and after.
    mutating func entityMembers(_ entity: EntityDirectory.Ranked) {
        member("id", entity.entry.id.description)
        member("type", entity.entry.type.name)
        member("name", entity.entry.name)
        member("articles", entity.articles)
    }
}
