/// The listening sockets that a service manager opened before it started this process.
///
/// - Source: sd_listen_fds(3).
public struct SocketActivation: Sendable, Hashable {
    /// One socket.
    public struct Inherited: Sendable, Hashable {
        /// Its number.
        public let descriptor: Int32
        /// What the service manager calls it (`FileDescriptorName=`); "unknown" where it says nothing.
        public let name: String
    }

    /// The sockets, in the order of the service manager's configuration; empty where the process was started
    /// in another way.
    public let sockets: [Inherited]

    private static let firstDescriptor: Int32 = 3
    private static let countBound = 1024

    /// Reads what was passed to this process.
    ///
    /// - Parameter environment: The variables of the process; `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` are
    ///   looked at. What is meant for another process, as a shell in between leaves it, is not taken.
    public init(environment: [String: String]) {
        self.init(environment: environment, processID: SystemCalls.processID())
    }

    init(environment: [String: String], processID: Int32) {
        guard environment["LISTEN_PID"] == String(processID),
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), (1...Self.countBound).contains(count)
        else {
            sockets = []
            return
        }
        let names =
            environment["LISTEN_FDNAMES"]?.split(separator: ":", omittingEmptySubsequences: false).map(
                String.init) ?? []
        sockets = (0..<count).map { index in
            Inherited(
                descriptor: Self.firstDescriptor + Int32(index),
                name: names.count == count ? names[index] : "unknown")
        }
    }
}
