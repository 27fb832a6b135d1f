/// Finds what somebody who mistyped a name may have meant.
public enum Spelling {
    /// The known name nearest to `name`, or `nil` where none is near.
    ///
    /// Letters are compared without regard to case; `-` and `_` count as nothing, so that `pageSize`, `page_size` and
    /// `page-size` are one. Of equally near ones the first is taken.
    public static func nearest(to name: String, in known: some Sequence<String>) -> String? {
        let wanted = key(name)
        guard !wanted.isEmpty, wanted.count <= 60 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known {
            let bytes = key(candidate)
            // A third of the letters may differ, and one more where that is no whole number.
            var bound = (max(wanted.count, bytes.count) + 2) / 3
            if let best { bound = min(bound, best.distance - 1) }
            guard bound >= 0, let distance = distance(wanted, bytes, limit: bound) else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// A sentence that asks for the nearest known name, behind a space; empty where none is near.
    public static func suggestion(for name: String, in known: some Sequence<String>) -> String {
        nearest(to: name, in: known).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one of the other;
    /// `nil` where it is more than `limit`.
    ///
    /// - Complexity: O(*nm*), *n* and *m* = lengths.
    /// - Source: optimal string alignment distance (Damerau, 1964, doi:10.1145/363958.363994).
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var before: [Int] = []
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var next = [index + 1]
            for (column, other) in right.enumerated() {
                var least = min(row[column + 1] + 1, next[column] + 1, row[column] + (byte == other ? 0 : 1))
                if index > 0, column > 0, byte == right[column - 1], left[index - 1] == other {
                    least = min(least, before[column - 1] + 1)
                }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        let distance = row[right.count]
        return distance <= limit ? distance : nil
    }

    private static func key(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }
}
