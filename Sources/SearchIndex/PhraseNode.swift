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
    private let matcher: PhraseMatcher

    init(_ segment: Segment, _ entries: [TermEntry], _ plan: QueryPlan.PhrasePlan, adding: Bool) {
        self.plan = plan
        self.adding = adding
        self.entries = entries
        cursors = entries.map { PostingsCursor($0, segment) }
        order = entries.indices.sorted { entries[$0].frequency < entries[$1].frequency }
        places = Array(repeating: 0, count: entries.count)
        positions = Array(repeating: [], count: entries.count)
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
    mutating func collect(_ filter: DocumentFilter, _ index: Int, into hits: inout RankedHits) {
        let segment = filter.segment
        let postings = segment.postings
        let lead = order[0]
        while cursors[lead].nextBlock(postings) {
            let block = cursors[lead].block
            guard
                filter.mayHave(
                    cursors[lead].firstDoc(block, postings), cursors[lead].lastDoc(block, postings))
            else { continue }
            for place in 0..<cursors[lead].blockDocs {
                let doc = cursors[lead].unpacked.doc(place)
                places[lead] = place
                guard seekOthers(doc, segment, floor: hits.floor), filter.contains(doc),
                    let sum = weightedFrequency(doc, segment)
                else { continue }
                hits.offer(doc, PostingsCursor.score(sum, plan.scoring.weight), filter, index)
            }
        }
    }

    /// Finds the places of all terms, the rarest first; `false` if the document has not all of them.
    private mutating func seek(_ doc: UInt32, _ segment: Segment) -> Bool {
        guard let place = cursors[order[0]].seek(doc, segment.postings) else { return false }
        places[order[0]] = place
        return seekOthers(doc, segment, floor: 0)
    }

    /// Finds the places of all terms but the rarest, whose place is known; `false` if the document has not all of them,
    /// or cannot score as much as `floor`: in one order and side by side they occur no more often than any one does.
    private mutating func seekOthers(_ doc: UInt32, _ segment: Segment, floor: Float) -> Bool {
        for number in order.indices {
            let index = order[number]
            if number > 0 {
                guard let place = cursors[index].seek(doc, segment.postings) else { return false }
                places[index] = place
            }
            guard floor > 0, plan.slop == 0 else { continue }
            let most = cursors[index].weightedFrequency(at: places[index], plan.scoring, segment)
            if most < 0 || PostingsCursor.score(most, plan.scoring.weight) * 1.000_001 < floor {
                return false
            }
        }
        return true
    }

    /// How often the phrase occurs in a document whose places are known, weighted by field; `nil` if it does not occur as
    /// often as it must.
    private mutating func weightedFrequency(_ doc: UInt32, _ segment: Segment) -> Float? {
        var sum: Float?
        var total = 0
        for field in 0..<segment.fieldCount where (plan.scoring.field ?? field) == field {
            guard takePositions(field, segment) else { continue }
            let count = matcher.count(positions, stopsAtFirst: !adding && plan.least == 1)
            guard count > 0 else { continue }
            total += count
            let length = Int(segment.lengths(field).load(UInt16.self, 2 &* Int(doc)))
            let norms = plan.scoring.norms[field]
            sum = (sum ?? 0) + Float(count) * (length < norms.count ? norms[length] : 0)
        }
        return total < plan.least ? nil : sum
    }

    /// Reads the positions of all terms in a field of the document at hand; `false` if it does not have them all.
    private mutating func takePositions(_ field: Int, _ segment: Segment) -> Bool {
        let postings = segment.postings
        for index in cursors.indices
        where cursors[index].frequency(at: places[index], field: field, postings) == 0 {
            return false
        }
        for index in cursors.indices {
            positions[index].removeAll(keepingCapacity: true)
            cursors[index].positions(
                at: places[index], field: field, postings, segment.positions, appendingTo: &positions[index])
            // A damaged section may have fewer than it says.
            if positions[index].isEmpty { return false }
        }
        return true
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
        if slop == 0 || slots.count == 1 { return exact(positions, stopsAtFirst) }
        return hasRepeats ? distinct(positions, stopsAtFirst) : sweep(positions, stopsAtFirst)
    }

    private func exact(_ positions: [[UInt32]], _ stopsAtFirst: Bool) -> Int {
        var count = 0
        // The slot that rules a start out most often is the next to be asked: that of the term with fewest places.
        var lead = 0
        for slot in slots.indices where positions[slots[slot]].count < positions[slots[lead]].count {
            lead = slot
        }
        var low = InlineArray<8, Int>(repeating: 0)
        candidates: for place in positions[slots[lead]] where place >= UInt32(lead) {
            let start = place &- UInt32(lead)
            for slot in slots.indices where slot != lead {
                let target = start &+ UInt32(slot)
                let list = positions[slots[slot]]
                // Where the last search in this list ended; phrases of more than eight words begin anew.
                var next = slot < 8 ? low[slot] : 0
                while next < list.count, list[next] < target { next += 1 }
                if slot < 8 { low[slot] = next }
                if next == list.count { return count }
                if list[next] != target { continue candidates }
            }
            count += 1
            if stopsAtFirst { break }
        }
        return count
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
