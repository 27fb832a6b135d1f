internal import Compression

/// The terms of one batch, each with a number, in a hash table.
struct TermTable {
    /// How often each term occurs.
    private(set) var occurrences: [UInt32] = []
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]
    // The upper half of the hash, and the number of the term plus one.
    private var slots: [UInt64]
    private var mask: Int

    init(expecting count: Int) {
        var capacity = 1024
        while capacity < 2 * count { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        mask = capacity - 1
    }

    var count: Int { occurrences.count }

    /// The number of the scanner's term, a new one if it has not been seen yet.
    mutating func number(of scanner: borrowing TermScanner) -> UInt32 {
        let hash = scanner.hash
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { break }
            if entry & 0xFFFF_FFFF_0000_0000 == tag {
                let number = Int(entry & 0xFFFF_FFFF) - 1
                if isEqual(number, scanner) {
                    occurrences[number] &+= 1
                    return UInt32(number)
                }
            }
            slot = (slot &+ 1) & mask
        }
        occurrences.append(1)
        slots[slot] = tag | UInt64(count)
        let term = scanner.bytes.span
        for index in 0..<scanner.count { bytes.append(term[index]) }
        starts.append(UInt32(bytes.count))
        let number = UInt32(count - 1)
        if 2 * count > slots.count { grow() }
        return number
    }

    /// Counts one more occurrence of a term that is here already.
    mutating func countAgain(_ number: UInt32) { occurrences[Int(number)] &+= 1 }

    /// The bytes of a term.
    func term(_ number: Int) -> ArraySlice<UInt8> { bytes[Int(starts[number])..<Int(starts[number + 1])] }

    /// All terms, ascending by their bytes.
    func ordered() -> [UInt32] {
        // Eight bytes decide nearly all comparisons.
        var entries: [(prefix: UInt64, number: UInt32)] = (0..<count).map { number in
            var prefix: UInt64 = 0
            let term = term(number)
            for index in 0..<8 {
                let byte = index < term.count ? term[term.startIndex + index] : 0
                prefix = prefix << 8 | UInt64(byte)
            }
            return (prefix, UInt32(number))
        }
        entries.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            return term(Int(left.number)).lexicographicallyPrecedes(term(Int(right.number)))
        }
        return entries.map(\.number)
    }

    @inline(__always)
    private func isEqual(_ number: Int, _ scanner: borrowing TermScanner) -> Bool {
        let start = Int(starts[number])
        guard Int(starts[number + 1]) - start == scanner.count else { return false }
        for index in 0..<scanner.count where bytes[start + index] != scanner.bytes[index & 63] {
            return false
        }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: 2 * old.count)
        mask = slots.count - 1
        for entry in old where entry != 0 {
            let number = Int(entry & 0xFFFF_FFFF) - 1
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in term(number) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash ^= hash >> 32
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot &+ 1) & mask }
            slots[slot] = entry
        }
    }
}

/// Builds the bytes of a segment out of documents.
enum SegmentBuilder {
    /// The bytes of a segment with these documents, whose keys must differ.
    static func build(
        _ documents: ArraySlice<IndexDocument>, schema: IndexSchema, compressionLevel: Int
    ) -> [UInt8] {
        var sections = texts(documents, schema)
        for field in schema.keywords.indices { sections += keywords(documents, field) }
        for column in schema.columns.indices {
            sections.append(
                ColumnView.encode(
                    documents.map { document in
                        document.columns[column].flatMap { $0 == .min ? nil : $0 }
                    }))
        }
        sections.append(KeysView.encode(documents.map { Array($0.key.utf8) }))
        var summaries = StoredBuilder()
        var contents = StoredBuilder()
        for document in documents {
            summaries.add(document.summary)
            contents.add(pack(document.content, level: compressionLevel))
        }
        sections.append(summaries.finished())
        sections.append(contents.finished())
        return SectionKind.assemble(&sections, documentCount: documents.count, schema: schema)
    }

    /// Content as it is stored: its length, and it in zlib's form; nothing for no content.
    private static func pack(_ content: [UInt8], level: Int) -> [UInt8] {
        guard !content.isEmpty else { return [] }
        var packed: [UInt8] = []
        packed.append(varint: content.count)
        packed.append(contentsOf: Deflate.compress(content, level: level))
        return packed
    }

    /// The dictionary, postings, positions, statistics and lengths.
    private static func texts(_ documents: ArraySlice<IndexDocument>, _ schema: IndexSchema) -> [[UInt8]] {
        let fieldCount = schema.texts.count
        let textBytes = documents.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.count } }
        var table = TermTable(expecting: textBytes / 64)
        // Numbers of terms; those at the place of the term before them have the highest bit.
        let alternative: UInt32 = 1 << 31
        var tokens: [UInt32] = []
        tokens.reserveCapacity(textBytes / 5)
        var ends: [Int] = []
        var scanner = TermScanner()
        var stems = StemCache()
        var languages: [Int] = []
        for document in documents {
            let language = schema.stems ? stems.language(document.language) : 0
            languages.append(language)
            for text in document.texts {
                let span = text.span
                scanner.reset()
                while scanner.next(in: span) {
                    let number = table.number(of: scanner)
                    tokens.append(scanner.isAlternative ? number | alternative : number)
                    if schema.stems, !scanner.isAbbreviation {
                        stems.count(stemOf: number, language: language, in: &table)
                    }
                }
                ends.append(tokens.count)
            }
        }

        // A counting sort by term: each term's occurrences come to lie side by side, still in order. An occurrence is
        // the document, four bits of field and 28 bits of position.
        var places: [Int] = []
        places.reserveCapacity(table.count + 1)
        var sum = 0
        for count in table.occurrences {
            places.append(sum)
            sum += Int(count)
        }
        var occurrences = [UInt64](repeating: 0, count: sum)
        var lengths = Array(repeating: [UInt16](), count: fieldCount)
        var start = 0
        for (index, end) in ends.enumerated() {
            let (doc, field) = index.quotientAndRemainder(dividingBy: fieldCount)
            let head = UInt64(doc) << 32 | UInt64(field) << 28
            var length = 0
            for token in start..<end {
                let term = tokens[token] & ~alternative
                if term == tokens[token] { length &+= 1 }
                occurrences[places[Int(term)]] = head | UInt64(min(length &- 1, 0xFFF_FFFF))
                places[Int(term)] &+= 1
                // Stems are never asked for in phrases: all stand at the start, and so their places take no bytes.
                if schema.stems, let stem = stems.stem(of: term, language: languages[doc]) {
                    occurrences[places[Int(stem)]] = head
                    places[Int(stem)] &+= 1
                }
            }
            lengths[field].append(UInt16(clamping: length))
            start = end
        }
        tokens = []

        let (statistics, norms) = statistics(lengths, schema)
        var encoder = PostingsEncoder(norms: norms)
        var dictionary = TermDictionaryBuilder()
        for number in table.ordered() {
            let end = places[Int(number)]
            var last = UInt64.max
            for index in end - Int(table.occurrences[Int(number)])..<end {
                let occurrence = occurrences[index]
                if occurrence >> 32 != last >> 32 { encoder.add(UInt32(occurrence >> 32)) }
                let isFirst = occurrence >> 28 != last >> 28
                let delta = isFirst ? occurrence & 0xFFF_FFFF : occurrence &- last
                encoder.add(
                    delta: UInt32(truncatingIfNeeded: delta), field: Int(occurrence >> 28 & 0xF))
                last = occurrence
            }
            dictionary.add(Array(table.term(Int(number))), encoder.finish())
        }
        let (postings, positions) = encoder.finished()
        return [dictionary.finished(), postings, positions, statistics] + lengths.map(encode)
    }

    /// The section of a field's lengths.
    static func encode(_ lengths: [UInt16]) -> [UInt8] {
        var section: [UInt8] = []
        section.reserveCapacity(2 * lengths.count + 8)
        for length in lengths { section.append(littleEndian: length) }
        return section
    }

    /// The section of statistics, and what a frequency is multiplied by, for each field and document.
    static func statistics(_ lengths: [[UInt16]], _ schema: IndexSchema) -> (
        section: [UInt8], norms: [[Float]]
    ) {
        var section: [UInt8] = []
        var norms: [[Float]] = []
        for (field, lengths) in zip(schema.texts, lengths) {
            let total = lengths.reduce(0) { $0 + Int($1) }
            let mean = meanLength(total: total, documents: lengths.count)
            section.append(littleEndian: UInt64(total))
            section.append(littleEndian: UInt32(lengths.max() ?? 0))
            section.append(littleEndian: mean.bitPattern)
            norms.append(lengths.map { norm(field, length: Int($0), mean: mean) })
        }
        return (section, norms)
    }

    /// The mean length of a field; 1 where there is nothing to divide.
    static func meanLength(total: Int, documents: Int) -> Float {
        total > 0 && documents > 0 ? Float(Double(total) / Double(documents)) : 1
    }

    /// What a frequency in a field of some length is multiplied by.
    static func norm(_ field: IndexSchema.TextField, length: Int, mean: Float) -> Float {
        let (weight, b) = (Float(field.weight), Float(field.b))
        return weight / (1 - b + b * Float(length) / mean)
    }

    /// The dictionary, postings and values by document of a keyword field.
    private static func keywords(_ documents: ArraySlice<IndexDocument>, _ field: Int) -> [[UInt8]] {
        var numbers: [String: UInt32] = [:]
        var values: [[UInt8]] = []
        var pairs: [UInt64] = []
        for (doc, document) in documents.enumerated() {
            for value in document.keywords[field] {
                let number = numbers[value] ?? UInt32(values.count)
                if number == values.count {
                    numbers[value] = number
                    values.append(Array(value.utf8))
                }
                pairs.append(UInt64(number) << 32 | UInt64(doc))
            }
        }
        let order = values.indices.sorted { values[$0].lexicographicallyPrecedes(values[$1]) }
        var ordinals = [UInt64](repeating: 0, count: values.count)
        for (ordinal, number) in order.enumerated() { ordinals[number] = UInt64(ordinal) }
        for index in pairs.indices {
            pairs[index] = ordinals[Int(pairs[index] >> 32)] << 32 | pairs[index] & 0xFFFF_FFFF
        }
        pairs.sort()

        var encoder = PostingsEncoder()
        var dictionary = TermDictionaryBuilder()
        var byDocument: [UInt64] = []
        var index = 0
        for (ordinal, number) in order.enumerated() {
            var last = UInt64.max
            while index < pairs.count, pairs[index] >> 32 == UInt64(ordinal) {
                if pairs[index] != last {
                    last = pairs[index]
                    encoder.add(UInt32(truncatingIfNeeded: last))
                    byDocument.append(last << 32 | UInt64(ordinal))
                }
                index += 1
            }
            dictionary.add(values[number], encoder.finish())
        }
        byDocument.sort()
        return [dictionary.finished(), encoder.finished().postings]
            + [valuesSection(byDocument, documents: documents.count, count: values.count)]
    }

    /// The section of values by document, of pairs of document and ordinal in ascending order.
    static func valuesSection(_ pairs: [UInt64], documents: Int, count: Int) -> [UInt8] {
        var ends: [UInt32] = []
        ends.reserveCapacity(documents)
        var index = 0
        for doc in 0..<documents {
            while index < pairs.count, pairs[index] >> 32 == UInt64(doc) { index += 1 }
            ends.append(UInt32(index))
        }
        return KeywordValuesView.encode(
            pairs.map { UInt32(truncatingIfNeeded: $0) }, ends: ends, count: count)
    }
}
