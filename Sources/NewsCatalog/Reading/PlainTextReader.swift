internal import Bytes
internal import NewsModel

/// Reads a plain-text news item: a title line, perhaps a line "by poster", perhaps a byline "Name, Outlet", then
/// paragraphs.
///
/// Lines of `key: value` may stand before the title, between two lines `---` or ended by an empty line; they give
/// `id`, `date` (or `published`), `url`, `language`, `source`, `author` (or `authors`). The body is all that follows
/// the byline, exactly as it stands, less the line ends before and after it.
public struct PlainTextReader: Sendable {
    /// Creates a reader.
    public init() {}

    /// Reads one item.
    ///
    /// - Throws: `ItemFault` where the bytes are not UTF-8, hold no title, or the front matter has a bad line.
    public func read(_ bytes: ArraySlice<UInt8>) throws(ItemFault) -> ArticleDraft {
        let unmarked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        guard let text = String(validating: unmarked, as: UTF8.self) else {
            throw ItemFault(
                line: 1 + unmarked.prefix(Self.validPrefix(unmarked)).count { $0 == 0x0A },
                offset: Self.validPrefix(unmarked), reason: "the text is not valid UTF-8")
        }
        if let nul = text.utf8.firstIndex(of: 0) {
            let before = text.utf8[..<nul]
            throw ItemFault(
                line: 1 + before.count { $0 == 0x0A }, offset: before.count,
                reason: "the text holds a NUL byte; expected text")
        }
        var lines = Lines(text)
        var draft = ArticleDraft()
        try readFrontMatter(&lines, into: &draft)
        lines.skipEmpty()
        guard let title = lines.next() else {
            throw ItemFault(line: lines.number, reason: "expected a title line, found nothing")
        }
        draft.title = String(title.text.trimmed)
        readPosterAndByline(&lines, into: &draft)
        lines.skipEmpty()
        draft.body = String(lines.rest.droppingLastLineEnds)
        if draft.source?.name == nil || draft.source?.domain == nil,
            let domain = draft.url.flatMap(Outlet.domain(ofURL:))
        {
            draft.source = Outlet(
                name: draft.source?.name ?? domain, domain: domain, country: draft.source?.country)
        }
        return draft
    }

    private func readFrontMatter(_ lines: inout Lines, into draft: inout ArticleDraft) throws(ItemFault) {
        lines.skipEmpty()
        guard let first = lines.peek() else { return }
        if first.text.trimmed == "---" {
            _ = lines.next()
            while let line = lines.next() {
                if line.text.trimmed == "---" { return }
                if line.text.trimmed.isEmpty { continue }
                guard let pair = Self.pair(line.text) else {
                    throw ItemFault(
                        line: line.number,
                        reason: "expected \"key: value\" or \"---\" in the front matter, found "
                            + "\"\(line.text.prefix(40))\"")
                }
                try take(pair.key, pair.value, line: line.number, into: &draft)
            }
            throw ItemFault(line: first.number, reason: "the front matter is not closed by a line \"---\"")
        }
        // Without a fence, lines count as front matter only if every one up to the empty line has a known key: a
        // headline may well hold a colon.
        var ahead = lines
        var pairs: [(key: String, value: String, line: Int)] = []
        while let line = ahead.peek(), !line.text.trimmed.isEmpty {
            guard let pair = Self.pair(line.text), Self.keys.contains(pair.key) else { return }
            pairs.append((pair.key, pair.value, line.number))
            _ = ahead.next()
        }
        for pair in pairs { try take(pair.key, pair.value, line: pair.line, into: &draft) }
        lines = ahead
    }

    private static let keys: Set<String> = [
        "id", "date", "published", "url", "link", "language", "lang", "source", "outlet", "author", "authors",
        "country",
    ]

    private static func pair(_ line: Substring) -> (key: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let key = line[..<colon].trimmed.lowercased()
        guard !key.isEmpty, key.utf8.allSatisfy({ $0.isLetter || $0 == 0x5F || $0 == 0x2D }) else {
            return nil
        }
        return (key, String(line[line.index(after: colon)...].trimmed))
    }

    private func take(
        _ key: String, _ value: String, line: Int, into draft: inout ArticleDraft
    ) throws(ItemFault) {
        guard !value.isEmpty else { return }
        switch key {
        case "id":
            guard let id = ArticleID(value) else {
                throw ItemFault(
                    line: line, member: key, reason: "expected 1 to 500 bytes without control characters")
            }
            draft.id = id
        case "date", "published":
            guard let published = Timestamp(value) else {
                throw ItemFault(
                    line: line, member: key,
                    reason: "expected a date such as 2021-12-15 or 2021-12-15T08:30:00Z, found "
                        + "\"\(value.prefix(40))\"")
            }
            draft.published = published
        case "url", "link": draft.url = value
        case "language", "lang": draft.language = value.lowercased()
        case "source", "outlet":
            draft.source = Outlet(name: value, domain: draft.source?.domain, country: draft.source?.country)
        case "author", "authors": draft.authors = Byline.names(value)
        case "country":
            draft.source = Outlet(
                name: draft.source?.name ?? "", domain: draft.source?.domain, country: value.uppercased())
        default:
            let known = Self.keys.sorted().joined(separator: ", ")
            throw ItemFault(
                line: line, member: key, reason: "unknown key in the front matter; known are \(known)")
        }
    }

    private func readPosterAndByline(_ lines: inout Lines, into draft: inout ArticleDraft) {
        var ahead = lines
        ahead.skipEmpty()
        if let line = ahead.peek(), let poster = Byline.poster(line.text) {
            draft.poster = poster
            _ = ahead.next()
            lines = ahead
            ahead.skipEmpty()
        }
        guard let line = ahead.peek(), ahead.isParagraphOfOneLine, let byline = Byline(line.text) else {
            return
        }
        if draft.authors.isEmpty { draft.authors = byline.authors }
        if draft.source == nil, let outlet = byline.outlet { draft.source = Outlet(name: outlet) }
        _ = ahead.next()
        lines = ahead
    }

    private static func validPrefix(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): count += UTF8.width(scalar)
            case .emptyInput, .error: return count
            }
        }
    }
}

/// The lines of a text, with what is left of it.
private struct Lines {
    struct Line {
        let text: Substring
        let number: Int
    }

    private(set) var rest: Substring
    /// The number of the next line, the first being 1.
    private(set) var number = 1

    init(_ text: String) {
        rest = text[...]
    }

    func peek() -> Line? {
        guard !rest.isEmpty else { return nil }
        let end = rest.utf8.firstIndex(of: 0x0A) ?? rest.endIndex
        let text = rest[..<end]
        return Line(
            text: text.utf8.last == 0x0D ? text.unicodeScalars.dropLast().asSubstring : text, number: number)
    }

    mutating func next() -> Line? {
        guard let line = peek() else { return nil }
        let end = rest.utf8.firstIndex(of: 0x0A).map { rest.utf8.index(after: $0) } ?? rest.endIndex
        rest = rest[end...]
        number += 1
        return line
    }

    mutating func skipEmpty() {
        while let line = peek(), line.text.trimmed.isEmpty { _ = next() }
    }

    /// Whether the next line has an empty line, or the end, behind it.
    var isParagraphOfOneLine: Bool {
        var ahead = self
        _ = ahead.next()
        return ahead.peek()?.text.trimmed.isEmpty ?? true
    }
}

extension Substring.UnicodeScalarView {
    fileprivate var asSubstring: Substring { Substring(self) }
}

extension StringProtocol {
    /// The text without white space at either end.
    var trimmed: SubSequence {
        guard let first = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}

extension Substring {
    /// The text without the line ends and blanks after its last word.
    fileprivate var droppingLastLineEnds: Substring {
        guard let last = utf8.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[..<utf8.index(after: last)]
    }
}
