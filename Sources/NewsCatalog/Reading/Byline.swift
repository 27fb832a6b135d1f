internal import Bytes

/// The line that says who wrote an item, as "Willie Tubbs, FISM News" or "By Ana Ruiz and Li Wei, Meridian Wire".
struct Byline: Hashable {
    let authors: [String]
    let outlet: String?

    /// Reads a line, or returns `nil` where it does not look like a byline: too long, ending like a sentence, or
    /// not names.
    init?(_ line: some StringProtocol) {
        var text = Substring(line.trimmed)
        guard text.utf8.count <= 120, let last = text.utf8.last, last != UInt8(ascii: "."),
            last != UInt8(ascii: "?"),
            last != UInt8(ascii: "!"), last != UInt8(ascii: ":")
        else { return nil }
        let startsWithBy = text.lowercased().hasPrefix("by ")
        if startsWithBy { text = text.dropFirst(3) }
        var parts = text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
        guard let people = parts.first, Byline.looksLikeNames(people) else { return nil }
        parts.removeFirst()
        guard parts.count <= 2, parts.allSatisfy({ $0.first?.isUppercase == true }) else { return nil }
        guard startsWithBy || !parts.isEmpty else { return nil }
        authors = Byline.names(people)
        outlet = parts.last
    }

    /// The handle of a line "by mcardinal": one word in lower case, or with digits or underscores.
    static func poster(_ line: some StringProtocol) -> String? {
        let words = line.trimmed.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "by", let first = words[1].first,
            first.isLowercase || words[1].contains(where: { $0.isNumber || $0 == "_" }),
            !words[1].hasSuffix(".")
        else { return nil }
        return String(words[1])
    }

    /// The names of "Ana Ruiz, Li Wei and Jo Ek".
    static func names(_ text: some StringProtocol) -> [String] {
        var rest = String(text.trimmed)
        if rest.lowercased().hasPrefix("by ") { rest = String(rest.dropFirst(3)) }
        for separator in [" and ", " & ", ";", "|"] {
            rest = rest.split(separator: separator).joined(separator: ",")
        }
        return rest.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
    }

    /// Two to five words a name, each capitalised or a particle ("van", "de", "al-").
    private static func looksLikeNames(_ text: String) -> Bool {
        let people = names(text)
        return !people.isEmpty
            && people.allSatisfy { person in
                let words = person.split(separator: " ")
                guard (2...5).contains(words.count), words.first?.first?.isUppercase == true,
                    words.last?.first?.isUppercase == true
                else { return false }
                return words.allSatisfy { word in
                    guard let first = word.first else { return false }
                    return first.isUppercase || particles.contains(word.lowercased())
                }
                    && !words.contains { $0.contains(where: \.isNumber) }
            }
    }

    private static let particles: Set<String> = [
        "al", "bin", "bint", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn",
        "la", "le",
        "ten", "ter", "van", "von", "y", "zu",
    ]
}
