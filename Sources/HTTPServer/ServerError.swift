public import Telemetry
public import Transport

/// The server could not be set up.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not an IPv4 or IPv6 address.
    case addressInvalid(String)
    /// Another program, or another of this one, listens there.
    case addressInUse(SocketAddress)
    /// This machine has no such address.
    case addressUnavailable(SocketAddress)
    /// The user may not listen there.
    case permissionDenied(SocketAddress)
    /// The file for the access log cannot be opened.
    case accessLog(LogFileError)
    /// The system refused something else.
    case system(SystemError)

    init(_ error: SystemError, at address: SocketAddress) {
        self =
            if error.isAddressInUse {
                .addressInUse(address)
            } else if error.isAddressUnavailable {
                .addressUnavailable(address)
            } else if error.isPermissionDenied {
                .permissionDenied(address)
            } else {
                .system(error)
            }
    }

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .addressInvalid(let text):
            "'\(text)' is not an address to listen at: give an IPv4 or IPv6 address such as 127.0.0.1 or ::1"
        case .addressInUse(let address):
            "\(address) is in use by another program: stop it, or choose another port"
        case .addressUnavailable(let address):
            "this machine has no address \(address.host): choose one of its own, or 0.0.0.0 or :: for all"
        case .permissionDenied(let address):
            "not permitted to listen at \(address): choose a port from 1024 on, or run with CAP_NET_BIND_SERVICE"
        case .accessLog(let error):
            "the access log cannot be opened: \(error)"
        case .system(let error):
            "the server cannot be set up: \(error)"
        }
    }
}
