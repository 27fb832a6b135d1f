/// Terms that stand together in a field.
final class PhraseNode: QueryNode {
    private var cursor: PhraseCursor

    init(_ segment: Segment, _ entries: [TermEntry], _ plan: QueryPlan.PhrasePlan, adding: Bool) {
        cursor = PhraseCursor(segment, entries, plan, adding: adding)
        super.init(segment, adding: adding)
    }

    override func fill(_ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores) {
        cursor.fill(window, mask: mask, into: &result, scores: &scores, segment)
    }
}

/// Walks over the documents of a phrase: those with all of its terms are found first, then their positions compared.
struct PhraseCursor {
    private let plan: QueryPlan.PhrasePlan
    private let adding: Bool
    // Of their own, as they run ahead; made when a window is first asked for.
    private var filters: [PostingsCursor] = []
    private let entries: [TermEntry]
    private var cursors: [PostingsCursor]
    // Which term to look for first.
    private let order: [Int]
    // By term: its place in the block at hand, and its positions in the document at hand.
    private var places: [Int]
    private var positions: [[UInt32]]
    // By place in the phrase.
    private var streams: [PositionStream]
    private let matcher: PhraseMatcher

    init(_ segment: Segment, _ entries: [TermEntry], _ plan: QueryPlan.PhrasePlan, adding: Bool) {
        self.plan = plan
        self.adding = adding
        self.entries = entries
        cursors = entries.map { PostingsCursor($0, segment) }
        order = entries.indices.sorted { entries[$0].frequency < entries[$1].frequency }
        places = Array(repeating: 0, count: entries.count)
        positions = Array(repeating: [], count: entries.count)
        streams = Array(repeating: PositionStream(), count: plan.slots.count)
        matcher = PhraseMatcher(slots: plan.slots, slop: plan.slop, isOrdered: plan.isOrdered)
    }

    mutating func fill(
        _ window: Int, mask: borrowing Bits, into result: inout Bits, scores: inout Scores, _ segment: Segment
    ) {
        if filters.isEmpty { filters = entries.map { PostingsCursor($0, segment) } }
        var candidates = copy mask
        for index in order {
            var next = Bits()
            filters[index].fill(window, mask: candidates, into: &next, postings: segment.postings)
            candidates = next
            if candidates.isEmpty { return }
        }
        let words = candidates.words.span
        for index in 0..<64 {
            var word = words[index]
            while word != 0 {
                let place = index &<< 6 | word.trailingZeroBitCount
                word &= word &- 1
                let doc = UInt32(4096 &* window &+ place)
                guard seek(doc, segment), let sum = weightedFrequency(doc, segment) else { continue }
                result.insert(place)
                guard adding else { continue }
                scores.isClear = false
                scores.values[place & 4095] += PostingsCursor.score(sum, plan.scoring.weight)
            }
        }
    }

    /// Offers the documents of the segment that have the phrase.
    mutating func collect(
        _ filter: DocumentFilter, _ slack: Float, _ index: Int, into hits: inout RankedHits
    ) {
        let segment = filter.segment
        let postings = segment.postings
        let candidates = Candidates(terms: cursors.count)
        var run = BlockRun(terms: cursors.count)
        while run.advance(cursors, order, postings) {
            guard bound(run, slack, postings) >= hits.floor, filter.mayHave(run.first, run.last) else {
                continue
            }
            for (number, term) in order.enumerated() {
                cursors[term].go(to: run.blocks[number], postings)
                if number == 0 {
                    cursors[term].choose(candidates, run.first, run.last, term: term)
                } else {
                    candidates.find(in: cursors[term].unpacked, term: term)
                }
                if candidates.chosenCount == 0 { break }
            }
            let least = PostingsCursor.frequency(scoring: hits.floor, plan.scoring.weight)
            for number in 0..<candidates.chosenCount {
                let candidate = candidates.chosen(number)
                for term in cursors.indices { places[term] = candidates.place(candidate, term: term) }
                let doc = candidates.doc(candidate)
                guard canReach(least, segment), filter.contains(doc),
                    let sum = weightedFrequency(doc, segment)
                else { continue }
                hits.offer(doc, PostingsCursor.score(sum, plan.scoring.weight), filter, index)
            }
        }
    }

    /// The most that a document of a run scores: in one order and side by side the terms occur no more often than any one
    /// does.
    private func bound(_ run: BlockRun, _ slack: Float, _ postings: RawSpan) -> Float {
        guard isExact else { return .infinity }
        return zip(order, run.blocks).reduce(Float.infinity) { least, place in
            min(least, cursors[place.0].bound(place.1, plan.scoring, slack: slack, postings))
        }
    }

    /// How often the phrase occurs in each field that is searched, and 0 for the others.
    mutating func counts(_ doc: UInt32, _ segment: Segment) -> [Int] {
        var counts = Array(repeating: 0, count: segment.fieldCount)
        guard seek(doc, segment) else { return counts }
        for field in counts.indices where (plan.scoring.field ?? field) == field {
            counts[field] = count(field, segment)
        }
        return counts
    }

    /// Whether the document whose places are known can have the phrase as often as `least` says, weighted by field.
    private func canReach(_ least: Float, _ segment: Segment) -> Bool {
        guard least > 0, isExact else { return true }
        for term in cursors.indices
        where cursors[term].weightedFrequency(at: places[term], plan.scoring, segment) < least {
            return false
        }
        return true
    }

    /// Finds the places of all terms, the rarest first; `false` if the document has not all of them.
    private mutating func seek(_ doc: UInt32, _ segment: Segment) -> Bool {
        for term in order {
            guard let place = cursors[term].seek(doc, segment.postings) else { return false }
            places[term] = place
        }
        return true
    }

    /// How often the phrase occurs in a document whose places are known, weighted by field; `nil` if it does not occur as
    /// often as it must.
    private mutating func weightedFrequency(_ doc: UInt32, _ segment: Segment) -> Float? {
        var sum: Float?
        var total = 0
        for field in 0..<segment.fieldCount where (plan.scoring.field ?? field) == field {
            let count = count(field, segment)
            guard count > 0 else { continue }
            total += count
            let length = segment.length(field, of: Int(doc))
            let norms = plan.scoring.norms[field]
            sum = (sum ?? 0) + Float(count) * (length < norms.count ? norms[length] : 0)
        }
        return total < plan.least ? nil : sum
    }

    /// Whether the terms stand side by side, in the order of the phrase.
    private var isExact: Bool { plan.slop == 0 || plan.slots.count == 1 }

    private var stopsAtFirst: Bool { !adding && plan.least == 1 }

    /// How often the phrase occurs in a field of the document at hand.
    private mutating func count(_ field: Int, _ segment: Segment) -> Int {
        isExact ? exactCount(field, segment) : sloppyCount(field, segment)
    }

    /// How often all terms stand side by side in a field of the document at hand.
    private mutating func exactCount(_ field: Int, _ segment: Segment) -> Int {
        let (postings, section) = (segment.postings, segment.positions)
        for (slot, term) in plan.slots.enumerated() {
            streams[slot] = cursors[term].positions(at: places[term], field: field, postings, section)
            // A damaged section may have fewer than it says.
            guard streams[slot].next(section) else { return 0 }
        }
        var count = 0
        var start = Int(streams[0].position)
        // How many places of the phrase, up to `slot`, fit a phrase that begins there.
        var fitting = 1
        var slot = 0
        while true {
            if fitting == streams.count {
                count += 1
                guard !stopsAtFirst, streams[slot].next(section) else { return count }
                start = Int(streams[slot].position) - slot
                fitting = 1
                continue
            }
            slot = slot + 1 == streams.count ? 0 : slot + 1
            while Int(streams[slot].position) < start + slot {
                guard streams[slot].next(section) else { return count }
            }
            let own = Int(streams[slot].position) - slot
            fitting = own == start ? fitting + 1 : 1
            start = own
        }
    }

    /// How often all terms stand together, though not side by side, in a field of the document at hand.
    private mutating func sloppyCount(_ field: Int, _ segment: Segment) -> Int {
        let (postings, section) = (segment.postings, segment.positions)
        for term in cursors.indices {
            positions[term].removeAll(keepingCapacity: true)
            var stream = cursors[term].positions(at: places[term], field: field, postings, section)
            while stream.next(section) { positions[term].append(stream.position) }
            if positions[term].isEmpty { return 0 }
        }
        return matcher.count(positions, stopsAtFirst: stopsAtFirst)
    }
}

/// Counts where the terms of a phrase stand together.
///
/// Each place of a term in the text is shifted back by the term's place in the phrase. A match is a choice of one place
/// for each, no place twice, whose shifted places lie at most `slop` apart; it is counted by its first: the least
/// shifted place, and of equal ones that of the earliest term in the phrase. So each occurrence counts at most once.
/// Where the order of the terms does not matter no place is shifted.
struct PhraseMatcher {
    let slots: [Int]
    let slop: Int
    private let isOrdered: Bool
    private let hasRepeats: Bool

    init(slots: [Int], slop: Int, isOrdered: Bool = true) {
        self.slots = slots
        self.slop = slop
        self.isOrdered = isOrdered
        hasRepeats = Set(slots).count < slots.count
    }

    /// How many matches there are, by the ascending positions of each distinct term.
    func count(_ positions: [[UInt32]], stopsAtFirst: Bool) -> Int {
        hasRepeats ? distinct(positions, stopsAtFirst) : sweep(positions, stopsAtFirst)
    }

    /// By how much the places of a slot's term are shifted back.
    func shift(_ slot: Int) -> Int { isOrdered ? slot : 0 }

    /// The shifted place of an occurrence.
    private func shifted(_ positions: [[UInt32]], _ slot: Int, _ index: Int) -> Int {
        Int(positions[slots[slot]][index]) - shift(slot)
    }

    /// Moves the least of the places on, one after another.
    private func sweep(_ positions: [[UInt32]], _ stopsAtFirst: Bool) -> Int {
        var next = [Int](repeating: 0, count: slots.count)
        var count = 0
        while true {
            var least = 0
            var greatest = Int.min
            for slot in slots.indices {
                let place = shifted(positions, slot, next[slot])
                if place < shifted(positions, least, next[least]) { least = slot }
                greatest = max(greatest, place)
            }
            if greatest - shifted(positions, least, next[least]) <= slop {
                count += 1
                if stopsAtFirst { return count }
            }
            next[least] += 1
            if next[least] == positions[slots[least]].count { return count }
        }
    }

    /// As `sweep`, where a term is in the phrase twice, so that its places have to be told apart.
    private func distinct(_ positions: [[UInt32]], _ stopsAtFirst: Bool) -> Int {
        var count = 0
        var chosen = [UInt32](repeating: 0, count: slots.count)
        for first in slots.indices {
            // In no order, one of the slots of a term is as good as another.
            if !isOrdered, slots.firstIndex(of: slots[first]) != first { continue }
            for index in positions[slots[first]].indices {
                let place = shifted(positions, first, index)
                chosen[first] = positions[slots[first]][index]
                if choose(0, first, place, positions, &chosen) {
                    count += 1
                    if stopsAtFirst { return count }
                }
            }
        }
        return count
    }

    /// Whether the slots from `slot` on find places between that of `first` and `slop` beyond it.
    private func choose(
        _ slot: Int, _ first: Int, _ place: Int, _ positions: [[UInt32]], _ chosen: inout [UInt32]
    ) -> Bool {
        if slot == slots.count { return true }
        if slot == first { return choose(slot + 1, first, place, positions, &chosen) }
        let list = positions[slots[slot]]
        // Of equal places that of the earliest slot is the first, so that those before it must lie beyond.
        let least = place + shift(slot) + (slot < first ? 1 : 0)
        var index = 0
        var high = list.count
        while index < high {
            let middle = (index + high) / 2
            if Int(list[middle]) < least { index = middle + 1 } else { high = middle }
        }
        while index < list.count, Int(list[index]) <= place + shift(slot) + slop {
            let candidate = list[index]
            let isTaken = slots.indices.contains { other in
                slots[other] == slots[slot] && (other < slot || other == first) && chosen[other] == candidate
            }
            if !isTaken {
                chosen[slot] = candidate
                if choose(slot + 1, first, place, positions, &chosen) { return true }
            }
            index += 1
        }
        return false
    }
}
