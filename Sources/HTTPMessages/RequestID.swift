/// What one request is called in its answer and in the log.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes `write` needs.
    public static let byteCount = 16

    /// The number behind the name.
    public let number: UInt64

    /// Creates an id.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// Writes the id over the sixteen bytes of `output` from `start` on.
    public func write(over output: inout [UInt8], at start: Int) {
        var rest = number
        var index = start + Self.byteCount
        while index > start {
            index -= 1
            let digit = UInt8(truncatingIfNeeded: rest & 0x0F)
            output[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            rest >>= 4
        }
    }

    /// The id as sixteen hexadecimal digits.
    public var description: String {
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
