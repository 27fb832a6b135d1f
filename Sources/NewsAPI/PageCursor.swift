internal import Bytes
internal import NewsModel
internal import SearchIndex

/// Where a page of a list ends, and of which list: the same query, order and state of the index.
///
/// The token is opaque to clients. It carries a hash of itself and of the list, so that any other token than one that
/// was given out for this list is refused.
struct PageCursor: Sendable, Hashable {
    /// The change number of the newest change when paging began; later pages see nothing newer.
    let generation: Int64
    /// Where the page ended.
    let position: SearchPosition
    /// For lists in order of a text as well: that of the last item.
    var key = ""

    /// The token for the list with a hash.
    func token(list: UInt64) -> String {
        Self.hexadecimal(check(list: list)) + payload
    }

    /// Reads the token of the list with a hash.
    ///
    /// - Throws: `Refusal` for anything but a token that `token(list:)` gave for it.
    init(_ token: String, list: UInt64) throws(Refusal) {
        let refusal = Refusal(
            .badCursor,
            "'cursor' is the next_cursor of the page before, with the same query, filters and order; "
                + "found \(Refusal.shown(token)).", parameter: "cursor")
        let digits = Array(token.utf8)
        guard digits.count >= 64, digits.count <= 64 + 2_048, digits.count.isMultiple(of: 2) else {
            throw refusal
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexadecimalValue, let low = digits[index + 1].hexadecimalValue
            else {
                throw refusal
            }
            bytes.append(high << 4 | low)
        }
        func number(_ place: Int) -> UInt64 {
            bytes[place * 8..<place * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let key = String(validating: bytes[32...], as: UTF8.self) else { throw refusal }
        generation = Int64(bitPattern: number(1))
        position = SearchPosition(value: number(2), tie: Int64(bitPattern: number(3)))
        self.key = key
        // Capitals would be another spelling of the same.
        guard self.token(list: list) == token, generation >= 0 else { throw refusal }
    }

    init(generation: Int64, position: SearchPosition, key: String = "") {
        self.generation = generation
        self.position = position
        self.key = key
    }

    private var payload: String {
        Self.hexadecimal(UInt64(bitPattern: generation)) + Self.hexadecimal(position.value)
            + Self.hexadecimal(UInt64(bitPattern: position.tie))
            + key.utf8.map { Self.hexadecimal(UInt64($0), digits: 2) }.joined()
    }

    private func check(list: UInt64) -> UInt64 {
        var hash = StableHash()
        hash.combine(list)
        hash.combine(payload)
        return hash.value
    }

    private static func hexadecimal(_ value: UInt64, digits: Int = 16) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
