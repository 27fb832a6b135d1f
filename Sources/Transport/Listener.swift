internal import Glibc

/// A socket that accepts connections for one event loop.
public struct Listener: Sendable {
    let descriptor: Int32
    /// Where it listens; with the real port where 0 was asked for.
    public let address: SocketAddress

    /// What accepting came to.
    public enum Outcome: Sendable {
        /// A connection, and who is at its other end.
        case accepted(Socket, peer: SocketAddress)
        /// None; the value of `errno` says why.
        case failed(code: Int32)
    }

    /// Opens listeners that share one address, so that the kernel spreads connections over them.
    ///
    /// The first is bound for itself alone and shared only once it listens: another process that has the
    /// port, even one that is willing to share it, is noticed, and of two that start at once only one
    /// succeeds.
    ///
    /// - Parameters:
    ///   - address: Where to listen; port 0 takes any that is free.
    ///   - count: How many listeners, at least one.
    ///   - backlog: How many connections may wait to be accepted at each.
    /// - Returns: `count` listeners at one address.
    /// - Throws: `SystemError`, with nothing left open.
    public static func open(
        _ address: SocketAddress, count: Int, backlog: Int32 = 4096
    ) throws(SystemError) -> [Listener] {
        let first = try SystemCalls.listen(on: address, backlog: backlog, isShared: false)
        var descriptors = [first]
        do throws(SystemError) {
            let bound = try SystemCalls.localAddress(first)
            if count > 1 { try SystemCalls.sharePort(first) }
            while descriptors.count < count {
                descriptors.append(try SystemCalls.listen(on: bound, backlog: backlog, isShared: true))
            }
            return descriptors.map { Listener(descriptor: $0, address: bound) }
        } catch {
            for descriptor in descriptors { SystemCalls.close(descriptor) }
            throw error
        }
    }

    /// Accepts one connection, if one waits.
    public func accept() -> Outcome {
        var peer = address
        let descriptor = SystemCalls.accept(self.descriptor, peer: &peer)
        guard descriptor >= 0 else { return .failed(code: -descriptor) }
        return .accepted(Socket(descriptor: descriptor), peer: peer)
    }

    /// Stops listening; connections that still wait are reset.
    public func close() {
        SystemCalls.close(descriptor)
    }
}

extension SystemError {
    /// Whether the address is in use by another.
    public var isAddressInUse: Bool { code == EADDRINUSE }
    /// Whether the process lacks the right, as for ports below 1024.
    public var isPermissionDenied: Bool { code == EACCES || code == EPERM }
    /// Whether this machine has no such address.
    public var isAddressUnavailable: Bool { code == EADDRNOTAVAIL || code == EAFNOSUPPORT }
}

/// How many descriptors the process may have open.
public enum DescriptorLimit {
    /// Raises the limit as far as the process may by itself: the usual soft limit of 1024 is for programs
    /// that use `select`, and a server would meet it first.
    ///
    /// - Returns: The limit that now holds, or `nil` where it is not known.
    public static func raise() -> Int? {
        let limit = SystemCalls.raiseDescriptorLimit()
        return limit >= 0 ? Int(limit) : nil
    }
}

/// A descriptor kept so that it can be given up when there are none left.
public struct ReserveDescriptor: ~Copyable {
    private var descriptor: Int32

    /// Opens the reserve, if the system allows.
    public init() {
        descriptor = SystemCalls.reserve()
    }

    /// Whether there is one.
    public var isHeld: Bool { descriptor >= 0 }

    /// Gives it up.
    public mutating func release() {
        if descriptor >= 0 { SystemCalls.close(descriptor) }
        descriptor = -1
    }

    /// Takes it again.
    public mutating func restore() {
        if descriptor < 0 { descriptor = SystemCalls.reserve() }
    }

    deinit {
        if descriptor >= 0 { SystemCalls.close(descriptor) }
    }
}
