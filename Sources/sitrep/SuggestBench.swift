internal import Bytes
internal import HTTPMessages
internal import NewsAPI
internal import NewsCatalog
internal import NewsModel
internal import Telemetry

/// Times suggestions of entities over a data folder: the look-up alone, and as requests, from the target's text to the
/// answer's bytes.
///
/// Texts are made from the names of entities that articles mention, evenly spread, so that every data folder can be
/// measured: beginnings of one to three letters and of six, words within a name, and names with one typo and with two.
struct SuggestBench {
    private static let perClass = 200
    private static let passes = 5

    let folder: String

    func run() throws {
        let analyzer = try Resources.analyzer(extraGazetteers: [])
        let catalog = try Catalog(folder: folder, analyzer: analyzer, needsIndex: true)
        try catalog.catchUp(listsEntities: true)
        let entities = catalog.current.entities
        let api = API(
            slot: CatalogSlot(catalog), options: APIOptions(), version: VersionInfo(version: Sitrep.version),
            metrics: Metrics(), log: Log(level: .error))
        Terminal.print("entities \(entities.count)\n")
        let clock = ContinuousClock()
        var all: [Double] = []
        for (kind, texts) in Self.texts(of: entities) {
            var found: [Double] = []
            var answered: [Double] = []
            for text in texts {
                let target = RequestTarget("/v1/entities/suggest?q=" + PercentCoding.encode(text))
                let request = Request(method: .get, target: target)
                var times: (found: [Double], answered: [Double]) = ([], [])
                for pass in 0...Self.passes {
                    let start = clock.now
                    let suggestions = entities.suggest(text, limit: 10)
                    let middle = clock.now
                    guard case .ready(let response) = api.reply(to: request), response.status == .ok
                    else {
                        throw UsageError(description: "\(text) is not answered")
                    }
                    let end = clock.now
                    guard suggestions.count <= 10, pass > 0 else { continue }
                    times.found.append((middle - start).seconds * 1e6)
                    times.answered.append((end - middle).seconds * 1e6)
                }
                found.append(Measure.quantile(0.5, of: times.found))
                answered.append(Measure.quantile(0.5, of: times.answered))
            }
            all += found
            Terminal.print(
                "\(kind) \(Measure.quantile(0.5, of: found).short) \(Measure.quantile(0.99, of: found).short) "
                    + "answer \(Measure.quantile(0.5, of: answered).short) "
                    + "\(Measure.quantile(0.99, of: answered).short)\n")
        }
        Terminal.print(
            "all \(Measure.quantile(0.5, of: all).short) \(Measure.quantile(0.99, of: all).short)\n")
    }

    private static func texts(of entities: EntityDirectory) -> [(kind: String, texts: [String])] {
        let mentioned = entities.search(prefix: "", limit: 20_000).entities.map { Array($0.entry.name) }
        let names = stride(from: 0, to: mentioned.count, by: max(1, mentioned.count / perClass)).map {
            mentioned[$0]
        }
        .filter { $0.count >= 8 }
        func texts(_ make: ([Character]) -> [Character]) -> [String] { names.map { String(make($0)) } }
        return [
            ("letter1", texts { Array($0.prefix(1)) }), ("letter2", texts { Array($0.prefix(2)) }),
            ("letter3", texts { Array($0.prefix(3)) }), ("letter6", texts { Array($0.prefix(6)) }),
            ("word", texts { Array(($0.split(separator: " ").last ?? []).prefix(5)) }),
            ("typo1", texts { Array($0[..<4]) + $0[5..<7] }),
            (
                "typo2",
                texts { name in
                    // Two neighbours swapped, and one letter left out.
                    var name = Array(name[..<4] + name[5...])
                    name.swapAt(1, 2)
                    return Array(name.prefix(9)) + ["x"]
                }
            ),
        ]
    }
}
