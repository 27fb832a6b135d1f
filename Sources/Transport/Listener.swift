internal import CLinux
internal import Glibc

/// A socket that accepts connections for one event loop.
public struct Listener: Sendable {
    let descriptor: Int32
    /// Where it listens; with the real port where 0 was asked for.
    public let address: ListenAddress
    /// Whether other event loops, or other processes, accept from the same socket.
    let isShared: Bool
    /// Which file its path names, of a Unix socket that this process has made.
    private let file: linux_file_id?

    /// What accepting came to.
    public enum Outcome: Sendable {
        /// A connection, and who is at its other end; `nil` for a peer that came over a Unix socket.
        case accepted(Socket, peer: SocketAddress?)
        /// None; the value of `errno` says why.
        case failed(code: Int32)
    }

    /// Opens listeners at one address, one for each event loop.
    ///
    /// Those of a TCP address are sockets of their own, over which the kernel spreads the connections
    /// (SO_REUSEPORT). Unless `sharesPort`, the first is bound for itself alone and shared only once it
    /// listens: another process that has the port, even one that is willing to share it, is noticed, and of
    /// two that start at once only one succeeds. Those of a path are one socket, which all loops watch; what
    /// a process that has ended left at the path is replaced.
    ///
    /// - Parameters:
    ///   - address: Where to listen; port 0 takes any that is free.
    ///   - count: How many listeners, at least one.
    ///   - sharesPort: Whether to listen also where another process of the same user does. Connections go on to
    ///     go to that process alone until `beShared` or its `handOver`; a path is taken from it.
    ///   - mode: The permissions of a Unix socket.
    ///   - backlog: How many connections may wait to be accepted at each.
    /// - Returns: `count` listeners at one address.
    /// - Throws: `SystemError`, with nothing left open.
    public static func open(
        _ address: ListenAddress, count: Int, sharesPort: Bool = false, mode: UInt32 = 0o660,
        backlog: Int32 = 4096
    ) throws(SystemError) -> [Listener] {
        switch address {
        case .tcp(let address):
            try open(address, count: count, sharesPort: sharesPort, backlog: backlog)
        case .unix(let path):
            try open(path, count: count, replaces: sharesPort, mode: mode, backlog: backlog)
        }
    }

    private static func open(
        _ address: SocketAddress, count: Int, sharesPort: Bool, backlog: Int32
    ) throws(SystemError) -> [Listener] {
        let first = try SystemCalls.listen(on: address, backlog: backlog, isShared: sharesPort)
        var descriptors = [first]
        do throws(SystemError) {
            let bound = try SystemCalls.localAddress(first)
            if sharesPort {
                // Of the sockets of this port the first may be another process's; then it gets what comes.
                SystemCalls.steer(first, to: 0)
            } else if count > 1 {
                try SystemCalls.sharePort(first)
            }
            while descriptors.count < count {
                descriptors.append(try SystemCalls.listen(on: bound, backlog: backlog, isShared: true))
            }
            return descriptors.map {
                Listener(descriptor: $0, address: .tcp(bound), isShared: false, file: nil)
            }
        } catch {
            for descriptor in descriptors { SystemCalls.close(descriptor) }
            throw error
        }
    }

    private static func open(
        _ path: String, count: Int, replaces: Bool, mode: UInt32, backlog: Int32
    ) throws(SystemError) -> [Listener] {
        let (descriptor, file) = try SystemCalls.listen(
            at: path, mode: mode, backlog: backlog, replaces: replaces)
        return try copies(of: descriptor, count: count, address: .unix(path), file: file)
    }

    /// Takes over a listening socket that came with the process (socket activation).
    ///
    /// - Parameters:
    ///   - descriptor: Its number; closed with the last of the listeners.
    ///   - count: How many listeners, at least one.
    /// - Returns: `count` listeners of that one socket.
    /// - Throws: `SystemError` where it is no listening stream socket; it is closed.
    public static func adopt(_ descriptor: Int32, count: Int) throws(SystemError) -> [Listener] {
        let address: ListenAddress
        do throws(SystemError) {
            let isPath = try SystemCalls.adoptListener(descriptor)
            address =
                isPath
                ? .unix(try SystemCalls.localPath(descriptor))
                : .tcp(try SystemCalls.localAddress(descriptor))
        } catch {
            SystemCalls.close(descriptor)
            throw error
        }
        return try copies(of: descriptor, count: count, address: address, file: nil)
    }

    private static func copies(
        of descriptor: Int32, count: Int, address: ListenAddress, file: linux_file_id?
    ) throws(SystemError) -> [Listener] {
        var descriptors = [descriptor]
        do throws(SystemError) {
            while descriptors.count < count { descriptors.append(try SystemCalls.duplicate(descriptor)) }
        } catch {
            for descriptor in descriptors { SystemCalls.close(descriptor) }
            throw error
        }
        return descriptors.map { Listener(descriptor: $0, address: address, isShared: true, file: file) }
    }

    /// Accepts one connection, if one waits.
    public func accept() -> Outcome {
        var peer: SocketAddress?
        let descriptor = SystemCalls.accept(self.descriptor, peer: &peer)
        guard descriptor >= 0 else { return .failed(code: -descriptor) }
        if case .unix = address { peer = nil }
        return .accepted(Socket(descriptor: descriptor), peer: peer)
    }

    /// Lets connections be spread over all sockets of the port, this process's and others'.
    public func beShared() {
        guard case .tcp = address else { return }
        SystemCalls.steer(descriptor, to: nil)
    }

    /// Lets connections that now begin go to another process that shares the port, if there is one.
    ///
    /// Those that have begun still come here. It changes nothing where no other process shares the port.
    ///
    /// - Parameter count: How many listeners this process has at the address.
    public func handOver(count: Int) {
        guard case .tcp = address else { return }
        SystemCalls.steer(descriptor, to: count)
    }

    /// Takes the path away that clients find the socket by, unless it names another process's meanwhile.
    public func removePath() {
        guard case .unix(let path) = address, let file else { return }
        SystemCalls.remove(path, ifStill: file)
    }

    /// Stops listening; connections that still wait are reset, unless another process has the socket too.
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
    /// Whether the path names something that is not a socket.
    public var isNoSocket: Bool { code == EEXIST }
}
