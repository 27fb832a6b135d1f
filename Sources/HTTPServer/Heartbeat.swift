internal import Synchronization
internal import Transport

/// Tells whether all event loops turn: calls back each time that every one of them has beaten since the last time.
///
/// A loop that is stuck does not beat, and so nothing is heard any more, whatever the others do.
final class Heartbeat: Sendable {
    private let count: Int
    private let allBeat: @Sendable () -> Void
    private let heard = Mutex<Set<Int>>([])

    /// Creates the heartbeat of `count` loops.
    init(count: Int, _ allBeat: @escaping @Sendable () -> Void) {
        self.count = count
        self.allBeat = allBeat
    }

    /// The loop of that number has turned.
    func beat(_ number: Int) {
        let areAll = heard.withLock { heard in
            heard.insert(number)
            guard heard.count == count else { return false }
            heard.removeAll()
            return true
        }
        if areAll { allBeat() }
    }
}

/// Lets one loop beat at an interval.
///
/// - Invariant: Touched on the loop alone.
final class Pulse: EventHandler {
    private let loop: EventLoop
    private let nanoseconds: Int64
    private let beat: () -> Void
    private var token: EventLoop.Token?

    init(_ loop: EventLoop, every interval: Duration, _ beat: @escaping () -> Void) {
        self.loop = loop
        nanoseconds = max(1, interval.wholeNanoseconds)
        self.beat = beat
    }

    /// Begins to beat; the loop holds it from now on.
    func start() {
        token = loop.addTimer(self)
        deadlinePassed()
    }

    func becameReady(_ readiness: Readiness) {}

    func deadlinePassed() {
        beat()
        if let token { loop.setDeadline(token, loop.now.advanced(by: nanoseconds)) }
    }
}
