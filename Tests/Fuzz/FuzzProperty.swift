import Bytes
import HTTPMessages
import HTTPWire
import JSON
import SearchIndex
import TestSupport

@testable import HTTPServer
@testable import NewsAPI
@testable import NewsCatalog

/// What must hold for whatever bytes a client sends; each is a target of `make fuzz`, and its seeds are tests.
enum FuzzProperty: String, CaseIterable, Sendable {
    case head, chunks, connection, target, date, preferences, tags, trace, proxy, json, cursor, query

    /// Tries the property.
    ///
    /// - Returns: How it was broken, or `nil` where it holds.
    func check(_ bytes: [UInt8]) -> String? {
        switch self {
        case .head: Self.head(bytes)
        case .chunks: Self.chunks(bytes)
        case .connection: Self.connection(bytes)
        case .target: Self.target(String(decoding: bytes, as: UTF8.self))
        case .date: Self.date(String(decoding: bytes, as: UTF8.self))
        case .preferences: Self.preferences(String(decoding: bytes, as: UTF8.self))
        case .tags: Self.tags(String(decoding: bytes, as: UTF8.self))
        case .trace: Self.trace(String(decoding: bytes, as: UTF8.self))
        case .proxy: Self.proxy(bytes)
        case .json: Self.json(bytes)
        case .cursor: Self.cursor(bytes)
        case .query: Self.query(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// A PROXY header is the same however it is cut, and an address that was read is read again as it is written.
    private static func proxy(_ bytes: [UInt8]) -> String? {
        func parse(_ length: Int) -> Result<DecodeStep<ProxyHeader>, ProxyHeaderError> {
            do throws(ProxyHeaderError) {
                return .success(try ProxyHeaderParser.parse(bytes.span.extracting(0..<length)))
            } catch {
                return .failure(error)
            }
        }
        let whole = parse(bytes.count)
        for length in bytes.indices {
            let isEnough =
                switch whole {
                case .success(.complete(_, let consumed)): length >= consumed
                case .success(.incomplete): false
                case .failure(let error): length > error.offset
                }
            let step = parse(length)
            if step != (isEnough ? whole : .success(.incomplete)) {
                return "\(length) bytes: \(step), not \(whole)"
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        var addresses = [IPAddress(text)]
        if addresses[0] != nil,
            !text.utf8.allSatisfy({ $0.hexadecimalValue != nil || [0x3A, 0x2E].contains($0) })
        {
            return "\(text) is an address"
        }
        if case .success(.complete(.client(let address), _)) = whole { addresses.append(address) }
        for (name, field) in [
            (FieldName.xForwardedFor, ForwardingField.xForwardedFor), (.forwarded, .forwarded),
        ] {
            let fields = Fields([(name, text)])
            addresses.append(ForwardedChain.client(fields, field, isTrusted: { _ in true }))
            addresses.append(ForwardedChain.client(fields, field, isTrusted: { _ in false }))
        }
        for address in addresses.compactMap({ $0 }) where IPAddress(address.description) != address {
            return "\(address) is read as \(String(describing: IPAddress(address.description)))"
        }
        return IPNetwork(text).map { network in
            IPAddress(text).map { network.contains($0) } == false ? text : nil
        } ?? nil
    }

    /// Limits that small inputs reach.
    private static var tight: WireLimits {
        var limits = WireLimits()
        limits.requestLineBytes = 40
        limits.headBytes = 120
        limits.fieldCount = 4
        limits.bodyBytes = 20
        limits.chunkLineBytes = 12
        limits.chunkExtensionBytes = 16
        limits.trailerBytes = 24
        limits.leadingEmptyLines = 1
        return limits
    }

    /// Cuts that follow from the bytes alone, so that a case found says all there is to say.
    private static func cuts(_ bytes: [UInt8]) -> [[Int]] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var streams = RequestStreams(seed: hash)
        return [streams.cuts(of: bytes.count), streams.cuts(of: bytes.count), Array(0...bytes.count)]
    }

    /// Compares what is made of bytes that come at once and of bytes that come in parts.
    private static func compare<Outcome: Equatable>(
        _ bytes: [UInt8], _ outcome: (_ cuts: [Int], WireLimits) -> Outcome
    ) -> String? {
        for limits in [WireLimits(), tight] {
            let whole = outcome([bytes.count], limits)
            for cuts in cuts(bytes) {
                let parts = outcome(cuts, limits)
                if parts != whole { return "whole: \(whole)\nin parts: \(parts)" }
            }
        }
        return nil
    }

    private static func head(_ bytes: [UInt8]) -> String? {
        compare(bytes) { cuts, limits -> Result<DecodeStep<RequestHead>, WireError> in
            var parser = RequestHeadParser(limits: limits)
            for cut in cuts {
                do throws(WireError) {
                    let step = try parser.parse(bytes.span.extracting(..<cut))
                    if step != .incomplete { return .success(step) }
                } catch {
                    return .failure(error)
                }
            }
            return .success(.incomplete)
        }
    }

    private static func chunks(_ bytes: [UInt8]) -> String? {
        struct Decoded: Equatable {
            var body: [UInt8] = []
            var consumed = 0
            var isComplete = false
            var error: WireError?
        }
        return compare(bytes) { cuts, limits in
            var decoder = ChunkedDecoder(limits: limits)
            var decoded = Decoded()
            for cut in cuts where !decoded.isComplete {
                do throws(WireError) {
                    let span = bytes.span.extracting(decoded.consumed..<cut)
                    let step = try decoder.decode(span, into: &decoded.body)
                    decoded.consumed += step.consumed
                    decoded.isComplete = step.isComplete
                } catch {
                    decoded.consumed = 0
                    decoded.error = error
                    return decoded
                }
            }
            return decoded
        }
    }

    static func connection(_ bytes: [UInt8]) -> String? {
        compare(bytes) { cuts, wire in
            var limits = ServerLimits()
            limits.wire = wire
            return MachineRun.events(bytes, cuts: cuts, limits)
        }
    }

    private static func target(_ text: String) -> String? {
        let target = RequestTarget(text)
        if target.text != text { return "the text \(target.text) of \(text)" }
        if let segments = target.segments {
            let path = segments.map { "/" + PercentCoding.encode($0) }.joined()
            if RequestTarget(path).segments != segments {
                return "segments \(segments) come back from \(path)"
            }
            if segments.contains(where: { $0.utf8.contains(0) }) { return "NUL in \(segments)" }
        }
        if let items = target.queryItems {
            let query = items.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }
            if RequestTarget(path: "/", query: query.joined(separator: "&")).queryItems != items {
                return "items \(items) come back from \(query)"
            }
        }
        if PercentCoding.decode(PercentCoding.encode(text).utf8) != text {
            return "\(text) does not come back"
        }
        return nil
    }

    private static func date(_ text: String) -> String? {
        guard let seconds = HTTPDate.parse(text, now: 1_767_225_600) else { return nil }
        let written = String(decoding: HTTPDate.format(seconds: seconds), as: UTF8.self)
        return HTTPDate.parse(written, now: 0) == seconds
            ? nil : "\(text) is \(seconds), which is written \(written)"
    }

    private static func preferences(_ text: String) -> String? {
        let list = WeightedList([text])
        for member in list.members where !(0...1000).contains(member.weight) || member.name.isEmpty {
            return "\(member)"
        }
        let written = list.members.map { member in
            let parameters = member.parameters.map { name, value in
                ";\(name)=\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
            }
            return member.name + parameters.joined() + ";q="
                + (member.weight == 1000 ? "1" : "0." + "\(member.weight + 1000)".dropFirst())
        }
        if WeightedList(written) != list { return "\(list) comes back from \(written)" }
        let types = ["application/json", "text/csv"]
        let preferences = MediaTypePreferences([text])
        if let best = preferences.best(of: types, { $0 }), preferences.weight(of: best) == 0 {
            return "\(best) is refused"
        }
        let choice = ContentCoding.choice([text])
        if choice == .none || choice == .gzipOnly, !ContentCoding.mayExcludeIdentity([text]) {
            return "\(choice)"
        }
        return nil
    }

    private static func tags(_ text: String) -> String? {
        guard case .tags(let tags) = EntityTag.Condition(text) else { return nil }
        let written = tags.map(\.description).joined(separator: ", ")
        if EntityTag.Condition(written) != .tags(tags) { return "\(tags) comes back from \(written)" }
        for tag in tags where ContentCoding.uncoded(ContentCoding.coded(tag)) != tag { return "\(tag)" }
        return nil
    }

    private static func trace(_ text: String) -> String? {
        guard let trace = TraceContext(traceparent: text) else { return nil }
        let written = "00-\(trace.traceID)-\(RequestID(trace.parent))-\(trace.isSampled ? "01" : "00")"
        return TraceContext(traceparent: written) == trace ? nil : "\(trace) comes back from \(written)"
    }

    private static func json(_ bytes: [UInt8]) -> String? {
        guard let value = try? JSONParser().parse(bytes) else { return nil }
        var writer = JSONWriter()
        writer.value(value)
        let again = try? JSONParser().parse(writer.bytes)
        return again == value ? nil : "\(value) is written \(String(decoding: writer.bytes, as: UTF8.self))"
    }

    private static func cursor(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if let cursor = try? PageCursor(text, list: 7), cursor.token(list: 7) != text { return text }
        var numbers = bytes.prefix(24).map(UInt64.init) + Array(repeating: 0, count: 24)
        numbers = (0..<3).map { place in numbers[place * 8..<place * 8 + 8].reduce(0) { $0 << 8 | $1 } }
        let cursor = PageCursor(
            generation: Int64(numbers[0] >> 1),
            position: SearchPosition(value: numbers[1], tie: Int64(bitPattern: numbers[2])),
            key: String(String(decoding: bytes.dropFirst(24), as: UTF8.self).prefix(200)))
        let token = cursor.token(list: 7)
        if (try? PageCursor(token, list: 7)) != cursor { return "\(cursor) does not come back from \(token)" }
        if (try? PageCursor(token, list: 8)) != nil { return "\(token) is good for another list" }
        return nil
    }

    private static func query(_ text: String) -> String? {
        for scope in [QueryScope.articles, .quotes] {
            let parser = QueryParser(
                scope: scope, resolver: EntityResolver(directory: EntityDirectory(), codes: EntityCodes([])))
            guard let query = try? parser.parse(text) else { continue }
            do {
                let again = try parser.parse(query.canonical).canonical
                if again != query.canonical { return "\(query.canonical) becomes \(again)" }
            } catch {
                return "\(query.canonical) is refused: \(error)"
            }
        }
        return nil
    }
}
