internal import Dispatch
internal import Files
internal import Glibc
internal import HTTPServer
internal import NewsAPI
internal import NewsCatalog
internal import NewsStore
internal import SearchIndex
internal import ServiceConfig
internal import Synchronization
internal import Telemetry
internal import Transport

/// Serves a data folder over HTTP.
enum ServeCommand: Command {
    static let name = "serve"
    static let usage = "--data DIR --listen ADDRESS:PORT… [--loops N] [--config FILE]"
    static let summary =
        "Serves a data folder over HTTP until it is told to end (SIGTERM; a second one cuts connections off)."
    static let options: [Arguments.Option] =
        [
            .init(
                name: "config", value: "FILE",
                help: "a configuration file; flags and SITREP_… variables go before it"),
            .init(
                name: "print-config", value: nil, help: "print each value with where it came from, and end"),
        ] + Setting.all.map { .init(name: $0.flag, value: "VALUE", help: $0.help) }

    static func run(_ arguments: Arguments) throws -> Int32 {
        let flags = Setting.all.flatMap { setting in
            (arguments.values[setting.flag] ?? []).map { (name: setting.flag, value: $0) }
        }
        guard arguments.operands.isEmpty else {
            throw UsageError(
                description: "unexpected \(arguments.operands[0]); a data folder is given by --data")
        }
        let loaded = try Configuration.load(file: arguments["config"], environment: environment, flags: flags)
        if arguments.has("print-config") {
            Terminal.print(loaded.listing)
            return 0
        }
        for warning in loaded.warnings { Terminal.complain("sitrep serve: \(warning)") }
        var configuration = loaded.configuration
        try FileSystem.createFolder(configuration.data)
        let keyCount = try SQLiteStore(folder: configuration.data).keyCount()
        let inherited = SocketActivation(environment: environment).sockets
        if inherited.isEmpty {
            try configuration.checkExposure(of: configuration.server.listeners, keyCount: keyCount)
        } else {
            configuration.server.listeners = inherited.map {
                ListenerOptions($0.name, isTLS: $0.name == "https", descriptor: $0.descriptor)
            }
        }
        let service = try Service(configuration, Supervisor(environment: environment))
        // Only now is it known where sockets listen that came with the process.
        try configuration.checkExposure(of: service.listeners, keyCount: keyCount)
        service.start()
        // The service ends the process; nothing is left for this thread to do.
        dispatchMain()
    }

    /// The variables of this process.
    private static var environment: [String: String] {
        let bytes = (try? FileSystem.read("/proc/self/environ")) ?? []
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let mark = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            variables[String(decoding: entry[..<mark], as: UTF8.self)] = String(
                decoding: entry[(mark + 1)...], as: UTF8.self)
        }
        return variables
    }
}

/// A server with its catalog, from the first moment to the last.
private final class Service: Sendable {
    private let configuration: Configuration
    private let log: Log
    private let slot = CatalogSlot()
    private let api: API
    private let server: HTTPServer
    private let supervisor: Supervisor
    /// Whether connections wait until all that is stored can be found: before this process others served them, and they
    /// are not to notice.
    private let startsLate: Bool
    private let catalog = Mutex<Catalog?>(nil)
    private let signals = DispatchQueue(label: "service.signals")

    /// Opens the port.
    ///
    /// - Throws: `ServerError` where that cannot be done.
    init(_ configuration: Configuration, _ supervisor: Supervisor) throws {
        self.configuration = configuration
        self.supervisor = supervisor
        startsLate =
            configuration.server.sharesPort
            || configuration.server.listeners.contains { $0.descriptor != nil }
        log = Log(level: configuration.logLevel, format: configuration.logFormat)
        let metrics = Metrics()
        api = API(
            slot: slot, options: configuration.api, version: VersionInfo(version: Sitrep.version),
            metrics: metrics, log: log)
        server = try HTTPServer(options: configuration.server, responder: api, log: log, metrics: metrics)
    }

    /// Where the server listens.
    var listeners: [ListenerOptions] { server.listeners }

    /// Serves; articles are loaded meanwhile.
    func start() {
        watch(SIGTERM) { $0.end() }
        watch(SIGINT) { $0.end() }
        // Also where a terminal goes away, which must not take a server started from it along.
        watch(SIGHUP) { $0.reload() }
        if let interval = supervisor.watchdog {
            server.watch(every: interval / 4) { [supervisor] in supervisor.alive() }
        }
        if !startsLate { server.start() }
        Terminal.print(greeting)
        supervisor.say("loads what is stored")
        DispatchQueue.global(qos: .userInitiated).async { self.load() }
    }

    /// Where the server is found, and what to ask it first.
    private var greeting: String {
        let places = server.listeners.map { $0.url.map { $0 + "/" } ?? $0.address }
        let first = server.listeners[0]
        let base: String
        if let url = first.url {
            base = "'" + url
        } else {
            base = "--unix-socket \(first.address.dropFirst(5)) 'http://localhost"
        }
        return """
            Sitrep \(Sitrep.version) serves \(configuration.data) at \(places.joined(separator: ", "))
              curl \(base)/v1/articles?limit=3'
              curl \(base)/v1/entities?limit=5'
              curl \(base)/v1/quotes?limit=3'

            """
    }

    private func load() {
        do {
            let resources = configuration.resources.isEmpty ? nil : configuration.resources
            let analyzer = try Resources.analyzer(
                extraGazetteers: configuration.gazetteers, folder: resources)
            if startsLate { try waitForIndex() }
            let log = log
            let opened = try Catalog(folder: configuration.data, analyzer: analyzer, needsIndex: true) {
                log.error("catalog.trouble", ["reason": $0.description])
            }
            for note in opened.recovery { log.warning("index.recovered", ["reason": note]) }
            catalog.withLock { $0 = opened }
            slot.fill(opened)
            try opened.catchUp(listsEntities: true)
            opened.startFollowing()
            let articles = opened.current.articles.documentCount
            server.start()
            tellReady(opened)
            log.info("ready", ["articles": "\(articles)", "generation": "\(opened.current.generation)"])
        } catch {
            Terminal.complain("sitrep serve: \(error)")
            exit(2)
        }
    }

    private func tellReady(_ catalog: Catalog) {
        supervisor.ready("serves \(catalog.current.articles.documentCount) articles")
    }

    /// Waits until no other process has the index, as the one has that this one takes over from, until it ends.
    private func waitForIndex() throws {
        let path = Catalog.lockPath(of: configuration.data)
        try FileSystem.createFolder(configuration.data + "/index")
        var isTold = false
        while true {
            if let lock = try FileLock(path: path) { return lock.unlock() }
            if !isTold {
                log.info("waiting", ["for": "the process that has the index to end", "lock": path])
            }
            isTold = true
            usleep(20_000)
        }
    }

    private func watch(_ number: Int32, _ react: @escaping @Sendable (Service) -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: signals)
        // The handler holds its own source, which so lives as long as the process.
        source.setEventHandler { withExtendedLifetime(source) { react(self) } }
        source.resume()
    }

    /// Takes up again what may have changed outside.
    private func reload() {
        // Whoever is told of a reload is to be told of its end, and is so told that the service is ready.
        let serving = catalog.withLock { $0 }.flatMap { $0.progress.isReady ? $0 : nil }
        if serving != nil { supervisor.reloading() }
        defer { if let serving { tellReady(serving) } }
        do {
            if try server.reloadCertificates() { log.info("certificates reloaded") }
        } catch {
            log.error("certificates not reloaded", ["reason": "\(error)"])
        }
        server.reopenAccessLog { [log] error in
            if let error { log.error("access log not reopened", ["reason": error.description]) }
        }
    }

    private func end() {
        api.beginDraining()
        supervisor.stopping("finishes what was begun")
        log.info("draining")
        server.drain { outcome in
            self.catalog.withLock { $0 }?.close()
            self.log.info("ended", ["connections": outcome == .finished ? "finished" : "cut off"])
            exit(0)
        }
    }
}
