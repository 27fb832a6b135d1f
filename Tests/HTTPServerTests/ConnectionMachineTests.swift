import HTTPMessages
import HTTPWire
import Testing
import Transport

@testable import HTTPServer

/// Runs the machine by hand: no socket, and a clock of numbers.
@Suite struct ConnectionMachineTests {
    /// What a machine was seen to do, in words that a table can hold.
    private static func trace(
        _ chunks: [String], limits: ServerLimits = ServerLimits(), refuses: Bool = false
    ) -> [String] {
        var machine = ConnectionMachine(
            rules: .init(limits), clientAddress: "192.0.2.1", now: MonotonicTime(nanoseconds: 0))
        var seen: [String] = []
        var kept: [UInt8] = []
        var request = Request(method: .get, target: RequestTarget(""))
        let now = MonotonicTime(nanoseconds: 0)
        for chunk in chunks {
            kept += Array(chunk.utf8)
            var position = 0
            look: while true {
                switch machine.step(kept, &position, end: kept.count, now: now, &request) {
                case .needsInput: break look
                case .judge:
                    seen.append("judge \(request.target.text)")
                    if refuses {
                        machine.refuse()
                        seen.append(machine.keepsAlive ? "keep" : "close")
                        machine.answered(now: now)
                    } else if machine.proceed(hasInput: position < kept.count) {
                        seen.append("continue")
                    }
                case .answer:
                    seen.append("\(request.method.rawValue) \(request.target.text) [\(request.body.count)]")
                    if !machine.keepsAlive { seen.append("close") }
                    machine.answered(now: now)
                case .fail(let problem):
                    seen.append("\(problem.status.code)")
                    machine.answered(now: now)
                }
            }
            kept.removeFirst(position)
        }
        if machine.phase == .closing { seen.append(machine.mustLinger ? "lingers" : "ends") }
        return seen
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let input: String
        let seen: [String]
        var refuses = false
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "two requests",
            input: "GET /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /b HTTP/1.1\r\nHost: h\r\n\r\n",
            seen: ["GET /a [0]", "HEAD /b [0]"]),
        Case(
            name: "close",
            input: "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\n",
            seen: ["GET /a [0]", "close", "ends"]),
        Case(name: "HTTP/1.0", input: "GET /a HTTP/1.0\r\n\r\n", seen: ["GET /a [0]", "close", "ends"]),
        Case(
            name: "HTTP/1.0 kept alive",
            input: "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
            seen: ["GET /a [0]", "GET /b [0]", "close", "ends"]),
        Case(
            name: "sized content",
            input:
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            seen: ["judge /a", "POST /a [3]", "GET /b [0]"]),
        Case(
            name: "empty content", input: "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
            seen: ["POST /a [0]"]),
        Case(
            name: "chunked content",
            input:
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            seen: ["judge /a", "POST /a [3]", "GET /b [0]"]),
        Case(
            name: "refused content",
            input:
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            seen: ["judge /a", "close", "lingers"], refuses: true),
        Case(
            name: "content at the limit",
            input: "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789",
            seen: ["judge /a", "POST /a [10]"]),
        Case(
            name: "content over the limit",
            input: "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n0", seen: ["413", "lingers"]),
        Case(
            name: "chunks over the limit",
            input:
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n",
            seen: ["judge /a", "413", "lingers"]),
        Case(
            name: "error after a request",
            input: "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost : h\r\n\r\n",
            seen: ["GET /a [0]", "400", "lingers"]),
        Case(
            name: "bad chunk",
            input: "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            seen: ["judge /a", "400", "lingers"]),
    ]

    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.wire.bodyBytes = 10
        return limits
    }

    @Test(arguments: cases) func everySplitIsTheSame(_ vector: Case) {
        let whole = Self.trace([vector.input], limits: Self.limits, refuses: vector.refuses)
        #expect(whole == vector.seen)
        let bytes = Array(vector.input.utf8)
        for split in 1..<bytes.count {
            let halves = [bytes[..<split], bytes[split...]].map { String(decoding: $0, as: UTF8.self) }
            #expect(Self.trace(halves, limits: Self.limits, refuses: vector.refuses) == vector.seen)
        }
        let single = bytes.map { String(decoding: [$0], as: UTF8.self) }
        #expect(Self.trace(single, limits: Self.limits, refuses: vector.refuses) == vector.seen)
    }

    @Test(arguments: [
        (["POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "x"], true),
        (["POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx"], false),
        (["POST /a HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "x"], false),
        (["POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "x"], false),
    ]) func leaveIsGivenToWhoWaitsForIt(chunks: [String], isGiven: Bool) {
        #expect(Self.trace(chunks).contains("continue") == isGiven)
    }

    private let second: Int64 = 1_000_000_000

    private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * second) }

    private func machine(_ limits: ServerLimits = ServerLimits()) -> ConnectionMachine {
        ConnectionMachine(rules: .init(limits), clientAddress: "", now: at(0))
    }

    private func offer(_ text: String, _ machine: inout ConnectionMachine, _ time: MonotonicTime) {
        let bytes = Array(text.utf8)
        var position = 0
        var request = Request(method: .get, target: RequestTarget(""))
        while true {
            switch machine.step(bytes, &position, end: bytes.count, now: time, &request) {
            case .needsInput: return
            case .judge: _ = machine.proceed(hasInput: true)
            case .answer, .fail: return
            }
        }
    }

    private func name(_ expiry: ConnectionMachine.Expiry) -> String {
        switch expiry {
        case .wait: "wait"
        case .close(let phase): phase.map { "close \($0.rawValue)" } ?? "close"
        case .fail(let problem, let phase): "\(problem.status.code) \(phase.rawValue)"
        }
    }

    @Test func aNewConnectionMustAskSoon() {
        var machine = machine()
        #expect(machine.deadline == at(10))
        #expect(name(machine.timedOut(now: at(9))) == "wait")
        #expect(name(machine.timedOut(now: at(10))) == "close idle")
    }

    @Test func bytesDoNotExtendTheTimeForAHead() {
        var machine = machine()
        let text = "GET / HTTP/1.1\r\nHost: h\r\n"
        for (index, _) in text.utf8.enumerated() {
            offer(String(text.prefix(index + 1)), &machine, at(5))
        }
        #expect(machine.deadline == at(15))
        #expect(name(machine.timedOut(now: at(15))) == "408 head")
        machine.answered(now: at(15))
        #expect(machine.phase == .closing && machine.mustLinger)
    }

    @Test func contentBuysTimeAtTheLeastRate() {
        var limits = ServerLimits()
        limits.contentBytesPerSecond = 10
        var machine = machine(limits)
        offer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n", &machine, at(0))
        #expect(machine.deadline == at(10))
        offer(String(repeating: "x", count: 20), &machine, at(9))
        #expect(machine.deadline == at(12))
        #expect(name(machine.timedOut(now: at(11))) == "wait")
        #expect(name(machine.timedOut(now: at(12))) == "408 content")
    }

    @Test func aWholeRequestHasATimeWhateverItsRate() {
        var limits = ServerLimits()
        (limits.requestTime, limits.contentBytesPerSecond) = (.seconds(20), 10)
        var machine = machine(limits)
        // The time begins with the first byte of the head.
        offer("POST / HTTP/1.1\r\n", &machine, at(5))
        #expect(machine.deadline == at(15))
        offer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", &machine, at(8))
        #expect(machine.deadline == at(18))
        offer(String(repeating: "x", count: 500), &machine, at(9))
        #expect(machine.deadline == at(25))
        #expect(name(machine.timedOut(now: at(25))) == "408 request")
    }

    @Test func aWholeRequestMayHaveLessTimeThanAHead() {
        var limits = ServerLimits()
        limits.requestTime = .seconds(3)
        var machine = machine(limits)
        offer("GET", &machine, at(5))
        #expect(machine.deadline == at(8))
    }

    @Test func anAnswerMustBeTakenAtTheLeastRate() {
        var limits = ServerLimits()
        (limits.writeStallTime, limits.answerBytesPerSecond) = (.seconds(10), 100)
        var machine = machine(limits)
        offer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &machine, at(0))
        machine.answered(now: at(0))
        machine.outputWaits(now: at(0), taken: 5_000)
        // What left before it had to wait buys nothing.
        #expect(machine.deadline == at(10))
        machine.outputWaits(now: at(9), taken: 1)
        #expect(machine.deadline.nanoseconds == at(10).nanoseconds + 10_000_000)
        machine.outputWaits(now: at(9), taken: 499)
        #expect(machine.deadline == at(15))
        machine.outputWaits(now: at(9), taken: 100_000)
        #expect(machine.deadline == at(19))
        // The next answer that waits begins anew.
        machine.outputLeft(now: at(18))
        machine.outputWaits(now: at(20), taken: 0)
        #expect(machine.deadline == at(30))
        #expect(name(machine.timedOut(now: at(30))) == "close write")
    }

    @Test func theResponderMayTakeItsTime() {
        var machine = machine()
        offer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &machine, at(0))
        #expect(machine.phase == .answering && machine.deadline == .never)
        machine.answered(now: at(100))
        #expect(machine.phase == .idle && machine.deadline == at(175))
    }

    @Test func outputThatWaitsHasATimeOfItsOwn() {
        var machine = machine()
        offer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &machine, at(0))
        machine.answered(now: at(1))
        machine.outputWaits(now: at(1), taken: 50_000)
        #expect(machine.deadline == at(31))
        machine.outputWaits(now: at(20), taken: 50_000)
        #expect(machine.deadline == at(50))
        machine.outputLeft(now: at(40))
        #expect(machine.deadline == at(115))
        machine.outputWaits(now: at(41), taken: 50_000)
        #expect(name(machine.timedOut(now: at(71))) == "close write")
    }

    @Test func drainingWaitsALittleForARequestOnItsWay() {
        var limits = ServerLimits()
        limits.drainIdleTime = .seconds(2)
        var machine = machine(limits)
        offer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &machine, at(0))
        machine.answered(now: at(0))
        machine.outputWaits(now: at(0), taken: 50_000)
        machine.drain(now: at(1))
        #expect(machine.deadline == at(30))
        // The client has the whole answer only now, and has not read that it is the last.
        machine.outputLeft(now: at(20))
        #expect(machine.deadline == at(22))
        #expect(name(machine.timedOut(now: at(22))) == "close")
    }

    @Test func drainingMakesTheNextAnswerTheLast() {
        var machine = machine()
        machine.drain(now: at(0))
        offer("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &machine, at(0))
        #expect(!machine.keepsAlive)
        machine.answered(now: at(0))
        #expect(machine.phase == .closing && !machine.mustLinger)
    }

    @Test func lingeringIsBoundedInTimeAndBytes() {
        var limits = ServerLimits()
        limits.lingerBytes = 10
        var machine = machine(limits)
        offer("BAD\r\n\r\n", &machine, at(0))
        machine.answered(now: at(0))
        machine.linger(now: at(1))
        #expect(machine.deadline == at(6))
        offer("0123456789", &machine, at(2))
        #expect(machine.deadline == at(6) && !machine.hasLingeredEnough)
        offer("x", &machine, at(2))
        #expect(machine.hasLingeredEnough)
        #expect(name(machine.timedOut(now: at(6))) == "close")
    }
}

/// The time before the first byte of HTTP, with a clock of numbers.
@Suite struct HandshakeTimeTests {
    private static let second: Int64 = 1_000_000_000

    private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * Self.second) }

    private func machine(_ change: (inout ServerLimits) -> Void = { _ in }) -> ConnectionMachine {
        var limits = ServerLimits()
        limits.handshakeTime = .seconds(7)
        limits.headTime = .seconds(3)
        limits.drainIdleTime = .seconds(1)
        change(&limits)
        return ConnectionMachine(
            rules: .init(limits), clientAddress: "192.0.2.1", shakesHands: true, now: time(0))
    }

    @Test func aHandshakeHasATimeOfItsOwn() {
        var machine = machine()
        #expect(machine.phase == .shakingHands && !machine.takesInput)
        #expect(machine.deadline == time(7))
        if case .wait = machine.timedOut(now: time(6)) {} else { Issue.record("too early") }
        if case .close(.handshake) = machine.timedOut(now: time(7)) {} else { Issue.record("too late") }
    }

    @Test func theHeadHasItsTimeAfterTheHandshake() {
        var machine = machine()
        machine.shookHands(now: time(6))
        #expect(machine.phase == .idle && machine.takesInput)
        #expect(machine.deadline == time(9))
    }

    @Test func drainingLeavesLittleTime() {
        var early = machine()
        early.drain(now: time(2))
        #expect(early.deadline == time(3))
        early.shookHands(now: time(3))
        #expect(early.deadline == time(4))
        #expect(!early.keepsAlive)
        var late = machine { $0.drainIdleTime = .seconds(100) }
        late.drain(now: time(2))
        #expect(late.deadline == time(7))
    }
}
