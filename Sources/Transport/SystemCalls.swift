internal import CLinux
internal import Glibc

/// Every system call of the server, and all of its unsafe code.
///
/// A call that is made for each request answers with a negative `errno` rather than throwing, so that it
/// costs nothing to find that there is nothing to do.
enum SystemCalls {
    /// What epoll reports in one go.
    typealias Event = linux_event

    /// For what a descriptor is watched; the numbers are those of `linux_watch_both` and its fellows.
    enum Watch: Int32 {
        case both, input, sharedInput
    }

    /// Room for the events of one wait.
    static func eventBuffer() -> [Event] { [Event](repeating: Event(), count: 256) }

    static func createEpoll() throws(SystemError) -> Int32 {
        try check(linux_epoll_create(), "epoll_create1")
    }

    static func register(
        _ descriptor: Int32, token: UInt64, _ watch: Watch, in epoll: Int32
    ) throws(SystemError) {
        _ = try check(linux_epoll_add(epoll, descriptor, token, watch.rawValue), "epoll_ctl")
    }

    static func unregister(_ descriptor: Int32, from epoll: Int32) {
        _ = linux_epoll_remove(epoll, descriptor)
    }

    /// Collects events; a `timeout` of 0 milliseconds does not wait.
    static func wait(_ epoll: Int32, into events: inout [Event], timeout: Int32) -> Int {
        // SAFETY: the pointer is the array's storage, valid until the closure returns, and holds `count`
        // events.
        unsafe events.withUnsafeMutableBufferPointer { buffer in
            Int(unsafe linux_epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), timeout))
        }
    }

    static func createTimer() throws(SystemError) -> Int32 {
        try check(linux_timer_create(), "timerfd_create")
    }

    /// Lets `timer` fire once at `time`; `nil` disarms it.
    static func arm(_ timer: Int32, at time: MonotonicTime?) {
        _ = linux_timer_set(timer, time.map { max($0.nanoseconds, 1) } ?? 0)
    }

    static func createWakeup() throws(SystemError) -> Int32 { try check(linux_eventfd_create(), "eventfd") }

    static func takeCount(_ descriptor: Int32) { _ = linux_count_take(descriptor) }

    static func addCount(_ descriptor: Int32) { _ = linux_count_add(descriptor) }

    static func listen(
        on address: SocketAddress, backlog: Int32, isShared: Bool
    ) throws(SystemError) -> Int32 {
        var kernelForm = address.kernelForm
        // SAFETY: the pointer is to a local that outlives the call, which only reads it.
        return try check(unsafe linux_listen(&kernelForm, backlog, isShared ? 1 : 0), "bind")
    }

    static func sharePort(_ descriptor: Int32) throws(SystemError) {
        _ = try check(linux_share_port(descriptor), "setsockopt")
    }

    /// Sends new connections to the socket that joined the port as number `index`; `nil` spreads them over all.
    static func steer(_ descriptor: Int32, to index: Int?) {
        _ = linux_steer(descriptor, index.map { Int32(clamping: $0) } ?? -1)
    }

    static func listen(
        at path: String, mode: UInt32, backlog: Int32, replaces: Bool
    ) throws(SystemError) -> (descriptor: Int32, file: linux_file_id) {
        var file = linux_file_id()
        // SAFETY: the text and the local both outlive the call.
        let outcome = unsafe linux_listen_unix(path, mode, backlog, replaces ? 1 : 0, &file)
        return (try check(outcome, "bind"), file)
    }

    static func remove(_ path: String, ifStill file: linux_file_id) {
        var file = file
        // SAFETY: the text and the local both outlive the call.
        _ = unsafe linux_remove_path(path, &file)
    }

    /// Takes over a listening socket.
    ///
    /// - Returns: Whether it is bound to a path.
    static func adoptListener(_ descriptor: Int32) throws(SystemError) -> Bool {
        try check(linux_adopt_listener(descriptor), "getsockopt") == AF_UNIX
    }

    static func duplicate(_ descriptor: Int32) throws(SystemError) -> Int32 {
        try check(linux_duplicate(descriptor), "fcntl")
    }

    static func localPath(_ descriptor: Int32) throws(SystemError) -> String {
        var outcome: Int32 = 0
        // SAFETY: the function writes at most 110 bytes with the NUL that ends them, and there is room for 128.
        let path = unsafe String(unsafeUninitializedCapacity: 128) { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return 0 }
                outcome = unsafe linux_local_path(descriptor, start)
                return outcome < 0 ? 0 : unsafe strlen(start)
            }
        }
        _ = try check(outcome, "getsockname")
        return path
    }

    /// Sends a datagram to the Unix socket of that name.
    static func send(_ message: String, to path: String) throws(SystemError) {
        // SAFETY: both texts outlive the call.
        _ = try check(unsafe linux_send_to_path(path, message), "sendto")
    }

    static func processID() -> Int32 { linux_process_id() }

    static func localAddress(_ descriptor: Int32) throws(SystemError) -> SocketAddress {
        var kernelForm = linux_address()
        // SAFETY: the pointer is to a local that outlives the call.
        _ = try check(unsafe linux_local_address(descriptor, &kernelForm), "getsockname")
        return SocketAddress(kernelForm)
    }

    /// Accepts a connection.
    ///
    /// - Returns: The descriptor, or a negative `errno`.
    static func accept(_ listener: Int32, peer: inout SocketAddress?) -> Int32 {
        var kernelForm = linux_address()
        // SAFETY: the pointer is to a local that outlives the call.
        let descriptor = unsafe linux_accept(listener, &kernelForm)
        if descriptor >= 0 { peer = SocketAddress(kernelForm) }
        return descriptor
    }

    static func raiseDescriptorLimit() -> Int32 { linux_raise_descriptor_limit() }

    static func reserve() -> Int32 { linux_reserve() }

    /// Reads into the front of `buffer`.
    ///
    /// - Returns: How many bytes, 0 where the peer has ended, or a negative `errno`.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        // SAFETY: the pointer is the array's storage, valid until the closure returns, and holds `count`
        // bytes.
        unsafe buffer.withUnsafeMutableBytes { raw in
            Int(unsafe linux_read(descriptor, raw.baseAddress, raw.count))
        }
    }

    /// Copies what waits to the front of `buffer`, as far as it fits.
    ///
    /// - Returns: How many bytes, 0 where the peer has ended, or a negative `errno`.
    static func peek(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        // SAFETY: the pointer is the array's storage, valid until the closure returns, and holds `count`
        // bytes.
        unsafe buffer.withUnsafeMutableBytes { raw in
            Int(unsafe linux_peek(descriptor, raw.baseAddress, raw.count))
        }
    }

    /// Writes what `bytes` holds from `start` on.
    ///
    /// - Returns: How many bytes were taken, or a negative `errno`.
    static func write(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> Int {
        // SAFETY: the pointer is the array's storage, valid until the closure returns; rebasing checks
        // `start`.
        unsafe bytes.withUnsafeBytes { raw in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
            return Int(unsafe linux_write(descriptor, rest.baseAddress, rest.count))
        }
    }

    static func endSending(_ descriptor: Int32) { _ = linux_end_sending(descriptor) }

    static func close(_ descriptor: Int32) { _ = linux_close(descriptor) }

    static func monotonicNanoseconds() -> Int64 { linux_monotonic_nanoseconds() }

    static func wallSeconds() -> Int64 { linux_wall_seconds() }

    static func parseAddress(_ text: String) -> linux_address? {
        var kernelForm = linux_address()
        // SAFETY: the text and the local both outlive the call.
        return unsafe linux_parse_address(text, &kernelForm) == 0 ? kernelForm : nil
    }

    static func formatAddress(_ address: linux_address) -> String {
        var kernelForm = address
        // SAFETY: the function writes at most 64 bytes with the NUL that ends them, and there is room for 64.
        return unsafe String(unsafeUninitializedCapacity: 64) { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return 0 }
                unsafe linux_format_address(&kernelForm, start)
                return unsafe strlen(start)
            }
        }
    }

    /// The system's words for an `errno`.
    static func words(for code: Int32) -> String {
        // SAFETY: the GNU and the POSIX form both leave a NUL-terminated text; it is copied before the next
        // call.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    private static func check(_ outcome: Int32, _ call: String) throws(SystemError) -> Int32 {
        guard outcome >= 0 else { throw SystemError(call: call, code: -outcome) }
        return outcome
    }
}
