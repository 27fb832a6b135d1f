import Glibc
import TestSupport

/// A client that sends just the bytes it is given, and reads answers one by one; every read gives up after
/// some seconds.
final class Client {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Answer {
        let status: Int
        let fields: [(name: String, value: String)]
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? {
            fields.first { $0.name == name.lowercased() }?.value
        }
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []
    /// TLS over the socket, where that is spoken.
    private(set) var tls: TLSClient?

    init(port: UInt16, receiveBuffer: Int32? = nil, tls: TLSClient.Options? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        var yes: Int32 = 1
        // SAFETY: all pointers are to locals that outlive the calls, and the sizes are theirs.
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        if var receiveBuffer {
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        // SAFETY: as above; a sockaddr_in may be looked at as a sockaddr.
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else { throw Failure(description: "connect: \(errno)") }
        if let tls { self.tls = try TLSClient(descriptor, tls) }
    }

    /// Connects over a Unix socket.
    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        // SAFETY: a path that is too long ends the test; all pointers are to locals that outlive the calls.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0 else { throw Failure(description: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        if let tls { return try tls.send(bytes) }
        var position = 0
        while position < bytes.count {
            // SAFETY: the pointer is the array's storage from `position` on, and the count is what is left of
            // it.
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.send(
                    descriptor, raw.baseAddress?.advanced(by: position), raw.count - position,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: \(errno)") }
            position += count
        }
    }

    func endSending() {
        tls?.endSending()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads once; false at the end.
    private func more() throws -> Bool {
        if let tls {
            let bytes = try tls.receive()
            unread.append(contentsOf: bytes)
            return !bytes.isEmpty
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        // SAFETY: the pointer is the array's storage, and the count is its size.
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard count >= 0 else { throw Failure(description: "recv: \(errno)") }
        unread.append(contentsOf: buffer[..<count])
        return count > 0
    }

    /// Reads everything until the server closes.
    func readToEnd() throws -> String {
        while try more() {}
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Reads everything until the server closes, or resets what it has not read.
    func readWhatComes() -> String {
        while (try? more()) == true {}
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Reads one answer.
    func receive(toHead: Bool = false) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            if unread.count >= 4 {
                headEnd = (0...unread.count - 4).first { unread[$0..<$0 + 4].elementsEqual(end) }
            }
            if headEnd == nil, try !more() {
                throw Failure(description: "closed after '\(String(decoding: unread, as: UTF8.self))'")
            }
        }
        let head = String(decoding: unread[..<(headEnd ?? 0)], as: UTF8.self)
        unread.removeFirst((headEnd ?? 0) + 4)
        let lines = head.split(separator: "\r\n")
        let parts = lines[0].split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else {
            throw Failure(description: "head: \(head)")
        }
        let fields = lines.dropFirst().map { line -> (name: String, value: String) in
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (sides[0].lowercased(), String(sides[1].drop { $0 == " " }))
        }
        var answer = Answer(status: status, fields: fields, body: [])
        let hasBody = !toHead && status >= 200 && status != 204 && status != 304
        let length = hasBody ? Int(answer["Content-Length"] ?? "0") ?? 0 : 0
        while unread.count < length {
            if try !more() { throw Failure(description: "closed in the content") }
        }
        answer = Answer(status: status, fields: fields, body: Array(unread[..<length]))
        unread.removeFirst(length)
        return answer
    }

    /// Reads one chunk; `nil` for the last.
    func receiveChunk() throws -> [UInt8]? {
        func take(_ count: Int) throws -> [UInt8] {
            while unread.count < count {
                if try !more() { throw Failure(description: "closed in a chunk") }
            }
            defer { unread.removeFirst(count) }
            return Array(unread[..<count])
        }
        var line: [UInt8] = []
        while line.suffix(2) != [0x0D, 0x0A] { line += try take(1) }
        guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
            throw Failure(description: "size of a chunk: \(line)")
        }
        let piece = try take(size)
        guard try take(2) == [0x0D, 0x0A] else { throw Failure(description: "end of a chunk") }
        return size == 0 ? nil : piece
    }
}
