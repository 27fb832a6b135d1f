import Glibc

/// An answer as a client sees it.
public struct ClientResponse: Sendable {
    /// The status code.
    public let status: Int
    /// Field names in lower case with their values.
    public let fields: [String: String]
    /// The content.
    public let body: [UInt8]

    /// The content as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// What went wrong on the way.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// In a sentence.
    public let description: String

    /// Creates an error.
    public init(description: String) {
        self.description = description
    }
}

/// A plain client for a server on the loopback address: one request, one connection.
public struct HTTPClient: Sendable {
    /// The port that it connects to.
    public let port: UInt16

    /// Creates a client for a port.
    public init(port: UInt16) {
        self.port = port
    }

    /// Sends a request and reads the answer until the server closes.
    public func send(
        _ method: String, _ target: String, fields: [(String, String)] = [], body: [UInt8] = []
    ) throws(ClientError) -> ClientResponse {
        var request = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in fields { request += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { request += "Content-Length: \(body.count)\r\n" }
        return try parse(exchange(Array((request + "\r\n").utf8) + body))
    }

    /// Sends bytes as they are and returns all that comes back until the server closes.
    public func exchange(_ bytes: [UInt8]) throws(ClientError) -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ClientError(description: "socket: \(errno)") }
        defer { _ = close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // SAFETY: the pointer is to `address`, which is as long as it says, for the call only.
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe connect(descriptor, raw, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw ClientError(description: "connect: \(errno)") }
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the storage of the slice lives until the closure returns.
            let sent = unsafe rest.withUnsafeBytes { raw in
                unsafe Glibc.send(descriptor, raw.baseAddress, raw.count, Int32(MSG_NOSIGNAL))
            }
            // A server may answer and close before it has read everything: the answer is still to be read.
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: at most `raw.count` bytes are written to storage of that size.
            let count = unsafe buffer.withUnsafeMutableBytes { raw in
                unsafe recv(descriptor, raw.baseAddress, raw.count, 0)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        guard !received.isEmpty else { throw ClientError(description: "the server closed without an answer") }
        return received
    }

    private func parse(_ bytes: [UInt8]) throws(ClientError) -> ClientResponse {
        var rest = bytes[...]
        while true {
            var end = rest.startIndex
            while end + 3 < rest.endIndex, !rest[end...].starts(with: [13, 10, 13, 10]) { end += 1 }
            guard end + 3 < rest.endIndex else { throw ClientError(description: "the head is cut short") }
            let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
            let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap {
                Int($0)
            }
            guard let status else { throw ClientError(description: "no status line") }
            rest = rest[(end + 4)...]
            // An interim answer has another one behind it.
            if status == 100 { continue }
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                fields[line[..<colon].lowercased()] = String(value)
            }
            return ClientResponse(status: status, fields: fields, body: Array(rest))
        }
    }
}
