internal import Bytes

/// An IPv4 or IPv6 address without a port or a zone.
///
/// An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is that IPv4 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The 128 bits of an IPv6 address; an IPv4 address lies in the last 32, after `::ffff`.
    let high: UInt64
    let low: UInt64

    /// Creates an address from its bytes in network order.
    ///
    /// - Returns: `nil` where there are neither 4 nor 16.
    public init?(_ bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self.init(high: 0, low: bytes.reduce(0xFFFF) { $0 << 8 | UInt64($1) })
        case 16:
            self.init(
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `192.0.2.1` or `2001:db8::1`.
    ///
    /// - Returns: `nil` for anything else, such as a name, a zone, brackets, or a number with a zero before it.
    /// - Source: RFC 4291 §2.2.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: ":")) else {
            guard let number = Self.four(bytes[...]) else { return nil }
            self.init(high: 0, low: 0xFFFF << 32 | number)
            return
        }
        guard let groups = Self.groups(bytes) else { return nil }
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func four(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt64 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                part.count == 1 || part.first != 0x30
            else { return nil }
            let value = part.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func groups(_ bytes: [UInt8]) -> [UInt16]? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = bytes[...]
        let colon = UInt8(ascii: ":")
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let part = rest.prefix { $0 != colon }
            if part.contains(UInt8(ascii: ".")) {
                guard part.endIndex == rest.endIndex, let number = four(part) else { return nil }
                groups += [UInt16(number >> 16), UInt16(number & 0xFFFF)]
                break
            }
            guard (1...4).contains(part.count),
                part.allSatisfy({ $0.hexadecimalValue != nil }),
                let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            groups.append(value)
            rest = rest[part.endIndex...]
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count < 8 else { return nil }
        return groups[..<gap] + [UInt16](repeating: 0, count: 8 - groups.count) + groups[gap...]
    }

    /// Whether it is an IPv4 address.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The address as it is read, in the one form that RFC 5952 allows.
    public var description: String {
        guard !isIPv4 else {
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
        // The longest run of zeros is left out, the first of several, and none of a single group.
        var (best, bestStart, run) = (1, -1, 0)
        for (index, group) in groups.enumerated() {
            run = group == 0 ? run + 1 : 0
            if run > best { (best, bestStart) = (run, index - run + 1) }
        }
        let parts = groups.map { String($0, radix: 16) }
        guard bestStart >= 0 else { return parts.joined(separator: ":") }
        return parts[..<bestStart].joined(separator: ":") + "::"
            + parts[(bestStart + best)...].joined(separator: ":")
    }
}

/// The addresses that begin with the same bits.
public struct IPNetwork: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let highMask: UInt64
    private let lowMask: UInt64

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone.
    ///
    /// - Returns: `nil` for anything else, and where bits behind the prefix are set: it is not clear what is meant.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var bits = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number), String(number) == parts[1] else {
                return nil
            }
            bits = number
        }
        if address.isIPv4 { bits += 96 }
        highMask = bits == 0 ? 0 : ~0 << UInt64(max(0, 64 - bits))
        lowMask = bits <= 64 ? 0 : ~0 << UInt64(128 - bits)
        high = address.high
        low = address.low
        guard high & ~highMask == 0, low & ~lowMask == 0 else { return nil }
    }

    /// Whether an address is one of them.
    public func contains(_ address: IPAddress) -> Bool {
        address.high & highMask == high && address.low & lowMask == low
    }
}
