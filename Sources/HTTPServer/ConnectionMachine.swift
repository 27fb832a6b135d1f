internal import HTTPMessages
internal import HTTPWire
internal import Transport

/// What a connection does next, decided without a socket or a clock.
///
/// The driver offers bytes with `step` and does what it is told: it asks the responder, reports back with
/// `proceed`, `refuse` or `answered`, tells of output that cannot leave, and calls `timedOut` when `deadline`
/// has passed. A request is answered before the next one is looked at, so that answers are in order.
struct ConnectionMachine: Sendable {
    /// Bounds that are the same for all connections of a server, shared so that a connection stays small.
    final class Rules: Sendable {
        let wire: WireLimits
        let handshakeNanoseconds: Int64
        let headNanoseconds: Int64
        let graceNanoseconds: Int64
        let contentBytesPerSecond: Int64
        let idleNanoseconds: Int64
        let drainIdleNanoseconds: Int64
        let stallNanoseconds: Int64
        let requestNanoseconds: Int64
        let answerBytesPerSecond: Int64
        let proxies: ProxyOptions
        let lingerNanoseconds: Int64
        let lingerBytes: Int
        let requestsPerConnection: Int

        init(_ limits: ServerLimits, _ proxies: ProxyOptions = ProxyOptions()) {
            self.proxies = proxies
            requestNanoseconds = limits.requestTime.wholeNanoseconds
            answerBytesPerSecond = Int64(max(1, limits.answerBytesPerSecond))
            wire = limits.wire
            handshakeNanoseconds = limits.handshakeTime.wholeNanoseconds
            headNanoseconds = limits.headTime.wholeNanoseconds
            graceNanoseconds = limits.contentGrace.wholeNanoseconds
            contentBytesPerSecond = Int64(max(1, limits.contentBytesPerSecond))
            idleNanoseconds = limits.idleTime.wholeNanoseconds
            drainIdleNanoseconds = limits.drainIdleTime.wholeNanoseconds
            stallNanoseconds = limits.writeStallTime.wholeNanoseconds
            lingerNanoseconds = limits.lingerTime.wholeNanoseconds
            lingerBytes = limits.lingerBytes
            requestsPerConnection = limits.requestsPerConnection
        }
    }

    enum Phase: Sendable, Equatable {
        /// The TLS handshake is not done yet.
        case shakingHands
        /// Between two requests: no byte of the next one has come.
        case idle
        /// A head has come in part.
        case readingHead
        /// A head with content behind it has come; the driver asks whether to read that.
        case judging
        /// Content has come in part.
        case readingContent
        /// A request is with the responder.
        case answering
        /// The last answer has been made; the connection closes when it has left.
        case closing
        /// The last answer has left; input is thrown away.
        case lingering
    }

    /// What to do after looking at input.
    enum Step: Sendable {
        /// Read more.
        case needsInput
        /// Ask whether the content of the request should be read, then call `proceed` or `refuse`.
        case judge
        /// Answer the request, then call `answered`.
        case answer
        /// Answer with this problem, then call `answered`; the connection closes.
        case fail(Problem)
    }

    /// What to do when the deadline has passed.
    enum Expiry: Sendable {
        /// It has been put off; see `deadline`.
        case wait
        /// Close at once; what the client was too slow in, if that is to be counted.
        case close(TimeoutPhase?)
        /// Answer with this problem, then call `answered`; the connection closes.
        case fail(Problem, TimeoutPhase)
    }

    /// What is needed only while content is read, allocated for that time.
    private final class Content: Sendable {
        let head: RequestHead
        init(_ head: RequestHead) { self.head = head }
    }

    let rules: Rules
    private let clientAddress: String
    /// Whether the peer is a proxy whose requests say who asks.
    let isForwarding: Bool
    private(set) var phase = Phase.idle
    /// The method and version of the request being answered.
    private(set) var method = Method.get
    private(set) var minorVersion = 1
    private var clientKeepsAlive = true
    private var hadContent = false
    private(set) var isDraining = false
    private(set) var mustLinger = false
    private var isOutputPending = false

    private var parser: RequestHeadParser
    private var content: Content?
    private var decoder: ChunkedDecoder?
    private var remaining = 0
    private var body: [UInt8] = []

    private(set) var requestCount = 0
    private var received = 0
    private var phaseStart: MonotonicTime
    private var phaseDeadline: MonotonicTime
    private var stallDeadline = MonotonicTime.never
    /// When the request that is being read must have arrived.
    private var requestDeadline = MonotonicTime.never
    /// When output began to wait, and how much of it has left since.
    private var waitingStart = MonotonicTime.never
    private var taken = 0

    init(rules: Rules, clientAddress: String, shakesHands: Bool = false, now: MonotonicTime) {
        self.rules = rules
        self.clientAddress = clientAddress
        isForwarding = rules.proxies.forwards(clientAddress)
        parser = RequestHeadParser(limits: rules.wire)
        phaseStart = now
        phaseDeadline = now
        if shakesHands {
            enter(.shakingHands, now, rules.handshakeNanoseconds)
        } else {
            enter(.idle, now, rules.headNanoseconds)
        }
    }

    /// The TLS handshake is done.
    mutating func shookHands(now: MonotonicTime) {
        guard !isDraining else { return enterIdle(now) }
        enter(.idle, now, rules.headNanoseconds)
    }

    /// When `timedOut` should be called.
    var deadline: MonotonicTime { isOutputPending ? stallDeadline : phaseDeadline }

    /// Whether the answer to the current request leaves the connection open.
    var keepsAlive: Bool {
        clientKeepsAlive && !isDraining && requestCount < rules.requestsPerConnection
    }

    /// Whether the next request may be answered as an equal one was before: nothing of it has been looked at, and
    /// its answer will not be the last.
    var mayRepeat: Bool {
        phase == .idle && !isDraining && requestCount + 1 < rules.requestsPerConnection
    }

    /// Whether an equal request on any connection may get the answer of the current one.
    ///
    /// Heads of HTTP/1.0 and those that ask to close are left out: their answers end or keep the connection.
    var isRepeatable: Bool {
        phase == .answering && minorVersion == 1 && clientKeepsAlive && !hadContent
            && (method == .get || method == .head)
    }

    /// A request was answered as an equal one was before.
    mutating func repeated() {
        requestCount += 1
    }

    /// Whether the responder gets the content of the request being read.
    ///
    /// Of the other methods it has no meaning, and anybody could fill the memory with it.
    ///
    /// - Source: RFC 9110 §9.3.
    private var keepsContent: Bool {
        switch method {
        case .post, .put, .patch: true
        default: false
        }
    }

    /// Whether input is of use now.
    var takesInput: Bool {
        switch phase {
        case .idle, .readingHead, .readingContent, .lingering: true
        case .shakingHands, .judging, .answering, .closing: false
        }
    }

    /// Looks at `bytes[position..<end]` and takes what is complete.
    ///
    /// Moves `position` past what was taken; what lies behind it must be offered again, with more. Puts what
    /// is to be judged or answered into `request`.
    mutating func step(
        _ bytes: [UInt8], _ position: inout Int, end: Int, now: MonotonicTime, _ request: inout Request
    ) -> Step {
        switch phase {
        case .idle, .readingHead: return readHead(bytes, &position, end: end, now: now, &request)
        case .readingContent: return readContent(bytes, &position, end: end, &request)
        case .lingering:
            received += end - position
            position = end
            return .needsInput
        case .shakingHands, .judging, .answering, .closing: return .needsInput
        }
    }

    private mutating func readHead(
        _ bytes: [UInt8], _ position: inout Int, end: Int, now: MonotonicTime, _ request: inout Request
    ) -> Step {
        guard position < end else { return .needsInput }
        do throws(WireError) {
            switch try parser.parse(bytes.span.extracting(position..<end)) {
            case .incomplete:
                if phase == .idle { enterReadingHead(now) }
                return .needsInput
            case .complete(let head, let consumed):
                if phase == .idle { requestDeadline = now.advanced(by: rules.requestNanoseconds) }
                position += consumed
                requestCount += 1
                method = head.method
                minorVersion = head.minorVersion
                clientKeepsAlive = head.keepsAlive
                hadContent = head.framing != .none
                switch head.framing {
                case .none:
                    enterAnswering()
                    fill(&request, from: head)
                    return .answer
                case .length(let length):
                    remaining = length
                    decoder = nil
                case .chunked:
                    decoder = ChunkedDecoder(limits: rules.wire)
                }
                content = Content(head)
                phase = .judging
                phaseStart = now
                received = 0
                fill(&request, from: head)
                return .judge
            }
        } catch {
            return fail(error.problem)
        }
    }

    private mutating func readContent(
        _ bytes: [UInt8], _ position: inout Int, end: Int, _ request: inout Request
    ) -> Step {
        if decoder != nil {
            do throws(WireError) {
                let span = bytes.span.extracting(position..<end)
                guard let (consumed, isComplete) = try decoder?.decode(span, into: &body) else {
                    return .needsInput
                }
                position += consumed
                received += consumed
                if !keepsContent { body.removeAll(keepingCapacity: true) }
                if isComplete { return answerContent(&request) }
            } catch {
                return fail(error.problem)
            }
        } else {
            let count = min(remaining, end - position)
            if keepsContent { body.append(contentsOf: bytes[position..<position + count]) }
            position += count
            received += count
            remaining -= count
            if remaining == 0 { return answerContent(&request) }
        }
        // Bytes buy time at the least rate that is accepted.
        let bought = Self.nanoseconds(received, at: rules.contentBytesPerSecond)
        phaseDeadline = min(
            requestDeadline, phaseStart.advanced(by: rules.graceNanoseconds).advanced(by: bought))
        return .needsInput
    }

    private mutating func answerContent(_ request: inout Request) -> Step {
        guard let head = content?.head else { return .needsInput }
        fill(&request, from: head)
        request.body = body
        body = []
        content = nil
        decoder = nil
        enterAnswering()
        return .answer
    }

    /// The content shall be read.
    ///
    /// - Parameter hasInput: Whether some of it may have come already: then the client does not wait for
    ///   leave.
    /// - Returns: Whether the client waits for `100 Continue`.
    mutating func proceed(hasInput: Bool) -> Bool {
        guard phase == .judging, let head = content?.head else { return false }
        phase = .readingContent
        phaseDeadline = min(requestDeadline, phaseStart.advanced(by: rules.graceNanoseconds))
        if decoder == nil, keepsContent { body.reserveCapacity(min(remaining, 64 * 1024)) }
        return head.expectsContinue && head.minorVersion >= 1 && !hasInput
    }

    /// The content shall not be read; the refusal is the last answer.
    mutating func refuse() {
        content = nil
        decoder = nil
        clientKeepsAlive = false
        mustLinger = true
        enterAnswering()
    }

    /// The answer to the current request ends with the connection.
    mutating func keepAliveEnds() { clientKeepsAlive = false }

    /// The answer to the current request, or a problem, has been put into the output.
    mutating func answered(now: MonotonicTime) {
        guard phase == .answering else { return }
        if keepsAlive {
            enterIdle(now)
        } else {
            phase = .closing
            phaseDeadline = now.advanced(by: rules.lingerNanoseconds)
        }
    }

    /// Output is waiting for the client to take it, and some was taken just now or it has just begun to wait.
    mutating func outputWaits(now: MonotonicTime, taken count: Int) {
        if !isOutputPending {
            isOutputPending = true
            waitingStart = now
            taken = 0
        } else {
            taken += count
        }
        // What is taken buys time, so that a byte now and then does not keep an answer for ever.
        let bought = Self.nanoseconds(taken, at: rules.answerBytesPerSecond)
        stallDeadline = min(
            now.advanced(by: rules.stallNanoseconds),
            waitingStart.advanced(by: rules.stallNanoseconds).advanced(by: bought))
    }

    /// How long so many bytes take at a rate.
    private static func nanoseconds(_ bytes: Int, at bytesPerSecond: Int64) -> Int64 {
        let (seconds, rest) = Int64(bytes).quotientAndRemainder(dividingBy: bytesPerSecond)
        return seconds * 1_000_000_000 + rest * 1_000_000_000 / bytesPerSecond
    }

    /// All output has left.
    mutating func outputLeft(now: MonotonicTime) {
        guard isOutputPending else { return }
        isOutputPending = false
        // The client was not read from meanwhile.
        switch phase {
        case .idle: enterIdle(now)
        case .readingHead: enterReadingHead(now)
        default: break
        }
    }

    /// Requests were answered since the silence was last measured.
    mutating func stayIdle(now: MonotonicTime) {
        if phase == .idle { enterIdle(now) }
    }

    /// The last answer has left, and the client has been told that there is no more.
    mutating func linger(now: MonotonicTime) {
        received = 0
        enter(.lingering, now, rules.lingerNanoseconds)
    }

    /// Whether enough has been thrown away.
    var hasLingeredEnough: Bool { phase == .lingering && received > rules.lingerBytes }

    /// The server shuts down: the next answer is the last, and it must be asked for soon.
    mutating func drain(now: MonotonicTime) {
        isDraining = true
        if phase == .idle { enterIdle(now) }
        if phase == .shakingHands {
            phaseDeadline = min(phaseDeadline, now.advanced(by: rules.drainIdleNanoseconds))
        }
    }

    /// The deadline may have passed.
    mutating func timedOut(now: MonotonicTime) -> Expiry {
        guard deadline <= now else { return .wait }
        if isOutputPending { return .close(.write) }
        switch phase {
        case .shakingHands: return .close(.handshake)
        case .idle: return .close(isDraining ? nil : .idle)
        case .closing, .lingering: return .close(nil)
        case .readingHead:
            _ = fail(.headTooSlow)
            return .fail(.headTooSlow, .head)
        case .readingContent:
            let isWhole = requestDeadline <= now
            let problem = isWhole ? Problem.requestTooSlow : .contentTooSlow
            _ = fail(problem)
            return .fail(problem, isWhole ? .request : .content)
        case .judging, .answering: return .wait
        }
    }

    private mutating func fail(_ problem: Problem) -> Step {
        if phase != .readingContent {
            method = parser.method
            minorVersion = 1
        }
        body = []
        refuse()
        return .fail(problem)
    }

    private func fill(_ request: inout Request, from head: RequestHead) {
        request.method = head.method
        request.target = head.target
        request.fields = head.fields
        request.body = []
        request.clientAddress =
            isForwarding ? rules.proxies.client(of: head.fields) ?? clientAddress : clientAddress
    }

    private mutating func enterAnswering() {
        phase = .answering
        phaseDeadline = .never
    }

    private mutating func enterReadingHead(_ now: MonotonicTime) {
        enter(.readingHead, now, min(rules.headNanoseconds, rules.requestNanoseconds))
        requestDeadline = now.advanced(by: rules.requestNanoseconds)
    }

    private mutating func enterIdle(_ now: MonotonicTime) {
        let silence =
            isDraining ? min(rules.drainIdleNanoseconds, rules.idleNanoseconds) : rules.idleNanoseconds
        enter(.idle, now, silence)
    }

    private mutating func enter(_ phase: Phase, _ now: MonotonicTime, _ nanoseconds: Int64) {
        self.phase = phase
        phaseStart = now
        phaseDeadline = now.advanced(by: nanoseconds)
    }
}
