public import NewsModel

/// Finds the entity that a client means.
public struct EntityResolver: Sendable {
    /// What a name or id stands for.
    public enum Finding: Sendable, Hashable {
        /// This one.
        case found(EntityDirectory.Ranked)
        /// Any of these, the one most in the news first.
        case ambiguous([EntityDirectory.Ranked])
        /// None; those whose names are nearest.
        case unknown(nearest: [EntityDirectory.Ranked])
    }

    /// All entities.
    public let directory: EntityDirectory
    /// Their codes.
    public let codes: EntityCodes

    /// Creates a resolver.
    public init(directory: EntityDirectory, codes: EntityCodes) {
        self.directory = directory
        self.codes = codes
    }

    /// Finds an entity by id, `wikidata:Q7747`, `iso:UA`, or a whole name or alias.
    public func find(_ text: String) -> Finding {
        if let entity = entity(id: text) { return .found(entity) }
        let named = directory.named(text)
        if let only = named.first, named.count == 1 { return .found(only) }
        return named.isEmpty ? .unknown(nearest: nearest(to: text)) : .ambiguous(named)
    }

    /// Finds an entity by id, `wikidata:Q7747` or `iso:UA`.
    public func entity(id text: String) -> EntityDirectory.Ranked? {
        if let entity = directory[EntityID(text)] { return entity }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = String(text[text.utf8.index(after: colon)...])
        switch text[..<colon].lowercased() {
        case "wikidata": return codes.entity(wikidata: rest).flatMap { directory[$0] }
        case "iso": return codes.entity(iso: rest).flatMap { directory[$0] }
        default:
            let lowered = text.lowercased()
            return lowered == text ? nil : directory[EntityID(lowered)]
        }
    }

    /// Finds all entities of some types (of any, for none) that have a name, or the one of an id with or without its
    /// type before it.
    ///
    /// - Returns: The one most in the news first, at most 64; and whether they were found by their name.
    public func all(
        named text: String, types: [EntityType]
    ) -> (entities: [EntityDirectory.Ranked], isName: Bool) {
        func isWanted(_ entity: EntityDirectory.Ranked) -> Bool {
            types.isEmpty || types.contains(entity.entry.type)
        }
        if let entity = entity(id: text), isWanted(entity) { return ([entity], false) }
        let named = directory.named(text).filter(isWanted)
        if !named.isEmpty { return (Array(named.prefix(64)), true) }
        for type in types.isEmpty ? EntityType.allCases : types {
            if let entity = directory[EntityID("\(type.prefix):\(text.lowercased())")] {
                return ([entity], false)
            }
        }
        return ([], false)
    }

    /// The entities with a name that begins like `text`, those with the nearest names first.
    public func nearest(to text: String, types: [EntityType] = []) -> [EntityDirectory.Ranked] {
        // What stands before a colon is a type, and hyphens in an id are blanks in a name.
        let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        let name = String(colon.map { text[text.utf8.index(after: $0)...] } ?? text[...])
        var start = Array(name.prefix(100))
        while start.count >= 3 {
            let found = directory.search(prefix: String(start), limit: 200).entities.filter {
                types.isEmpty || types.contains($0.entry.type)
            }
            if !found.isEmpty {
                let ranked = found.enumerated().map { index, entity in
                    let near = Spelling.distance(
                        Array(entity.entry.name.lowercased().utf8.prefix(100)),
                        Array(name.lowercased().utf8.prefix(100)),
                        limit: 100)
                    return (distance: near ?? 100, index: index, entity: entity)
                }
                return ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(5).map(
                    \.entity)
            }
            start.removeLast()
        }
        return []
    }
}
