internal import HTTPMessages
internal import HTTPWire

/// Answers as they went over the wire, found again by the bytes of the request's head.
///
/// A dashboard or a health check sends the same bytes again and again, and what it gets changes only when the articles
/// do. Where a whole head lies in the input that is equal byte for byte to one answered before, its answer is sent
/// again without the head being parsed: equal bytes are parsed alike. One answer may be kept for each of four requests
/// that share a place; a fifth takes the place of the one that was put there first.
final class AnswerCache {
    /// One answer that is kept; an object, so that looking at it counts one reference.
    final class Entry {
        let head: [UInt8]
        let epoch: UInt64
        /// How many bytes the answer has.
        let count: Int
        let series: RequestSeries
        /// The request's target, where targets are logged.
        let target: String?
        /// Who asked, where a proxy that is trusted said so in the head; of other connections the head may say so too,
        /// but is not believed.
        let client: String?
        private var answer: [UInt8]
        private let stamp: ResponseEncoder.Stamp

        init(
            head: [UInt8], epoch: UInt64, answer: [UInt8], stamp: ResponseEncoder.Stamp,
            series: RequestSeries, target: String?, client: String?
        ) {
            self.head = head
            self.epoch = epoch
            self.answer = answer
            self.stamp = stamp
            self.series = series
            self.target = target
            self.client = client
            count = answer.count
        }

        /// Whether this is the answer to the head in `bytes[start..<start + length]`.
        fileprivate func holds(
            for bytes: [UInt8], _ start: Int, _ length: Int, _ epoch: UInt64, _ isForwarded: Bool
        ) -> Bool {
            guard head.count == length, self.epoch == epoch, (client != nil) == isForwarded else {
                return false
            }
            // Without an early end the loop is made of wide instructions.
            var difference: UInt8 = 0
            let head = head
            let (one, other) = (head.span, bytes.span.extracting(start..<start + length))
            for index in 0..<length { difference |= one[index] ^ other[index] }
            return difference == 0
        }

        /// Appends the answer to `output`, with another date and id.
        func append(_ date: [UInt8], _ id: RequestID, to output: inout [UInt8]) {
            let start = output.count
            output.append(contentsOf: answer)
            stamp.renew(&output, from: start, date: date, id: id)
        }

        /// The answer, with another date and id; it is to be let go before the next one is asked for.
        func renewed(_ date: [UInt8], _ id: RequestID) -> [UInt8] {
            stamp.renew(&answer, from: 0, date: date, id: id)
            return answer
        }
    }

    private static let ways = 4
    private static let setCount = 1024
    /// Longer heads are not looked for: what repeats has short ones.
    static let headBound = 4096
    /// What an entry costs beside its bytes, roughly.
    private static let overhead = 128

    private let limit: Int
    private var entries: [Entry?]
    private var nextWays: [UInt8]
    /// Bytes of all that is kept, and what it costs beside them.
    private(set) var size = 0
    /// The place at which something is given up next, when all together is too much.
    private var hand = 0
    /// What was found last, which is mostly what is asked for next.
    private var latest: Entry?

    /// Creates an empty cache of at most `limit` bytes.
    init(limit: Int) {
        self.limit = limit
        entries = Array(repeating: nil, count: limit > 0 ? Self.ways * Self.setCount : 0)
        nextWays = Array(repeating: 0, count: limit > 0 ? Self.setCount : 0)
    }

    /// Whether there is anything to find.
    var holdsAny: Bool { size > 0 }

    /// The answer to the head at the front of `bytes[start..<end]`, and how long that head is.
    ///
    /// - Complexity: O(*n*) in the bytes of the head.
    func find(
        _ bytes: [UInt8], from start: Int, to end: Int, epoch: UInt64, isForwarded: Bool = false
    ) -> (entry: Entry, headBytes: Int)? {
        if let latest, latest.head.count <= end - start,
            latest.holds(for: bytes, start, latest.head.count, epoch, isForwarded)
        {
            // What begins with a whole head is that head and what follows it.
            return (latest, latest.head.count)
        }
        guard holdsAny, let (length, hash) = Self.measure(bytes, start, min(end, start + Self.headBound))
        else { return nil }
        let first = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.ways
        for place in first..<first + Self.ways {
            guard let entry = entries[place], entry.holds(for: bytes, start, length, epoch, isForwarded)
            else {
                continue
            }
            latest = entry
            return (entry, length)
        }
        return nil
    }

    /// Keeps an answer; one that takes more than a sixteenth of the room is not kept.
    func insert(_ entry: Entry) {
        let cost = Self.cost(entry)
        guard cost <= limit / 16, let (length, hash) = Self.measure(entry.head, 0, entry.head.count),
            length == entry.head.count
        else { return }
        latest = nil
        let set = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1))
        let first = set * Self.ways
        var place = first + Int(nextWays[set])
        for other in first..<first + Self.ways {
            // A place that is free, or better that of the same request in another epoch.
            guard let held = entries[other] else {
                place = other
                continue
            }
            if held.head == entry.head, (held.client != nil) == (entry.client != nil) {
                place = other
                break
            }
        }
        remove(place)
        entries[place] = entry
        nextWays[set] = UInt8((place - first + 1) % Self.ways)
        size += cost
        while size > limit {
            if hand != place { remove(hand) }
            hand = (hand + 1) % entries.count
        }
    }

    private func remove(_ place: Int) {
        guard let entry = entries[place] else { return }
        size -= Self.cost(entry)
        entries[place] = nil
    }

    private static func cost(_ entry: Entry) -> Int { entry.head.count + entry.count + overhead }

    /// The length of the head at `start`, and a hash of it: of its whole first line, which nearly always tells heads
    /// apart, and of about every fourth byte after it.
    ///
    /// - Returns: `nil` where no head ends before `end`.
    private static func measure(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (length: Int, hash: UInt64)? {
        let bytes = bytes.span.extracting(start..<end)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var index = 0
        while index < bytes.count, bytes[index] != 0x0D {
            hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
            index += 1
        }
        // A head ends in CR LF CR LF: where the fourth byte on is neither, none of the four can be its last.
        index += 3
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A {
                if bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
                    hash = (hash ^ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
                    return (index + 1, hash ^ hash >> 32)
                }
                index += 2
            } else if byte == 0x0D {
                index += 1
            } else {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
                index += 4
            }
        }
        return nil
    }
}
