internal import HTTPWire
internal import Telemetry
internal import Transport

/// A connection from a proxy of which the PROXY header has not come yet.
///
/// The header is looked at where it lies, and only its own bytes are taken: what follows may be TLS.
///
/// - Invariant: Touched on the loop alone.
final class ProxyGreeting: EventHandler {
    private let owner: ServerLoop
    private let socket: Socket
    private let peer: String
    private let options: ListenerOptions
    private var token: EventLoop.Token?

    init(_ owner: ServerLoop, _ socket: Socket, from peer: String, _ options: ListenerOptions) {
        self.owner = owner
        self.socket = socket
        self.peer = peer
        self.options = options
    }

    /// Starts to wait for the header.
    func open() {
        do throws(SystemError) {
            let token = try owner.loop.register(socket, self)
            self.token = token
            owner.loop.setDeadline(token, owner.loop.now.advanced(by: owner.rules.headNanoseconds))
        } catch {
            owner.shared.log.error("connection failed", ["reason": error.description])
            socket.close()
            owner.greeted()
        }
    }

    /// The server shuts down: the header must come soon.
    func drain() {
        guard let token else { return }
        owner.loop.setDeadline(token, owner.loop.now.advanced(by: owner.rules.drainIdleNanoseconds))
    }

    /// Closes at once.
    func close() {
        guard let token else { return }
        self.token = nil
        owner.loop.unregister(token)
        socket.close()
        owner.greeted()
    }

    func deadlinePassed() {
        owner.metrics.timeouts(.head).add()
        close()
    }

    func becameReady(_ readiness: Readiness) {
        guard readiness.isDisjoint(with: .broken) else { return close() }
        var bytes = [UInt8](repeating: 0, count: ProxyHeaderParser.limit)
        guard case .moved(let count) = socket.peek(into: &bytes) else {
            if readiness.contains(.peerEnded) { close() }
            return
        }
        do throws(ProxyHeaderError) {
            switch try ProxyHeaderParser.parse(bytes.span.extracting(0..<count)) {
            case .incomplete: if readiness.contains(.peerEnded) { close() }
            case .complete(let header, let consumed): finish(header, consumed)
            }
        } catch {
            owner.metrics.refusals("proxy-header").add()
            owner.shared.log.debug(
                "not a PROXY header",
                ["proxy": peer, "rule": error.kind.rawValue, "offset": String(error.offset)])
            close()
        }
    }

    private func finish(_ header: ProxyHeader, _ length: Int) {
        guard let token else { return }
        // All of it is there, and a read takes what is there.
        var bytes = [UInt8](repeating: 0, count: length)
        guard socket.read(into: &bytes) == .moved(length) else { return close() }
        self.token = nil
        owner.loop.release(token, socket)
        switch header {
        case .own: owner.admit(socket, from: peer, options)
        case .client(let address): owner.admit(socket, from: address.description, options)
        }
        owner.greeted()
    }
}
