internal import HTTPMessages
internal import HTTPWire
internal import Telemetry
internal import Transport

/// From bytes to requests: what has come is looked at, and the responder is asked.
extension Connection {
    /// Output of this size is sent before further pipelined requests are answered.
    static let outputBound = 256 * 1024
    /// Kept answers of this size are sent by themselves; shorter ones are gathered.
    private static let sentFromCacheFrom = 4 * 1024
    private static let noTarget = RequestTarget("")

    /// Answers the requests that are complete.
    ///
    /// - Returns: Whether it stopped before the machine wanted more input.
    func look(at bytes: [UInt8], _ position: inout Int, end: Int) -> Bool {
        if repeatAnswers(bytes, &position, end: end), position == end { return false }
        var mayRepeat = false
        // One request at a time lives here: handing each on in an enumeration would copy it several times.
        var exchange = Exchange(
            request: Request(method: .get, target: Self.noTarget), preconditions: Preconditions(),
            started: owner.loop.now, epoch: 0, head: [])
        while token != nil {
            if owner.output.count >= Self.outputBound {
                guard send() else {
                    close()
                    return false
                }
            }
            guard unsent.isEmpty else { return true }
            if mayRepeat, repeatAnswers(bytes, &position, end: end) { continue }
            mayRepeat = false
            let start = position
            switch machine.step(bytes, &position, end: end, now: owner.loop.now, &exchange.request) {
            case .needsInput: return !machine.takesInput
            case .answer:
                owner.identify(&exchange.request)
                exchange.head = machine.isRepeatable ? bytes[start..<position] : []
                answer(&exchange)
                mayRepeat = true
            case .judge:
                owner.identify(&exchange.request)
                exchange.head = []
                if let refusal = owner.responder.refusal(ofHead: exchange.request) {
                    machine.refuse()
                    put(refusal, exchange)
                } else if machine.proceed(hasInput: position < end) {
                    owner.output.append(contentsOf: ResponseEncoder.continueBytes)
                }
            case .fail(let problem):
                owner.metrics.refusals(problem.code).add()
                put(problem.response, nil)
            }
        }
        return false
    }

    /// Answers requests that are equal to earlier ones, as long as one follows the other.
    ///
    /// - Returns: Whether there were any.
    func repeatAnswers(_ bytes: [UInt8], _ position: inout Int, end: Int) -> Bool {
        guard position < end, machine.mayRepeat, owner.answers.holdsAny else { return false }
        let epoch = owner.epoch.number
        let start = position
        var date: [UInt8] = []
        var now = owner.loop.now
        let before = machine.requestCount
        while position < end, owner.output.count < Self.outputBound, unsent.isEmpty, machine.mayRepeat,
            let (entry, headBytes) = owner.answers.find(
                bytes, from: position, to: end, epoch: epoch, isForwarded: machine.isForwarding)
        {
            if position == start {
                date = owner.date()
                now = .now()
            }
            position += headBytes
            machine.repeated()
            let id = owner.ids.next()
            if owner.output.isEmpty, entry.count >= Self.sentFromCacheFrom {
                sendFromCache(entry, date, id)
            } else {
                entry.append(date, id, to: &owner.output)
            }
            owner.note(
                entry.series,
                AccessLine.Record(
                    id: id, bytes: entry.count, client: entry.client ?? clientAddress, target: entry.target),
                nanoseconds: now.nanoseconds - owner.loop.now.nanoseconds, at: now)
        }
        guard position > start else { return false }
        owner.repeatedAnswers.add(UInt64(machine.requestCount - before))
        machine.stayIdle(now: owner.loop.now)
        return true
    }

    /// Sends a long answer from where it is kept, as copying it would cost a good part of all there is to do.
    func sendFromCache(_ entry: AnswerCache.Entry, _ date: [UInt8], _ id: RequestID) {
        let answer = entry.renewed(date, id)
        let (sent, isBroken) = write(answer, from: 0)
        guard !isBroken else { return close() }
        guard sent < answer.count else { return }
        unsent = Array(answer[sent...])
        machine.outputWaits(now: owner.loop.now, taken: 0)
    }

    func answer(_ exchange: inout Exchange) {
        exchange.preconditions = Preconditions(&exchange.request)
        exchange.started = owner.loop.now
        exchange.epoch = owner.epoch.number
        switch owner.responder.reply(to: exchange.request) {
        case .ready(let response): settle(response, exchange)
        case .deferred(let work):
            guard handOver(exchange, { .made(work()) }) else {
                owner.metrics.refusals(Problem.overloaded.code).add()
                return put(Problem.overloaded.response, exchange)
            }
        case .stream(let head, let source): settle(head, exchange, source)
        }
    }

    /// Has a part of a request's answer made by the worker pool.
    func handOver(_ exchange: Exchange, _ work: @escaping @Sendable () -> Outcome) -> Bool {
        guard let token else { return false }
        let isTaken = owner.shared.pool.submit { [owner] in
            let outcome = work()
            owner.loop.enqueue { owner.complete(token, outcome) }
        }
        guard isTaken else { return false }
        var kept = exchange
        // A copy: what it is a part of will be read into again.
        kept.head = ArraySlice(Array(exchange.head))
        pending = Pending(kept)
        return true
    }

    /// Takes what the worker pool made of a request.
    func complete(_ outcome: Outcome) {
        if case .piece(let made) = outcome { return take(made) }
        guard let pending else { return }
        self.pending = nil
        switch outcome {
        case .made(let response): settle(response, pending.exchange)
        case .compressed(var response, let tag, let key, let bytes):
            if let key { owner.cache.insert(key, bytes) }
            Self.replaceContent(of: &response, by: bytes, tag)
            put(response, pending.exchange)
        case .piece: break
        }
        mustLook = true
        pump()
    }
}
