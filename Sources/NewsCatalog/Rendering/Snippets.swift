internal import Bytes
internal import NewsModel

/// A place of a text to mark, with the parts of a query that it meets.
struct Mark: Hashable {
    /// In bytes of UTF-8.
    var range: Range<Int>
    var parts: Set<Int>

    /// Marks that lie apart, ascending: those that overlap have become one.
    static func apart(_ marks: [Mark]) -> [Mark] {
        var apart: [Mark] = []
        for mark in marks.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let last = apart.last, mark.range.lowerBound < last.range.upperBound else {
                apart.append(mark)
                continue
            }
            let end = max(last.range.upperBound, mark.range.upperBound)
            apart[apart.count - 1] = Mark(
                range: last.range.lowerBound..<end, parts: last.parts.union(mark.parts))
        }
        return apart
    }
}

/// A passage of a text, chosen for what was found in it.
struct Snippet: Hashable {
    /// In bytes of UTF-8; without white space at its ends.
    var range: Range<Int>
    /// Whether it begins within a sentence.
    var isCutAtStart: Bool
    /// Whether it ends within a sentence.
    var isCutAtEnd: Bool
}

/// Chooses the passages of a text that show best what was found in it.
///
/// A passage is a window of marks with what stands around it. The best window has most parts of the query that no
/// passage before it shows, then most parts, then most marks, all by their weights, and is the first of equal ones. A passage begins and ends
/// with a sentence where that fits, and else with a word.
struct SnippetChooser {
    /// The most code points of a passage.
    static let width = 240
    /// The most passages of a text.
    static let most = 3

    /// The text in UTF-8.
    let text: [UInt8]
    let points: CodePointOffsets
    /// The sentences of the text, ascending.
    let sentences: [Range<Int>]
    /// By part, how telling it is; those beyond the end weigh least.
    let weights: [Double]

    /// Chooses passages.
    ///
    /// - Parameter marks: What was found in the text; they lie apart and ascend.
    /// - Returns: Passages that lie apart, the best first; none where there are no marks.
    /// - Complexity: O(*m*), *m* = marks, and the width of a passage.
    func snippets(_ marks: [Mark]) -> [Snippet] {
        var snippets: [Snippet] = []
        var shown: Set<Int> = []
        // What no passage has taken yet.
        var free = [0..<text.count]
        while snippets.count < Self.most {
            let windows = free.indices.compactMap { index in
                bestWindow(marks, in: free[index], shown).map { (index: index, window: $0) }
            }
            guard let best = windows.max(by: { $0.window.isWorse(than: $1.window) }) else { break }
            let taken = marks[best.window.marks]
            let room = free[best.index]
            let snippet = passage(around: taken, in: room)
            snippets.append(snippet)
            for mark in taken { shown.formUnion(mark.parts) }
            free.replaceSubrange(
                best.index...best.index,
                with: [
                    room.lowerBound..<snippet.range.lowerBound, snippet.range.upperBound..<room.upperBound,
                ])
        }
        return snippets
    }

    /// Marks that fit into one passage.
    private struct Window {
        var marks: Range<Int>
        /// What its parts weigh: those that have not been shown, all, and all as often as they stand in it.
        var news = 0
        var parts = 0
        var total = 0

        func isWorse(than other: Window) -> Bool {
            (news, parts, total, -marks.lowerBound)
                < (other.news, other.parts, other.total, -other.marks.lowerBound)
        }
    }

    private func bestWindow(_ marks: [Mark], in room: Range<Int>, _ shown: Set<Int>) -> Window? {
        var best: Window?
        var window = Window(marks: 0..<0)
        // How often each part stands in the window.
        var counts: [Int: Int] = [:]
        func count(_ mark: Mark, _ step: Int) {
            for part in mark.parts {
                let count = counts[part, default: 0] + step
                counts[part] = count
                let weight = step * self.weight(part)
                window.total += weight
                // It has come first, or gone last.
                guard count == (step > 0 ? 1 : 0) else { continue }
                window.parts += weight
                if !shown.contains(part) { window.news += weight }
            }
        }
        var end = 0
        for first in marks.indices {
            if marks[first].range.lowerBound < room.lowerBound {
                end = first + 1
                continue
            }
            let start = points[marks[first].range.lowerBound]
            while end < marks.count, marks[end].range.upperBound <= room.upperBound,
                end == first || points[marks[end].range.upperBound] - start <= Self.width
            {
                count(marks[end], 1)
                end += 1
            }
            guard end > first else { break }
            window.marks = first..<end
            if best?.isWorse(than: window) ?? true { best = window }
            count(marks[first], -1)
        }
        return best
    }

    /// What a part weighs, in hundredths; every part weighs something.
    ///
    /// Whole numbers leave nothing behind where they are added and taken away again. The rarest word of a million articles
    /// weighs some 3,000.
    private func weight(_ part: Int) -> Int {
        part < weights.count ? 1 + Int(weights[part] * 100) : 1
    }

    /// The passage that shows marks, within what is free.
    private func passage(around marks: ArraySlice<Mark>, in room: Range<Int>) -> Snippet {
        let first = marks[marks.startIndex].range.lowerBound
        let last = self.last(of: marks[marks.endIndex - 1].range.upperBound, from: first)
        let spare = max(0, Self.width - points[first..<last].count)
        let start = self.start(before: first, last, spare: spare, in: room)
        let end = self.end(after: last, spare: spare - points[start..<first].count, in: room)
        var range = start..<end
        while range.lowerBound < first, text[range.lowerBound].isWhitespace {
            range = range.lowerBound + 1..<range.upperBound
        }
        while range.upperBound > last, text[range.upperBound - 1].isWhitespace {
            range = range.lowerBound..<range.upperBound - 1
        }
        return Snippet(
            range: range,
            isCutAtStart: sentence(at: range.lowerBound).map { $0.lowerBound < range.lowerBound } ?? false,
            isCutAtEnd: sentence(at: range.upperBound - 1).map { $0.upperBound > range.upperBound } ?? false)
    }

    /// The end of the marks, or as much of a mark as fits that is longer than a passage.
    private func last(of end: Int, from first: Int) -> Int {
        guard points[first..<end].count > Self.width else { return end }
        var last = first
        while points[first..<last + 1].count <= Self.width { last += 1 }
        return last
    }

    /// Where a passage begins: with the sentence of its first mark, or with a word not far before that.
    private func start(before first: Int, _ last: Int, spare: Int, in room: Range<Int>) -> Int {
        if let sentence = sentence(at: first), sentence.lowerBound >= room.lowerBound {
            let before = points[sentence.lowerBound..<first].count
            let rest = self.sentence(at: last - 1).map { points[last..<max(last, $0.upperBound)].count } ?? 0
            if before + rest <= spare || before <= spare / 2 { return sentence.lowerBound }
        }
        var start = first
        var border = first
        while start > room.lowerBound, points[start - 1..<first].count <= spare / 2 {
            start -= 1
            if text[start].isWhitespace { border = start + 1 }
        }
        // Where nothing separates words, any character is one.
        if start == room.lowerBound || border == first && text[start] >= 0x80 {
            return wholeCharacter(start, first)
        }
        return border
    }

    /// Where a passage ends: with the last sentence that fits, or with a word.
    private func end(after last: Int, spare: Int, in room: Range<Int>) -> Int {
        var end = last
        var border = last
        while end < room.upperBound, points[last..<end + 1].count <= spare {
            if text[end].isWhitespace { border = end }
            end += 1
        }
        if let whole = lastSentenceEnd(in: last...end) { return whole }
        if end == room.upperBound { return end }
        if border == last, text[end] >= 0x80 { return wholeCharacter(end, last) }
        return border
    }

    private func lastSentenceEnd(in range: ClosedRange<Int>) -> Int? {
        var (low, high) = (0, sentences.count)
        while low < high {
            let middle = (low + high) / 2
            if sentences[middle].upperBound <= range.upperBound { low = middle + 1 } else { high = middle }
        }
        guard low > 0, sentences[low - 1].upperBound >= range.lowerBound else { return nil }
        return sentences[low - 1].upperBound
    }

    /// The nearest place to `place`, on the way to `other`, at which a character begins.
    private func wholeCharacter(_ place: Int, _ other: Int) -> Int {
        var place = place
        while place != other, place < text.count, text[place] & 0xC0 == 0x80 {
            place += place < other ? 1 : -1
        }
        return place
    }

    /// The sentence that a byte belongs to.
    private func sentence(at byte: Int) -> Range<Int>? {
        var (low, high) = (0, sentences.count)
        while low < high {
            let middle = (low + high) / 2
            if sentences[middle].lowerBound <= byte { low = middle + 1 } else { high = middle }
        }
        guard low > 0, sentences[low - 1].contains(byte) else { return nil }
        return sentences[low - 1]
    }
}
