internal import CLinux

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The sixteen bytes of an IPv6 address, or four of an IPv4 address with zeros after them, in two
    /// numbers.
    private let high: UInt64
    private let low: UInt64
    private let scope: UInt32
    /// Whether this is an IPv6 address.
    public let isIPv6: Bool
    /// The port.
    public var port: UInt16

    /// Reads an address without its port: `127.0.0.1`, `::1`, `[::1]`, `fe80::1%eth0` or `localhost`, which
    /// is 127.0.0.1.
    ///
    /// - Returns: `nil` where `text` is none of these; names are not looked up.
    public init?(_ text: String, port: UInt16) {
        var plain = text
        if text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
            plain = String(text.dropFirst().dropLast())
            guard plain.utf8.contains(UInt8(ascii: ":")) else { return nil }
        }
        if plain == "localhost" { plain = "127.0.0.1" }
        guard !plain.utf8.contains(0), let kernelForm = SystemCalls.parseAddress(plain) else { return nil }
        self.init(kernelForm)
        self.port = port
    }

    init(_ kernelForm: linux_address) {
        let bytes = kernelForm.bytes
        func number(
            _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8, _ g: UInt8, _ h: UInt8
        ) -> UInt64 {
            [a, b, c, d, e, f, g, h].reduce(0) { $0 << 8 | UInt64($1) }
        }
        high = number(bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7)
        low = number(bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15)
        scope = kernelForm.scope
        isIPv6 = kernelForm.is_ipv6 != 0
        port = kernelForm.port
    }

    var kernelForm: linux_address {
        func byte(_ number: UInt64, _ index: UInt64) -> UInt8 {
            UInt8(truncatingIfNeeded: number >> (56 - 8 * index))
        }
        var kernelForm = linux_address()
        kernelForm.bytes = (
            byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
            byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
            byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
        )
        kernelForm.scope = scope
        kernelForm.is_ipv6 = isIPv6 ? 1 : 0
        kernelForm.port = port
        return kernelForm
    }

    /// The address without its port; an IPv4 address that came in through IPv6 (`::ffff:127.0.0.1`) as IPv4.
    public var host: String { SystemCalls.formatAddress(kernelForm) }

    /// The address and its port, as in a URL: `127.0.0.1:80`, `[::1]:80`.
    public var description: String {
        let text = host
        return text.utf8.contains(UInt8(ascii: ":")) ? "[\(text)]:\(port)" : "\(text):\(port)"
    }

    /// Whether this is an address that only the machine itself can reach.
    public var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
}
