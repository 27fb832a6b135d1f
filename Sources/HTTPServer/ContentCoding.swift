internal import Bytes
internal import HTTPMessages

/// Which answers are compressed, and how their validators change with it.
///
/// - Source: RFC 9110 §8.4, §8.8.3.3, §12.5.3.
enum ContentCoding {
    /// What a client takes, in the order of what it is sent.
    enum Choice: Sendable, Equatable {
        /// The content as it is.
        case identity
        /// Gzip, or the content as it is where gzip would be of no use.
        case gzip
        /// Gzip and nothing else.
        case gzipOnly
        /// Neither.
        case none
    }

    static let tagSuffix = "-gzip"

    /// Whether a client may have excluded content as it is, which takes a quality.
    static func mayExcludeIdentity(_ values: [String]) -> Bool {
        values.contains { $0.utf8.contains(UInt8(ascii: ";")) }
    }

    /// What a client takes and likes most; `values` are those of `Accept-Encoding`.
    static func choice(_ values: [String]) -> Choice {
        var gzip: Int?
        var identity: Int?
        var others: Int?
        // No coding has parameters: a member that has some is for another one than it names.
        for member in WeightedList(values).members where member.parameters.isEmpty {
            switch member.name {
            case "gzip", "x-gzip": gzip = max(gzip ?? 0, member.weight)
            case "identity": identity = member.weight
            case "*": others = member.weight
            default: break
            }
        }
        let offered = gzip ?? others ?? 0
        if identity ?? others == 0 { return offered > 0 ? .gzipOnly : .none }
        return offered > 0 && offered >= identity ?? 0 ? .gzip : .identity
    }

    /// Whether a browser says that a page of another site has made it ask.
    ///
    /// Such a page can choose words that are compressed together with what only the user may read, and learn that from
    /// the length (BREACH, CVE-2013-3587).
    static func isFromElsewhere(_ fields: Fields) -> Bool {
        if fields[.secFetchSite] == "cross-site" { return true }
        guard let referer = fields[.referer], let start = referer.firstRange(of: "://")?.upperBound else {
            return false
        }
        let host = fields[.host] ?? ""
        return referer[start...].prefix { $0 != "/" }.lowercased() != host.lowercased()
    }

    /// Whether content of a media type gets smaller: JSON, problems, lines of JSON, and texts; but not events, which are
    /// few and small, and whose streams are many and long.
    static func isCompressible(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        // What nearly all answers are.
        if contentType == "application/json" { return true }
        let name = trimmed(contentType.utf8.prefix { $0 != UInt8(ascii: ";") })
        return isPrefix("text/", of: name) && !isName(name, "text/event-stream")
            || ["application/json", "application/problem+json", "application/x-ndjson"]
                .contains { isName(name, $0) }
    }

    /// The tag of the compressed form of what `tag` names.
    static func coded(_ tag: EntityTag) -> EntityTag {
        EntityTag(tag.opaque + tagSuffix, isWeak: tag.isWeak) ?? tag
    }

    /// Whether a tag names a compressed form.
    static func isCoded(_ tag: EntityTag) -> Bool {
        tag.opaque.hasSuffix(tagSuffix)
    }

    /// The tag that the responder gave to what `tag` names.
    static func uncoded(_ tag: EntityTag) -> EntityTag {
        guard isCoded(tag) else { return tag }
        return EntityTag(String(tag.opaque.dropLast(tagSuffix.utf8.count)), isWeak: tag.isWeak) ?? tag
    }

    /// Says that the answer depends on `Accept-Encoding`, unless it says so already.
    static func addVary(to fields: inout Fields) {
        guard fields.contains(.vary) else { return fields.append(.vary, "Accept-Encoding") }
        for value in fields.values(.vary) {
            for name in value.utf8.split(separator: UInt8(ascii: ",")).map(trimmed)
            where isName(name, "*") || isName(name, "accept-encoding") {
                return
            }
        }
        fields.append(.vary, "Accept-Encoding")
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        var rest = bytes
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }

    private static func isName(_ bytes: Substring.UTF8View, _ name: String) -> Bool {
        bytes.elementsEqual(name.utf8) { $0.lowercased == $1 }
    }

    private static func isPrefix(_ name: String, of bytes: Substring.UTF8View) -> Bool {
        bytes.count > name.utf8.count
            && bytes.prefix(name.utf8.count).elementsEqual(name.utf8) { $0.lowercased == $1 }
    }
}
