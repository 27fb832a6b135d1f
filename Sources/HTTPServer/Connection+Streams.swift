internal import HTTPMessages
internal import HTTPWire
internal import Telemetry
internal import Transport

/// Answers whose content is made piece by piece.
extension Connection {
    /// Sends the head of an answer whose content is made piece by piece.
    func begin(
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
    func advanceStream() -> Bool {
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
    func take(_ made: StreamedAnswer.Made) {
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
    func finishStream() {
        if let stream, stream.isChunked {
            owner.output.append(contentsOf: ResponseEncoder.lastChunk)
            stream.entry?.record.bytes += ResponseEncoder.lastChunk.count
        }
        endStream()
        machine.answered(now: owner.loop.now)
        mustLook = true
    }

    func endStream() {
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
}
