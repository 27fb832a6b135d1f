import Cryptography
import Foundation
import HTTPMessages
import JSON
import NewsCatalog
import NewsModel
import NewsStore
import Telemetry
import TextAnalysis

@testable import NewsAPI

/// An API over a catalog in a folder that goes away with the test.
final class Service: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let analyzer = Result { () throws -> Analyzer in
        Analyzer(
            gazetteer: try Gazetteer.load(folders: [root + "/Config/gazetteer"]),
            lexicon: try Lexicon.load(folder: root + "/Config/lexicon"))
    }

    let folder = NSTemporaryDirectory() + "sitrep-api-" + UUID().uuidString
    let catalog: Catalog
    let api: API
    let metrics = Metrics()

    init(_ articles: [Article] = Service.sample, options: APIOptions = APIOptions()) throws {
        catalog = try Catalog(folder: folder, analyzer: try Self.analyzer.get(), needsIndex: true)
        try catalog.catchUp(listsEntities: true)
        _ = try catalog.ingest(articles, waitsForIndex: true)
        api = API(
            slot: CatalogSlot(catalog), options: options, version: VersionInfo(version: "1.2.3"),
            metrics: metrics, log: Log(sink: { _ in }))
    }

    deinit {
        catalog.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Makes a key.
    func key(_ scope: KeyScope) throws -> String {
        let key = "key-" + scope.rawValue
        try catalog.store.addKey(
            hash: SHA256.hash(Array(key.utf8)), scope: scope.rawValue, createdAt: Timestamp(milliseconds: 0))
        return key
    }

    /// Answers a request as the server would.
    func send(
        _ method: NewsAPIMethod, _ target: String, fields: [(FieldName, String)] = [], body: String = ""
    ) -> Response {
        send(method, target, fields: fields, bytes: Array(body.utf8))
    }

    func send(
        _ method: NewsAPIMethod, _ target: String, fields: [(FieldName, String)] = [], bytes: [UInt8]
    ) -> Response {
        let request = Request(
            method: method, target: RequestTarget(target), fields: Fields(fields), body: bytes)
        if !bytes.isEmpty {
            var head = request
            head.body = []
            if let refusal = api.refusal(ofHead: head) { return refusal }
        }
        switch api.reply(to: request) {
        case .ready(let response): return response
        case .deferred(let work): return work()
        case .stream(var response, let source):
            source.start {}
            response.body = Array(Self.pieces(of: source).joined())
            source.cancel()
            return response
        }
    }

    /// The head and the source of an answer that is made piece by piece; `nil` where it is another one.
    func stream(_ target: String, fields: [(FieldName, String)] = []) -> (
        head: Response, source: any ContentSource
    )? {
        let request = Request(method: .get, target: RequestTarget(target), fields: Fields(fields))
        guard case .stream(let head, let source) = api.reply(to: request) else { return nil }
        return (head, source)
    }

    /// What a source gives until it ends or has nothing for now.
    static func pieces(of source: any ContentSource) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        while case .bytes(let bytes) = source.next() { pieces.append(bytes) }
        return pieces
    }

    func get(_ target: String, fields: [(FieldName, String)] = []) -> Response {
        send(.get, target, fields: fields)
    }

    /// The ids in the data of a list.
    func ids(_ target: String) -> [String] {
        get(target).object["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
    }

    static func article(
        _ id: String, _ title: String, _ body: String = "", source: Outlet? = nil, published: String? = nil
    ) throws -> Article {
        guard let id = ArticleID(id) else { throw CocoaError(.formatting) }
        return Article(
            id: id, title: title, body: body, source: source, url: nil,
            published: published.flatMap { Timestamp($0) }, language: "en")
    }

    private static let wire = Outlet(name: "Meridian Wire", domain: "meridian.example")
    private static let ledger = Outlet(name: "The Ledger", domain: "ledger.example", country: "GB")

    /// Seven articles; `g` has no date.
    static let sample: [Article] =
        (try? [
            article(
                "a:1/2", "Envoys meet in Geneva",
                "Russian President Vladimir Putin met envoys from China on Monday.\n\n“The treaty is within reach,” "
                    + "Putin said.", source: wire, published: "2024-05-01T10:00:00Z"),
            article(
                "b", "Ukraine asks for talks",
                "KYIV — Ukrainian President Volodymyr Zelenskyy asked for talks on the treaty.", source: wire,
                published: "2024-05-02T11:30:00Z"),
            article(
                "c", "Ports reopen", "Ships sailed from Odesa in Ukraine.", source: ledger,
                published: "2024-05-02T23:59:59.999Z"),
            article(
                "d", "Treaty treaty treaty", "The treaty was signed by France and Germany.", source: ledger,
                published: "2024-05-03"),
            article("e", "Rains in Kenya", "Rivers rose.", source: ledger, published: "2024-07-01T00:00:00Z"),
            article("f", "Summit delayed", "NATO put its summit off.", published: "2025-01-10T08:00:00Z"),
            article("g", "No date for the treaty", "Nobody knows when."),
        ]) ?? []
}

/// The method of a request; this name does not clash with that of Foundation.
typealias NewsAPIMethod = HTTPMessages.Method

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The content as a JSON object; an empty one where it is none.
    var object: [String: JSONValue] {
        let members = (try? JSONParser().parse(body))?.object?.members ?? []
        return Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    var code: String? { object["code"]?.string }
    var meta: JSONObject? { object["meta"]?.object }
    var tag: String? { fields[.entityTag] }
}
