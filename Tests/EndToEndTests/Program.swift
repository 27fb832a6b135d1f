import Foundation
import TestSupport

/// The program as it is built beside the tests, and a folder for its data.
final class Program {
    /// What a finished run left.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let folder = NSTemporaryDirectory() + "sitrep-e2e-" + UUID().uuidString
    private var server: Process?

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The program lies beside the test bundle that runs.
    static var path: String {
        get throws {
            let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            let places = [
                own.deletingLastPathComponent().path + "/sitrep", root + "/.build/debug/sitrep",
                root + "/.build/release/sitrep",
            ]
            guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
                throw CocoaError(.fileNoSuchFile)
            }
            return found
        }
    }

    var data: String { folder + "/data" }

    /// Writes a file into the folder.
    ///
    /// - Returns: Its path.
    func write(_ text: String, to name: String) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Runs the program to its end.
    func run(_ arguments: [String], input: String) throws -> Outcome {
        try run(arguments, input: Array(input.utf8))
    }

    /// Runs the program to its end.
    func run(_ arguments: [String], input: [UInt8]? = nil) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let output = folder + "/out-\(UUID().uuidString)"
        let errors = output + "-errors"
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        if let input {
            let path = folder + "/input"
            try Data(input).write(to: URL(fileURLWithPath: path))
            process.standardInput = FileHandle(forReadingAtPath: path)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    /// Starts a server on a free port and waits until it is ready; what it says of errors goes to `errors` or nowhere.
    func serve(_ extra: [String] = [], errors: Pipe? = nil) throws -> HTTPClient {
        let line = try start(["--listen", "127.0.0.1:0"] + extra, errors: errors)
        guard let mark = line.range(of: "http://127.0.0.1:"),
            let port = UInt16(line[mark.upperBound...].prefix { $0.isNumber })
        else { throw CocoaError(.fileReadCorruptFile) }
        let client = HTTPClient(port: port)
        let deadline = Date(timeIntervalSinceNow: 60)
        while try client.send("GET", "/readyz").status != 200 {
            guard Date() < deadline else { throw CocoaError(.fileReadUnknown) }
        }
        return client
    }

    /// Starts a server and waits until it has said where it listens.
    ///
    /// - Parameters:
    ///   - arguments: What follows `serve` and the data folder.
    ///   - environment: Variables beside those of this process.
    ///   - socket: A listening socket to pass on.
    ///   - descriptors: How many descriptors it may have open; `nil` for as many as this process.
    ///   - errors: Where the log goes; `nil` for a file that `waitForLog` reads.
    /// - Returns: The first of what it says.
    /// - Throws: Where it cannot be started or ends before it has said anything.
    @discardableResult func start(
        _ arguments: [String], environment: [String: String] = [:], socket: Int32? = nil,
        descriptors: Int? = nil,
        errors: Pipe? = nil
    ) throws -> String {
        let process = Process()
        let words = [try Self.path, "serve", "--data", data] + arguments
        if let socket {
            // The variable has the process's own number, and descriptors but the first three are not passed on.
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script =
                "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http exec \"$@\""
            process.arguments = ["-c", script, "sh"] + words
            process.standardInput = FileHandle(fileDescriptor: socket, closeOnDealloc: false)
        } else {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
            process.arguments = ["-c", limit + "exec \"$@\"", "sh"] + words
            process.standardInput = FileHandle.nullDevice
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let output = Pipe()
        process.standardOutput = output
        if let errors {
            process.standardError = errors
        } else {
            try Data().write(to: URL(fileURLWithPath: logPath))
            process.standardError = FileHandle(forWritingAtPath: logPath)
        }
        try process.run()
        server = process
        // The first line names the address; reading blocks until it is there.
        var line = ""
        while !line.contains("\n") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
            line += String(decoding: more, as: UTF8.self)
        }
        return line
    }

    private var logPath: String { folder + "/log" }

    /// The log of the server that was started last.
    func log() throws -> String { try String(contentsOfFile: logPath, encoding: .utf8) }

    /// Waits until the log of the server that was started last holds a text.
    func waitForLog(_ text: String) throws {
        let deadline = Date(timeIntervalSinceNow: 60)
        while try !log().contains(text) {
            guard Date() < deadline else { throw CocoaError(.fileReadUnknown) }
        }
    }

    /// Leaves the server to the caller, so that another can be started.
    func letGo() -> Process? {
        defer { server = nil }
        return server
    }

    /// Ends the server at once, as the kernel would.
    func kill() {
        guard let server else { return }
        Foundation.kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        self.server = nil
    }

    /// Tells the server to take up again what has changed outside.
    func hangUp() {
        if let server { Foundation.kill(server.processIdentifier, SIGHUP) }
    }

    /// Asks the server to end and waits for it.
    @discardableResult func stop() -> Int32? {
        guard let server else { return nil }
        server.terminate()
        server.waitUntilExit()
        self.server = nil
        return server.terminationReason == .exit ? server.terminationStatus : -1
    }

    /// Makes a key.
    func key(_ scope: String) throws -> String {
        let outcome = try run(["key", "create", "--data", data, "--scope", scope])
        return String(outcome.output.split(separator: "\n").last ?? "")
    }
}
