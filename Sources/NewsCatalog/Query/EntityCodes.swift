public import NewsModel
internal import SearchIndex
public import TextAnalysis

/// Finds countries by code or name, and entities by the codes that other systems give them.
public struct EntityCodes: Sendable {
    private var byWikidata: [String: EntityID] = [:]
    private var byISO: [String: EntityID] = [:]
    /// Alpha-2 codes by folded name.
    private var codes: [String: String] = [:]
    private var names: [String] = []

    /// Creates a table of the entities of a gazetteer.
    public init(_ gazetteer: Gazetteer) {
        self.init(gazetteer.entities)
    }

    /// Creates a table of some entities.
    init(_ entities: [GazetteerEntity]) {
        for entity in entities {
            if let item = entity.wikidata, byWikidata[item] == nil { byWikidata[item] = entity.id }
            guard entity.type == .country, let code = entity.country else { continue }
            byISO[code] = entity.id
            names.append(entity.name)
            for name in [entity.name] + entity.aliases {
                let key = Self.folded(name)
                // GDELT writes names in one: "unitedstates".
                for key in Set([key, key.filter { $0 != " " }]) where !key.isEmpty && codes[key] == nil {
                    codes[key] = code
                }
            }
        }
    }

    /// The entity with an item of Wikidata, as "Q7747" in either case.
    public func entity(wikidata item: String) -> EntityID? { byWikidata[item.uppercased()] }

    /// The country with a code of ISO 3166-1, alpha-2 or alpha-3 in either case.
    public func entity(iso code: String) -> EntityID? {
        let code = code.uppercased()
        return byISO[code] ?? CountryCodes.alpha2(ofAlpha3: code).flatMap { byISO[$0] }
    }

    /// The alpha-2 code of a country given by alpha-2, alpha-3, name or alias, without regard to case.
    ///
    /// - Returns: `nil` where no country is called so.
    public func country(_ text: String) -> String? {
        let code = text.uppercased()
        if code.utf8.count == 2, byISO[code] != nil { return code }
        if code.utf8.count == 3, let short = CountryCodes.alpha2(ofAlpha3: code) { return short }
        return codes[Self.folded(text)]
    }

    /// The alpha-2 code of a country as GDELT names it: by a code of FIPS 10-4, where `CH` is China; else as `country`.
    public func country(fips text: String) -> String? {
        CountryCodes.alpha2(ofFIPS: text.uppercased()) ?? (text.utf8.count == 2 ? nil : country(text))
    }

    /// The alpha-3 code of a country given by its alpha-2 code.
    public func alpha3(_ code: String) -> String? { CountryCodes.alpha3(ofAlpha2: code) }

    /// The name of a country that somebody who mistyped `text` may have meant.
    public func nearestCountry(to text: String) -> String? { Spelling.nearest(to: text, in: names) }

    private static func folded(_ text: String) -> String {
        TermAnalyzer.terms(text).joined(separator: " ")
    }
}
