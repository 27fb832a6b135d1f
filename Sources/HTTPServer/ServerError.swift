public import Telemetry
public import TLS
public import Transport

/// The server could not be set up.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not an address to listen at.
    case addressInvalid(String)
    /// Another program, or another of this one, listens there.
    case addressInUse(ListenAddress)
    /// This machine has no such address.
    case addressUnavailable(ListenAddress)
    /// The user may not listen there.
    /// The file for the access log cannot be opened.
    case accessLog(LogFileError)
    case permissionDenied(ListenAddress)
    /// The path names something that is not a socket, which is not replaced.
    case pathTaken(ListenAddress)
    /// A socket that was to come with the process is not one that listens.
    case notInherited(name: String, SystemError)
    /// A certificate or key cannot be used.
    case tls(TLSError)
    /// The system refused something else.
    case system(SystemError)

    init(_ error: SystemError, at address: ListenAddress) {
        self =
            if error.isAddressInUse {
                .addressInUse(address)
            } else if error.isAddressUnavailable {
                .addressUnavailable(address)
            } else if error.isPermissionDenied {
                .permissionDenied(address)
            } else if error.isNoSocket {
                .pathTaken(address)
            } else {
                .system(error)
            }
    }

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .addressInvalid(let text):
            "'\(text)' is not an address to listen at: give an IPv4 or IPv6 address with a port such as 127.0.0.1:8080 "
                + "or [::1]:8080, or unix: with a path"
        case .addressInUse(let address):
            "\(address) is in use by another program: stop it, or choose another port"
        case .addressUnavailable(let address):
            "this machine has no address \(address): choose one of its own, or 0.0.0.0 or :: for all"
        case .permissionDenied(let address):
            "not permitted to listen at \(address): choose a port from 1024 on, or run with CAP_NET_BIND_SERVICE"
        case .accessLog(let error):
            "the access log cannot be opened: \(error)"
        case .pathTaken(let address):
            "\(address) is a file that is no socket: choose another path, or remove it"
        case .notInherited(let name, let error):
            "the socket \(name) that came with the process cannot be listened at: \(error)"
        case .tls(let error): error.description
        case .system(let error):
            "the server cannot be set up: \(error)"
        }
    }
}
