internal import HTTPMessages
internal import TLS
internal import Telemetry
internal import Transport

/// One client's connection: moves bytes between its socket and its `ConnectionMachine`, and asks the
/// responder.
///
/// It holds no buffer while it is idle: it reads into its loop's buffer and answers into its loop's output,
/// and keeps for itself only what could not be used or sent at once.
final class Connection: EventHandler {
    /// A request on its way to its answer.
    struct Exchange {
        var request: Request
        var preconditions: Preconditions
        var started: MonotonicTime
        /// The responder's epoch before it was asked.
        var epoch: UInt64
        /// The head as it was received, where the answer may be given again.
        var head: ArraySlice<UInt8>
    }

    /// A request whose answer is made elsewhere.
    final class Pending {
        let exchange: Exchange

        init(_ exchange: Exchange) {
            self.exchange = exchange
        }
    }

    /// What comes back from the worker pool.
    enum Outcome: Sendable {
        /// The responder's answer.
        case made(Response)
        /// An answer whose content was compressed.
        case compressed(Response, EntityTag?, CompressedCache.Key?, [UInt8])
        /// A piece of a stream.
        case piece(StreamedAnswer.Made)
    }

    /// Reads before the other connections have their turn.
    private static let readBound = 16

    let owner: ServerLoop
    var channel: Channel
    let clientAddress: String
    let isCounted: Bool
    var token: EventLoop.Token?
    var machine: ConnectionMachine
    /// Input that came but could not be used yet.
    var input: [UInt8] = []
    /// Whether `input` may hold something that the machine has not looked at.
    var mustLook = false
    /// Output that the socket would not take; what lies before `unsentStart` has left.
    var unsent: [UInt8] = []
    var unsentStart = 0
    var pending: Pending?
    var stream: StreamedAnswer?
    var mayRead = false
    var mayWrite = true
    var peerEnded = false
    var hasReadEnd = false

    /// Takes a channel over; `isCounted` says whether the ledger knows of it, as of all that are not turned
    /// away.
    init(_ owner: ServerLoop, _ channel: Channel, clientAddress: String, isCounted: Bool) {
        self.owner = owner
        self.channel = channel
        self.clientAddress = clientAddress
        self.isCounted = isCounted
        machine = ConnectionMachine(
            rules: owner.rules, clientAddress: clientAddress, shakesHands: !channel.readsAll,
            now: owner.loop.now)
    }

    /// Starts to listen to the client.
    func open() throws(SystemError) {
        let token = try owner.loop.register(channel.socket, self)
        self.token = token
        owner.loop.setDeadline(token, machine.deadline)
    }

    /// Answers at once that there are too many connections.
    func turnAway() {
        machine.refuse()
        put(Problem.tooManyConnections.response, nil)
        pump()
    }

    func becameReady(_ readiness: Readiness) {
        guard readiness.isDisjoint(with: .broken) else { return close() }
        if readiness.contains(.writable) { mayWrite = true }
        if readiness.contains(.readable) { mayRead = true }
        if readiness.contains(.peerEnded) {
            mayRead = true
            peerEnded = true
        }
        if case .secure(let stream) = channel, !readiness.isEmpty {
            if mayRead { stream.becameReadable(peerEnded: peerEnded) }
            // TLS may have to write before it can read on, or to read before it can write.
            mayRead = true
            mayWrite = true
        }
        pump()
    }

    func deadlinePassed() {
        if let stream, stream.deadline <= owner.loop.now { return wake() }
        switch machine.timedOut(now: owner.loop.now) {
        case .wait: setDeadline()
        case .close(let phase):
            if let phase { owner.metrics.timeouts(phase).add() }
            close()
        case .fail(let problem, let phase):
            owner.metrics.timeouts(phase).add()
            put(problem.response, nil)
            pump()
        }
    }

    /// Lets the next answer be the last; it closes soon if the client asks for nothing.
    func drain() {
        machine.drain(now: owner.loop.now)
        mayRead = true
        stream?.maker.source.drain()
        wake()
    }

    /// Asks the source of a stream again, and does all else that can be done.
    func wake() {
        stream?.wake()
        pump()
    }

    /// Closes at once.
    func close() {
        guard let token else { return }
        self.token = nil
        pending = nil
        endStream()
        owner.loop.unregister(token)
        if machine.phase == .shakingHands { owner.metrics.tls.failed.add() }
        owner.close(channel, from: clientAddress, isCounted: isCounted)
    }

    /// Does all that can be done now: looks at input, sends output, reads.
    func pump() {
        var reads = 0
        while token != nil {
            if machine.phase == .shakingHands {
                guard case .secure(let stream) = channel, shakeHands(stream) else { break }
            }
            guard send() else { return close() }
            guard unsent.isEmpty else { break }
            if advanceStream() { continue }
            if mustLook, machine.takesInput {
                lookAtKeptInput()
                continue
            }
            if machine.phase == .closing {
                guard !hasReadEnd, machine.mustLinger || hasUnreadInput() else { return close() }
                channel.endSending()
                input = []
                machine.linger(now: owner.loop.now)
            }
            guard machine.takesInput else { break }
            if hasReadEnd || machine.hasLingeredEnough { return close() }
            guard mayRead else { break }
            guard reads < Self.readBound else {
                if let token { owner.loop.callAgain(token) }
                break
            }
            reads += 1
            read()
        }
        setDeadline()
    }

    /// Goes on with the TLS handshake.
    ///
    /// - Returns: Whether the connection can go on to requests and answers.
    func shakeHands(_ stream: TLSStream) -> Bool {
        switch stream.handshake() {
        case .done(let version, let isResumed):
            owner.metrics.tls.count(version, isResumed: isResumed)
            machine.shookHands(now: owner.loop.now)
            return true
        case .wouldBlock: return false
        case .plain:
            owner.metrics.tls.plain.add()
            channel = .plain(stream.socket)
            machine.refuse()
            put(Problem.tlsRequired.response, nil)
            return true
        case .failed(let reason):
            owner.shared.log.debug("handshake failed", ["client": clientAddress, "reason": reason])
            close()
            return false
        }
    }

    /// Whether the client has sent more than was read; closing would then reset the connection, and the
    /// answer could be lost with it.
    func hasUnreadInput() -> Bool {
        guard input.isEmpty else { return true }
        guard mayRead else { return false }
        guard case .moved = channel.read(into: &owner.readBuffer) else { return false }
        return true
    }

    func setDeadline() {
        guard let token else { return }
        owner.loop.setDeadline(token, min(machine.deadline, stream?.deadline ?? .never))
    }

    func read() {
        // Taken out for the time of its use: the loop's other parts stay accessible meanwhile.
        var buffer: [UInt8] = []
        swap(&buffer, &owner.readBuffer)
        defer { swap(&buffer, &owner.readBuffer) }
        switch channel.read(into: &buffer) {
        case .moved(let count):
            owner.receivedBytes.add(UInt64(count))
            // A read that leaves room has emptied the socket; whatever comes later is told of anew.
            if count < buffer.count, !peerEnded, channel.readsAll { mayRead = false }
            if input.isEmpty {
                var position = 0
                mustLook = look(at: buffer, &position, end: count)
                if position < count { input = Array(buffer[position..<count]) }
            } else {
                input.append(contentsOf: buffer[..<count])
                mustLook = true
            }
        case .wouldBlock: mayRead = false
        case .ended:
            hasReadEnd = true
            mayRead = false
        case .failed: close()
        }
    }

    func lookAtKeptInput() {
        var kept: [UInt8] = []
        swap(&kept, &input)
        var position = 0
        mustLook = look(at: kept, &position, end: kept.count)
        if position == 0 {
            swap(&kept, &input)
        } else if position < kept.count {
            input = Array(kept[position...])
        }
    }
}
