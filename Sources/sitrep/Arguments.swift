/// A command line that cannot be carried out as written.
struct UsageError: Error, CustomStringConvertible {
    let description: String
}

/// The words of a command line: options by name, and the rest in order.
struct Arguments {
    /// An option a command takes.
    struct Option {
        /// Its name without the dashes.
        let name: String
        /// What its value is called in the help, as "DIR"; `nil` for a flag without one.
        let value: String?
        /// What it does.
        let help: String
    }

    private(set) var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    /// Reads the words after the command's name: `--name value`, `--name=value`, `--flag`; `--` ends the options.
    init(_ words: some Sequence<String>, options: [Option]) throws(UsageError) {
        var iterator = words.makeIterator()
        while let written = iterator.next() {
            let word = written == "-h" ? "--help" : written
            if word == "--" {
                while let rest = iterator.next() { operands.append(rest) }
                return
            }
            guard word.hasPrefix("--"), word.utf8.count > 2 else {
                guard word == "-" || !word.hasPrefix("-") else {
                    throw UsageError(description: "unknown option \(word)" + Self.list(options))
                }
                operands.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = options.first(where: { $0.name == name }) else {
                throw UsageError(description: "unknown option --\(name)" + Self.list(options))
            }
            if option.value == nil {
                guard parts.count == 1 else { throw UsageError(description: "--\(name) takes no value") }
                values[name, default: []].append("true")
            } else if parts.count == 2 {
                values[name, default: []].append(String(parts[1]))
            } else {
                guard let value = iterator.next() else {
                    throw UsageError(
                        description: "--\(name) needs a value: --\(name) \(option.value ?? "VALUE")")
                }
                values[name, default: []].append(value)
            }
        }
    }

    /// The value of an option, the last one where it is given more than once.
    subscript(name: String) -> String? { values[name]?.last }

    /// Whether a flag is given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The value of an option that has to be there.
    func required(_ name: String, _ form: String) throws(UsageError) -> String {
        guard let value = self[name] else { throw UsageError(description: "--\(name) \(form) is missing") }
        return value
    }

    private static func list(_ options: [Option]) -> String {
        options.isEmpty
            ? "; this command takes none"
            : "; known are " + options.map { "--" + $0.name }.joined(separator: ", ")
    }
}
