/// How far a decoder came with the bytes it was offered.
public enum DecodeStep<Output: Sendable & Equatable>: Sendable, Equatable {
    /// `output` took the first `consumed` bytes; the rest belong to what follows.
    case complete(_ output: Output, consumed: Int)
    /// Not enough bytes. Nothing was consumed: offer the same prefix again, longer.
    case incomplete
}
