internal import Dispatch
internal import Synchronization

/// Maps `0..<count` on all cores and keeps the order; small counts are done where they are.
public func parallelMap<Output: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Output) -> [Output] {
    // Below this, waking a thread costs more than it saves.
    guard count > 4 else { return (0..<count).map(transform) }
    let chunk = max(1, min(16, count / 8))
    let chunks = (count + chunk - 1) / chunk
    let parts = Mutex<[Int: [Output]]>([:])
    DispatchQueue.concurrentPerform(iterations: chunks) { number in
        let part = (number * chunk..<min(count, (number + 1) * chunk)).map(transform)
        parts.withLock { $0[number] = part }
    }
    return parts.withLock { parts in (0..<chunks).flatMap { parts[$0] ?? [] } }
}
