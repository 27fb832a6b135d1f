import NewsCatalog
import NewsModel
import SearchIndex
import Synchronization
import Testing

@testable import NewsAPI

@Suite struct SnapshotShelfTests {
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    /// States one behind the other, each with one more article.
    private static func states(_ count: Int, of service: Service) throws -> [CatalogSnapshot] {
        try (0..<count).map { number in
            let article = try Service.article("s\(number)", "Treaty \(number)", "A treaty.")
            _ = try service.catalog.ingest([article], waitsForIndex: true)
            return service.catalog.current
        }
    }

    @Test func aStateIsKeptForATimeAfterItsLastUse() throws {
        let clock = Clock()
        let shelf = SnapshotShelf(
            .init(count: 10, bytes: 1 << 30, time: .seconds(60)), now: { clock.now })
        let states = try Self.states(2, of: try Service())
        shelf.keep(states[0], for: .articles)
        for _ in 0..<3 {
            clock.advance(.seconds(60))
            #expect(shelf.snapshot(generation: states[0].generation, for: .articles) != nil)
        }
        #expect(shelf.snapshot(generation: states[0].generation, for: .entities) == nil)
        #expect(shelf.snapshot(generation: states[1].generation, for: .articles) == nil)
        clock.advance(.seconds(61))
        #expect(shelf.snapshot(generation: states[0].generation, for: .articles) == nil)
        #expect(shelf.count == 0)
        // A newer state lets go what nobody asked for.
        shelf.keep(states[0], for: .articles)
        shelf.trim(beside: states[1])
        #expect(shelf.count == 1)
        clock.advance(.seconds(61))
        shelf.trim(beside: states[1])
        #expect(shelf.count == 0)
    }

    @Test func theLongestUnusedGoesWhereThereAreTooMany() throws {
        let clock = Clock()
        let shelf = SnapshotShelf(.init(count: 2, bytes: 1 << 30, time: .seconds(60)), now: { clock.now })
        let states = try Self.states(3, of: try Service())
        for state in states.prefix(2) {
            shelf.keep(state, for: .articles)
            clock.advance(.seconds(1))
        }
        _ = shelf.snapshot(generation: states[0].generation, for: .articles)
        clock.advance(.seconds(1))
        shelf.keep(states[2], for: .articles)
        let kept = states.map { shelf.snapshot(generation: $0.generation, for: .articles) != nil }
        #expect(kept == [true, false, true])
    }

    @Test func whatTheNewestStateHasTooIsNotCounted() throws {
        let service = try Service()
        let states = try Self.states(40, of: service)
        let newest = try #require(states.last)
        // Nothing but its own tables: it is the newest.
        let alone = SnapshotShelf(
            .init(count: 100, bytes: newest.withoutEntities.ownBytes, time: .seconds(60)))
        alone.keep(newest, for: .articles)
        alone.trim(beside: newest)
        #expect(alone.count == 1)
        // The segments of the first state have been merged into others since.
        let first = SnapshotShelf(
            .init(count: 100, bytes: states[0].withoutEntities.ownBytes, time: .seconds(60)))
        first.keep(states[0], for: .articles)
        first.trim(beside: states[0])
        #expect(first.count == 1)
        first.trim(beside: newest)
        #expect(first.count == 0)
        // As many as there is room for, the newest of them.
        let room = 60_000
        let some = SnapshotShelf(.init(count: 100, bytes: room, time: .seconds(60)))
        for state in states { some.keep(state, for: .articles) }
        some.trim(beside: newest)
        #expect(0 < some.count && some.count < states.count)
        let kept = states.map { some.snapshot(generation: $0.generation, for: .articles) != nil }
        #expect(kept == kept.sorted { !$0 && $1 })
        var parts: Set<SnapshotPart> = []
        var bytes = 0
        for (state, isKept) in zip(states, kept) where isKept {
            bytes += state.withoutEntities.ownBytes
            parts.formUnion(state.parts)
        }
        bytes += parts.subtracting(newest.parts).reduce(0) { $0 + $1.bytes }
        #expect(bytes <= room)
    }
}
