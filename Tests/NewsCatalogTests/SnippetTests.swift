import NewsModel
import TestSupport
import Testing

@testable import NewsCatalog

/// A chooser for a text whose sentences end at full stops and in which the words of `parts` are marked.
private struct Sample {
    let chooser: SnippetChooser
    let marks: [Mark]

    init(_ text: String, _ parts: [String], weights: [Double] = []) {
        let bytes = Array(text.utf8)
        var sentences: [Range<Int>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: ".") {
            sentences.append(start..<index + 1)
            start = index + 1
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        }
        if start < bytes.count { sentences.append(start..<bytes.count) }
        chooser = SnippetChooser(
            text: bytes, points: CodePointOffsets(text), sentences: sentences, weights: weights)
        var marks: [Mark] = []
        for (number, part) in parts.enumerated() {
            let word = Array(part.utf8)
            for index in bytes.indices where bytes[index...].starts(with: word) {
                marks.append(Mark(range: index..<index + word.count, parts: [number]))
            }
        }
        self.marks = Mark.apart(marks)
    }

    var snippets: [Snippet] { chooser.snippets(marks) }
    var texts: [String] { snippets.map { String(decoding: chooser.text[$0.range], as: UTF8.self) } }
}

private let filler = String(repeating: "Nothing of note was said. ", count: 20)

@Suite struct SnippetTests {
    @Test func aShortTextIsShownWhole() {
        let sample = Sample("A treaty. Signed in Rome.", ["treaty"])
        #expect(sample.texts == ["A treaty. Signed in Rome."])
        #expect(sample.snippets.allSatisfy { !$0.isCutAtStart && !$0.isCutAtEnd })
        #expect(Sample("A treaty.", []).texts.isEmpty)
    }

    @Test func thePassageWithMostPartsComesFirst() throws {
        let sample = Sample(
            filler + "A treaty treaty treaty. " + filler + "The treaty of Rome. " + filler,
            ["treaty", "Rome"])
        let first = try #require(sample.texts.first)
        #expect(first.hasPrefix("The treaty of Rome. Nothing") && first.hasSuffix("said."))
        #expect(sample.texts.count == 2 && sample.texts[1].hasPrefix("A treaty treaty treaty."))
    }

    @Test func rareWordsTellMoreThanFrequentOnes() {
        let text = filler + "He is in the office of it. " + filler + "A treaty. " + filler
        let words = ["in the", " of ", "treaty"]
        #expect(Sample(text, words).texts.first?.contains("He is in the office") == true)
        #expect(Sample(text, words, weights: [0.1, 0.1, 7]).texts.first?.contains("A treaty.") == true)
    }

    @Test func ofEquallyManyPartsMoreMarksWinAndThenTheFirst() {
        let dense = Sample(filler + "One treaty. " + filler + "A treaty on a treaty. " + filler, ["treaty"])
        #expect(dense.texts.first?.hasPrefix("A treaty on a treaty.") == true)
        let equal = Sample(filler + "One treaty. " + filler + "Two treaty. " + filler, ["treaty"])
        #expect(equal.texts.first?.hasPrefix("One treaty.") == true)
    }

    @Test func whatHasNotBeenShownComesBeforeMoreOfTheSame() {
        let sample = Sample(
            filler + "A treaty of treaty. " + filler + "Once more a treaty of treaty. " + filler
                + "And Rome. " + filler,
            ["treaty", "Rome"])
        #expect(sample.texts.count == 3)
        #expect(sample.texts[1].contains("And Rome.") && sample.texts[2].contains("Once more"))
    }

    @Test func longSentencesAreCutAtWords() throws {
        let words = String(repeating: "word ", count: 200)
        let sample = Sample(words + "treaty " + words, ["treaty"])
        let snippet = try #require(sample.snippets.first)
        let text = try #require(sample.texts.first)
        #expect(snippet.isCutAtStart && snippet.isCutAtEnd)
        #expect(text.hasPrefix("word ") && text.hasSuffix(" word") && text.contains(" treaty "))
        #expect(text.count <= SnippetChooser.width && text.count > SnippetChooser.width - 12)
    }

    @Test func textsWithoutSpacesAreCutAtCharacters() throws {
        let signs = String(repeating: "習近平", count: 200)
        let sample = Sample(signs + "条約" + signs, ["条約"])
        let text = try #require(sample.texts.first)
        #expect(text.unicodeScalars.count == SnippetChooser.width && !text.contains("\u{FFFD}"))
        #expect(text.contains("条約"))
    }

    @Test func aMarkLongerThanAPassageIsCut() throws {
        let sample = Sample(
            "no " + String(repeating: "é", count: 500) + " no", [String(repeating: "é", count: 500)])
        let text = try #require(sample.texts.first)
        #expect(
            text.unicodeScalars.count == SnippetChooser.width && text.unicodeScalars.allSatisfy { $0 == "é" })
    }

    @Test func marksThatOverlapAreOne() {
        let marks = [(4..<9, 0), (0..<5, 1), (9..<12, 2), (10..<11, 0)].map {
            Mark(range: $0.0, parts: [$0.1])
        }
        #expect(
            Mark.apart(marks) == [Mark(range: 0..<9, parts: [0, 1]), Mark(range: 9..<12, parts: [0, 2])])
    }

    @Test(arguments: 0..<300 as Range<UInt64>) func passagesLieApartAndShowMarks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "treaty", "Rome", "é", "条約", "a", "of", "said.", "Ends.", " ", "\n\n", "word",
            String(repeating: "x", count: 90),
        ]
        let count = Int.random(in: 0..<300, using: &random)
        let separator = seed % 5 == 0 ? "" : " "
        let text = (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
            .joined(separator: separator)
        let sample = Sample(text, ["treaty", "Rome", "条約"].shuffled(using: &random))
        let snippets = sample.snippets
        #expect(snippets.isEmpty == sample.marks.isEmpty && snippets.count <= SnippetChooser.most)
        var taken = Set<Int>()
        for snippet in snippets {
            let bytes = sample.chooser.text[snippet.range]
            let shown = String(validating: bytes, as: UTF8.self)
            #expect(shown != nil && shown?.first?.isWhitespace != true && shown?.last?.isWhitespace != true)
            #expect(sample.chooser.points[snippet.range].count <= SnippetChooser.width)
            #expect(
                sample.marks.contains {
                    snippet.range.contains($0.range.lowerBound)
                        && snippet.range.contains($0.range.upperBound - 1)
                })
            #expect(taken.isDisjoint(with: snippet.range))
            taken.formUnion(snippet.range)
        }
        // No window of the same width has more parts than the first passage.
        let most =
            sample.marks.map { first in
                let start = sample.chooser.points[first.range.lowerBound]
                let near = sample.marks.filter {
                    $0.range.lowerBound >= first.range.lowerBound
                        && sample.chooser.points[$0.range.upperBound] - start <= SnippetChooser.width
                }
                return Set(near.flatMap(\.parts)).count
            }.max() ?? 0
        let first = snippets.first.map { snippet in
            Set(sample.marks.filter { $0.range.clamped(to: snippet.range) == $0.range }.flatMap(\.parts))
                .count
        }
        #expect(first ?? 0 >= most)
    }
}
