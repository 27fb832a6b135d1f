internal import HTTPMessages
internal import Telemetry
internal import Transport

/// Writes lines of the access log, each a JSON object, by hand: a line costs no allocation.
struct AccessLine {
    /// What is another in each line.
    struct Record {
        var id: RequestID
        /// Of the answer, head and content.
        var bytes: Int
        var client: String
        var keyID: String? = nil
        var trace: TraceContext? = nil
        /// Only where targets are logged.
        var target: String? = nil
    }

    private(set) var bytes: [UInt8] = []
    /// What a line begins with, from the time to the id; written once a second but for what changes in place.
    private var start: [UInt8] = []
    private var second = Int64.min
    /// The client of the line before, as it is written: it is the same in many.
    private var clientPart: [UInt8] = []
    private var client = ""
    private let micros = Array(",\"micros\":".utf8)

    init() { bytes.reserveCapacity(1024) }

    /// The part of a line that all answers of a route, method and status share.
    static func shared(_ route: String?, _ method: Method?, _ status: Status) -> [UInt8] {
        var line = AccessLine()
        line.append("\",\"method\":")
        line.append(text: method?.rawValue)
        line.append(",\"route\":")
        line.append(text: route)
        line.append(",\"status\":")
        line.append(Int64(status.code))
        line.append(",\"bytes\":")
        return line.bytes
    }

    /// Puts a line in the place of the one before.
    ///
    /// - Parameters:
    ///   - record: What is of this line alone.
    ///   - shared: What `shared` made for the answer's series.
    ///   - nanoseconds: How long the answer took.
    ///   - milliseconds: The time, since 1970.
    mutating func write(
        _ record: borrowing Record, _ shared: [UInt8], nanoseconds: Int64, milliseconds: Int64
    ) {
        bytes.removeAll(keepingCapacity: true)
        if milliseconds / 1000 != second { startSecond(milliseconds / 1000) }
        bytes.append(contentsOf: start)
        setFraction(milliseconds - second * 1000)
        if let name = record.id.name {
            bytes.removeLast(RequestID.byteCount)
            append(name)
        } else {
            setDigits(of: record.id.number, before: bytes.count)
        }
        bytes.append(contentsOf: shared)
        append(Int64(record.bytes))
        bytes.append(contentsOf: micros)
        append(max(0, nanoseconds) / 1000)
        if record.client == client, !clientPart.isEmpty {
            bytes.append(contentsOf: clientPart)
        } else {
            let position = bytes.count
            append(",\"client\":")
            append(text: record.client)
            client = record.client
            clientPart = Array(bytes[position...])
        }
        if let keyID = record.keyID {
            append(",\"key\":")
            append(text: keyID)
        }
        if let trace = record.trace {
            append(",\"trace\":\"")
            append(hexadecimal: trace.traceHigh)
            append(hexadecimal: trace.traceLow)
            append("\",\"parent\":\"")
            append(hexadecimal: trace.parent)
            append("\",\"span\":\"")
            append(hexadecimal: record.id.number)
            append("\"")
        }
        if let target = record.target {
            append(",\"target\":")
            append(text: target)
        }
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func startSecond(_ second: Int64) {
        self.second = second
        let time = WallTime(milliseconds: second * 1000).description
        start = Array("{\"time\":\"\(time)\",\"event\":\"request\",\"id\":\"".utf8)
        start += [UInt8](repeating: UInt8(ascii: "0"), count: RequestID.byteCount)
    }

    /// Writes the thousandths of the second in their place, of which there are three digits.
    private mutating func setFraction(_ milliseconds: Int64) {
        let end = "{\"time\":\"1970-01-01T00:00:00.000".utf8.count
        var span = bytes.mutableSpan
        span[end - 3] = UInt8(truncatingIfNeeded: 0x30 + milliseconds / 100)
        span[end - 2] = UInt8(truncatingIfNeeded: 0x30 + milliseconds / 10 % 10)
        span[end - 1] = UInt8(truncatingIfNeeded: 0x30 + milliseconds % 10)
    }

    /// Writes a number in hexadecimal over the sixteen bytes before `end`.
    private mutating func setDigits(of number: UInt64, before end: Int) {
        var rest = number
        var span = bytes.mutableSpan
        for index in 1...RequestID.byteCount {
            span[end - index] = Self.digit(UInt8(truncatingIfNeeded: rest))
            rest >>= 4
        }
    }

    /// The hexadecimal digit of the low four bits.
    private static func digit(_ byte: UInt8) -> UInt8 {
        let value = byte & 0x0F
        return value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: Int64) {
        var count = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        bytes.append(addingCapacity: count) { output in
            output.append(repeating: 0, count: count)
            var rest = number
            var span = output.mutableSpan
            for index in 1...count {
                span[span.count - index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
        }
    }

    private mutating func append(hexadecimal number: UInt64) {
        bytes.append(contentsOf: start.suffix(RequestID.byteCount))
        setDigits(of: number, before: bytes.count)
    }

    /// Appends a JSON string; `null` where there is no text.
    ///
    /// What is not visible ASCII is escaped: the log is read in terminals, and some of its values come from strangers.
    private mutating func append(text: String?) {
        guard let text else { return append("null") }
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
            append(text)
        } else {
            for unit in text.utf16 {
                switch unit {
                case 0x22, 0x5C:
                    bytes.append(0x5C)
                    bytes.append(UInt8(truncatingIfNeeded: unit))
                case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: unit))
                default:
                    append("\\u")
                    for shift in [12, 8, 4, 0] as [UInt16] {
                        bytes.append(Self.digit(UInt8(truncatingIfNeeded: unit >> shift)))
                    }
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
