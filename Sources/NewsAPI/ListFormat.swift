internal import HTTPMessages

/// How a list is sent.
enum ListFormat: String, Sendable, CaseIterable {
    /// One object with data, meta and links.
    case json
    /// One item a line.
    case ndjson

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        }
    }

    /// Says that an answer depends on `Accept`, which it does where the request does not name the format.
    static func addVary(to response: inout Response, _ parameters: Parameters) {
        if parameters[.format] == nil { response.fields.append(.vary, "Accept") }
    }
}

extension ReadContext {
    /// The form of a list that the request names, or else the one that the client likes best.
    ///
    /// - Throws: `Refusal` where it takes none of them.
    func listFormat() throws(Refusal) -> ListFormat {
        guard parameters[.format] == nil else { return try parameters.choice(.format, ListFormat.json) }
        let preferences = MediaTypePreferences(request.fields.values(.accept))
        if let format = preferences.best(of: ListFormat.allCases, \.contentType) { return format }
        let known = ListFormat.allCases.map { "\($0.contentType) (format=\($0.rawValue))" }
        var refusal = Refusal(
            .notAcceptable,
            "Accept takes none of the forms of this list: \(known.joined(separator: ", ")). "
                + "'format' in the query goes before Accept.", parameter: "Accept")
        refusal.fields.append(.vary, "Accept")
        throw refusal
    }
}
