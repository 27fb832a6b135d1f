internal import HTTPMessages
internal import Telemetry
internal import Transport

/// Writes lines of the access log, each a JSON object, by hand: a line costs some 100 ns and no allocation.
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
    /// A line up to the fraction of its second, written once a second.
    private var start: [UInt8] = []
    private var second = Int64.min

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
        startLine(milliseconds)
        if let name = record.id.name {
            append(name)
        } else {
            append(hexadecimal: record.id.number)
        }
        bytes.append(contentsOf: shared)
        append(Int64(record.bytes))
        bytes.append(contentsOf: Self.micros)
        append(max(0, nanoseconds) / 1000)
        bytes.append(contentsOf: Self.client)
        append(text: record.client)
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
        bytes.append(contentsOf: Self.end)
    }

    private static let micros = Array(",\"micros\":".utf8)
    private static let client = Array(",\"client\":".utf8)
    private static let end = Array("}\n".utf8)
    private static let name = Array("Z\",\"event\":\"request\",\"id\":\"".utf8)
    private static let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: RequestID.byteCount)
    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func startLine(_ milliseconds: Int64) {
        if milliseconds / 1000 != second {
            second = milliseconds / 1000
            let time = WallTime(milliseconds: second * 1000).description
            start = Array("{\"time\":\"".utf8) + time.utf8.dropLast("000Z".utf8.count)
        }
        bytes.append(contentsOf: start)
        let fraction = milliseconds - second * 1000
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + fraction / 100))
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + fraction / 10 % 10))
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + fraction % 10))
        bytes.append(contentsOf: Self.name)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: Int64) {
        var power: Int64 = 1
        while number / 10 >= power { power *= 10 }
        while power > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / power % 10))
            power /= 10
        }
    }

    private mutating func append(hexadecimal number: UInt64) {
        let start = bytes.count
        bytes.append(contentsOf: Self.zeros)
        RequestID(number).write(over: &bytes, at: start)
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
                        bytes.append(Self.digits[Int(unit >> shift & 0x0F)])
                    }
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
