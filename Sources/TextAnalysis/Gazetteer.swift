import Files
public import NewsModel

/// The entities that the analysis knows by name, from hand-editable files.
public final class Gazetteer: Sendable {
    /// All entities, in order of their ids.
    public let entities: [GazetteerEntity]
    /// What is odd but does not keep the gazetteer from being used, one sentence each.
    public let problems: [String]
    let ministries: [MinistryTemplate]
    private let places: [EntityID: Int]
    private let countryNumbers: [String: Int]

    init(entities: [GazetteerEntity], ministries: [MinistryTemplate], problems: [String]) {
        self.entities = entities
        self.ministries = ministries
        self.problems = problems
        places = Dictionary(
            entities.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        countryNumbers = Dictionary(
            entities.enumerated().filter { $1.type == .country }.compactMap { pair in
                pair.element.country.map { ($0, pair.offset) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Finds an entity by its id.
    public func entity(_ id: EntityID) -> GazetteerEntity? {
        places[id].map { entities[$0] }
    }

    /// Finds a country by its ISO 3166-1 alpha-2 code, in capitals.
    public func country(_ code: String) -> GazetteerEntity? {
        countryNumbers[code].map { entities[$0] }
    }

    func number(of id: EntityID) -> Int? { places[id] }

    func number(ofCountry code: String) -> Int? { countryNumbers[code] }

    /// Reads the files of some folders.
    ///
    /// A row of a later folder replaces the row of an earlier one that has the same id. Names of files tell what they
    /// hold: countries, people, organisations, ministries, places, regions, treaties, events, each `.tsv`; any may be
    /// absent from a folder, but countries must be in one.
    ///
    /// - Throws: `GazetteerError` at the first row that cannot be used.
    public static func load(folders: [String]) throws(GazetteerError) -> Gazetteer {
        var loader = GazetteerLoader()
        for folder in folders {
            let names: [String]
            do {
                names = try FileSystem.entries(of: folder)
            } catch {
                throw GazetteerError(file: folder, line: 0, reason: "cannot be read: \(error)")
            }
            let known = GazetteerLoader.files
            for name in names where name.hasSuffix(".tsv") && !known.contains(name) {
                throw GazetteerError(
                    file: folder + "/" + name, line: 0,
                    reason: "is no file of a gazetteer; known are \(known.joined(separator: ", "))")
            }
            loader.beginFolder()
            for name in known where names.contains(name) {
                try loader.load(name, path: folder + "/" + name)
            }
        }
        return try loader.finish(folders: folders)
    }
}
