internal import Compression
internal import HTTPMessages
internal import HTTPWire
internal import Telemetry
internal import Transport

/// One client's connection: moves bytes between its socket and its `ConnectionMachine`, and asks the
/// responder.
///
/// It holds no buffer while it is idle: it reads into its loop's buffer and answers into its loop's output,
/// and keeps for itself only what could not be used or sent at once.
final class Connection: EventHandler {
    /// A request whose answer is made elsewhere.
    private final class Pending {
        let request: Request
        let preconditions: Preconditions
        let started: MonotonicTime

        init(_ request: Request, _ preconditions: Preconditions, _ started: MonotonicTime) {
            self.request = request
            self.preconditions = preconditions
            self.started = started
        }
    }

    /// What comes back from the worker pool.
    enum Outcome: Sendable {
        /// The responder's answer.
        case made(Response)
        /// An answer whose content was compressed.
        case compressed(Response, EntityTag?, CompressedCache.Key?, [UInt8])
    }

    /// Output of this size is sent before further pipelined requests are answered.
    private static let outputBound = 256 * 1024
    /// Reads before the other connections have their turn.
    private static let readBound = 16
    /// Larger content is compressed off the loop, which it would hold up for about a millisecond.
    private static let compressesInlineTo = 32 * 1024

    private static let noTarget = RequestTarget("")

    private let owner: ServerLoop
    private let socket: Socket
    private let clientAddress: String
    private let isCounted: Bool
    private var token: EventLoop.Token?
    private var machine: ConnectionMachine
    /// Input that came but could not be used yet.
    private var input: [UInt8] = []
    /// Whether `input` may hold something that the machine has not looked at.
    private var mustLook = false
    /// Output that the socket would not take; what lies before `unsentStart` has left.
    private var unsent: [UInt8] = []
    private var unsentStart = 0
    private var pending: Pending?
    private var mayRead = false
    private var mayWrite = true
    private var peerEnded = false
    private var hasReadEnd = false

    /// Takes a socket over; `isCounted` says whether the ledger knows of it, as of all that are not turned
    /// away.
    init(_ owner: ServerLoop, _ socket: Socket, clientAddress: String, isCounted: Bool) {
        self.owner = owner
        self.socket = socket
        self.clientAddress = clientAddress
        self.isCounted = isCounted
        machine = ConnectionMachine(
            rules: owner.shared.rules, clientAddress: clientAddress, now: owner.loop.now)
    }

    /// Starts to listen to the client.
    func open() throws(SystemError) {
        let token = try owner.loop.register(socket, self)
        self.token = token
        owner.loop.setDeadline(token, machine.deadline)
    }

    /// Answers at once that there are too many connections.
    func turnAway() {
        machine.refuse()
        put(Problem.tooManyConnections.response, nil, started: owner.loop.now)
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
        pump()
    }

    func deadlinePassed() {
        switch machine.timedOut(now: owner.loop.now) {
        case .wait: setDeadline()
        case .close(let isSlow):
            if isSlow { owner.metrics.timeouts.add() }
            close()
        case .fail(let problem):
            owner.metrics.timeouts.add()
            put(problem.response, nil, started: owner.loop.now)
            pump()
        }
    }

    /// Lets the next answer be the last; it closes soon if the client asks for nothing.
    func drain() {
        machine.drain(now: owner.loop.now)
        mayRead = true
        pump()
    }

    /// Closes at once.
    func close() {
        guard let token else { return }
        self.token = nil
        pending = nil
        owner.loop.unregister(token)
        socket.close()
        owner.closed(clientAddress, isCounted: isCounted)
    }

    /// Takes what the worker pool made of a request.
    func complete(_ outcome: Outcome) {
        guard let pending else { return }
        self.pending = nil
        switch outcome {
        case .made(let response):
            settle(response, pending.request, pending.preconditions, pending.started)
        case .compressed(var response, let tag, let key, let bytes):
            if let key { owner.cache.insert(key, bytes) }
            Self.replaceContent(of: &response, by: bytes, tag)
            put(response, pending.request, started: pending.started)
        }
        mustLook = true
        pump()
    }

    /// Does all that can be done now: looks at input, sends output, reads.
    private func pump() {
        var reads = 0
        while token != nil {
            guard send() else { return close() }
            guard unsent.isEmpty else { break }
            if mustLook, machine.takesInput {
                lookAtKeptInput()
                continue
            }
            if machine.phase == .closing {
                guard !hasReadEnd, machine.mustLinger || hasUnreadInput() else { return close() }
                socket.endSending()
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

    /// Whether the client has sent more than was read; closing would then reset the connection, and the
    /// answer could be lost with it.
    private func hasUnreadInput() -> Bool {
        guard input.isEmpty else { return true }
        guard mayRead else { return false }
        guard case .moved = socket.read(into: &owner.readBuffer) else { return false }
        return true
    }

    private func setDeadline() {
        guard let token else { return }
        owner.loop.setDeadline(token, machine.deadline)
    }

    private func read() {
        // Taken out for the time of its use: the loop's other parts stay accessible meanwhile.
        var buffer: [UInt8] = []
        swap(&buffer, &owner.readBuffer)
        defer { swap(&buffer, &owner.readBuffer) }
        switch socket.read(into: &buffer) {
        case .moved(let count):
            owner.metrics.receivedBytes.add(UInt64(count))
            // A read that leaves room has emptied the socket; whatever comes later is told of anew.
            if count < buffer.count, !peerEnded { mayRead = false }
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

    private func lookAtKeptInput() {
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

    /// Answers the requests that are complete.
    ///
    /// - Returns: Whether it stopped before the machine wanted more input.
    private func look(at bytes: [UInt8], _ position: inout Int, end: Int) -> Bool {
        // One request at a time lives here: handing each on in an enumeration would copy it several times.
        var request = Request(method: .get, target: Self.noTarget)
        while token != nil {
            if owner.output.count >= Self.outputBound {
                guard send() else {
                    close()
                    return false
                }
                guard unsent.isEmpty else { return true }
            }
            switch machine.step(bytes, &position, end: end, now: owner.loop.now, &request) {
            case .needsInput: return !machine.takesInput
            case .answer: answer(&request)
            case .judge:
                if let refusal = owner.responder.refusal(ofHead: request) {
                    machine.refuse()
                    put(refusal, request, started: owner.loop.now)
                } else if machine.proceed(hasInput: position < end) {
                    owner.output.append(contentsOf: ResponseEncoder.continueBytes)
                }
            case .fail(let problem): put(problem.response, nil, started: owner.loop.now)
            }
        }
        return false
    }

    private func answer(_ request: inout Request) {
        let preconditions = Preconditions(&request)
        let started = owner.loop.now
        switch owner.responder.reply(to: request) {
        case .ready(let response): settle(response, request, preconditions, started)
        case .deferred(let work):
            guard handOver(request, preconditions, started, { .made(work()) }) else {
                owner.metrics.refusedDeferrals.add()
                put(Problem.overloaded.response, request, started: started)
                return
            }
        }
    }

    /// Has a part of a request's answer made by the worker pool.
    private func handOver(
        _ request: Request, _ preconditions: Preconditions, _ started: MonotonicTime,
        _ work: @escaping @Sendable () -> Outcome
    ) -> Bool {
        guard let token else { return false }
        let isTaken = owner.shared.pool.submit { [owner] in
            let outcome = work()
            owner.loop.enqueue { owner.complete(token, outcome) }
        }
        if isTaken { pending = Pending(request, preconditions, started) }
        return isTaken
    }

    /// Applies conditions and content coding to the responder's answer, and sends it.
    private func settle(
        _ response: consuming Response, _ request: Request, _ preconditions: Preconditions,
        _ started: MonotonicTime
    ) {
        if response.status == .notModified {
            preconditions.finish(&response)
            return put(response, request, started: started)
        }
        switch preconditions.judge(response, to: request) {
        case .met: break
        case .failed: return put(Problem.preconditionFailed.response, request, started: started)
        case .notModified:
            response = Preconditions.notModified(response)
            preconditions.finish(&response)
            return put(response, request, started: started)
        }
        switch coding(of: &response, for: request) {
        case .identity: put(response, request, started: started)
        case .gzip, .gzipOnly: compress(response, request, preconditions, started)
        case .none: put(Problem.notAcceptable.response, request, started: started)
        }
    }

    /// In which form an answer is sent; adds `Vary` where that depends on the request.
    private func coding(of response: inout Response, for request: Request) -> ContentCoding.Choice {
        guard !response.body.isEmpty, !response.fields.contains(.contentEncoding) else { return .identity }
        let isWorthwhile =
            response.body.count >= owner.compressesFrom
            && ContentCoding.isCompressible(response.fields[.contentType])
        let accepted = request.fields.values(.acceptEncoding)
        guard isWorthwhile || ContentCoding.mayExcludeIdentity(accepted) else { return .identity }
        let choice = ContentCoding.choice(accepted)
        // What a request has done is told in any form, and so is what went wrong.
        let isRefusable = response.status == .ok && (request.method == .get || request.method == .head)
        if isWorthwhile || isRefusable && choice != .identity && choice != .gzip {
            ContentCoding.addVary(to: &response.fields)
        }
        switch choice {
        case .identity: return .identity
        case .gzip: return isWorthwhile ? .gzip : .identity
        case .gzipOnly: return isWorthwhile || isRefusable ? .gzipOnly : .identity
        case .none: return isRefusable ? .none : .identity
        }
    }

    private func compress(
        _ plain: Response, _ request: Request, _ preconditions: Preconditions, _ started: MonotonicTime
    ) {
        var response = plain
        var tag: EntityTag?
        if let text = response.fields[.entityTag], case .tags(let tags) = EntityTag.Condition(text) {
            tag = tags.first
        }
        var key: CompressedCache.Key?
        if let tag, !tag.isWeak { key = CompressedCache.Key(target: request.target.text, tag: tag.opaque) }
        if let key, let bytes = owner.cache.find(key) {
            Self.replaceContent(of: &response, by: bytes, tag)
        } else if response.body.count <= Self.compressesInlineTo {
            let bytes = Deflate.gzip(response.body)
            if let key { owner.cache.insert(key, bytes) }
            Self.replaceContent(of: &response, by: bytes, tag)
        } else {
            let work: @Sendable () -> Outcome = { [plain, tag, key] in
                .compressed(plain, tag, key, Deflate.gzip(plain.body))
            }
            // With no room in the pool the content goes out as it is.
            if handOver(request, preconditions, started, work) { return }
        }
        put(response, request, started: started)
    }

    private static func replaceContent(of response: inout Response, by bytes: [UInt8], _ tag: EntityTag?) {
        response.body = bytes
        response.fields.append(.contentEncoding, "gzip")
        if let tag { response.fields.set(.entityTag, ContentCoding.coded(tag).description) }
    }

    /// Puts an answer into the loop's output.
    private func put(_ response: Response, _ request: Request?, started: MonotonicTime) {
        let start = owner.output.count
        ResponseEncoder.encode(
            response, to: (machine.method, machine.minorVersion), keepsAlive: machine.keepsAlive,
            date: owner.date(), into: &owner.output)
        let now = MonotonicTime.now()
        let nanoseconds = now.nanoseconds - started.nanoseconds
        owner.metrics.count(response.status, nanoseconds: nanoseconds)
        if owner.logsRequests {
            owner.shared.log.info(
                "request",
                [
                    "client": clientAddress, "method": request?.method.rawValue ?? "-",
                    "target": request?.target.text ?? "-", "status": String(response.status.code),
                    "bytes": String(owner.output.count - start), "microseconds": String(nanoseconds / 1000),
                ])
        }
        machine.answered(now: now)
    }

    /// Sends what the loop's output and the connection's own hold, as far as the socket takes it.
    ///
    /// - Returns: `false` where the connection is broken.
    private func send() -> Bool {
        if unsent.isEmpty {
            guard !owner.output.isEmpty else { return true }
            let (sent, isBroken) = write(owner.output, from: 0)
            guard !isBroken else {
                owner.resetOutput()
                return false
            }
            if sent == owner.output.count {
                owner.resetOutput()
            } else {
                unsent = owner.takeOutput(from: sent)
                machine.outputWaits(now: owner.loop.now)
            }
            return true
        }
        if !owner.output.isEmpty {
            unsent.append(contentsOf: owner.output)
            owner.resetOutput()
        }
        let (sent, isBroken) = write(unsent, from: unsentStart)
        guard !isBroken else { return false }
        unsentStart = sent
        if unsentStart == unsent.count {
            unsent = []
            unsentStart = 0
            machine.outputLeft(now: owner.loop.now)
        }
        return true
    }

    /// - Returns: Up to where `bytes` has been sent.
    private func write(_ bytes: [UInt8], from start: Int) -> (sent: Int, isBroken: Bool) {
        var position = start
        while mayWrite, position < bytes.count {
            switch socket.write(bytes, from: position) {
            case .moved(let count):
                position += count
                owner.metrics.sentBytes.add(UInt64(count))
            case .wouldBlock: mayWrite = false
            case .ended, .failed: return (position, true)
            }
        }
        if position > start, position < bytes.count { machine.outputWaits(now: owner.loop.now) }
        return (position, false)
    }
}
