import Dispatch
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import TLS
@testable import Transport

@Suite struct TicketTests {
    /// One connection over a pair of sockets, the client on a thread of its own.
    private struct Meeting {
        let isResumed: Bool
        let session: TLSClient.Session?

        struct Failure: Error { let step: TLSStream.Handshake }

        init(_ context: TLSContext, version: Int, resuming session: TLSClient.Session?) throws {
            var pair: [Int32] = [0, 0]
            // SAFETY: the array has room for the two numbers.
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            let (near, far) = (pair[0], pair[1])
            defer { close(far) }
            _ = fcntl(near, F_SETFL, O_NONBLOCK)
            let result = Mutex<Result<(Bool, TLSClient.Session?), any Error>?>(nil)
            let done = DispatchSemaphore(value: 0)
            // A queue of its own has a thread of its own; the shared ones may all be taken by tests that wait.
            DispatchQueue(label: "client").async {
                let outcome = Result {
                    var options = TLSClient.Options()
                    options.versions = version...version
                    options.session = session
                    let client = try TLSClient(far, options)
                    // With TLS 1.3 the ticket comes with what is read.
                    _ = try client.receive()
                    // OpenSSL resumes nothing that has not been ended.
                    client.endSending()
                    return (client.isResumed, client.session)
                }
                result.withLock { $0 = outcome }
                done.signal()
            }
            let stream = try #require(TLSStream(Socket(descriptor: near), context))
            defer { stream.close() }
            var step = stream.handshake()
            while step == .wouldBlock {
                stream.becameReadable(peerEnded: false)
                step = stream.handshake()
            }
            guard case .done = step else { throw Failure(step: step) }
            #expect(stream.write([1], from: 0) == .moved(1))
            done.wait()
            (isResumed, self.session) = try #require(result.withLock { $0 }).get()
        }
    }

    @Test(arguments: [0x0303, 0x0304]) func keysAreChanged(version: Int) throws {
        var options = TLSOptions()
        options.identities = [.init(certificates: TLSContextTests.file("localhost.pem"))]
        let context = try TLSContext(options)
        let first = try Meeting(context, version: version, resuming: nil)
        #expect(!first.isResumed)
        #expect(try Meeting(context, version: version, resuming: first.session).isResumed)
        context.rotateTickets()
        // The last key is still good, and the client gets a ticket of the new one.
        let second = try Meeting(context, version: version, resuming: first.session)
        #expect(second.isResumed)
        context.rotateTickets()
        #expect(try !Meeting(context, version: version, resuming: first.session).isResumed)
        #expect(try Meeting(context, version: version, resuming: second.session).isResumed)
        // A context of its own has keys of its own.
        #expect(try !Meeting(TLSContext(options), version: version, resuming: second.session).isResumed)
    }
}
