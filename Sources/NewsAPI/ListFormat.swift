internal import HTTPMessages

/// The forms that an answer can be had in; the first is what a client gets that likes all alike.
protocol ContentFormat: RawRepresentable<String>, CaseIterable, Sendable {
    /// The media type, without parameters.
    var mediaType: String { get }
}

/// How a list is sent.
enum ListFormat: String, ContentFormat {
    /// One object with data, meta and links.
    case json
    /// One item a line.
    case ndjson

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        }
    }
}

extension ReadContext {
    /// The form that the request names, or else the one that the client likes best.
    ///
    /// - Throws: `Refusal` where it takes none of them.
    func format<Format: ContentFormat>(_ standard: Format) throws(Refusal) -> Format {
        guard parameters[.format] == nil else { return try parameters.choice(.format, standard) }
        let preferences = MediaTypePreferences(request.fields.values(.accept))
        if let format = preferences.best(of: Array(Format.allCases), \.mediaType) { return format }
        let known = Format.allCases.map { "\($0.mediaType) (format=\($0.rawValue))" }
        var refusal = Refusal(
            .notAcceptable,
            "Accept takes none of the forms of this list: \(known.joined(separator: ", ")). "
                + "'format' in the query goes before Accept.", parameter: "Accept")
        refusal.fields.append(.vary, "Accept")
        throw refusal
    }

    /// Says that an answer depends on `Accept`, which it does where the request does not name the format.
    func addVary(to response: inout Response) {
        if parameters[.format] == nil { response.fields.append(.vary, "Accept") }
    }
}
