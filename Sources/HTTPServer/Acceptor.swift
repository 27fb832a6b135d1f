internal import Telemetry
internal import Transport

/// Accepts the connections of one listener for its loop.
///
/// - Invariant: Touched on the loop alone.
final class Acceptor: EventHandler {
    /// Connections accepted before those that are open have their turn.
    private static let bound = 256
    /// Connections accepted at last, when the listener closes: all that a backlog usually holds.
    private static let lastBound = 4096

    private let owner: ServerLoop
    private let listener: Listener
    /// What the listener was asked to be.
    let options: ListenerOptions
    private var token: EventLoop.Token?
    private var policy = AcceptPolicy()

    init(_ owner: ServerLoop, _ listener: Listener, _ options: ListenerOptions) {
        self.owner = owner
        self.listener = listener
        self.options = options
    }

    /// Begins to accept.
    func start() {
        do throws(SystemError) {
            token = try owner.loop.register(listener, self)
        } catch {
            owner.shared.log.error(
                "listener failed", ["address": listener.address.description, "reason": error.description])
        }
    }

    func becameReady(_ readiness: Readiness) { acceptWaiting() }

    func deadlinePassed() { acceptWaiting() }

    /// Accepts what waits, at most so many, then stops listening.
    ///
    /// What the kernel has accepted would be reset with the listener. Of a socket that others listen to as
    /// well, this loop may be the only one that was told of what waits.
    ///
    /// - Parameter accepting: Whether what waits is still to be answered.
    func close(accepting: Bool) {
        let wasWatched = token != nil
        if let token { owner.loop.release(token, listener) }
        token = nil
        if accepting, wasWatched { acceptWaiting(atMost: Self.lastBound) }
        listener.close()
    }

    private func acceptWaiting(atMost bound: Int = bound) {
        // Another loop may have taken the number of the reserve when that was last of use.
        owner.reserve.restore()
        for _ in 0..<bound {
            switch listener.accept() {
            case .accepted(let socket, let peer):
                policy.accepted()
                owner.accepted(socket, from: peer?.host ?? "unix", options)
            case .failed(let code):
                switch policy.failed(code: code, hasReserve: owner.reserve.isHeld) {
                case .wait: return
                case .retry: break
                case .useReserve: turnAwayWithReserve()
                case .pause(let nanoseconds, let report):
                    if report { owner.reportShortage(SystemError(call: "accept", code: code)) }
                    if let token { owner.loop.setDeadline(token, owner.loop.now.advanced(by: nanoseconds)) }
                    return
                }
            }
        }
        if let token { owner.loop.callAgain(token) }
    }

    private func turnAwayWithReserve() {
        owner.reserve.release()
        if case .accepted(let socket, _) = listener.accept() {
            socket.close()
            owner.metrics.refusals("no-descriptors").add()
            if policy.usedReserve() { owner.reportShortage(nil) }
        }
        owner.reserve.restore()
    }
}
