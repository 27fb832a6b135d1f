/// The beginning of a name that is looked for, folded, made ready to be compared with many names.
struct NamePrefix: Sendable {
    /// How many bytes it has.
    let count: Int
    /// The first eight bytes, highest first, and which bits of them count.
    fileprivate let head: UInt64
    fileprivate let mask: UInt64
    /// The bytes from the ninth on.
    fileprivate let rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        count = bytes.count
        mask = Self.mask(bytes.count)
        head = NameLevel.head(bytes[...])
        rest = bytes.dropFirst(8)
    }

    /// Creates a prefix of at most eight bytes, the first of `head`.
    init(head: UInt64, count: Int) {
        self.count = count
        mask = Self.mask(count)
        self.head = head & mask
        rest = []
    }

    private static func mask(_ count: Int) -> UInt64 {
        count == 0 ? 0 : UInt64.max << UInt64(64 - 8 * min(8, count))
    }
}

extension NameLevel {
    /// How the beginning of a key compares with a prefix: below 0 where the key comes before all that begin with it,
    /// 0 where it begins with it, above 0 where it comes after them.
    private func order(_ key: Int, _ prefix: NamePrefix) -> Int {
        let head = heads[key] & prefix.mask
        if head != prefix.head { return head < prefix.head ? -1 : 1 }
        guard prefix.count > 8 else { return 0 }
        let range = bytes(of: key)
        var place = range.lowerBound + 8
        for byte in prefix.rest {
            guard place < range.upperBound else { return -1 }
            if text[place] != byte { return text[place] < byte ? -1 : 1 }
            place += 1
        }
        return 0
    }

    /// The first key from `start` on that does not come before those that begin with `prefix`, or, with `isBehind`,
    /// that comes after them.
    ///
    /// - Complexity: O(log *d*), *d* = keys between `start` and the answer.
    func firstKey(_ prefix: NamePrefix, isBehind: Bool, from start: Int) -> Int {
        let least = isBehind ? 1 : 0
        let bounds = self.bounds(prefix)
        var (low, high, step) = (max(start, bounds.lowerBound), max(start, bounds.lowerBound), 1)
        let end = max(low, bounds.upperBound)
        if prefix.count == 1, !pairStarts.isEmpty { return isBehind ? end : low }
        while high < end, order(high, prefix) < least {
            low = high + 1
            high += step
            step *= 2
        }
        high = min(high, end)
        while low < high {
            let middle = (low + high) / 2
            if order(middle, prefix) < least { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where keys can begin with a prefix: all before come before those that do, and all behind come after them.
    ///
    /// For a prefix of one byte these are the keys that do, where there is a table.
    private func bounds(_ prefix: NamePrefix) -> Range<Int> {
        guard !pairStarts.isEmpty, prefix.count > 0 else { return 0..<heads.count }
        let pair = Int(prefix.head >> 48)
        return Int(pairStarts[pair])..<Int(pairStarts[pair + (prefix.count == 1 ? 0x100 : 1)])
    }

    /// The keys that begin with a prefix.
    func keys(_ prefix: NamePrefix) -> Range<Int> {
        let first = firstKey(prefix, isBehind: false, from: 0)
        return first..<firstKey(prefix, isBehind: true, from: first)
    }

    /// Those of the keys that begin with a prefix which are nothing but the prefix; they come first.
    func wholeKeys(_ prefix: NamePrefix, in keys: Range<Int>) -> Range<Int> {
        var (low, high) = (keys.lowerBound, keys.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if bytes(of: middle).count == prefix.count { low = middle + 1 } else { high = middle }
        }
        return keys.lowerBound..<low
    }
}
