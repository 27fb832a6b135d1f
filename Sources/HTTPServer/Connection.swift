internal import Compression
internal import HTTPMessages
internal import HTTPWire
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
    private struct Exchange {
        var request: Request
        var preconditions: Preconditions
        var started: MonotonicTime
        /// The responder's epoch before it was asked.
        var epoch: UInt64
        /// The head as it was received, where the answer may be given again.
        var head: ArraySlice<UInt8>
    }

    /// A request whose answer is made elsewhere.
    private final class Pending {
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

    /// Output of this size is sent before further pipelined requests are answered.
    private static let outputBound = 256 * 1024
    /// Kept answers of this size are sent by themselves; shorter ones are gathered.
    private static let sentFromCacheFrom = 4 * 1024
    /// Reads before the other connections have their turn.
    private static let readBound = 16
    /// Larger content is compressed off the loop, which it would hold up for about a millisecond.
    private static let compressesInlineTo = 32 * 1024

    private static let noTarget = RequestTarget("")
    /// What makes a request one of its own.
    private static let ownFields: [FieldName] = [.authorization, .apiKey, .requestID, .traceParent]

    private let owner: ServerLoop
    private var channel: Channel
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
    private var stream: StreamedAnswer?
    private var mayRead = false
    private var mayWrite = true
    private var peerEnded = false
    private var hasReadEnd = false

    /// Takes a channel over; `isCounted` says whether the ledger knows of it, as of all that are not turned
    /// away.
    init(_ owner: ServerLoop, _ channel: Channel, clientAddress: String, isCounted: Bool) {
        self.owner = owner
        self.channel = channel
        self.clientAddress = clientAddress
        self.isCounted = isCounted
        machine = ConnectionMachine(
            rules: owner.shared.rules, clientAddress: clientAddress, shakesHands: !channel.readsAll,
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
        channel.close()
        if machine.phase == .shakingHands { owner.metrics.tls.failed.add() }
        owner.closed(clientAddress, isCounted: isCounted)
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

    /// Does all that can be done now: looks at input, sends output, reads.
    private func pump() {
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
    private func shakeHands(_ stream: TLSStream) -> Bool {
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
    private func hasUnreadInput() -> Bool {
        guard input.isEmpty else { return true }
        guard mayRead else { return false }
        guard case .moved = channel.read(into: &owner.readBuffer) else { return false }
        return true
    }

    private func setDeadline() {
        guard let token else { return }
        owner.loop.setDeadline(token, min(machine.deadline, stream?.deadline ?? .never))
    }

    private func read() {
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
    private func repeatAnswers(_ bytes: [UInt8], _ position: inout Int, end: Int) -> Bool {
        guard position < end, machine.mayRepeat, owner.answers.holdsAny else { return false }
        let epoch = owner.responder.epoch
        let start = position
        var date: [UInt8] = []
        var now = owner.loop.now
        let before = machine.requestCount
        while position < end, owner.output.count < Self.outputBound, unsent.isEmpty, machine.mayRepeat,
            let (place, headBytes) = owner.answers.find(bytes, from: position, to: end, epoch: epoch),
            let facts = owner.answers.facts(place)
        {
            if position == start {
                date = owner.date()
                now = .now()
            }
            position += headBytes
            machine.repeated()
            let id = owner.ids.next()
            if owner.output.isEmpty, facts.bytes >= Self.sentFromCacheFrom {
                sendFromCache(place, date, id)
            } else {
                owner.answers.append(place, date, id, to: &owner.output)
            }
            owner.note(
                facts.series,
                AccessLine.Record(id: id, bytes: facts.bytes, client: clientAddress, target: facts.target),
                nanoseconds: now.nanoseconds - owner.loop.now.nanoseconds, at: now)
        }
        guard position > start else { return false }
        owner.repeatedAnswers.add(UInt64(machine.requestCount - before))
        machine.stayIdle(now: owner.loop.now)
        return true
    }

    /// Sends a long answer from where it is kept, as copying it would cost a good part of all there is to do.
    private func sendFromCache(_ place: Int, _ date: [UInt8], _ id: RequestID) {
        let answer = owner.answers.renewed(place, date, id)
        let (sent, isBroken) = write(answer, from: 0)
        guard !isBroken else { return close() }
        guard sent < answer.count else { return }
        unsent = Array(answer[sent...])
        machine.outputWaits(now: owner.loop.now, taken: 0)
    }

    private func answer(_ exchange: inout Exchange) {
        exchange.preconditions = Preconditions(&exchange.request)
        exchange.started = owner.loop.now
        exchange.epoch = owner.responder.epoch
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
    private func handOver(_ exchange: Exchange, _ work: @escaping @Sendable () -> Outcome) -> Bool {
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

    /// Applies conditions and content coding to the responder's answer, and sends it; `source` makes its content where
    /// it has none yet.
    private func settle(
        _ response: consuming Response, _ exchange: Exchange, _ source: (any ContentSource)? = nil
    ) {
        if response.status == .notModified {
            exchange.preconditions.finish(&response)
            return put(response, exchange)
        }
        switch exchange.preconditions.judge(response, to: exchange.request) {
        case .met: break
        case .failed: return put(Problem.preconditionFailed.response, exchange)
        case .notModified:
            response = Preconditions.notModified(response)
            exchange.preconditions.finish(&response)
            return put(response, exchange)
        }
        let coding = coding(of: &response, isStream: source != nil, for: exchange.request)
        guard coding != .none else { return put(Problem.notAcceptable.response, exchange) }
        if let source {
            begin(source, response, compresses: coding != .identity, exchange)
        } else if coding == .identity {
            put(response, exchange)
        } else {
            compress(response, exchange)
        }
    }

    /// In which form an answer is sent; adds `Vary` where that depends on the request.
    private func coding(
        of response: inout Response, isStream: Bool, for request: Request
    ) -> ContentCoding.Choice {
        guard isStream || !response.body.isEmpty, !response.fields.contains(.contentEncoding) else {
            return .identity
        }
        let isWorthwhile =
            (isStream || response.body.count >= owner.compressesFrom)
            && ContentCoding.isCompressible(response.fields[.contentType])
        let accepted = request.fields.values(.acceptEncoding)
        guard isWorthwhile || ContentCoding.mayExcludeIdentity(accepted) else { return .identity }
        var choice = ContentCoding.choice(accepted)
        if choice == .gzip, ContentCoding.isFromElsewhere(request.fields) { choice = .identity }
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

    private func compress(_ plain: Response, _ exchange: Exchange) {
        var response = plain
        let tag = Preconditions.tag(of: response)
        var key: CompressedCache.Key?
        if let tag, !tag.isWeak {
            key = CompressedCache.Key(target: exchange.request.target.text, tag: tag.opaque)
        }
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
            if handOver(exchange, work) { return }
        }
        put(response, exchange)
    }

    private static func replaceContent(of response: inout Response, by bytes: [UInt8], _ tag: EntityTag?) {
        response.body = bytes
        markCompressed(&response, tag)
    }

    private static func markCompressed(_ response: inout Response, _ tag: EntityTag?) {
        response.fields.append(.contentEncoding, "gzip")
        if let tag { response.fields.set(.entityTag, ContentCoding.coded(tag).description) }
    }

    /// Puts an answer into the loop's output, and keeps it where it may be given again; one that is not framed by its
    /// length is its head alone.
    private func put(
        _ response: consuming Response, _ exchange: Exchange?, framing: ResponseEncoder.Framing = .length
    ) {
        let start = owner.output.count
        let id = exchange?.request.id ?? owner.ids.next()
        let trace = exchange?.request.trace
        if let trace { response.fields.append(.traceResponse, trace.response(span: id.number)) }
        let stamp = ResponseEncoder.encode(
            response, to: (machine.method, machine.minorVersion), keepsAlive: machine.keepsAlive,
            date: owner.date(), id: id, framing: framing, into: &owner.output)
        let now = MonotonicTime.now()
        let started = exchange?.started ?? owner.loop.now
        let series = owner.series(response.route, exchange?.request.method, response.status)
        let target = owner.logsTargets ? exchange?.request.target.text : nil
        let keyID = response.keyID
        func record() -> AccessLine.Record {
            AccessLine.Record(
                id: id, bytes: owner.output.count - start,
                client: exchange?.request.clientAddress ?? clientAddress, keyID: keyID, trace: trace,
                target: target)
        }
        if let stream {
            // How long it goes on says nothing of how fast the server is; the log tells it at the end.
            series.count(nanoseconds: now.nanoseconds - started.nanoseconds)
            if owner.logsRequests { stream.entry = .init(series: series, started: started, record: record()) }
            return
        }
        owner.note(series, record(), nanoseconds: now.nanoseconds - started.nanoseconds, at: now)
        if response.isRepeatable, framing == .length, machine.keepsAlive, let exchange, !exchange.head.isEmpty
        {
            keep(response, stamp, exchange, series, target, from: start)
        }
        machine.answered(now: now)
    }

    // MARK: Streams

    /// Sends the head of an answer whose content is made piece by piece.
    private func begin(
        _ source: any ContentSource, _ head: consuming Response, compresses: Bool, _ exchange: Exchange
    ) {
        if compresses { Self.markCompressed(&head, Preconditions.tag(of: head)) }
        let framing: ResponseEncoder.Framing = machine.minorVersion >= 1 ? .chunked : .close
        if machine.method != .head, let token {
            guard owner.shared.streams.open() else {
                owner.metrics.refusals(Problem.tooManyStreams.code).add()
                return put(Problem.tooManyStreams.response, exchange)
            }
            owner.metrics.streams.add(1)
            if framing == .close { machine.keepAliveEnds() }
            stream = StreamedAnswer(
                StreamedAnswer.Maker(source, compresses: compresses), isChunked: framing == .chunked)
            source.start { [owner] in owner.loop.enqueue { owner.wake(token) } }
            if machine.isDraining { source.drain() }
        }
        put(head, exchange, framing: framing)
    }

    /// Has the next piece made where it is time for it.
    ///
    /// - Returns: Whether the stream ended: a client that has ended its side and gets nothing for now has gone, or wants
    ///   no more.
    private func advanceStream() -> Bool {
        guard let token, let stream else { return false }
        if peerEnded, stream.isWaiting {
            finishStream()
            return true
        }
        guard stream.begin() else { return false }
        owner.shared.pool.submitPiece { [owner, maker = stream.maker] in
            let made = maker.make()
            owner.loop.enqueue { owner.complete(token, .piece(made)) }
        }
        return false
    }

    /// Takes a piece that was made.
    private func take(_ made: StreamedAnswer.Made) {
        guard let stream else { return }
        let start = owner.output.count
        if stream.isChunked {
            ResponseEncoder.appendChunk(made.bytes, to: &owner.output)
        } else {
            owner.output.append(contentsOf: made.bytes)
        }
        stream.entry?.record.bytes += owner.output.count - start
        switch made.then {
        case .more: stream.goOn()
        case .later(let time): stream.wait(time, now: owner.loop.now)
        case .end: finishStream()
        case .failure:
            owner.metrics.cutStreams.add()
            return close()
        }
        pump()
    }

    /// Ends a stream in order, so that the next request can be answered.
    private func finishStream() {
        if let stream, stream.isChunked {
            owner.output.append(contentsOf: ResponseEncoder.lastChunk)
            stream.entry?.record.bytes += ResponseEncoder.lastChunk.count
        }
        endStream()
        machine.answered(now: owner.loop.now)
        mustLook = true
    }

    private func endStream() {
        guard let stream else { return }
        self.stream = nil
        if let entry = stream.entry {
            let now = MonotonicTime.now()
            owner.log(
                entry.record, entry.series, nanoseconds: now.nanoseconds - entry.started.nanoseconds, at: now)
        }
        owner.shared.streams.close()
        owner.metrics.streams.add(-1)
        stream.maker.source.cancel()
    }

    /// Keeps an answer for requests that are equal to this one and say nothing that is theirs alone.
    private func keep(
        _ response: Response, _ stamp: ResponseEncoder.Stamp, _ exchange: Exchange,
        _ series: RequestSeries, _ target: String?, from start: Int
    ) {
        let fields = exchange.request.fields
        // Whose address came with a proxy's head is another client on another connection.
        guard exchange.head.count <= AnswerCache.headBound, exchange.request.clientAddress == clientAddress,
            !Self.ownFields.contains(where: { fields.contains($0) })
        else { return }
        var answer = Array(owner.output[start...])
        var kept = stamp
        if response.fields.contains(.serverTiming) {
            // The time that was measured is not the time of the answers to come.
            var copy = response
            copy.fields.set(.serverTiming, "cache;desc=hit")
            answer = []
            kept = ResponseEncoder.encode(
                copy, to: (machine.method, machine.minorVersion), keepsAlive: true, date: owner.date(),
                id: RequestID(0), into: &answer)
        }
        let size = owner.answers.size
        owner.answers.insert(
            AnswerCache.Entry(
                head: Array(exchange.head), epoch: exchange.epoch, answer: answer, stamp: kept,
                series: series, target: target))
        owner.metrics.keptAnswerBytes.add(Int64(owner.answers.size - size))
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
                machine.outputWaits(now: owner.loop.now, taken: 0)
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
            switch channel.write(bytes, from: position) {
            case .moved(let count):
                position += count
                owner.sentBytes.add(UInt64(count))
            case .wouldBlock: mayWrite = false
            case .ended, .failed: return (position, true)
            }
        }
        if position > start, position < bytes.count {
            machine.outputWaits(now: owner.loop.now, taken: position - start)
        }
        return (position, false)
    }
}
