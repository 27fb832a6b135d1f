internal import Synchronization
internal import TLS

/// The context that new connections get, which is replaced when its files have changed.
final class ServerCertificates: Sendable {
    private let options: TLSOptions
    private let latest: Mutex<TLSContext>

    init(_ options: TLSOptions) throws(TLSError) {
        self.options = options
        latest = Mutex(try TLSContext(options))
    }

    /// What a new connection begins with.
    var context: TLSContext { latest.withLock { $0 } }

    /// Reads the files anew; where one of them is faulty all stays as it was.
    func reload() throws(TLSError) {
        let context = try TLSContext(options)
        latest.withLock { $0 = context }
    }
}
