import Glibc
import Testing
import Transport

@Suite struct AcceptPolicyTests {
    @Test func waitsAndRetries() {
        var policy = AcceptPolicy()
        #expect(policy.failed(code: EAGAIN, hasReserve: true) == .wait)
        for code in [ECONNABORTED, EPROTO, EPERM, ENETUNREACH] {
            #expect(policy.failed(code: code, hasReserve: true) == .retry)
        }
    }

    @Test(arguments: [EMFILE, ENFILE]) func usesTheReserveThenPauses(code: Int32) {
        var policy = AcceptPolicy()
        let pause = AcceptPolicy.pauseNanoseconds
        #expect(policy.failed(code: code, hasReserve: true) == .useReserve)
        #expect(policy.usedReserve() == true)
        #expect(policy.failed(code: code, hasReserve: true) == .useReserve)
        #expect(policy.usedReserve() == false, "it is reported once")
        // Another loop took the number that the reserve had freed.
        #expect(policy.failed(code: code, hasReserve: true) == .useReserve)
        #expect(policy.failed(code: code, hasReserve: true) == .pause(nanoseconds: pause, report: false))
        #expect(policy.failed(code: code, hasReserve: false) == .pause(nanoseconds: pause, report: false))
        policy.accepted()
        #expect(policy.failed(code: code, hasReserve: false) == .pause(nanoseconds: pause, report: true))
    }

    @Test func neverGivesUp() {
        var policy = AcceptPolicy()
        for code in [ENOMEM, ENOBUFS, EBADF, EINVAL] {
            guard case .pause = policy.failed(code: code, hasReserve: true) else {
                Issue.record("\(code) is not paused for")
                continue
            }
        }
    }
}
