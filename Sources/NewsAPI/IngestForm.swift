internal import Bytes
internal import Compression
internal import HTTPMessages
internal import NewsCatalog

/// In what form articles are handed in, as the head of a request says.
struct IngestForm: Sendable {
    /// What content is sent for.
    enum Purpose {
        case articles, search
    }

    /// The layout of the document; `nil` to tell it from its first bytes.
    let document: DocumentForm?
    /// Whether the content is compressed by gzip.
    let isCompressed: Bool

    /// Reads `Content-Type` and `Content-Encoding`.
    ///
    /// - Throws: `Refusal` for a form that is not understood.
    init(_ fields: Fields, of purpose: Purpose = .articles) throws(Refusal) {
        let document = try Self.document(fields[.contentType], purpose)
        if purpose == .search, let document, document != .json {
            throw Self.unsupported(fields[.contentType] ?? "", purpose)
        }
        self.document = document
        switch fields.values(.contentEncoding).joined(separator: ",").lowercased() {
        case "", "identity": isCompressed = false
        case "gzip", "x-gzip": isCompressed = true
        case let coding:
            var refusal = Refusal(
                .unsupportedCoding,
                "Content may be sent as it is or compressed by gzip; found the coding \(Refusal.shown(coding)).",
                parameter: "Content-Encoding")
            refusal.fields.append(.acceptEncoding, "gzip")
            throw refusal
        }
    }

    private static func document(_ contentType: String?, _ purpose: Purpose) throws(Refusal) -> DocumentForm?
    {
        guard let contentType else { return nil }
        let parts = contentType.lowercased().split(separator: ";").map { part in
            part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        }
        for parameter in parts.dropFirst() where parameter.hasPrefix("charset=") {
            let charset = parameter.dropFirst(8)
            guard ["utf-8", "utf8", "us-ascii"].contains(charset) else {
                throw unsupported(
                    detail:
                        "Text is taken in UTF-8; found the character set \(Refusal.shown(String(charset))).",
                    purpose)
            }
        }
        switch parts.first ?? "" {
        case "application/json": return .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl": return .ndjson
        case "text/plain": return .plainText
        // What curl says of any content where it is not told better.
        case "application/x-www-form-urlencoded", "application/octet-stream", "": return nil
        default:
            throw unsupported(contentType, purpose)
        }
    }

    private static func unsupported(_ contentType: String, _ purpose: Purpose) -> Refusal {
        let known =
            switch purpose {
            case .articles:
                "Articles are taken as application/json (an object or an array), application/x-ndjson (an object a "
                    + "line) or text/plain (one article)"
            case .search: "A search is taken as application/json (an object)"
            }
        return unsupported(detail: "\(known); found \(Refusal.shown(contentType)).", purpose)
    }

    private static func unsupported(detail: String, _ purpose: Purpose) -> Refusal {
        var refusal = Refusal(.unsupportedMediaType, detail, parameter: "Content-Type")
        let types = ["application/json", "application/x-ndjson", "text/plain"]
        refusal.fields.append(.accept, purpose == .search ? types[0] : types.joined(separator: ", "))
        return refusal
    }

    /// The content without its coding.
    func content(_ body: [UInt8], limit: Int) throws(Refusal) -> [UInt8] {
        guard isCompressed else { return body }
        do {
            var stream = GunzipStream(limit: limit)
            let bytes = try stream.feed(body)
            try stream.finish()
            return bytes
        } catch .tooLarge {
            throw Refusal(
                .contentTooLarge,
                "The content has more than \(limit) bytes once it is decompressed; send it in parts.")
        } catch .damaged(let offset) {
            throw Refusal(.badDocument, "The content is not gzip, or is damaged.", offset: offset)
        } catch {
            throw Refusal(.badDocument, "The compressed content ends too early.", offset: body.count)
        }
    }
}
