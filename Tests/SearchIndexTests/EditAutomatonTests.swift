import TestSupport
import Testing

@testable import SearchIndex

@Suite struct EditAutomatonTests {
    /// Words over few letters of one to four bytes, ascending, each once, and stems before them.
    private func words(_ random: inout SeededGenerator, count: Int) -> [[UInt8]] {
        let letters = ["a", "b", "c", "é", "中", "𝄞"]
        var words: Set<String> = []
        for _ in 0..<count {
            let length = Int.random(in: 1..<9, using: &random)
            words.insert(
                (0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }.joined())
        }
        let stems = words.prefix(20).map { StemLanguage(code: "en").prefix + Array($0.utf8) }
        return (words.map { Array($0.utf8) } + stems).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The walk finds what comparing each word with the table of all edits finds.
    @Test(arguments: 0..<60 as Range<UInt64>) func walksFindAllNearWords(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = words(&random, count: [3, 40, 2000][Int(seed % 3)])
        var builder = TermDictionaryBuilder()
        for (number, word) in words.enumerated() { builder.add(word, TermEntry(frequency: number + 1)) }
        let section = builder.finished()
        for _ in 0..<10 {
            let word = words[Int.random(in: 0..<words.count, using: &random)]
            let pattern = String(
                decoding: word.first == StemLanguage.marker ? word.dropFirst(3) : word[...], as: UTF8.self)
            for distance in 0...2 {
                var expected: [[UInt8]: Int] = [:]
                for word in words where word.first != StemLanguage.marker {
                    let edits = Model.edits(pattern, String(decoding: word, as: UTF8.self))
                    if edits <= distance { expected[word] = edits }
                }
                var found: [[UInt8]: Int] = [:]
                var last: [UInt8] = []
                EditAutomaton(Array(pattern.utf8), distance: distance).forEachWord(
                    of: section.raw, from: [StemLanguage.marker + 1]
                ) { term, edits, entry in
                    #expect(last.lexicographicallyPrecedes(term))
                    #expect(words[entry.frequency - 1] == term)
                    last = term
                    found[term] = edits
                }
                #expect(found == expected, "\(pattern) within \(distance)")
            }
        }
    }

    @Test(arguments: [
        ("treaty", "treaty", 0), ("treaty", "traety", 1), ("treaty", "treat", 1), ("treaty", "treaaty", 1),
        ("treaty", "tresty", 1), ("treaty", "traey", 2), ("ca", "abc", nil), ("treaty", "entreaty", 2),
        ("treaty", "tea", nil), ("", "ab", 2), ("é", "e", 1),
    ])
    func countsEdits(word: String, other: String, edits: Int?) {
        #expect(EditAutomaton(Array(word.utf8), distance: 2).distance(to: Array(other.utf8)) == edits)
    }

    /// Of a large dictionary only the words near by are looked at.
    @Test func walksPassOverRanges() {
        var builder = TermDictionaryBuilder()
        let letters = (0..<26).map { UInt8(ascii: "a") + $0 }
        for first in letters {
            for second in letters {
                for third in letters {
                    for fourth in letters.prefix(5) {
                        builder.add([first, second, third, fourth, 0x61], .init())
                    }
                }
            }
        }
        let section = builder.finished()
        for (word, expected) in [
            ("mnoaa", 1 + 3 * 25 + 4 + 2), ("zzzzz", 0), (String(repeating: "m", count: 64), 0),
        ] {
            var found = 0
            let visited = EditAutomaton(Array(word.utf8), distance: 1).forEachWord(of: section.raw, from: [2])
            {
                _, _, _ in found += 1
            }
            #expect(found == expected)
            #expect(visited < builder.count / 20, "\(visited) of \(builder.count)")
        }
    }

    /// Whatever bytes a dictionary is of, walks end.
    @Test(arguments: 0..<200 as Range<UInt64>) func damagedDictionariesEnd(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var builder = TermDictionaryBuilder()
        for word in words(&random, count: 300) { builder.add(word, .init()) }
        var section = builder.finished()
        for _ in 0..<Int.random(in: 1..<20, using: &random) {
            section[Int.random(in: 8..<section.count, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
        }
        var found = 0
        EditAutomaton(Array("abc".utf8), distance: 2).forEachWord(of: section.raw, from: [2]) { _, _, _ in
            found += 1
        }
        #expect(found <= section.count)
    }
}
