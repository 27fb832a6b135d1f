/// Bytes that are not the JSON text that was asked for.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the fault lies, in bytes from the start.
    public let offset: Int
    /// What was expected there.
    public let expected: String

    /// Creates an error at `offset`.
    public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }

    /// "expected a value at byte 17".
    public var description: String { "expected \(expected) at byte \(offset)" }

    /// The line of the fault in the text that was read, the first being 1.
    public func line(in text: ArraySlice<UInt8>) -> Int {
        text.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
    }

    /// The line of the fault in the text that was read, the first being 1.
    public func line(in text: [UInt8]) -> Int { line(in: text[...]) }

    /// The fault's place in its line in code points, the first being 1.
    public func column(in text: ArraySlice<UInt8>) -> Int {
        let before = text.prefix(offset)
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
        return before[start...].count { $0 & 0xC0 != 0x80 } + 1
    }

    /// The fault's place in its line in code points, the first being 1.
    public func column(in text: [UInt8]) -> Int { column(in: text[...]) }
}
