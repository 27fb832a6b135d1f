internal import Telemetry
internal import Transport

/// From output to the socket.
extension Connection {
    /// Sends what the loop's output and the connection's own hold, as far as the socket takes it.
    ///
    /// - Returns: `false` where the connection is broken.
    func send() -> Bool {
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
    func write(_ bytes: [UInt8], from start: Int) -> (sent: Int, isBroken: Bool) {
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
