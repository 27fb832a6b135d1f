internal import Files
internal import JSON
internal import NewsCatalog

/// Where a value came from.
public enum ConfigOrigin: Hashable, Sendable, CustomStringConvertible {
    /// Nobody set it.
    case standard
    /// A file, by its path.
    case file(String)
    /// An environment variable, by its name.
    case variable(String)
    /// A flag, by its name without the dashes.
    case flag(String)

    /// "default", "file sitrep.json", "variable SITREP_LISTEN" or "flag --listen".
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path): "file \(path)"
        case .variable(let name): "variable \(name)"
        case .flag(let name): "flag --\(name)"
        }
    }
}

/// A configuration with where each of its values came from.
public struct LoadedConfiguration: Sendable, Equatable {
    /// The values, checked together.
    public let configuration: Configuration
    /// Where each came from, by key; what is not here is at its default.
    public let origins: [String: ConfigOrigin]
    /// What is odd but does no harm, in words: variables that look like settings and are none.
    public let warnings: [String]

    /// Every key with its value as JSON and where it came from, a line each.
    public var listing: String {
        Setting.all.map { setting in
            "\(setting.key) = \(setting.json(in: configuration))  (\(origins[setting.key] ?? .standard))\n"
        }.joined()
    }
}

extension Configuration {
    /// The configuration as a file that sets every key.
    public var json: String {
        var text = "{\n"
        var group = ""
        for (index, setting) in Setting.all.enumerated() {
            let parts = setting.key.split(separator: ".")
            let own = parts.count > 1 ? String(parts[0]) : ""
            if own != group {
                if !group.isEmpty { text += "\n  }" }
                if index > 0 { text += ",\n" }
                text += "  \"\(own)\": {\n"
                group = own
            } else if index > 0 {
                text += ",\n"
            }
            text += (own.isEmpty ? "  " : "    ") + "\"\(parts[parts.count - 1])\": \(setting.json(in: self))"
        }
        return text + (group.isEmpty ? "" : "\n  }") + "\n}\n"
    }

    /// Reads a configuration: the file, then the environment over it, then the flags over both.
    ///
    /// - Parameters:
    ///   - file: A JSON file; `nil` for the one that `SITREP_CONFIG` names, or none.
    ///   - environment: Variables of the process; `SITREP_…` are looked at.
    ///   - flags: Flags by name without the dashes; one that holds a list may come more than once.
    /// - Returns: The configuration, with where each value came from.
    /// - Throws: `ConfigError` for an unknown key, a value of the wrong kind, or values that do not fit together.
    public static func load(
        file: String? = nil, environment: [String: String] = [:], flags: [(name: String, value: String)] = []
    ) throws(ConfigError) -> LoadedConfiguration {
        var reader = ConfigurationReader()
        if let path = file ?? environment["SITREP_CONFIG"] { try reader.readFile(path) }
        try reader.read(environment)
        try reader.read(flags)
        let checked: Configuration
        do {
            checked = try reader.configuration.validated()
        } catch {
            // What does not fit is of use only with where it was said.
            let place = error.key.flatMap { reader.origins[$0] }
            throw ConfigError(place: place?.description ?? "", key: error.key, reason: error.reason)
        }
        return LoadedConfiguration(configuration: checked, origins: reader.origins, warnings: reader.warnings)
    }
}

/// A configuration in the making.
private struct ConfigurationReader {
    var configuration = Configuration()
    var origins: [String: ConfigOrigin] = [:]
    var warnings: [String] = []

    mutating func readFile(_ path: String) throws(ConfigError) {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path)
        } catch {
            throw ConfigError(place: path, reason: "cannot be read: \(error)")
        }
        let value: JSONValue
        do {
            value = try JSONParser().parse(bytes)
        } catch {
            throw ConfigError(
                place: path, line: error.line(in: bytes),
                reason: "not JSON: expected \(error.expected) at column \(error.column(in: bytes))")
        }
        guard let object = value.object else {
            throw ConfigError(place: path, line: 1, reason: "expected an object of keys and values")
        }
        try read(object, group: "", path: path, bytes)
    }

    private mutating func read(
        _ object: JSONObject, group: String, path: String, _ bytes: [UInt8]
    ) throws(ConfigError) {
        for member in object.members {
            let key = group + member.name
            let line = 1 + bytes.prefix(member.offset).count { $0 == 0x0A }
            if let setting = Setting.find(key) {
                do {
                    try setting.set(member.value, in: &configuration)
                } catch {
                    throw ConfigError(place: path, line: line, key: key, reason: error.reason)
                }
                do {
                    try configuration.check(key)
                } catch {
                    throw ConfigError(place: path, line: line, key: key, reason: error.reason)
                }
                origins[key] = .file(path)
                continue
            }
            let isGroup = Setting.all.contains { $0.key.hasPrefix(key + ".") }
            guard isGroup else {
                throw ConfigError(
                    place: path, line: line, key: key,
                    reason: "unknown key"
                        + Self.hint(
                            key, among: Setting.all.map(\.key), all: "Docs/configuration.md lists them"))
            }
            guard let inner = member.value.object else {
                throw ConfigError(
                    place: path, line: line, key: key, reason: "expected an object of keys and values")
            }
            try read(inner, group: key + ".", path: path, bytes)
        }
    }

    mutating func read(_ environment: [String: String]) throws(ConfigError) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("SITREP_") {
            guard name != "SITREP_CONFIG" else { continue }
            guard let setting = Setting.all.first(where: { $0.variable == name }) else {
                warnings.append(
                    "\(name) is no setting" + Self.hint(name, among: Setting.all.map(\.variable), all: nil))
                continue
            }
            try set(setting, value, from: .variable(name), place: name)
        }
    }

    mutating func read(_ flags: [(name: String, value: String)]) throws(ConfigError) {
        var lists: [String: [String]] = [:]
        for (name, value) in flags {
            guard
                let setting = Setting.all.first(where: {
                    $0.flag == name || $0.isList && $0.flag == name + "s"
                })
            else {
                throw ConfigError(
                    place: "--\(name)",
                    reason: "unknown flag" + Self.hint(name, among: Setting.all.map(\.flag), all: nil))
            }
            guard case .texts(let path, let list) = setting.target else {
                try set(setting, value, from: .flag(name), place: "--\(name)")
                continue
            }
            // Each flag of a list of folders is one of them, whatever it holds.
            lists[setting.key, default: []] += list == .paths ? [value] : Setting.split(value, list)
            configuration[keyPath: path] = lists[setting.key] ?? []
            origins[setting.key] = .flag(name)
        }
    }

    private mutating func set(
        _ setting: Setting, _ value: String, from origin: ConfigOrigin, place: String
    ) throws(ConfigError) {
        do {
            try setting.set(value, in: &configuration)
        } catch {
            throw ConfigError(place: place, key: setting.key, reason: error.reason)
        }
        origins[setting.key] = origin
    }

    private static func hint(_ name: String, among known: [String], all: String?) -> String {
        if let near = Spelling.nearest(to: name, in: known) { return "; did you mean \(near)?" }
        return all.map { "; \($0)" } ?? ""
    }
}
