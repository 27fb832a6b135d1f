import Bytes
import NewsModel
import TestSupport
import Testing

@Suite("Articles and annotations as bytes")
struct CodingTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func articlesComeBackTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let stored = random.storedArticle()
        #expect(try StoredArticle(decoding: stored.encoded()[...]) == stored)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func annotationsComeBackTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let annotations = random.annotations()
        #expect(try Annotations(decoding: annotations.encoded()[...]) == annotations)
    }

    @Test func slicesAreReadFromTheirStart() throws {
        var random = SeededGenerator(seed: 7)
        let annotations = random.annotations()
        let bytes = [1, 2, 3] + annotations.encoded()
        #expect(try Annotations(decoding: bytes[3...]) == annotations)
    }

    @Test func spansReachBothEndsOfTheirRange() throws {
        var annotations = Annotations(language: "en")
        let last = Int(Int32.max)
        annotations.sentences = [
            TextSpan(field: .body, start: last, end: last), TextSpan(field: .title, start: 0, end: last),
            TextSpan(field: .title, start: 0, end: 0), TextSpan(field: .body, start: 5, end: 6),
        ]
        #expect(try Annotations(decoding: annotations.encoded()[...]) == annotations)
    }

    @Test func aMentionTakesFewBytes() {
        var annotations = Annotations(language: "en")
        annotations.entities = [ArticleEntity(id: EntityID("country:fr"), type: .country, name: "France")]
        let empty = annotations.encoded().count
        for index in 0..<100 {
            let span = TextSpan(field: .body, start: index * 40, end: index * 40 + 6)
            annotations.mentions.append(Mention(span: span, entity: 0, kind: .name, rule: "gazetteer-name"))
        }
        #expect(annotations.encoded().count - empty < 600)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func everyPrefixAndEveryLongerFormIsRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let article = random.storedArticle().encoded()
        let annotations = random.annotations().encoded()
        for length in 0..<article.count {
            #expect(throws: ByteReaderError.self) { try StoredArticle(decoding: article[..<length]) }
        }
        for length in 0..<annotations.count {
            #expect(throws: ByteReaderError.self) { try Annotations(decoding: annotations[..<length]) }
        }
        #expect(throws: ByteReaderError.self) { try StoredArticle(decoding: (article + [0])[...]) }
        #expect(throws: ByteReaderError.self) { try Annotations(decoding: (annotations + [0])[...]) }
    }

    @Test func anotherVersionIsRefusedByName() {
        let error = #expect(throws: ByteReaderError.self) { try Annotations(decoding: [2, 0, 0]) }
        #expect(error == ByteReaderError(offset: 0, expected: "version 1 of the coding of annotations"))
        #expect(throws: ByteReaderError.self) { try StoredArticle(decoding: [2, 0, 0]) }
    }

    /// Whatever comes out of damaged bytes can be used without a trap: spans have a range, places have an entity.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func hostileBytesAreReadOrRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let article = random.storedArticle().encoded()
        let annotations = random.annotations().encoded()
        for _ in 0..<50 {
            _ = try? StoredArticle(decoding: random.damaged(article)[...])
            guard let read = try? Annotations(decoding: random.damaged(annotations)[...]) else { continue }
            let places =
                read.mentions.map(\.entity) + read.quotes.compactMap(\.speaker)
                + [read.dateline?.place].compactMap(\.self)
            let spans =
                read.sentences + read.mentions.map(\.span) + read.quotes.map(\.span)
                + read.quotes.compactMap(\.speakerSpan) + read.quotes.compactMap(\.cueSpan)
                + [read.dateline?.span].compactMap(\.self)
            #expect(places.allSatisfy(read.entities.indices.contains))
            #expect(spans.allSatisfy { $0.range.lowerBound >= 0 })
            #expect(read.encoded().isEmpty == false)
        }
    }
}

@Suite("Code point offsets")
struct CodePointOffsetsTests {
    @Test(arguments: ["", "a", "é", "abc", "日本語", "a😀b", "e\u{301}", String(repeating: "x", count: 64)])
    func shortTexts(text: String) {
        expectAgreement(text)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func agreesWithCounting(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "plain words ", "é", "日", "😀", String(repeating: "z", count: 63), "\u{301}"]
        let text = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
        expectAgreement(text)
    }

    @Test(arguments: [63, 64, 65, 127, 128, 129])
    func blocksMeet(length: Int) {
        expectAgreement(String(repeating: "x", count: length) + "é")
        expectAgreement(String(repeating: "é", count: length))
        expectAgreement("é" + String(repeating: "x", count: length))
    }

    @Test func whatLiesOutsideCountsAsTheNearestEnd() {
        for text in ["abc", "aéc"] {
            let offsets = CodePointOffsets(text)
            #expect(offsets[-1] == 0)
            #expect(offsets[.min] == 0)
            #expect(offsets[100] == 3)
            #expect(offsets[.max] == 3)
            #expect(offsets[-5..<100] == 0..<3)
        }
    }

    private func expectAgreement(_ text: String) {
        let offsets = CodePointOffsets(text)
        #expect(offsets.byteCount == text.utf8.count)
        #expect(offsets.count == text.unicodeScalars.count)
        var byte = 0
        for (index, scalar) in text.unicodeScalars.enumerated() {
            #expect(offsets[byte] == index)
            byte += scalar.utf8.count
        }
        #expect(offsets[byte] == text.unicodeScalars.count)
    }
}

/// Random values of the model.
extension SeededGenerator {
    mutating func storedArticle() -> StoredArticle {
        var article = Article(id: articleID(), title: text(), body: text(pieces: 200))
        article.authors = (0..<upTo(3)).map { _ in text() }
        article.poster = optional { $0.text() }
        article.source = optional { random in
            Outlet(
                name: random.text(), domain: random.optional { $0.text() },
                country: random.optional { $0.text() })
        }
        article.url = optional { $0.text() }
        article.published = optional { Timestamp(milliseconds: $0.integer()) }
        article.language = optional { $0.text() }
        return StoredArticle(
            article: article, seq: integer(), revision: Int(integer()),
            ingestedAt: Timestamp(milliseconds: integer()))
    }

    mutating func annotations() -> Annotations {
        var annotations = Annotations(language: text())
        annotations.entities = (0..<upTo(20)).map { _ in entity() }
        annotations.sentences = (0..<upTo(20)).map { _ in span() }
        annotations.authors = (0..<upTo(2)).map { _ in text() }
        annotations.countries = (0..<upTo(4)).map { _ in text() }
        annotations.quotes = (0..<upTo(10)).map { _ in quote(of: annotations.entities.count) }
        let entities = annotations.entities.count
        annotations.dateline = optional { random in
            Dateline(
                span: random.span(), place: random.place(of: entities), agency: random.optional { $0.text() })
        }
        guard entities > 0 else { return annotations }
        annotations.mentions = (0..<upTo(30)).map { _ in
            Mention(
                span: span(), entity: upTo(entities - 1),
                kind: MentionKind.allCases.randomElement(using: &self) ?? .name,
                rule: "rule-\(upTo(4))")
        }
        return annotations
    }

    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...upTo(2) where !bytes.isEmpty {
            let place = upTo(bytes.count - 1)
            switch upTo(4) {
            case 0: bytes[place] ^= 1 << UInt8(upTo(7))
            case 1: bytes[place] = 0xFF
            case 2: bytes.insert(UInt8(upTo(255)), at: place)
            case 3: bytes.remove(at: place)
            default:
                bytes.replaceSubrange(
                    place..., with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
            }
        }
        return bytes
    }

    private mutating func entity() -> ArticleEntity {
        ArticleEntity(
            id: EntityID(text()), type: EntityType.allCases.randomElement(using: &self) ?? .place,
            name: text(),
            wikidata: optional { $0.text() }, country: optional { $0.text() },
            coordinates: optional { random in
                Coordinates(
                    latitude: Double.random(in: -90...90, using: &random),
                    longitude: Double.random(in: -180...180, using: &random))
            },
            role: optional { $0.text() }, count: upTo(1_000),
            salience: Double.random(in: 0...1, using: &self),
            isProvisional: Bool.random(using: &self))
    }

    private mutating func quote(of entities: Int) -> Quote {
        Quote(
            span: span(), kind: QuoteKind.allCases.randomElement(using: &self) ?? .direct,
            speaker: place(of: entities),
            speakerSpan: optional { $0.span() }, cue: optional { $0.text() }, cueSpan: optional { $0.span() },
            rule: "rule-\(upTo(4))", confidence: Double.random(in: 0...1, using: &self))
    }

    private mutating func place(of entities: Int) -> Int? {
        entities > 0 ? optional { $0.upTo(entities - 1) } : nil
    }

    private mutating func span() -> TextSpan {
        let start = upTo(100_000)
        return TextSpan(
            field: Bool.random(using: &self) ? .title : .body, start: start, end: start + upTo(500))
    }

    private mutating func articleID() -> ArticleID {
        guard let id = ArticleID("id-\(next())") else { preconditionFailure("such an id is valid") }
        return id
    }

    private mutating func text(pieces: Int = 6) -> String {
        let choice = ["a", "Geneva ", "é", "日本", "😀", "\n", "\0", "“said”"]
        return (0..<upTo(pieces)).map { _ in choice[upTo(choice.count - 1)] }.joined()
    }

    private mutating func integer() -> Int64 {
        Int64.random(in: .min ... .max, using: &self) >> Int64(upTo(63))
    }

    private mutating func upTo(_ last: Int) -> Int {
        Int.random(in: 0...max(0, last), using: &self)
    }

    private mutating func optional<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
        Bool.random(using: &self) ? make(&self) : nil
    }
}
