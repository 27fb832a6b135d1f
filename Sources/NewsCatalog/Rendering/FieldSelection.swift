internal import JSON

/// Which members of an item are shown.
public struct FieldSelection: Sendable, Hashable {
    /// The names, in order and each once.
    public let names: [String]

    /// A selection of these members.
    public init(_ names: some Sequence<String>) {
        self.names = Set(names).sorted()
    }

    /// Whether a member is shown.
    public func contains(_ name: String) -> Bool { names.contains(name) }
}

extension JSONWriter {
    /// Writes those members of an object that are shown, all of them for `nil`, as they are.
    mutating func members(_ object: ArraySlice<UInt8>, _ fields: FieldSelection?) {
        guard let fields else { return members(of: object) }
        var members = JSONMembers(object)
        while let member = members.next() {
            let name = object[member.name]
            guard let known = fields.names.first(where: { name.elementsEqual($0.utf8) }) else { continue }
            self.name(known)
            raw(object[member.value])
        }
    }
}
