internal import Bytes
internal import NewsModel
internal import SearchIndex

/// The names of some entities that follow on each other in the directory, in the order in which they are looked up.
///
/// Each of the first words of a name begins a key: the name from there on, folded. Keys are sorted; what a look-up
/// reads of most of them are the first eight bytes. Never altered: two levels are merged to a new one.
final class NameLevel: Sendable {
    /// An entity with all names that it can be found by.
    struct Entity {
        let id: EntityID
        let type: EntityType
        let names: [String]
    }

    /// Where the entities are in the directory.
    let positions: Range<Int>
    /// The first eight bytes of each key, highest first.
    let heads: [UInt64]
    /// What each key belongs to.
    let owners: [Owner]
    /// The folded names, one behind the other.
    let text: [UInt8]
    /// The names as they are written.
    let names: [String]
    /// For each key its name, and where it begins in the folded name.
    private let places: [Place]
    /// Where in `text` each name begins; one more for the end.
    private let nameStarts: [UInt32]
    /// The keys of each entity, one entity behind the other, and where those of each begin.
    private let keysByEntity: [UInt32]
    private let keyStarts: [UInt32]
    /// For each pair of bytes the first key that begins with it or a later one, and one more for the end; empty where
    /// there are few keys.
    let pairStarts: [UInt32]
    /// A hash of each id, and a table of entities by it: 0 is free, all others are one more than the number here.
    private let hashes: [UInt64]
    private let slots: [UInt32]

    /// What a key belongs to, in 32 bits.
    struct Owner: Sendable {
        private let bits: UInt32

        init(position: Int, type: EntityType, isNameStart: Bool) {
            bits = UInt32(position) << 4 | UInt32(type.rawValue) << 1 | (isNameStart ? 1 : 0)
        }

        /// The entity's position in the directory.
        var position: Int { Int(bits >> 4) }
        /// The number of its type.
        var type: Int { Int(bits >> 1 & 7) }
        /// Whether the key is the whole name, not what follows one of its words.
        var isNameStart: Bool { bits & 1 != 0 }
    }

    private struct Place: Sendable {
        let name: UInt32
        let offset: UInt32
    }

    /// Bytes of a folded name; what goes beyond is not looked up.
    static let nameBytes = 200
    /// Words of a name that a look-up can begin with.
    static let firstWords = 6

    /// Sorts the names of entities of which the first is at `start` in the directory.
    convenience init(_ entities: [Entity], from start: Int) {
        var keys: [(place: Place, owner: Owner)] = []
        var names: [String] = []
        var text: [UInt8] = []
        var nameStarts: [UInt32] = [0]
        for (number, entity) in entities.enumerated() {
            for name in entity.names {
                let terms = TermAnalyzer.terms(name)
                let folded = terms.joined(separator: " ").utf8.prefix(Self.nameBytes)
                var offset = 0
                for (word, term) in terms.prefix(Self.firstWords).enumerated() where offset < folded.count {
                    let owner = Owner(position: start + number, type: entity.type, isNameStart: word == 0)
                    keys.append((Place(name: UInt32(names.count), offset: UInt32(offset)), owner))
                    offset += term.utf8.count + 1
                }
                names.append(name)
                text += folded
                nameStarts.append(UInt32(text.count))
            }
        }
        func key(_ place: Place) -> ArraySlice<UInt8> {
            text[Int(nameStarts[Int(place.name)] + place.offset)..<Int(nameStarts[Int(place.name) + 1])]
        }
        let sorted = keys.map { (head: Self.head(key($0.place)), key: $0) }.sorted {
            $0.head != $1.head
                ? $0.head < $1.head : key($0.key.place).lexicographicallyPrecedes(key($1.key.place))
        }
        self.init(
            positions: start..<start + entities.count, heads: sorted.map(\.head),
            owners: sorted.map(\.key.owner), places: sorted.map(\.key.place), text: text, names: names,
            nameStarts: nameStarts, hashes: entities.map { StableHash.of($0.id.description) })
    }

    /// Merges two levels of which the second's entities follow those of the first.
    ///
    /// - Complexity: O(*n*), *n* = bytes of all names.
    convenience init(_ first: NameLevel, _ second: NameLevel) {
        let count = first.heads.count + second.heads.count
        let (firstName, firstByte) = (UInt32(first.names.count), UInt32(first.text.count))
        var heads: [UInt64] = []
        var owners: [Owner] = []
        var places: [Place] = []
        heads.reserveCapacity(count)
        owners.reserveCapacity(count)
        places.reserveCapacity(count)
        var (one, two) = (0, 0)
        while one < first.heads.count || two < second.heads.count {
            if two == second.heads.count
                || (one < first.heads.count && !second.key(two, precedes: one, of: first))
            {
                heads.append(first.heads[one])
                owners.append(first.owners[one])
                places.append(first.places[one])
                one += 1
            } else {
                let place = second.places[two]
                heads.append(second.heads[two])
                owners.append(second.owners[two])
                places.append(Place(name: place.name + firstName, offset: place.offset))
                two += 1
            }
        }
        self.init(
            positions: first.positions.lowerBound..<second.positions.upperBound, heads: heads, owners: owners,
            places: places, text: first.text + second.text, names: first.names + second.names,
            nameStarts: first.nameStarts.dropLast() + second.nameStarts.map { $0 + firstByte },
            hashes: first.hashes + second.hashes)
    }

    private init(
        positions: Range<Int>, heads: [UInt64], owners: [Owner], places: [Place], text: [UInt8],
        names: [String], nameStarts: [UInt32], hashes: [UInt64]
    ) {
        self.positions = positions
        self.heads = heads
        self.owners = owners
        self.places = places
        self.text = text
        self.names = names
        self.nameStarts = nameStarts
        self.hashes = hashes
        (keyStarts, keysByEntity) = Self.keys(of: owners, in: positions)
        slots = Self.table(of: hashes)
        pairStarts = heads.count < Self.manyKeys ? [] : Self.pairStarts(of: heads)
    }

    /// So many keys are worth a table of pairs, which takes 256 KB.
    private static let manyKeys = 8_192

    private static func pairStarts(of heads: [UInt64]) -> [UInt32] {
        var starts = Array(repeating: 0 as UInt32, count: 0x1_0001)
        for head in heads { starts[Int(head >> 48) + 1] += 1 }
        for pair in 0..<0x1_0000 { starts[pair + 1] += starts[pair] }
        return starts
    }

    private static func keys(
        of owners: [Owner], in positions: Range<Int>
    ) -> (starts: [UInt32], keys: [UInt32]) {
        var starts = Array(repeating: 0 as UInt32, count: positions.count + 1)
        for owner in owners { starts[owner.position - positions.lowerBound + 1] += 1 }
        for entity in 0..<positions.count { starts[entity + 1] += starts[entity] }
        var next = starts
        var keys = Array(repeating: 0 as UInt32, count: owners.count)
        for (key, owner) in owners.enumerated() {
            let entity = owner.position - positions.lowerBound
            keys[Int(next[entity])] = UInt32(key)
            next[entity] += 1
        }
        return (starts, keys)
    }

    private static func table(of hashes: [UInt64]) -> [UInt32] {
        var size = 16
        while size < hashes.count * 2 { size *= 2 }
        var slots = Array(repeating: 0 as UInt32, count: size)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(number) + 1
        }
        return slots
    }

    // MARK: Reading

    /// The first eight bytes of a folded name, highest first; what is missing counts as 0, which no name holds.
    static func head(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var head: UInt64 = 0
        for index in 0..<8 {
            head = head << 8 | (index < bytes.count ? UInt64(bytes[bytes.startIndex + index]) : 0)
        }
        return head
    }

    /// Where the bytes of a key are in `text`.
    func bytes(of key: Int) -> Range<Int> {
        let place = places[key]
        return Int(nameStarts[Int(place.name)] + place.offset)..<Int(nameStarts[Int(place.name) + 1])
    }

    /// The name of a key as it is written, and where the key begins in its folded form, in bytes.
    func name(of key: Int) -> (name: String, offset: Int) {
        (names[Int(places[key].name)], Int(places[key].offset))
    }

    /// Whether the name of one key stands before that of another in the list of names that an entity was given.
    func isEarlier(_ key: Int, than other: Int) -> Bool {
        (places[key].name, places[key].offset) < (places[other].name, places[other].offset)
    }

    /// The keys of an entity, in no order.
    func keys(ofEntityAt position: Int) -> ArraySlice<UInt32> {
        let entity = position - positions.lowerBound
        return keysByEntity[Int(keyStarts[entity])..<Int(keyStarts[entity + 1])]
    }

    /// The position of the first entity whose id has a hash and that is the one meant; nearly always there is one or
    /// none with the hash.
    func position(ofHash hash: UInt64, where isMeant: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, isMeant(positions.lowerBound + number) {
                return positions.lowerBound + number
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func key(_ key: Int, precedes other: Int, of level: NameLevel) -> Bool {
        if heads[key] != level.heads[other] { return heads[key] < level.heads[other] }
        return text[bytes(of: key)].lexicographicallyPrecedes(level.text[level.bytes(of: other)])
    }
}
