internal import CLinux
internal import Dispatch
internal import Synchronization

/// What happened on a descriptor.
public struct Readiness: OptionSet, Sendable {
    /// The kernel's bits.
    public let rawValue: UInt32

    /// Creates a set from the kernel's bits.
    @inlinable public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There may be something to read.
    public static let readable = Readiness(rawValue: 0x001)
    /// There may be room to write.
    public static let writable = Readiness(rawValue: 0x004)
    /// The connection is broken, or both sides have ended.
    public static let broken = Readiness(rawValue: 0x018)
    /// The peer has ended its side; what it sent before can still be read.
    public static let peerEnded = Readiness(rawValue: 0x2000)
}

/// What an event loop calls, always on itself.
public protocol EventHandler: AnyObject {
    /// Something happened on the descriptor, since the last time that it could not be read or written any
    /// further.
    ///
    /// - Parameter readiness: Empty where the handler had itself called again by `EventLoop.callAgain`.
    func becameReady(_ readiness: Readiness)

    /// The deadline set with `EventLoop.setDeadline` has passed.
    func deadlinePassed()
}

/// One thread of control that watches many descriptors: a serial queue, an epoll set, and one source over it.
///
/// Registration is edge-triggered: a handler is told once, and must read or write until nothing can be moved.
/// All methods except `enqueue`, `start` and `stop` are for use on the loop itself, that is from a handler or
/// an enqueued block.
///
/// - Invariant: Everything but the mailbox is touched on `queue` alone, which is what `@unchecked Sendable`
///   rests on.
public final class EventLoop: @unchecked Sendable {
    /// Names a registered handler; a name is never used again.
    public struct Token: Hashable, Sendable {
        let slot: UInt32
        let generation: UInt32
        var raw: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    }

    private struct Slot {
        var handler: (any EventHandler)?
        var generation: UInt32 = 0
    }

    private struct Mailbox {
        var letters: [@Sendable () -> Void] = []
        var isClosed = false
    }

    /// Tokens of the loop's own descriptors; a slot number never comes so far.
    private static let timerToken = UInt64.max
    private static let wakeupToken = UInt64.max - 1
    /// How long a busy loop waits in `epoll_wait` before it goes back to Dispatch, whose wake-up goes through
    /// two threads.
    private static let lingerMilliseconds: Int32 = 1

    private let turned: (@Sendable (Int64) -> Void)?
    private let queue: DispatchQueue
    private let epoll: Int32
    private let timer: Int32
    private let wakeup: Int32
    private let mailbox = Mutex(Mailbox())

    private var source: (any DispatchSourceRead)?
    private var events = SystemCalls.eventBuffer()
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var wheel: TimerWheel
    private var armedFor = MonotonicTime.never
    private var due: [Int] = []
    private var again: [Token] = []
    private var isStopped = false

    /// When the events now being handled were collected.
    public private(set) var now: MonotonicTime

    /// Creates a loop that does nothing before `start`.
    ///
    /// - Parameters:
    ///   - label: Names its queue in debuggers.
    ///   - turned: Told on the loop how many nanoseconds a turn took; what came meanwhile had to wait so long.
    /// - Throws: `SystemError` where the system has no descriptors left.
    public init(
        label: String, turned: (@Sendable (Int64) -> Void)? = nil
    ) throws(SystemError) {
        self.turned = turned
        queue = DispatchQueue(label: label, qos: .userInitiated)
        now = .now()
        wheel = TimerWheel(now: now)
        var opened: [Int32] = []
        do throws(SystemError) {
            opened.append(try SystemCalls.createEpoll())
            opened.append(try SystemCalls.createTimer())
            opened.append(try SystemCalls.createWakeup())
            try SystemCalls.register(opened[1], token: Self.timerToken, .input, in: opened[0])
            try SystemCalls.register(opened[2], token: Self.wakeupToken, .input, in: opened[0])
        } catch {
            for descriptor in opened { SystemCalls.close(descriptor) }
            throw error
        }
        epoll = opened[0]
        timer = opened[1]
        wakeup = opened[2]
    }

    deinit {
        SystemCalls.close(epoll)
        SystemCalls.close(timer)
        SystemCalls.close(wakeup)
    }

    /// Begins to watch.
    ///
    /// The loop keeps itself alive until `stop`.
    public func start() {
        queue.async { [self] in
            guard source == nil, !isStopped else { return }
            let source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
            source.setEventHandler { [self] in turn() }
            // Held by the source until it has let go of the descriptor.
            source.setCancelHandler { [self] in self.source = nil }
            self.source = source
            source.activate()
        }
    }

    /// Runs what was enqueued before, then ends the loop: handlers are let go, and later blocks are dropped.
    ///
    /// The handlers' descriptors must have been closed.
    public func stop() {
        enqueue { [self] in
            isStopped = true
            mailbox.withLock { $0.isClosed = true }
            slots.removeAll()
            source?.cancel()
        }
    }

    /// Runs a block on the loop, after what is being handled now; from any thread.
    public func enqueue(_ block: @escaping @Sendable () -> Void) {
        let mustWake = mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return false }
            mailbox.letters.append(block)
            return mailbox.letters.count == 1
        }
        if mustWake { SystemCalls.addCount(wakeup) }
    }

    /// Starts to watch a connection.
    public func register(_ socket: Socket, _ handler: any EventHandler) throws(SystemError) -> Token {
        try register(socket.descriptor, handler, .both)
    }

    /// Starts to watch a listener.
    public func register(_ listener: Listener, _ handler: any EventHandler) throws(SystemError) -> Token {
        try register(listener.descriptor, handler, listener.isShared ? .sharedInput : .input)
    }

    /// Gives a handler deadlines without a descriptor.
    public func addTimer(_ handler: any EventHandler) -> Token {
        let token = newToken()
        slots[Int(token.slot)].handler = handler
        return token
    }

    /// Stops to watch a connection that stays open.
    public func release(_ token: Token, _ socket: Socket) {
        guard isCurrent(token) else { return }
        SystemCalls.unregister(socket.descriptor, from: epoll)
        unregister(token)
    }

    /// Stops to watch a listener, whose socket another loop or process may go on to accept from.
    public func release(_ token: Token, _ listener: Listener) {
        guard isCurrent(token) else { return }
        SystemCalls.unregister(listener.descriptor, from: epoll)
        unregister(token)
    }

    /// Lets a handler go and forgets its deadline; its descriptor must be closed right after.
    public func unregister(_ token: Token) {
        guard isCurrent(token) else { return }
        let slot = Int(token.slot)
        slots[slot].handler = nil
        slots[slot].generation &+= 1
        freeSlots.append(token.slot)
        wheel.remove(slot)
    }

    /// The handler of that name, if it is still registered.
    public func handler(_ token: Token) -> (any EventHandler)? {
        isCurrent(token) ? slots[Int(token.slot)].handler : nil
    }

    /// All registered handlers.
    public var handlers: [any EventHandler] { slots.compactMap(\.handler) }

    /// Has `deadlinePassed` called once, at `deadline` or up to some 20 milliseconds later; replaces an
    /// earlier deadline.
    public func setDeadline(_ token: Token, _ deadline: MonotonicTime) {
        guard isCurrent(token) else { return }
        wheel.set(Int(token.slot), deadline)
        guard deadline < armedFor else { return }
        armTimer()
    }

    /// Has `becameReady` called again after the other handlers have had their turn.
    public func callAgain(_ token: Token) {
        again.append(token)
    }

    private func isCurrent(_ token: Token) -> Bool {
        let slot = Int(token.slot)
        return slot < slots.count && slots[slot].generation == token.generation
    }

    private func register(
        _ descriptor: Int32, _ handler: any EventHandler, _ watch: SystemCalls.Watch
    ) throws(SystemError) -> Token {
        let token = newToken()
        do throws(SystemError) {
            try SystemCalls.register(descriptor, token: token.raw, watch, in: epoll)
        } catch {
            freeSlots.append(token.slot)
            throw error
        }
        slots[Int(token.slot)].handler = handler
        return token
    }

    private func newToken() -> Token {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        return Token(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Handles what there is, until there is nothing more for a moment.
    private func turn() {
        while !isStopped {
            let timeout = again.isEmpty ? Self.lingerMilliseconds : 0
            let count = SystemCalls.wait(epoll, into: &events, timeout: timeout)
            guard count > 0 || !again.isEmpty else { return }
            now = .now()
            for index in 0..<max(count, 0) {
                let event = events[index]
                handle(event.token, Readiness(rawValue: event.readiness))
            }
            if !again.isEmpty { callThoseWhoAsked() }
            turned?(MonotonicTime.now().nanoseconds - now.nanoseconds)
        }
    }

    @inline(__always)
    private func handle(_ raw: UInt64, _ readiness: Readiness) {
        let slot = Int(raw & 0xFFFF_FFFF)
        guard slot < slots.count else { return handleOwn(raw) }
        // An event of this batch may be for one that an earlier event of the batch has closed.
        guard slots[slot].generation == UInt32(raw >> 32), let handler = slots[slot].handler else { return }
        handler.becameReady(readiness)
    }

    private func handleOwn(_ raw: UInt64) {
        if raw == Self.wakeupToken {
            SystemCalls.takeCount(wakeup)
            let letters = mailbox.withLock { mailbox in
                let letters = mailbox.letters
                mailbox.letters = []
                return letters
            }
            for letter in letters { letter() }
        } else if raw == Self.timerToken {
            SystemCalls.takeCount(timer)
            armedFor = .never
            due.removeAll(keepingCapacity: true)
            wheel.expire(now: now, into: &due)
            let names = due.map { Token(slot: UInt32($0), generation: slots[$0].generation) }
            for name in names { handler(name)?.deadlinePassed() }
            armTimer()
        }
    }

    private func callThoseWhoAsked() {
        let asked = again
        again = []
        for token in asked { handler(token)?.becameReady([]) }
    }

    private func armTimer() {
        guard let next = wheel.nextExpiry, next < armedFor else { return }
        armedFor = next
        SystemCalls.arm(timer, at: next)
    }
}
