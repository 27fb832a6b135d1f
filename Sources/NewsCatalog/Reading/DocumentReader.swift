internal import Bytes
internal import JSON

/// How the items of a document are laid out.
public enum DocumentForm: Hashable, Sendable {
    /// One item of plain text.
    case plainText
    /// One JSON object, or an array of them.
    case json
    /// One JSON object a line.
    case ndjson
}

/// An item of a document, or why it could not be taken.
public typealias ReadItem = Result<ArticleDraft, ItemFault>

/// Reads documents that are in memory.
public struct DocumentReader: Sendable {
    private let parser = JSONParser()
    private let objects = JSONArticleReader()
    private let texts = PlainTextReader()

    /// Creates a reader.
    public init() {}

    /// Reads all items of a document, in order.
    ///
    /// In NDJSON a bad line is one bad item and the rest goes on.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - form: The layout; `nil` to tell it from the first bytes.
    /// - Returns: Each item, or why it could not be taken.
    /// - Throws: `ItemFault` where the document cannot be read at all (JSON that does not parse, with the offset).
    public func read(_ bytes: [UInt8], form: DocumentForm? = nil) throws(ItemFault) -> [ReadItem] {
        switch form ?? Self.form(of: bytes) {
        case .plainText:
            return [item { () throws(ItemFault) in try texts.read(bytes[...]) }]
        case .ndjson:
            var items: [ReadItem] = []
            var line = 1
            for slice in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                if !slice.allSatisfy(\.isWhitespace) { items.append(readLine(slice, number: line)) }
                line += 1
            }
            return items
        case .json:
            return try readJSON(bytes)
        }
    }

    /// Reads one line of NDJSON.
    public func readLine(_ line: ArraySlice<UInt8>, number: Int) -> ReadItem {
        item { () throws(ItemFault) in
            do {
                let value = try parser.parse(line)
                return try objects.read(value)
            } catch let error as JSONError {
                throw ItemFault(
                    line: number, offset: error.offset,
                    reason: "not JSON: expected \(error.expected) at byte \(error.offset) of the line")
            } catch let fault as ItemFault {
                var placed = fault
                placed.line = number
                throw placed
            } catch {
                throw ItemFault(line: number, reason: "\(error)")
            }
        }
    }

    private func readJSON(_ bytes: [UInt8]) throws(ItemFault) -> [ReadItem] {
        let value: JSONValue
        do {
            value = try parser.parse(bytes)
        } catch {
            throw ItemFault(
                line: 1 + bytes.prefix(error.offset).count { $0 == 0x0A }, offset: error.offset,
                reason: "not JSON: expected \(error.expected) at byte \(error.offset)")
        }
        switch value {
        case .array(let values):
            return items(values, of: bytes)
        default:
            // A feed or a search answer has its items one level down.
            if let object = value.object, let list = object["articles"]?.array ?? object["items"]?.array {
                return items(list, of: bytes)
            }
            return [item { () throws(ItemFault) in try objects.read(value) }]
        }
    }

    /// Reads the items of a list; their faults say which item it was, and the line where that is known.
    private func items(_ values: [JSONValue], of bytes: [UInt8]) -> [ReadItem] {
        // Items come in the order of the document, so that its lines are counted once.
        var counted = (offset: 0, line: 1)
        return values.enumerated().map { index, value in
            item { () throws(ItemFault) in try objects.read(value) }.mapError { fault in
                var placed = fault
                placed.item = index + 1
                if let offset = fault.offset, offset >= counted.offset, offset <= bytes.count {
                    counted.line += bytes[counted.offset..<offset].count { $0 == 0x0A }
                    counted.offset = offset
                    placed.line = counted.line
                }
                return placed
            }
        }
    }

    /// Tells the layout from the bytes: `[` is JSON; `{` is NDJSON if the first line is an object by itself and more
    /// follows, else JSON; anything else is plain text.
    public static func form(of bytes: [UInt8]) -> DocumentForm {
        guard
            let first = bytes.firstIndex(where: { !$0.isWhitespace && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
            )
        else {
            return .plainText
        }
        if bytes[first] == UInt8(ascii: "[") { return .json }
        guard bytes[first] == UInt8(ascii: "{") else { return .plainText }
        guard let end = bytes[first...].firstIndex(of: 0x0A) else { return .json }
        let line = bytes[first..<end]
        guard line.last(where: { !$0.isWhitespace }) == UInt8(ascii: "}"),
            let next = bytes[end...].first(where: { !$0.isWhitespace })
        else { return .json }
        if next == UInt8(ascii: "{") { return .ndjson }
        // The second line is at fault, or the first is the beginning of an object over several lines.
        return (try? JSONParser().parse(line)) == nil ? .json : .ndjson
    }

    private func item(_ body: () throws(ItemFault) -> ArticleDraft) -> ReadItem {
        do { return .success(try body()) } catch { return .failure(error) }
    }
}
