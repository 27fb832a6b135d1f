/// Finds where sentences end.
///
/// A sentence ends at a period, question or exclamation mark, taken together with the quotation marks and brackets that
/// close after it, or at the end of a paragraph. Abbreviations, initials and decimal points do not end one; an
/// initialism such as "U.S." does so only before a word that begins sentences and no name ("The", "But").
struct SentenceSplitter: Sendable {
    let words: Vocabulary

    /// Numbers every token with its sentence and marks those that open one.
    ///
    /// - Returns: The tokens of each sentence; paragraph breaks belong to none.
    func split(_ tokens: inout [Token]) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var first = 0
        var index = 0
        func close(_ end: Int) {
            guard first < end else { return }
            let number = Int32(sentences.count)
            var opens = true
            for position in first..<end {
                tokens[position].sentence = number
                let token = tokens[position]
                switch token.kind {
                case .word, .number:
                    if opens { tokens[position].traits.insert(.opening) }
                    opens = false
                case .openQuote, .straightQuote, .colon, .dash, .openBracket:
                    opens = opens || token.kind != .openBracket
                default: break
                }
            }
            sentences.append(first..<end)
        }
        while index < tokens.count {
            switch tokens[index].kind {
            case .paragraphBreak:
                close(index)
                tokens[index].sentence = Int32(sentences.count)
                index += 1
                first = index
            case .period, .question:
                var end = index + 1
                while end < tokens.count, Self.closes(tokens[end], tokens, end) { end += 1 }
                if endsSentence(tokens, mark: index, next: end) {
                    close(end)
                    first = end
                }
                index = end
            case .word:
                let token = tokens[index]
                if token.has(.dotted) || token.has(.abbreviated) {
                    var end = index + 1
                    while end < tokens.count, Self.closes(tokens[end], tokens, end) { end += 1 }
                    if endsAfterAbbreviation(tokens, index, next: end) {
                        close(end)
                        first = end
                    }
                    index = end
                } else {
                    index += 1
                }
            default: index += 1
            }
        }
        close(tokens.count)
        return sentences
    }

    private static func closes(_ token: Token, _ tokens: [Token], _ index: Int) -> Bool {
        switch token.kind {
        case .closeQuote, .closeBracket: true
        case .period, .question: !token.has(.spaced)
        case .straightQuote, .apostrophe:
            // A straight mark closes when it touches what stands before it.
            !token.has(.spaced) && !token.has(.lineStart)
        default: false
        }
    }

    private func endsSentence(_ tokens: [Token], mark: Int, next: Int) -> Bool {
        guard next < tokens.count else { return true }
        let following = tokens[next]
        guard following.kind != .paragraphBreak else { return true }
        let isEllipsis = tokens[mark].end - tokens[mark].start > 1
        switch following.kind {
        case .word:
            guard following.has(.spaced) || following.has(.lineStart) || next > mark + 1 else { return false }
            if following.has(.capital) { return true }
            // "what?" he said; "al-Shabab said" after a full stop is rare.
            return false
        case .number:
            return !isEllipsis && (following.has(.spaced) || following.has(.lineStart))
        case .openQuote, .openBracket, .dash, .apostrophe, .straightQuote, .other:
            guard following.has(.spaced) || following.has(.lineStart) else { return false }
            if following.kind == .dash {
                return tokens[mark].kind == .period && next == mark + 1 && !isEllipsis
            }
            return true
        default: return false
        }
    }

    private func endsAfterAbbreviation(_ tokens: [Token], _ index: Int, next: Int) -> Bool {
        guard next < tokens.count else { return true }
        let following = tokens[next]
        guard following.kind != .paragraphBreak else { return true }
        let token = tokens[index]
        let classes = words.classes(token.word)
        if token.has(.abbreviated), !classes.isDisjoint(with: [.titleAbbreviation, .numberAbbreviation]) {
            return false
        }
        // "U.S" without a last period ends nothing.
        if token.has(.dotted), token.has(.single), next == index + 1 {
            // An initial: "J. K. Rowling"; but "plan B. The …"
            guard following.kind == .word, following.has(.capital), index > 0,
                tokens[index - 1].isLowercase
            else { return false }
            return startsSentences(following)
        }
        switch following.kind {
        case .word:
            guard following.has(.spaced) || following.has(.lineStart), following.has(.capital) else {
                return false
            }
            return next > index + 1 || startsSentences(following)
        case .openQuote:
            return following.has(.spaced) && next + 1 < tokens.count && tokens[next + 1].isCapital
        case .straightQuote:
            return following.has(.spaced) && next + 1 < tokens.count && tokens[next + 1].isCapital
        default: return false
        }
    }

    /// Whether a capitalised word is one that begins sentences rather than names.
    private func startsSentences(_ token: Token) -> Bool {
        let classes = words.classes(token.word)
        return !classes.isDisjoint(with: .function)
    }
}
