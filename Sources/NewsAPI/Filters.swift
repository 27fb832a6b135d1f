internal import NewsCatalog
internal import NewsModel
internal import SearchIndex

/// How much of a query an article must meet.
enum QueryMatch: String, Sendable, CaseIterable {
    case all, any
}

/// The conditions of a search: the query and the filters, each with its canonical form.
struct Filters: Sendable {
    /// The query text as it was understood; `nil` where there is none.
    private(set) var query: ParsedQuery?
    /// Whether an article needs to meet only one of several words of the query.
    private(set) var matchesAny = false
    /// All conditions but the period.
    private var clauses: [IndexQuery] = []
    /// The column of the period with its bounds; the end is exclusive.
    private(set) var from: Int64?
    private(set) var to: Int64?
    private let published: String

    private let parameters: Parameters
    private let resolver: EntityResolver

    /// Creates filters without a condition; `published` is the column that `from` and `to` bound.
    init(_ parameters: Parameters, resolver: EntityResolver, published: String) {
        self.parameters = parameters
        self.resolver = resolver
        self.published = published
    }

    /// All conditions.
    var indexQuery: IndexQuery { Self.all(clauses + (period.map { [$0] } ?? [])) }

    /// All conditions but the period.
    var withoutPeriod: IndexQuery { Self.all(clauses) }

    /// Whether the articles have to be of some period, and so have a date.
    var hasPeriod: Bool { period != nil }

    private var period: IndexQuery? {
        from == nil && to == nil ? nil : .range(column: published, from: from, to: to)
    }

    private static func all(_ clauses: [IndexQuery]) -> IndexQuery {
        switch clauses.count {
        case 0: .all
        case 1: clauses[0]
        default: .and(clauses)
        }
    }

    /// Takes in `q` and `match`; `ranks` where the best come first unless another order is asked for, so that a sentence
    /// may be read as any of its words.
    mutating func addQuery(
        _ scope: QueryScope, to request: inout CanonicalRequest, ranks: Bool = false
    ) throws(Refusal) {
        let asked = try parameters.choice(.match, of: QueryMatch.self)
        guard let text = parameters[.query] else { return }
        let parsed: ParsedQuery
        do {
            parsed = try QueryParser(scope: scope, resolver: resolver).parse(text)
        } catch {
            throw Refusal(error)
        }
        guard parsed.tree != .all else { return }
        var match = asked ?? .all
        if asked == nil, ranks, QueryParser.isSentence(text) {
            match = try ListOrder.scores(parameters) ? .any : .all
        }
        let read = match == .any ? parsed.matchingAny : parsed
        query = read
        clauses.append(read.indexQuery)
        request.set(.query, parsed.canonical)
        // Said where it changes something, and where its absence would mean the other.
        matchesAny = read != parsed
        if matchesAny {
            request.set(.match, QueryMatch.any.rawValue)
        } else if QueryParser.isSentence(parsed.canonical) {
            request.set(.match, QueryMatch.all.rawValue)
        }
    }

    /// Takes in `from` and `to`.
    mutating func addPeriod(to request: inout CanonicalRequest, in zone: Zone = .utc) throws(Refusal) {
        let (from, to) = try parameters.period(in: zone)
        setPeriod(from: from, end: to, in: &request)
    }

    /// Takes in a period, the end exclusive.
    mutating func setPeriod(from: Int64?, end: Int64?, in request: inout CanonicalRequest) {
        (self.from, to) = (from, end)
        request.set(.from, from.map { Timestamp(milliseconds: $0).description })
        // The end is written inclusive, as it is read.
        request.set(.to, to.map { Timestamp(milliseconds: $0 - 1).description })
    }

    /// Takes in a list whose values `normal` turns into those of keyword fields.
    mutating func add(
        _ parameter: Parameter, fields: [String], to request: inout CanonicalRequest,
        _ normal: (String) throws(Refusal) -> String
    ) throws(Refusal) {
        var wanted: Set<String> = []
        var excluded: Set<String> = []
        for (text, isExcluded) in try parameters.list(parameter) {
            do throws(Refusal) {
                let value = try normal(text)
                if isExcluded { excluded.insert(value) } else { wanted.insert(value) }
            } catch {
                var refusal = error
                refusal.pointer = parameters.pointer(parameter.name, value: (isExcluded ? "-" : "") + text)
                throw refusal
            }
        }
        func anyOf(_ values: Set<String>) -> IndexQuery {
            let keywords = fields.flatMap { field in
                values.sorted().map { IndexQuery.keyword(field: field, value: $0) }
            }
            return keywords.count == 1 ? keywords[0] : .or(keywords)
        }
        if !wanted.isEmpty { clauses.append(anyOf(wanted)) }
        if !excluded.isEmpty { clauses.append(.not(anyOf(excluded))) }
        request.set(parameter, (wanted.sorted() + excluded.sorted().map { "-" + $0 }).joined(separator: ","))
    }

    /// Takes in `source`: names of outlets in any case, or domains.
    mutating func addSources(_ fields: [String], to request: inout CanonicalRequest) throws(Refusal) {
        // Domains are kept without "www.".
        try add(.source, fields: fields, to: &request) {
            let name = $0.lowercased()
            return name.hasPrefix("www.") && name.utf8.count > 4 ? String(name.dropFirst(4)) : name
        }
    }

    /// Takes in `country`: codes of ISO 3166-1, or names.
    mutating func addCountries(_ field: String, to request: inout CanonicalRequest) throws(Refusal) {
        let codes = resolver.codes
        try add(.country, fields: [field], to: &request) { text throws(Refusal) in
            if let code = codes.country(text) { return code }
            let near = codes.nearestCountry(to: text).map { " Did you mean '\($0)'?" } ?? ""
            throw Refusal(
                .unknownCountry,
                "'country' takes codes of ISO 3166-1, such as UA or UKR, or names; found \(Refusal.shown(text)).\(near)",
                parameter: "country")
        }
    }

    /// Takes in a list of entities: ids, `wikidata:Q7747`, `iso:UA`, or whole names.
    mutating func addEntities(
        _ parameter: Parameter, _ field: String, to request: inout CanonicalRequest
    ) throws(Refusal) {
        let resolver = resolver
        try add(parameter, fields: [field], to: &request) { text throws(Refusal) in
            switch resolver.find(text) {
            case .found(let entity): return entity.entry.id.description
            case .ambiguous(let candidates):
                throw Refusal(
                    .ambiguousEntity,
                    "\(Refusal.shown(text)) is the name of \(candidates.count) entities; give the id of one of them.",
                    parameter: parameter.name, candidates: candidates)
            case .unknown(let nearest):
                throw Refusal(
                    .unknownEntity,
                    "'\(parameter.name)' takes an id such as person:vladimir-putin, wikidata:Q7747, iso:UA or a whole "
                        + "name; nothing is called \(Refusal.shown(text))."
                        + (nearest.isEmpty ? " /v1/entities?q= looks names up." : " The nearest are listed."),
                    parameter: parameter.name, candidates: nearest)
            }
        }
    }

    /// Takes in `language`.
    mutating func addLanguages(_ field: String, to request: inout CanonicalRequest) throws(Refusal) {
        try add(.language, fields: [field], to: &request) { text throws(Refusal) in
            if let code = LanguageCodes.code(text) { return code }
            let near = LanguageCodes.nearest(to: text).map { " Did you mean '\($0)'?" } ?? ""
            throw Refusal(
                .badParameter,
                "'language' takes codes such as en, or English names; found \(Refusal.shown(text)).\(near)",
                parameter: "language")
        }
    }

    /// Takes in a list of some known values.
    mutating func addChoices(
        _ parameter: Parameter, _ field: String, of known: [String], to request: inout CanonicalRequest
    ) throws(Refusal) {
        try add(parameter, fields: [field], to: &request) { text throws(Refusal) in
            if known.contains(text) { return text }
            let near = Spelling.suggestion(for: text, in: known)
            throw Refusal(
                .badParameter,
                "'\(parameter.name)' takes \(known.joined(separator: ", ")); found \(Refusal.shown(text)).\(near)",
                parameter: parameter.name)
        }
    }
}

extension Refusal {
    /// What is wrong with a query.
    init(_ error: QueryError) {
        let code: ProblemCode =
            switch error.kind {
            case .syntax: .querySyntax
            case .limit: .queryLimit
            case .unknownEntity: .unknownEntity
            case .unknownCountry: .unknownCountry
            }
        let end = error.reason.hasSuffix("?") ? "" : "."
        let sentence = error.reason.prefix(1).uppercased() + error.reason.dropFirst() + end
        self.init(code, sentence, parameter: "q", offset: error.offset)
    }
}
