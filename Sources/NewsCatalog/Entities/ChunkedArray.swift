/// An array whose copies share what neither of them has changed.
///
/// Elements lie in leaves, and leaves in branches: after a copy, changing an element copies its leaf, the references
/// of its branch, and the few references to branches; the rest is shared. An array would be copied whole.
struct ChunkedArray<Element: Sendable>: Sendable {
    /// The elements of a leaf.
    static var leafCount: Int { 1 << leafBits }
    private static var leafBits: Int { 6 }
    private static var branchBits: Int { 8 }

    private var branches: [[[Element]]] = []
    private(set) var count = 0

    /// Creates an empty array.
    init() {}

    /// Creates an array of some elements.
    init(_ elements: some Sequence<Element>) {
        append(contentsOf: elements)
    }

    var indices: Range<Int> { 0..<count }

    /// The element at a position.
    ///
    /// - Complexity: O(1) to read; O(*n* / 16,384) to change where a copy shares the element's branch.
    subscript(position: Int) -> Element {
        get {
            branches[position >> (Self.leafBits + Self.branchBits)][
                position >> Self.leafBits & (1 << Self.branchBits - 1)][position & (1 << Self.leafBits - 1)]
        }
        _modify {
            yield &branches[position >> (Self.leafBits + Self.branchBits)][
                position >> Self.leafBits & (1 << Self.branchBits - 1)][position & (1 << Self.leafBits - 1)]
        }
    }

    /// Adds an element behind the last one.
    mutating func append(_ element: Element) {
        let leaf = count >> Self.leafBits
        let branch = leaf >> Self.branchBits
        if branch == branches.count { branches.append([]) }
        let place = leaf & (1 << Self.branchBits - 1)
        if place == branches[branch].count { branches[branch].append([]) }
        branches[branch][place].append(element)
        count += 1
    }

    /// Adds elements behind the last one.
    mutating func append(contentsOf elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }
}
