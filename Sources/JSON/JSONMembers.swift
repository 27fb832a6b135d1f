/// Walks over the members of an object without reading their values, which can be taken over as they are.
///
/// For objects that `JSONWriter` wrote, whose names need no escapes; in anything else the walk may end early, or its
/// values mean little.
public struct JSONMembers: IteratorProtocol {
    /// A name with its value, as places in the slice that is walked over.
    public struct Member: Hashable, Sendable {
        /// Between the quotation marks.
        public let name: Range<Int>
        /// All of the value.
        public let value: Range<Int>
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// A walk over the object that is all of `bytes`.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next member; `nil` behind the last.
    public mutating func next() -> Member? {
        guard position + 1 < bytes.endIndex,
            bytes[position] == UInt8(ascii: position == bytes.startIndex ? "{" : ","),
            bytes[position + 1] == UInt8(ascii: "\"")
        else { return nil }
        let nameEnd = stringEnd(position + 1)
        let name = position + 2..<max(position + 2, nameEnd - 1)
        guard nameEnd < bytes.endIndex, bytes[nameEnd] == UInt8(ascii: ":") else { return nil }
        let start = nameEnd + 1
        position = valueEnd(start)
        guard position > start, position < bytes.endIndex else { return nil }
        return Member(name: name, value: start..<position)
    }

    /// Behind the closing mark of the string that opens at `start`.
    private func stringEnd(_ start: Int) -> Int {
        var index = start + 1
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.endIndex)
    }

    /// The comma or bracket that ends the value that begins at `start`.
    private func valueEnd(_ start: Int) -> Int {
        var index = start
        var depth = 0
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = stringEnd(index)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
            case UInt8(ascii: ","): if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return index
    }
}
