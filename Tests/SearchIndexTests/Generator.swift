import SearchIndex
import TestSupport

/// Makes documents and queries over few words, so that they meet often.
struct Generator {
    var random: SeededGenerator
    var seq: Int64 = 0
    let words: [String]
    let titleLengths: Range<Int>
    let bodyLengths: Range<Int>
    // One document of so many is very long; none for 0.
    let longOnes: Int

    /// Small documents of ten words.
    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        words = ["peace", "talks", "war", "ceasefire", "putin", "pe", "xi", "the", "u", "peacekeeper"]
        (titleLengths, bodyLengths, longOnes) = (0..<4, 0..<15, 0)
    }

    /// Documents of 600 words, of which the first is in half of them and most in few.
    init(manyWordsOf seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let syllables = "bdfgklmnrtvz".flatMap { first in "aiou".map { "\(first)\($0)" } }
        words = (0..<600).map { $0 < 48 ? syllables[$0] : syllables[$0 % 48] + syllables[$0 / 48] }
        (titleLengths, bodyLengths, longOnes) = (0..<8, 0..<30, 700)
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    /// The first words are the most frequent, as of Zipf's law: among twice as many words a word is half as frequent.
    mutating func word() -> String {
        var count = 1
        while count < words.count, number(0..<7) > 0 { count *= 2 }
        return words[number(0..<min(count, words.count))]
    }

    mutating func text(_ lengths: Range<Int>) -> [UInt8] {
        let count = longOnes > 0 && number(0..<longOnes) == 0 ? number(500..<5000) : number(lengths)
        return Array((0..<count).map { _ in word() }.joined(separator: " ").utf8)
    }

    mutating func document(keys: Int) -> IndexDocument {
        seq += 1
        return IndexDocument(
            key: "key\(number(0..<keys))", texts: [text(titleLengths), text(bodyLengths)],
            keywords: [
                number(0..<5) == 0 ? [] : ["source\(number(0..<4))"],
                (0..<number(0..<4)).map { _ in "entity\(min(number(0..<40), number(0..<40)))" },
            ],
            columns: [
                number(0..<6) == 0 ? nil : Int64(number(-20..<20)), seq,
                number(0..<2) == 0 ? nil : number(0..<20) == 0 ? .max : Int64(number(-5..<5)) * 1 << 40,
            ],
            summary: Array("summary \(seq)".utf8),
            content: number(0..<4) == 0 ? [] : Array("content \(seq) of many words".utf8))
    }

    mutating func changes(_ count: Int, keys: Int) -> [IndexChange] {
        (0..<count).map { _ in
            number(0..<8) == 0 ? .remove(key: "key\(number(0..<keys))") : .put(document(keys: keys))
        }
    }

    mutating func field() -> String? { [nil, nil, "title", "body"][number(0..<4)] }

    /// A word with up to two letters replaced, put in, taken out or moved.
    mutating func misspelt(_ word: String) -> String {
        var letters = Array(word)
        for _ in 0..<number(0..<3) {
            let place = number(0..<letters.count + 1)
            switch number(0..<4) {
            case 0 where place < letters.count: letters[place] = "e"
            case 1 where place < letters.count && letters.count > 1: letters.remove(at: place)
            case 2 where place + 1 < letters.count: letters.swapAt(place, place + 1)
            default: letters.insert("\u{E9}", at: place)
            }
        }
        return String(letters)
    }

    mutating func query(depth: Int = 3) -> IndexQuery {
        switch number(0..<(depth > 0 ? 18 : 13)) {
        case 0: return .term(field: field(), word())
        case 1: return .stem(field: field(), word())
        case 2: return .phrase(field: field(), (0..<number(1..<4)).map { _ in word() }, slop: 0)
        case 3:
            return .phrase(
                field: field(), (0..<number(1..<4)).map { _ in word() }, slop: number(0..<4))
        case 4:
            return .prefix(field: field(), number(0..<9) == 0 ? "zz" : String(word().prefix(number(1..<6))))
        case 5: return .keyword(field: "source", value: "source\(number(0..<5))")
        case 6: return .keyword(field: "entity", value: "entity\(number(0..<40))")
        case 7:
            let bounds = [Int64(number(-22..<22)), Int64(number(-22..<22))].sorted()
            return .range(
                column: "published", from: number(0..<4) == 0 ? nil : bounds[0],
                to: number(0..<4) == 0 ? nil : bounds[1])
        case 8: return .absent(column: ["published", "tone"][number(0..<2)])
        case 9: return number(0..<2) == 0 ? .all : .none
        case 10: return .fuzzy(field: field(), misspelt(word()), distance: number(0..<3))
        case 11:
            return .near(
                field: field(), (0..<number(1..<4)).map { _ in word() }, within: number(0..<6))
        case 12:
            return .repeated(
                field: field(), (0..<number(1..<3)).map { _ in word() }, atLeast: number(0..<4))
        case 13, 14: return .and((0..<number(0..<4)).map { _ in query(depth: depth - 1) })
        case 15, 16: return .or((0..<number(0..<6)).map { _ in query(depth: depth - 1) })
        default: return .not(query(depth: depth - 1))
        }
    }
}
