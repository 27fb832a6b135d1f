import HTTPMessages
import Transport

@testable import HTTPServer

/// What a connection makes of the bytes that it is fed, without a socket and without time.
struct MachineRun {
    /// `100 Continue` is none of these: whether it is sent depends on when the content comes.
    enum Event: Equatable {
        case judged(Method, RequestTarget, Fields)
        case answered(Method, RequestTarget, Fields, content: [UInt8])
        case refused(Problem)
        /// How the answer was to be sent.
        case sent(Method, minorVersion: Int, keepsAlive: Bool)
        case ended(ConnectionMachine.Phase, mustLinger: Bool)
    }

    private static let start = MonotonicTime(nanoseconds: 0)

    private var machine: ConnectionMachine
    private var request = Request(method: .get, target: RequestTarget(""))
    private var events: [Event] = []

    /// All that is done about bytes that come in parts, each up to one of `cuts`, and how it ends.
    static func events(_ bytes: [UInt8], cuts: [Int], _ limits: ServerLimits) -> [Event] {
        var run = MachineRun(
            machine: ConnectionMachine(rules: .init(limits), clientAddress: "192.0.2.1", now: start))
        var position = 0
        for cut in cuts { run.look(bytes, &position, end: cut) }
        return run.events + [.ended(run.machine.phase, mustLinger: run.machine.mustLinger)]
    }

    private init(machine: ConnectionMachine) {
        self.machine = machine
    }

    private mutating func look(_ bytes: [UInt8], _ position: inout Int, end: Int) {
        while machine.takesInput {
            switch machine.step(bytes, &position, end: end, now: Self.start, &request) {
            case .needsInput: return
            case .judge:
                events.append(.judged(request.method, request.target, request.fields))
                if request.target.path == "/none" {
                    machine.refuse()
                    send()
                } else {
                    _ = machine.proceed(hasInput: position < end)
                }
            case .answer:
                events.append(
                    .answered(request.method, request.target, request.fields, content: request.body))
                send()
            case .fail(let problem):
                events.append(.refused(problem))
                send()
            }
        }
    }

    private mutating func send() {
        events.append(
            .sent(machine.method, minorVersion: machine.minorVersion, keepsAlive: machine.keepsAlive))
        machine.answered(now: Self.start)
    }
}
