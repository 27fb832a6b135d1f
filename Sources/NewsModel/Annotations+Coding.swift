public import Bytes

extension Annotations {
    /// The annotations in a compact form of bytes, version 1.
    ///
    /// Spans are written by their distance from the one before, rules and cues by their place in a table.
    ///
    /// Every entity that a mention, quotation or dateline names must be in `entities`, and no span may end before it
    /// starts.
    public func encoded() -> [UInt8] {
        var table = TextTable()
        var lists = ByteBuilder(capacity: 64 + 48 * entities.count + 6 * mentions.count + 24 * quotes.count)
        lists.append(varint: UInt64(entities.count))
        for entity in entities { lists.append(entity) }
        lists.append(spans: sentences)
        append(mentionsTo: &lists, &table)
        append(quotesTo: &lists, &table)
        append(datelineTo: &lists)
        lists.append(texts: authors)
        lists.append(texts: countries)

        var builder = ByteBuilder(capacity: lists.count + 256)
        builder.append(Self.codingVersion)
        builder.append(text: language)
        builder.append(texts: table.texts)
        builder.append(contentsOf: lists.bytes)
        return builder.bytes
    }

    /// Reads what `encoded()` made.
    ///
    /// Spans end at or after their start and places of entities are within `entities`; whether spans fit the
    /// article's texts is not known here.
    ///
    /// - Throws: `ByteReaderError` where the bytes are of a version not known here, are damaged, end early or go on.
    public init(decoding bytes: ArraySlice<UInt8>) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        try reader.expect(version: Self.codingVersion, of: "annotations")
        self.init(language: try reader.text())
        let table = try reader.texts()
        for _ in 0..<(try reader.count()) { entities.append(try reader.entity()) }
        var position = SpanPosition()
        for _ in 0..<(try reader.count()) { sentences.append(try reader.span(after: &position)) }
        position = SpanPosition()
        for _ in 0..<(try reader.count()) {
            mentions.append(try reader.mention(after: &position, of: entities.count, table))
        }
        position = SpanPosition()
        for _ in 0..<(try reader.count()) {
            quotes.append(try reader.quote(after: &position, of: entities.count, table))
        }
        if try reader.flag() { dateline = try reader.dateline(of: entities.count) }
        authors = try reader.texts()
        countries = try reader.texts()
        try reader.expectEnd()
    }

    private static let codingVersion: UInt8 = 1

    private func append(mentionsTo builder: inout ByteBuilder, _ table: inout TextTable) {
        builder.append(varint: UInt64(mentions.count))
        var position = SpanPosition()
        for mention in mentions {
            builder.append(mention.span, after: &position)
            builder.append(entity: mention.entity, of: entities.count)
            builder.append(varint: UInt64(table.place(of: mention.rule)) << 3 | UInt64(mention.kind.rawValue))
        }
    }

    private func append(quotesTo builder: inout ByteBuilder, _ table: inout TextTable) {
        builder.append(varint: UInt64(quotes.count))
        var position = SpanPosition()
        for quote in quotes {
            builder.append(quote.span, after: &position)
            var flags = QuoteFlags(kind: quote.kind)
            flags.hasSpeaker = quote.speaker != nil
            flags.hasSpeakerSpan = quote.speakerSpan != nil
            flags.hasCue = quote.cue != nil
            flags.hasCueSpan = quote.cueSpan != nil
            builder.append(flags.byte)
            // The speaker and the cue stand near the quotation.
            var near = position
            if let speaker = quote.speaker { builder.append(entity: speaker, of: entities.count) }
            if let span = quote.speakerSpan { builder.append(span, after: &near) }
            if let cue = quote.cue { builder.append(varint: UInt64(table.place(of: cue))) }
            if let span = quote.cueSpan { builder.append(span, after: &near) }
            builder.append(varint: UInt64(table.place(of: quote.rule)))
            builder.append(littleEndian: quote.confidence.bitPattern)
        }
    }

    private func append(datelineTo builder: inout ByteBuilder) {
        builder.append(dateline == nil ? 0 : 1)
        guard let dateline else { return }
        var position = SpanPosition()
        builder.append(dateline.span, after: &position)
        builder.append(dateline.place == nil ? 0 : 1)
        if let place = dateline.place { builder.append(entity: place, of: entities.count) }
        builder.append(optionalText: dateline.agency)
    }
}

/// The texts that come again and again in one article's annotations, each once.
private struct TextTable {
    private(set) var texts: [String] = []
    private var places: [String: Int] = [:]

    mutating func place(of text: String) -> Int {
        if let place = places[text] { return place }
        places[text] = texts.count
        texts.append(text)
        return texts.count - 1
    }
}

/// Where the span before the next one starts.
private struct SpanPosition {
    var field = TextSpan.Field.title
    var start: Int64 = 0
}

/// What a quotation has, in one byte.
private struct QuoteFlags {
    var kind: QuoteKind
    var hasSpeaker = false
    var hasSpeakerSpan = false
    var hasCue = false
    var hasCueSpan = false

    init(kind: QuoteKind) {
        self.kind = kind
    }

    /// Reads the flags, or returns `nil` where a bit has no meaning.
    init?(byte: UInt8) {
        guard byte < 0x40, let kind = QuoteKind(rawValue: byte & 3) else { return nil }
        self.kind = kind
        hasSpeaker = byte & 0x04 != 0
        hasSpeakerSpan = byte & 0x08 != 0
        hasCue = byte & 0x10 != 0
        hasCueSpan = byte & 0x20 != 0
    }

    var byte: UInt8 {
        kind.rawValue | (hasSpeaker ? 0x04 : 0) | (hasSpeakerSpan ? 0x08 : 0) | (hasCue ? 0x10 : 0)
            | (hasCueSpan ? 0x20 : 0)
    }
}

extension ByteBuilder {
    /// Appends a span: the distance of its start with the change of field in the lowest bit, then its length.
    fileprivate mutating func append(_ span: TextSpan, after position: inout SpanPosition) {
        precondition(span.start >= 0 && span.start <= span.end, "a span ends at or after its start")
        let changes = span.field != position.field
        let distance = Int64(span.start) - (changes ? 0 : position.start)
        append(signedVarint: distance << 1 | (changes ? 1 : 0))
        append(varint: UInt64(span.end - span.start))
        position = SpanPosition(field: span.field, start: Int64(span.start))
    }

    fileprivate mutating func append(spans: [TextSpan]) {
        append(varint: UInt64(spans.count))
        var position = SpanPosition()
        for span in spans { append(span, after: &position) }
    }

    fileprivate mutating func append(entity place: Int, of count: Int) {
        precondition((0..<count).contains(place), "annotations name only entities of their own list")
        append(varint: UInt64(place))
    }

    fileprivate mutating func append(_ entity: ArticleEntity) {
        append(text: entity.id.description)
        append(entity.type.rawValue << 1 | (entity.isProvisional ? 1 : 0))
        append(text: entity.name)
        append(optionalText: entity.wikidata)
        append(optionalText: entity.country)
        append(entity.coordinates == nil ? 0 : 1)
        if let coordinates = entity.coordinates {
            append(littleEndian: coordinates.latitude.bitPattern)
            append(littleEndian: coordinates.longitude.bitPattern)
        }
        append(optionalText: entity.role)
        append(signedVarint: Int64(entity.count))
        append(littleEndian: entity.salience.bitPattern)
    }
}

extension ByteReader {
    fileprivate mutating func span(after position: inout SpanPosition) throws(ByteReaderError) -> TextSpan {
        let fault = fault("a span within a text")
        let coded = try signedVarint()
        let changes = coded & 1 == 1
        let field: TextSpan.Field = changes ? (position.field == .title ? .body : .title) : position.field
        let start = (coded >> 1) &+ (changes ? 0 : position.start)
        let length = try varint()
        guard start >= 0, start <= Int32.max, length <= UInt64(Int64(Int32.max) - start) else { throw fault }
        position = SpanPosition(field: field, start: start)
        return TextSpan(field: field, start: Int(start), end: Int(start) + Int(length))
    }

    /// Reads the place of one of `count` entities.
    fileprivate mutating func entity(of count: Int) throws(ByteReaderError) -> Int {
        let fault = fault("the place of an entity")
        let place = try varint()
        guard place < UInt64(count) else { throw fault }
        return Int(place)
    }

    fileprivate mutating func text(of table: [String]) throws(ByteReaderError) -> String {
        let fault = fault("a place in the table of texts")
        let place = try varint()
        guard place < UInt64(table.count) else { throw fault }
        return table[Int(place)]
    }

    fileprivate mutating func double() throws(ByteReaderError) -> Double {
        Double(bitPattern: try littleEndian(UInt64.self))
    }

    fileprivate mutating func entity() throws(ByteReaderError) -> ArticleEntity {
        let id = EntityID(try text())
        let typeFault = fault("the type of an entity")
        let coded = try byte()
        guard let type = EntityType(rawValue: coded >> 1) else { throw typeFault }
        var entity = ArticleEntity(id: id, type: type, name: try text())
        entity.isProvisional = coded & 1 == 1
        entity.wikidata = try optionalText()
        entity.country = try optionalText()
        if try flag() {
            let latitude = try double()
            entity.coordinates = Coordinates(latitude: latitude, longitude: try double())
        }
        entity.role = try optionalText()
        entity.count = Int(try signedVarint())
        entity.salience = try double()
        return entity
    }

    fileprivate mutating func mention(
        after position: inout SpanPosition, of count: Int, _ table: [String]
    ) throws(ByteReaderError) -> Mention {
        let span = try span(after: &position)
        let entity = try entity(of: count)
        let fault = fault("the kind and rule of a mention")
        let coded = try varint()
        guard let kind = MentionKind(rawValue: UInt8(coded & 7)), coded >> 3 < UInt64(table.count) else {
            throw fault
        }
        return Mention(span: span, entity: entity, kind: kind, rule: table[Int(coded >> 3)])
    }

    fileprivate mutating func quote(
        after position: inout SpanPosition, of count: Int, _ table: [String]
    ) throws(ByteReaderError) -> Quote {
        let span = try span(after: &position)
        let fault = fault("the flags of a quotation")
        guard let flags = QuoteFlags(byte: try byte()) else { throw fault }
        var near = position
        let speaker = flags.hasSpeaker ? try entity(of: count) : nil
        let speakerSpan = flags.hasSpeakerSpan ? try self.span(after: &near) : nil
        let cue = flags.hasCue ? try text(of: table) : nil
        let cueSpan = flags.hasCueSpan ? try self.span(after: &near) : nil
        let rule = try text(of: table)
        return Quote(
            span: span, kind: flags.kind, speaker: speaker, speakerSpan: speakerSpan, cue: cue,
            cueSpan: cueSpan,
            rule: rule, confidence: try double())
    }

    fileprivate mutating func dateline(of count: Int) throws(ByteReaderError) -> Dateline {
        var position = SpanPosition()
        let span = try span(after: &position)
        let place = try flag() ? try entity(of: count) : nil
        return Dateline(span: span, place: place, agency: try optionalText())
    }
}
