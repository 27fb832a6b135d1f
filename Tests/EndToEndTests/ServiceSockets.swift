import Foundation

/// A listening socket that a service manager would pass on.
final class ServiceSocket {
    let descriptor: Int32
    let port: UInt16

    init() throws {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the pointers are to locals that outlive the calls, and the sizes are theirs.
        let outcome = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe bind(opened, raw, length) == 0 && listen(opened, 1024) == 0
                    && getsockname(opened, raw, &length) == 0
            }
        }
        guard outcome else { throw CocoaError(.fileReadUnknown) }
        descriptor = opened
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}

/// Where a service manager hears how its service fares.
final class NotifySocket {
    private let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

    init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        // SAFETY: a path that is too long ends the test; the pointers are to locals that outlive the calls.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit { close(descriptor) }

    /// The next message that is looked for; `nil` where it does not come.
    func next(_ isMeant: (String) -> Bool) throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: the pointer is the array's storage, and the count is its size.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if isMeant(text) { return text }
        }
    }
}
