extension NameLevel {
    /// Finds the keys that begin with something like a pattern.
    ///
    /// Walks over the sorted keys as over a tree of letters: what a beginning has led to is kept for the next key, and
    /// where no more letters can lead to a match the walk jumps to the next key that may have one.
    ///
    /// - Parameters:
    ///   - pattern: What was typed.
    ///   - body: Called with runs of keys and with how many edits they are away, in ascending order. Keys that begin
    ///     with the pattern as it is are among those of one edit.
    func forEachRun(like pattern: TypoPattern, _ body: (_ keys: Range<Int>, _ edits: Int) -> Void) {
        // By the bytes read of the present key; only the ends of letters are filled in.
        var states = Array(repeating: pattern.start, count: (pattern.reach + 1) * 4 + 1)
        var depth = 0
        var key = 0
        while key < heads.count {
            let range = bytes(of: key)
            var parent = depth
            var next = key + 1
            while true {
                let state = states[depth]
                if !state.isOpen {
                    if state.edits < TypoPattern.none {
                        next = firstKey(prefix(of: key, depth), isBehind: true, from: next)
                        body(key..<next, state.edits)
                    } else if states[parent].edits == TypoPattern.none {
                        next = firstKey(beyond: key, parent, states[parent], pattern)
                    } else {
                        next = firstKey(prefix(of: key, depth), isBehind: true, from: next)
                        body(key..<next, states[parent].edits)
                    }
                    break
                }
                let at = range.lowerBound + depth
                guard at < range.upperBound else {
                    if state.edits < TypoPattern.none { body(key..<next, state.edits) }
                    break
                }
                let (letter, length) = TypoPattern.letter(text, at, end: range.upperBound)
                parent = depth
                depth += length
                states[depth] = pattern.step(state, letter)
            }
            guard next < heads.count else { break }
            depth = sharedBytes(key, next, most: depth)
            key = next
        }
    }

    /// The first key behind those that go on, after their first `count` bytes, with the letter of `key`, and that goes
    /// on with one that fits the pattern, or has another beginning.
    private func firstKey(beyond key: Int, _ count: Int, _ state: TypoPattern.State, _ pattern: TypoPattern)
        -> Int
    {
        let range = bytes(of: key)
        let (letter, _) = TypoPattern.letter(text, range.lowerBound + count, end: range.upperBound)
        guard let next = pattern.nextLetter(state, after: letter) else {
            return firstKey(prefix(of: key, count), isBehind: true, from: key + 1)
        }
        if count < 8, next.isASCII {
            let head =
                heads[key] & ~(UInt64.max >> UInt64(8 * count)) | UInt64(next.value) << UInt64(56 - 8 * count)
            return firstKey(NamePrefix(head: head, count: count + 1), isBehind: false, from: key + 1)
        }
        let beginning = text[range.lowerBound..<range.lowerBound + count] + String(next).utf8
        return firstKey(NamePrefix(Array(beginning)), isBehind: false, from: key + 1)
    }

    /// The first bytes of a key as a prefix.
    private func prefix(of key: Int, _ count: Int) -> NamePrefix {
        if count <= 8 { return NamePrefix(head: heads[key], count: count) }
        let start = bytes(of: key).lowerBound
        return NamePrefix(Array(text[start..<start + count]))
    }

    /// How many bytes two keys have in common at their beginning, up to the end of a letter and at most `most`.
    private func sharedBytes(_ one: Int, _ other: Int, most: Int) -> Int {
        let (first, second) = (bytes(of: one), bytes(of: other))
        let limit = min(most, first.count, second.count)
        var count = min(limit, (heads[one] ^ heads[other]).leadingZeroBitCount / 8)
        if count == 8 {
            while count < limit, text[first.lowerBound + count] == text[second.lowerBound + count] {
                count += 1
            }
        }
        while count > 0, count < second.count, text[second.lowerBound + count] & 0xC0 == 0x80 { count -= 1 }
        return count
    }
}
