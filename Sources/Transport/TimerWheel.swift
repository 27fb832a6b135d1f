/// The deadlines of an event loop's descriptors, one for each, exact to about 17 milliseconds and never
/// early.
///
/// A deadline that is put off, as each request puts off the time-out of its connection, costs one store: the
/// entry stays where it is linked and moves when its old place comes up. Lists are linked through arrays, so
/// that taking an entry out needs no search.
///
/// - Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
public struct TimerWheel: Sendable {
    /// A tick is 2^24 nanoseconds.
    static let tickShift: Int64 = 24
    private static let placeCount = 1024
    private static let none: Int32 = -1

    private struct Entry {
        var deadline = MonotonicTime.never
        /// The tick of the place that it is linked at; `.max` where it is not linked.
        var tick = Int64.max
        var next = TimerWheel.none
        var previous = TimerWheel.none
    }

    private var entries: [Entry] = []
    private var heads = [Int32](repeating: TimerWheel.none, count: TimerWheel.placeCount)
    private var linkedCount = 0
    private var lastTick: Int64

    /// Creates an empty wheel.
    public init(now: MonotonicTime) {
        lastTick = now.nanoseconds >> Self.tickShift
    }

    /// Sets when the entry `index` is due; `.never` takes its deadline away.
    ///
    /// - Complexity: O(1).
    public mutating func set(_ index: Int, _ deadline: MonotonicTime) {
        while entries.count <= index { entries.append(Entry()) }
        entries[index].deadline = deadline
        guard deadline != .never else { return }
        let tick = max(Self.tick(of: deadline), lastTick + 1)
        guard tick < entries[index].tick else { return }
        unlink(index)
        link(index, at: tick)
    }

    /// When the entry `index` is due.
    public func deadline(_ index: Int) -> MonotonicTime {
        index < entries.count ? entries[index].deadline : .never
    }

    /// Takes the entry `index` out of the wheel at once.
    public mutating func remove(_ index: Int) {
        guard index < entries.count else { return }
        unlink(index)
        entries[index].deadline = .never
    }

    /// Takes out what is due at `now`.
    ///
    /// - Parameters:
    ///   - now: The present, never before that of an earlier call.
    ///   - due: Gets the entries that are due, in no order.
    public mutating func expire(now: MonotonicTime, into due: inout [Int]) {
        let nowTick = now.nanoseconds >> Self.tickShift
        guard nowTick > lastTick else { return }
        let first = max(lastTick + 1, nowTick - Int64(Self.placeCount) + 1)
        lastTick = nowTick
        guard linkedCount > 0 else { return }
        var later: [Int] = []
        for tick in first...nowTick {
            var index = heads[Self.place(tick)]
            while index != Self.none {
                let entry = entries[Int(index)]
                let current = Int(index)
                index = entry.next
                // The same place holds what is due a whole turn later.
                guard entry.tick <= nowTick else { continue }
                unlink(current)
                if entry.deadline == .never { continue }
                if Self.tick(of: entry.deadline) <= nowTick {
                    entries[current].deadline = .never
                    due.append(current)
                } else {
                    later.append(current)
                }
            }
        }
        for index in later { link(index, at: Self.tick(of: entries[index].deadline)) }
    }

    /// When `expire` should be called next, or `nil` where nothing is linked; may be early, never late by
    /// more than a tick.
    public var nextExpiry: MonotonicTime? {
        guard linkedCount > 0 else { return nil }
        var tick = lastTick + 1
        let end = lastTick + Int64(Self.placeCount)
        while tick < end, heads[Self.place(tick)] == Self.none { tick += 1 }
        return MonotonicTime(nanoseconds: tick << Self.tickShift)
    }

    private static func place(_ tick: Int64) -> Int { Int(truncatingIfNeeded: tick & Int64(placeCount - 1)) }

    /// The first tick that begins at the deadline or after it.
    private static func tick(of deadline: MonotonicTime) -> Int64 {
        (deadline.nanoseconds >> tickShift) + 1
    }

    private mutating func link(_ index: Int, at tick: Int64) {
        let place = Self.place(tick)
        let head = heads[place]
        entries[index].tick = tick
        entries[index].previous = Self.none
        entries[index].next = head
        if head != Self.none { entries[Int(head)].previous = Int32(index) }
        heads[place] = Int32(index)
        linkedCount += 1
    }

    private mutating func unlink(_ index: Int) {
        let entry = entries[index]
        guard entry.tick != .max else { return }
        if entry.previous == Self.none {
            heads[Self.place(entry.tick)] = entry.next
        } else {
            entries[Int(entry.previous)].next = entry.next
        }
        if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
        entries[index].tick = .max
        linkedCount -= 1
    }
}
