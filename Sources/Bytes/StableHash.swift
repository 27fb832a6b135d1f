/// A 64-bit hash that is the same in every run and on every machine; not for security.
///
/// - Source: FNV-1a (Fowler, Noll, Vo), with the finishing steps of SplitMix64 so that all bits vary.
public struct StableHash: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Creates a hash of nothing.
    public init() {}

    /// Takes in a run of bytes.
    public mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// Takes in a text and its end, so that "ab", "c" and "a", "bc" differ.
    public mutating func combine(_ text: String) {
        combine(text.utf8)
        combine(CollectionOfOne(0xFF))
    }

    /// Takes in an integer.
    public mutating func combine(_ value: UInt64) {
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
            state = (state ^ (value >> shift & 0xFF)) &* 0x100_0000_01B3
        }
    }

    /// The hash of all that was taken in.
    public var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The hash of one text.
    public static func of(_ text: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(text)
        return hash.value
    }
}
