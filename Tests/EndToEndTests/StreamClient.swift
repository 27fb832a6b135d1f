import Glibc
import TestSupport

/// A client that reads an answer while it is being made.
final class StreamClient {
    private let descriptor: Int32
    private var unread = ""

    /// Connects and asks for a target.
    init(port: UInt16, _ target: String, fields: [(String, String)] = []) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        // SAFETY: both pointers are to locals that are as long as is said, for the calls only.
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            return unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe connect(descriptor, raw, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw ClientError(description: "connect: \(errno)") }
        var request = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in fields { request += "\(name): \(value)\r\n" }
        let bytes = Array((request + "\r\n").utf8)
        // SAFETY: the storage lives until the closure returns.
        let sent = unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.send(descriptor, raw.baseAddress, raw.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == bytes.count else { throw ClientError(description: "send: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Reads up to a text and with it.
    func read(through mark: String) throws -> String {
        while true {
            if let found = unread.firstRange(of: mark) {
                defer { unread = String(unread[found.upperBound...]) }
                return String(unread[..<found.upperBound])
            }
            guard let more = try receive() else {
                throw ClientError(description: "closed before '\(mark)', after '\(unread)'")
            }
            unread += more
        }
    }

    /// Reads what comes until the server closes, or breaks the connection off.
    func readToEnd() -> String {
        while let more = try? receive() { unread += more }
        return unread
    }

    private func receive() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: at most `raw.count` bytes are written to storage of that size.
        let count = unsafe buffer.withUnsafeMutableBytes { raw in
            unsafe recv(descriptor, raw.baseAddress, raw.count, 0)
        }
        guard count >= 0 else { throw ClientError(description: "recv: \(errno)") }
        return count == 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
