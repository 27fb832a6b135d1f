internal import Compression
internal import HTTPMessages
internal import HTTPWire
internal import Telemetry
internal import Transport

/// From the responder's answer to the one that is sent: conditions, content coding, head.
extension Connection {
    /// Larger content is compressed off the loop, which it would hold up for about a millisecond.
    private static let compressesInlineTo = 32 * 1024
    /// What makes a request one of its own.
    private static let ownFields: [FieldName] = [.authorization, .apiKey, .requestID, .traceParent]

    /// Applies conditions and content coding to the responder's answer, and sends it; `source` makes its content where
    /// it has none yet.
    func settle(
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
    func coding(
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

    func compress(_ plain: Response, _ exchange: Exchange) {
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

    static func replaceContent(of response: inout Response, by bytes: [UInt8], _ tag: EntityTag?) {
        response.body = bytes
        markCompressed(&response, tag)
    }

    static func markCompressed(_ response: inout Response, _ tag: EntityTag?) {
        response.fields.append(.contentEncoding, "gzip")
        if let tag { response.fields.set(.entityTag, ContentCoding.coded(tag).description) }
    }

    /// Puts an answer into the loop's output, and keeps it where it may be given again; one that is not framed by its
    /// length is its head alone.
    func put(
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

    /// Keeps an answer for requests that are equal to this one and say nothing that is theirs alone.
    func keep(
        _ response: Response, _ stamp: ResponseEncoder.Stamp, _ exchange: Exchange,
        _ series: RequestSeries, _ target: String?, from start: Int
    ) {
        let fields = exchange.request.fields
        let client = machine.isForwarding ? exchange.request.clientAddress : nil
        // A proxy that does not say who asks may be one of several.
        guard exchange.head.count <= AnswerCache.headBound, client != clientAddress,
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
                series: series, target: target, client: client))
        owner.metrics.keptAnswerBytes.add(Int64(owner.answers.size - size))
    }
}
