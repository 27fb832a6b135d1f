/// What one request is called in its answer and in the log: by the server's number, or as its client called it.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes `write` needs.
    public static let byteCount = 16

    /// The server's number for the request, also where the client has a name for it.
    public let number: UInt64
    /// What the client calls it; `nil` where it has said nothing, or nothing that can be used.
    public let name: String?

    /// Creates the id of a request.
    ///
    /// - Parameters:
    ///   - number: The server's number for it.
    ///   - name: What the client calls it: 1 to 128 letters, digits and marks as they are in names, numbers and base64.
    ///     Anything else is passed over, as it goes into the answer and the log.
    public init(_ number: UInt64, name: String? = nil) {
        self.number = number
        self.name = name.flatMap { Self.isUsable($0) ? $0 : nil }
    }

    private static func isUsable(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                $0.isTokenByte || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":")
                    || $0 == UInt8(ascii: "=")
            }
    }

    /// Writes the number in hexadecimal over the sixteen bytes of `output` from `start` on.
    public func write(over output: inout [UInt8], at start: Int) {
        // All digits at once: each byte of two numbers takes one half of a byte of this one.
        let digits = Self.digits(number >> 32)
        let lower = Self.digits(number & 0xFFFF_FFFF)
        var bytes = output.mutableSpan
        for index in 0..<8 {
            bytes[start + index] = UInt8(truncatingIfNeeded: digits >> (56 - 8 * UInt64(index)))
            bytes[start + 8 + index] = UInt8(truncatingIfNeeded: lower >> (56 - 8 * UInt64(index)))
        }
    }

    /// The eight hexadecimal digits of 32 bits, the first in the highest byte.
    private static func digits(_ number: UInt64) -> UInt64 {
        var spread = (number << 16 | number) & 0x0000_FFFF_0000_FFFF
        spread = (spread << 8 | spread) & 0x00FF_00FF_00FF_00FF
        spread = (spread << 4 | spread) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 where a digit is a letter: 10 and more carry into the next half byte when 6 is added.
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The client's name, or the number as sixteen hexadecimal digits.
    public var description: String {
        if let name { return name }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        write(over: &bytes, at: 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Makes ids that do not repeat: a random start, and a step that mixes all bits.
///
/// - Source: SplitMix64; Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
public struct RequestIDGenerator: Sendable {
    private var state: UInt64

    /// Creates a generator at a random place.
    public init() {
        var system = SystemRandomNumberGenerator()
        state = system.next()
    }

    /// Makes the next id.
    public mutating func next() -> RequestID {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return RequestID(mixed ^ (mixed >> 31))
    }
}
