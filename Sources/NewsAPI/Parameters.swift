internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog
internal import NewsModel

/// One query parameter of an endpoint.
struct Parameter: Sendable {
    let name: String
    /// Other names it goes by elsewhere.
    var aliases: [String] = []
    /// Whether it may be repeated or hold several values between commas.
    var isList = false

    static let query = Parameter(name: "q", aliases: ["query"])
    static let match = Parameter(name: "match")
    static let source = Parameter(name: "source", isList: true)
    static let country = Parameter(name: "country", isList: true)
    static let entity = Parameter(name: "entity", isList: true)
    static let language = Parameter(name: "language", aliases: ["lang"], isList: true)
    static let from = Parameter(name: "from")
    static let to = Parameter(name: "to")
    static let sort = Parameter(name: "sort")
    static let halfLife = Parameter(name: "half_life")
    static let limit = Parameter(name: "limit", aliases: ["pageSize", "page_size", "size"])
    static let cursor = Parameter(name: "cursor")
    static let format = Parameter(name: "format")
    static let fields = Parameter(name: "fields", isList: true)
    static let highlight = Parameter(name: "highlight")
    static let explain = Parameter(name: "explain")
}

/// The parameters of one request, checked against those that its endpoint knows.
struct Parameters: Sendable {
    /// One value as it was given.
    private struct Given {
        let text: String
        /// Where in the content it stands, by RFC 6901; `nil` for what stands in a target.
        var pointer: String?
    }

    private var values: [String: [Given]] = [:]

    /// Reads the query of a target.
    ///
    /// - Throws: `Refusal` for a parameter that is unknown, given twice, or badly encoded.
    init(_ target: RequestTarget, of endpoint: EndpointDefinition) throws(Refusal) {
        guard let items = target.queryItems else {
            throw Refusal(
                .badEncoding,
                "In a query two hexadecimal digits follow each '%', and what they encode is UTF-8 without NUL."
            )
        }
        for item in items { try add(Given(text: item.value), as: item.name, of: endpoint) }
    }

    /// Reads the members of an object; an array stands for a parameter that is repeated, and null for none.
    ///
    /// - Throws: `Refusal` for a parameter that is unknown, given twice, or of a kind that no parameter has.
    init(_ object: JSONObject, of endpoint: EndpointDefinition) throws(Refusal) {
        for member in object.members where !member.value.isNull {
            let pointer = "/" + Self.escaped(member.name)
            guard let elements = member.value.array else {
                try add(Self.given(member.value, member.name, at: pointer), as: member.name, of: endpoint)
                continue
            }
            for (index, element) in elements.enumerated() {
                let given = try Self.given(element, member.name, at: "\(pointer)/\(index)")
                try add(given, as: member.name, of: endpoint)
            }
        }
    }

    private static func given(
        _ value: JSONValue, _ name: String, at pointer: String
    ) throws(Refusal) -> Given {
        switch value {
        case .string(let text): return Given(text: text, pointer: pointer)
        case .boolean(let truth): return Given(text: String(truth), pointer: pointer)
        case .number(let number):
            return Given(text: number.int64.map { String($0) } ?? number.description, pointer: pointer)
        case .null, .array, .object:
            var refusal = Refusal(
                .badParameter,
                "A parameter is a string, a number, true or false, or an array of these; found \(value.kindName).",
                parameter: name)
            refusal.pointer = pointer
            throw refusal
        }
    }

    /// A name as part of a pointer.
    ///
    /// - Source: RFC 6901 §3.
    private static func escaped(_ name: String) -> String {
        var escaped = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private mutating func add(
        _ given: Given, as name: String, of endpoint: EndpointDefinition
    ) throws(Refusal) {
        var refusal: Refusal
        let parameter = endpoint.parameters.first { $0.name == name || $0.aliases.contains(name) }
        if let parameter {
            guard !parameter.isList, values[parameter.name] != nil else {
                values[parameter.name, default: []].append(given)
                return
            }
            refusal = Refusal(
                .duplicateParameter,
                "'\(parameter.name)' can be given once; found it twice"
                    + (parameter.aliases.isEmpty
                        ? "."
                        : " (also known as \(parameter.aliases.map { "'\($0)'" }.joined(separator: ", ")))."),
                parameter: parameter.name)
        } else {
            refusal = Self.unknown(name, endpoint)
        }
        refusal.pointer = given.pointer
        throw refusal
    }

    /// Where in the content a parameter stands, or that value of a list; `nil` where it came in a target.
    func pointer(_ name: String, value: String? = nil) -> String? {
        let given = values[name] ?? []
        if let value, let holder = given.first(where: { Self.parts($0.text).contains(value) }) {
            return holder.pointer
        }
        guard given.count > 1 else { return given.first?.pointer }
        // Of several elements of one array, the array.
        return given[0].pointer.map { pointer in
            String(pointer.prefix(upTo: pointer.lastIndex(of: "/") ?? pointer.endIndex))
        }
    }

    private static func unknown(_ name: String, _ endpoint: EndpointDefinition) -> Refusal {
        let names = endpoint.parameters.map(\.name)
        let hint = Spelling.suggestion(
            for: name, in: endpoint.parameters.flatMap { [$0.name] + $0.aliases })
        let known = names.isEmpty ? "It takes none." : "It takes \(names.joined(separator: ", "))."
        return Refusal(
            .unknownParameter,
            "\(Refusal.shown(name)) is not a parameter of \(endpoint.path).\(hint) \(known)", parameter: name)
    }

    /// The value of a parameter that is no list.
    subscript(parameter: Parameter) -> String? { values[parameter.name]?.first?.text }

    /// The most values of a list.
    static let listLimit = 1_000

    /// The values of a list: repeated, or between commas; a leading `-` excludes.
    func list(_ parameter: Parameter) throws(Refusal) -> [(value: String, isExcluded: Bool)] {
        var list: [(value: String, isExcluded: Bool)] = []
        for given in values[parameter.name] ?? [] {
            for part in Self.parts(given.text) {
                let isExcluded = part.hasPrefix("-")
                let value = isExcluded ? Self.trimmed(part.dropFirst()) : part
                guard !value.isEmpty else {
                    var refusal = Refusal(
                        .badParameter,
                        "'\(parameter.name)' takes one or more values between commas; found an empty one in "
                            + "\(Refusal.shown(given.text)).", parameter: parameter.name)
                    refusal.pointer = given.pointer
                    throw refusal
                }
                list.append((value, isExcluded))
            }
        }
        guard list.count <= Self.listLimit else {
            throw Refusal(
                .queryLimit,
                "'\(parameter.name)' takes at most \(Self.listLimit) values; found \(list.count).",
                parameter: parameter.name)
        }
        return list
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8.drop(while: \.isWhitespace))
        let end = bytes.lastIndex { !$0.isWhitespace }
        return end.map { String(decoding: bytes[...$0], as: UTF8.self) } ?? ""
    }

    /// One of some values, or `standard` where the parameter is absent.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ parameter: Parameter, _ standard: Value
    ) throws(Refusal) -> Value where Value.RawValue == String {
        try choice(parameter, of: Value.self) ?? standard
    }

    /// One of some values; `nil` where the parameter is absent.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ parameter: Parameter, of values: Value.Type
    ) throws(Refusal) -> Value? where Value.RawValue == String {
        guard let text = self[parameter] else { return nil }
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        let near = Spelling.suggestion(for: text, in: known)
        throw Refusal(
            .badParameter,
            "'\(parameter.name)' is one of \(known.joined(separator: ", ")); found \(Refusal.shown(text)).\(near)",
            parameter: parameter.name)
    }

    /// Whether a parameter is `true`; `false` where it is absent.
    func flag(_ parameter: Parameter) throws(Refusal) -> Bool {
        guard let text = self[parameter] else { return false }
        guard let value = Bool(text) else {
            throw Refusal(
                .badParameter, "'\(parameter.name)' is true or false; found \(Refusal.shown(text)).",
                parameter: parameter.name)
        }
        return value
    }

    /// The members of an item that are shown, of those that it can have; `nil` where `fields` is absent.
    func fields(of known: [String]) throws(Refusal) -> FieldSelection? {
        let names = try names(.fields, of: known)
        return names.isEmpty ? nil : FieldSelection(names)
    }

    /// The values of a list that takes only some names and excludes none, each once; empty where it is absent.
    func names(_ parameter: Parameter, of known: [String]) throws(Refusal) -> [String] {
        var names: [String] = []
        for (name, isExcluded) in try list(parameter) {
            guard !isExcluded, known.contains(name) else {
                let near = Spelling.suggestion(for: name, in: known)
                let shown = (isExcluded ? "-" : "") + name
                var refusal = Refusal(
                    .badParameter,
                    "'\(parameter.name)' takes one or more of \(known.joined(separator: ", ")); found "
                        + "\(Refusal.shown(shown)).\(near)", parameter: parameter.name)
                refusal.pointer = pointer(parameter.name, value: shown)
                throw refusal
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The items of a page.
    func limit(_ options: APIOptions) throws(Refusal) -> Int {
        try number(
            .limit, options.defaultLimit, 1...options.maximumLimit, hint: " For more, follow next_cursor.")
    }

    /// A whole number, or `standard` where the parameter is absent.
    func number(
        _ parameter: Parameter, _ standard: Int, _ range: ClosedRange<Int>, hint: String = ""
    ) throws(Refusal) -> Int {
        guard let text = self[parameter] else { return standard }
        guard text.utf8.count <= 9, text.utf8.allSatisfy(\.isDigit), let number = Int(text),
            range.contains(number)
        else {
            throw Refusal(
                .badParameter,
                "'\(parameter.name)' is a whole number from \(range.lowerBound) to \(range.upperBound); "
                    + "found \(Refusal.shown(text)).\(hint)", parameter: parameter.name)
        }
        return number
    }

    /// The zone that days are those of; UTC where the parameter is absent.
    func zone(_ zones: ZoneDirectory) throws(Refusal) -> Zone {
        guard let text = self[.tz] else { return .utc }
        do {
            return try zones.zone(text)
        } catch {
            let rest =
                switch error {
                case .unknown(let nearest?): " Did you mean '\(nearest)'?"
                case .unknown(nil): ""
                case .noDatabase: " The server has no time zone database, so that it takes offsets alone."
                case .unreadable(let reason): " The server's file of it cannot be read: \(reason)."
                }
            throw Refusal(
                .badParameter,
                "'tz' takes names of the IANA time zone database, such as Europe/Kyiv, or offsets such as +03:00 "
                    + "(in a URL the '+' is written %2B); found \(Refusal.shown(text)).\(rest)",
                parameter: "tz")
        }
    }

    /// The period between `from` and `to`, as milliseconds; the end is exclusive.
    ///
    /// What names no zone of its own is local time of `zone`.
    func period(in zone: Zone = .utc) throws(Refusal) -> (from: Int64?, to: Int64?) {
        let from = try self[.from].map { text throws(Refusal) in try Self.instant(text, of: .from, in: zone) }
        let to = try self[.to].map { text throws(Refusal) in try Self.instant(text, of: .to, in: zone) }
        if let from, let to, from.start >= to.end {
            throw Refusal(
                .badParameter,
                "'from' comes before 'to'; found from \(Timestamp(milliseconds: from.start)) "
                    + "to \(Timestamp(milliseconds: to.end - 1)).", parameter: "from")
        }
        return (from?.start, to?.end)
    }

    /// The first millisecond of what a text names and the first one after it: a day, month or year where it names
    /// no time of day.
    static func instant(
        _ text: String, of parameter: Parameter, in zone: Zone
    ) throws(Refusal) -> (start: Int64, end: Int64) {
        guard let instant = Timestamp(text), Self.range.contains(instant.milliseconds) else {
            let hint =
                text.contains(" ") && text.contains(":")
                ? " In a URL the '+' before a zone is written %2B." : ""
            throw Refusal(
                .badParameter,
                "'\(parameter.name)' is a date or instant such as 2021-12-15, 2021-12-15T08:30:00Z or 1639557000 "
                    + "(seconds or milliseconds since 1970); found \(Refusal.shown(text)).\(hint)",
                parameter: parameter.name)
        }
        let trimmed = trimmed(text)
        if let unit = unit(of: instant, given: trimmed) {
            let start = zone.instant(ofLocal: instant.milliseconds)
            return (start, unit.start(after: start, in: zone))
        }
        // What a zone can be added to has none.
        let isLocal = !trimmed.utf8.allSatisfy(\.isDigit) && Timestamp(trimmed + "Z") == instant
        let start = isLocal ? zone.instant(ofLocal: instant.milliseconds) : instant.milliseconds
        return (start, start + 1)
    }

    /// What a text names as a whole: a year, month or day; `nil` where it names a time.
    private static func unit(of instant: Timestamp, given text: String) -> Interval? {
        if text.utf8.count == 4 { return .year }
        if text.utf8.count == 7, text.utf8.contains(UInt8(ascii: "-")) { return .month }
        // A date is what a time of day can be added to.
        let later = Timestamp(milliseconds: instant.milliseconds + 3_600_000)
        return Timestamp(text + "T01:00") == later || Timestamp(text + " 01:00") == later ? .day : nil
    }

    /// Years 0 to 9999.
    private static let range =
        Timestamp(year: 0, month: 1, day: 1)
        .milliseconds..<Timestamp(year: 10_000, month: 1, day: 1).milliseconds
}
