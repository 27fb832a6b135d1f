import NewsModel

/// Reads gazetteer files one after the other and checks them against each other.
struct GazetteerLoader {
    /// The files a gazetteer can have, in the order of reading.
    static let files = [
        "countries.tsv", "organisations.tsv", "ministries.tsv", "people.tsv", "places.tsv", "regions.tsv",
        "treaties.tsv", "events.tsv",
    ]

    private struct Entry {
        var entity: GazetteerEntity
        var file: String
        var line: Int
        var folder: Int
    }

    private var entries: [EntityID: Entry] = [:]
    private var templates: [String: (template: MinistryTemplate, folder: Int)] = [:]
    private var countryCodes: Set<String> = []
    private var folder = 0

    mutating func beginFolder() { folder += 1 }

    mutating func load(_ name: String, path: String) throws(GazetteerError) {
        switch name {
        case "countries.tsv": try countries(path)
        case "people.tsv": try people(path)
        case "organisations.tsv": try organisations(path)
        case "ministries.tsv": try ministries(path)
        case "places.tsv": try places(path)
        case "regions.tsv": try regions(path)
        case "treaties.tsv": try dated(path, .treaty)
        default: try dated(path, .event)
        }
    }

    func finish(folders: [String]) throws(GazetteerError) -> Gazetteer {
        guard !countryCodes.isEmpty else {
            throw GazetteerError(
                file: folders.joined(separator: ", "), line: 0,
                reason: "no folder has countries.tsv with a row in it")
        }
        var problems: [String] = []
        let sorted = entries.values.sorted { $0.entity.id < $1.entity.id }
        for entry in sorted {
            for office in entry.entity.offices {
                if let holder = office.organisation, entries[holder] == nil {
                    problems.append(
                        "\(entry.file):\(entry.line): office \"\(office.title)\" is of \(holder), which no file has"
                    )
                }
            }
        }
        return Gazetteer(
            entities: sorted.map(\.entity),
            ministries: templates.values.map(\.template).sorted { $0.id < $1.id }, problems: problems)
    }

    private mutating func start(
        _ row: Table.Row, _ path: String, _ type: EntityType
    ) throws(GazetteerError) -> GazetteerEntity {
        let id = row["id"]
        let name = row["name"]
        guard Self.isID(id, prefix: type.prefix) else {
            throw GazetteerError(
                file: path, line: row.line,
                reason: "id \"\(id)\" must be \"\(type.prefix):\" and small letters, digits and hyphens")
        }
        guard !name.isEmpty else { throw GazetteerError(file: path, line: row.line, reason: "name is empty") }
        var entity = GazetteerEntity(id: EntityID(id), type: type, name: name)
        entity.aliases = row.list("aliases")
        let wikidata = row["wikidata"]
        if !wikidata.isEmpty {
            guard wikidata.hasPrefix("Q"),
                wikidata.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                wikidata.utf8.count > 1
            else {
                throw GazetteerError(
                    file: path, line: row.line, reason: "wikidata \"\(wikidata)\" must be Q and a number")
            }
            entity.wikidata = wikidata
        }
        entity.kind = row["kind"]
        return entity
    }

    private mutating func add(
        _ entity: GazetteerEntity, _ row: Table.Row, _ path: String
    ) throws(GazetteerError) {
        if let other = entries[entity.id], other.folder == folder {
            throw GazetteerError(
                file: path, line: row.line,
                reason: "id \(entity.id) stands already in \(other.file):\(other.line)")
        }
        entries[entity.id] = Entry(entity: entity, file: path, line: row.line, folder: folder)
    }

    private func country(_ code: String, _ row: Table.Row, _ path: String) throws(GazetteerError) -> String? {
        if code.isEmpty { return nil }
        guard countryCodes.contains(code) else {
            throw GazetteerError(file: path, line: row.line, reason: "unknown country \"\(code)\"")
        }
        return code
    }

    private func coordinates(_ row: Table.Row, _ path: String) throws(GazetteerError) -> Coordinates? {
        let (latitude, longitude) = (row["lat"], row["lon"])
        if latitude.isEmpty, longitude.isEmpty { return nil }
        guard let north = Double(latitude), let east = Double(longitude), abs(north) <= 90, abs(east) <= 180
        else {
            throw GazetteerError(
                file: path, line: row.line,
                reason: "lat \"\(latitude)\" and lon \"\(longitude)\" must be degrees within ±90 and ±180")
        }
        return Coordinates(latitude: north, longitude: east)
    }

    private mutating func countries(_ path: String) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name", "iso2"],
            optional: [
                "official", "aliases", "demonyms", "capital", "iso3", "numeric", "wikidata", "lat", "lon",
                "region",
            ])
        for row in table.rows {
            var entity = try start(row, path, .country)
            let code = row["iso2"]
            guard code.utf8.count == 2, code == code.uppercased(),
                entity.id.description == "country:" + code.lowercased()
            else {
                throw GazetteerError(
                    file: path, line: row.line,
                    reason: "iso2 \"\(code)\" must be two capitals and agree with the id \(entity.id)")
            }
            entity.country = code
            entity.demonyms = row.list("demonyms")
            entity.capitals = row.list("capital")
            entity.aliases += row.list("official")
            entity.coordinates = try coordinates(row, path)
            entity.kind = row["region"]
            countryCodes.insert(code)
            try add(entity, row, path)
        }
    }

    private mutating func people(_ path: String) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name"],
            optional: ["aliases", "known_as", "family", "gender", "country", "wikidata", "offices"])
        for row in table.rows {
            var entity = try start(row, path, .person)
            entity.knownAs = row.list("known_as")
            entity.family = row.list("family")
            switch row["gender"] {
            case "": break
            case "m": entity.gender = .male
            case "f": entity.gender = .female
            default:
                throw GazetteerError(
                    file: path, line: row.line, reason: "gender \"\(row["gender"])\" must be m, f or empty")
            }
            entity.country = try country(row["country"], row, path)
            for part in Self.parts(row["offices"]) {
                guard let office = Office(part) else {
                    throw GazetteerError(
                        file: path, line: row.line,
                        reason:
                            "office \"\(part)\" must be \"title@HOLDER FROM..TO\", the title in small letters,"
                            + " HOLDER a country code or org: id, dates as 2012, 2012-05 or 2012-05-07")
                }
                _ = try country(office.country ?? "", row, path)
                entity.offices.append(office)
            }
            try add(entity, row, path)
        }
    }

    private mutating func organisations(_ path: String) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name"],
            optional: ["aliases", "kind", "country", "wikidata", "seat"])
        for row in table.rows {
            var entity = try start(row, path, .organisation)
            entity.country = try country(row["country"], row, path)
            entity.seat = row["seat"]
            try add(entity, row, path)
        }
    }

    private mutating func ministries(_ path: String) throws(GazetteerError) {
        let table = try Table(path: path, required: ["id", "name", "aliases", "code"])
        for row in table.rows {
            let id = row["id"]
            guard Self.isSlug(id) else {
                throw GazetteerError(
                    file: path, line: row.line,
                    reason: "id \"\(id)\" must be small letters, digits and hyphens")
            }
            guard !row["name"].isEmpty else {
                throw GazetteerError(file: path, line: row.line, reason: "name is empty")
            }
            if let other = templates[id], other.folder == folder {
                throw GazetteerError(file: path, line: row.line, reason: "id \(id) stands twice")
            }
            templates[id] = (
                MinistryTemplate(id: id, name: row["name"], aliases: row.list("aliases"), code: row["code"]),
                folder
            )
        }
    }

    private mutating func places(_ path: String) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name"],
            optional: ["aliases", "kind", "country", "lat", "lon", "population", "wikidata"])
        for row in table.rows {
            var entity = try start(row, path, .place)
            entity.country = try country(row["country"], row, path)
            entity.coordinates = try coordinates(row, path)
            let population = row["population"]
            if !population.isEmpty {
                guard let number = Int(population), number >= 0 else {
                    throw GazetteerError(
                        file: path, line: row.line, reason: "population \"\(population)\" must be a number")
                }
                entity.population = number
            }
            try add(entity, row, path)
        }
    }

    private mutating func regions(_ path: String) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name"],
            optional: ["aliases", "kind", "countries", "demonyms", "wikidata", "lat", "lon"])
        for row in table.rows {
            var entity = try start(row, path, .region)
            entity.demonyms = row.list("demonyms")
            entity.coordinates = try coordinates(row, path)
            for code in row.list("countries") {
                guard let known = try country(code, row, path) else { continue }
                entity.countries.append(known)
            }
            if entity.countries.count == 1 { entity.country = entity.countries[0] }
            try add(entity, row, path)
        }
    }

    private mutating func dated(_ path: String, _ type: EntityType) throws(GazetteerError) {
        let table = try Table(
            path: path, required: ["id", "name"], optional: ["aliases", "kind", "date", "place", "wikidata"])
        for row in table.rows {
            var entity = try start(row, path, type)
            entity.date = row["date"]
            entity.seat = row["place"]
            try add(entity, row, path)
        }
    }

    /// The parts of a cell between semicolons.
    private static func parts(_ cell: String) -> [String] {
        cell.split(separator: ";").map { part in
            String(part.drop { $0 == " " })
        }
    }

    private static func isID(_ id: String, prefix: String) -> Bool {
        id.hasPrefix(prefix + ":") && isSlug(String(id.dropFirst(prefix.count + 1)))
    }

    private static func isSlug(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
