public import JSON
internal import NewsModel

/// Reads an article from a JSON object, in Sitrep's own names or those of ninjs, JSON Feed and NewsAPI.
///
/// A member that is null counts as absent; members with other names are passed over, so that records of other
/// programs can be imported as they are. What has a known name but the wrong form is refused.
///
/// - Source: IPTC ninjs 2.1; JSON Feed 1.1; the article object of NewsAPI v2.
public struct JSONArticleReader: Sendable {
    /// Creates a reader.
    public init() {}

    /// Reads one object.
    ///
    /// - Throws: `ItemFault` that names the member at fault; its offset is relative to the parsed text.
    public func read(_ value: JSONValue) throws(ItemFault) -> ArticleDraft {
        guard case .object(let object) = value else {
            throw ItemFault(
                reason: "expected an object with at least a title or a body, found \(value.kindName)")
        }
        var draft = ArticleDraft()
        if let member = Self.find(Names.id, in: object) {
            let text = try member.text(orNumber: true)
            guard let id = ArticleID(text) else {
                throw member.fault("expected 1 to 500 bytes without control characters or outer blanks")
            }
            draft.id = id
        }
        draft.title = try Self.find(Names.title, in: object)?.text() ?? ""
        draft.body = try Self.find(Names.body, in: object)?.text() ?? ""
        draft.url = try Self.find(Names.url, in: object)?.text()
        if let member = Self.find(Names.published, in: object) { draft.published = try member.instant() }
        if let member = Self.find(Names.language, in: object) { draft.language = try member.language() }
        if let member = Self.find(Names.authors, in: object) { draft.authors = try member.people() }
        if let member = Self.find(Names.source, in: object) { draft.source = try member.outlet() }
        if let url = draft.url, let domain = Outlet.domain(ofURL: url) {
            if draft.source == nil { draft.source = Outlet(name: domain) }
            if draft.source?.domain == nil { draft.source?.domain = domain }
        }
        guard !draft.title.isEmpty || !draft.body.isEmpty else {
            throw ItemFault(member: "title", reason: "expected a title or a body, found neither")
        }
        return draft
    }

    /// The names each member may have, the first one found winning.
    private enum Names {
        static let id = ["id", "uri", "guid"]
        static let title = ["title", "headline"]
        static let body = ["body", "body_text", "content_text", "content", "text"]
        static let url = ["url", "link"]
        static let published = [
            "published", "published_at", "publishedAt", "date_published", "versioncreated", "versionCreated",
            "date",
        ]
        static let language = ["language", "lang"]
        static let authors = ["authors", "author", "byline"]
        static let source = ["source", "outlet", "publisher"]
    }

    private static func find(_ names: [String], in object: JSONObject) -> Member? {
        for name in names {
            guard let member = object.members.first(where: { $0.name == name }), member.value != .null else {
                continue
            }
            return Member(name: name, value: member.value, offset: member.offset)
        }
        return nil
    }
}

/// One member of an article's object.
private struct Member {
    let name: String
    let value: JSONValue
    let offset: Int

    func fault(_ reason: String) -> ItemFault {
        ItemFault(offset: offset, member: name, reason: reason)
    }

    func text(orNumber: Bool = false) throws(ItemFault) -> String {
        switch value {
        case .string(let text): return try checked(text)
        case .number(let number) where orNumber: return number.description
        default: throw fault("expected a string, found \(value.kindName)")
        }
    }

    private func checked(_ text: String) throws(ItemFault) -> String {
        guard !text.utf8.contains(0) else { throw fault("holds a NUL character; expected text") }
        return text
    }

    func instant() throws(ItemFault) -> Timestamp {
        let form =
            "expected a date such as \"2021-12-15\" or \"2021-12-15T08:30:00Z\", or milliseconds since 1970"
        switch value {
        case .string(let text):
            guard let instant = Timestamp(text) else { throw fault("\(form); found \"\(text.prefix(40))\"") }
            return instant
        case .number(let number):
            guard let instant = Timestamp(number.description) else {
                throw fault("\(form); found \(number.description.prefix(40))")
            }
            return instant
        default: throw fault("\(form); found \(value.kindName)")
        }
    }

    func language() throws(ItemFault) -> String {
        let text = try text()
        if let code = LanguageCodes.code(text) { return code }
        let code = text.prefix { $0 != "-" && $0 != "_" }.lowercased()
        guard (2...3).contains(code.utf8.count), code.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            throw fault("expected a language code such as \"en\" or \"pt-BR\", found \"\(text.prefix(40))\"")
        }
        return code
    }

    func people() throws(ItemFault) -> [String] {
        switch value {
        case .string(let text):
            let text = try checked(text)
            return name == "byline" ? Byline(text)?.authors ?? Byline.names(text) : Byline.names(text)
        case .object: return try [person(value)]
        case .array(let values):
            var people: [String] = []
            for value in values { people.append(try person(value)) }
            return people.filter { !$0.isEmpty }
        default: throw fault("expected a string or an array of strings, found \(value.kindName)")
        }
    }

    private func person(_ value: JSONValue) throws(ItemFault) -> String {
        if case .string(let text) = value { return String(try checked(text).trimmed) }
        if let name = value.object?["name"]?.string { return String(try checked(name).trimmed) }
        throw fault("expected a name or an object with a name, found \(value.kindName)")
    }

    func outlet() throws(ItemFault) -> Outlet {
        switch value {
        case .string(let text):
            let name = String(try checked(text).trimmed)
            return Outlet(name: name, domain: Outlet.domain(ofURL: "https://" + name))
        case .object(let object):
            guard let name = (object["name"] ?? object["domain"] ?? object["id"])?.string else {
                throw fault("expected an object with a name, found one without")
            }
            return Outlet(
                name: try checked(name), domain: object["domain"]?.string?.lowercased(),
                country: object["country"]?.string?.uppercased())
        default: throw fault("expected a string or an object with a name, found \(value.kindName)")
        }
    }
}

extension JSONValue {
    /// What kind of value this is, with its article, for messages.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
