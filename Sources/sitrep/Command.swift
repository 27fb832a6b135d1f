/// One word of the command line and what it does.
protocol Command {
    /// The word.
    static var name: String { get }
    /// What stands behind it, as "--data DIR PATH…".
    static var usage: String { get }
    /// What it does, in a line.
    static var summary: String { get }
    /// The options it takes.
    static var options: [Arguments.Option] { get }

    /// Does it.
    ///
    /// - Returns: The exit status.
    static func run(_ arguments: Arguments) throws -> Int32
}

extension Command {
    static var help: String {
        var text = "sitrep \(name) \(usage)\n\n\(summary)\n"
        if !options.isEmpty { text += "\n" }
        for option in options {
            let spelling = "  --\(option.name)" + (option.value.map { " \($0)" } ?? "")
            text += spelling + String(repeating: " ", count: max(2, 26 - spelling.count)) + option.help + "\n"
        }
        return text
    }
}

extension Arguments.Option {
    static let data = Arguments.Option(name: "data", value: "DIR", help: "the data folder (default: data)")
    static let gazetteer = Arguments.Option(
        name: "gazetteer", value: "DIR",
        help: "a folder of your own names, added to the ones that come along; may be repeated")
    static let help = Arguments.Option(name: "help", value: nil, help: "say what this command does")
}
