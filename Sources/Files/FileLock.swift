internal import Glibc
internal import Synchronization

/// A lock between processes, held on a file; the system gives it up when the process ends, however it ends.
///
/// Two locks on one file exclude each other within a process too. The file itself stays.
public final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock on the file at `path`, which is made if it is not there; `nil` where another holds it.
    public init?(path: String) throws(FileError) {
        let opened = try SystemCalls.open(path, O_RDWR | O_CREAT)
        do throws(FileError) {
            guard try SystemCalls.lock(opened, path: path) else {
                SystemCalls.close(opened)
                return nil
            }
        } catch {
            SystemCalls.close(opened)
            throw error
        }
        descriptor = Mutex(opened)
    }

    deinit {
        unlock()
    }

    /// Gives the lock up; the second time, nothing happens.
    public func unlock() {
        descriptor.withLock { held in
            if let open = held { SystemCalls.close(open) }
            held = nil
        }
    }
}
