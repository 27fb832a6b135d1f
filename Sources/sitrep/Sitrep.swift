internal import Files
internal import Glibc
internal import NewsCatalog

/// The program.
@main
enum Sitrep {
    /// The version of this program.
    static let version = "0.1.0"

    static var commands: [any Command.Type] {
        [
            ServeCommand.self, ImportCommand.self, AnalyzeCommand.self, VerifyCommand.self, KeyCommand.self,
            BenchCommand.self,
        ]
    }

    static func main() {
        // A reader that goes away ends a write with EPIPE, not the program with a signal.
        signal(SIGPIPE, SIG_IGN)
        let status = run(Array(CommandLine.arguments.dropFirst()))
        if let code = Terminal.outputFailure {
            Terminal.complain("sitrep: \(FileError(path: "standard output", operation: "write", code: code))")
            exit(2)
        }
        exit(status)
    }

    /// Runs a command line.
    ///
    /// - Returns: The exit status: 0 done, 1 done in part, 2 could not be done.
    static func run(_ words: [String]) -> Int32 {
        guard let word = words.first, word != "help", word != "--help", word != "-h" else {
            guard let name = words.dropFirst().first else {
                Terminal.print(overview)
                return words.isEmpty ? 2 : 0
            }
            guard let command = commands.first(where: { $0.name == name }) else { return unknown(name) }
            Terminal.print(command.help)
            return 0
        }
        if word == "version" || word == "--version" {
            Terminal.print("sitrep \(version)\n")
            return 0
        }
        guard let command = commands.first(where: { $0.name == word }) else { return unknown(word) }
        do {
            let arguments = try Arguments(words.dropFirst(), options: command.options + [.help])
            if arguments.has("help") {
                Terminal.print(command.help)
                return 0
            }
            return try command.run(arguments)
        } catch let error as UsageError {
            Terminal.complain("sitrep \(word): \(error)\nusage: sitrep \(command.name) \(command.usage)")
            return 2
        } catch {
            Terminal.complain("sitrep \(word): \(error)")
            return 2
        }
    }

    private static func unknown(_ word: String) -> Int32 {
        let known = (commands.map { $0.name } + ["version", "help"]).joined(separator: ", ")
        Terminal.complain("sitrep: unknown command \(word); known are \(known)")
        return 2
    }

    private static var overview: String {
        var text =
            "Sitrep \(version): who, what, where, when, and who said what, from your own news items.\n\n"
        for command in commands {
            text += "  sitrep \(command.name) \(command.usage)\n      \(command.summary)\n"
        }
        return text + "\nsitrep help COMMAND says more.\n"
    }
}
