internal import Bytes
internal import HTTPMessages

/// Reads a request line; goes on where it stopped when more bytes have come.
///
/// - Source: RFC 9112 §2.2, §3.
struct RequestLine: Sendable {
    private enum Phase { case emptyLines, method, target, version }

    private var phase = Phase.emptyLines
    private var emptyLines = 0
    private var start = 0
    /// The last eight bytes of the method so far, the newest lowest.
    ///
    /// No longer name can pass for a known one: it fills all eight bytes, and known ones have at most seven.
    private var methodKey: UInt64 = 0
    private var targetStart = 0
    private var targetHasEscape = false
    private var targetHasDot = false

    private(set) var method = Method.get
    private(set) var minorVersion = 1
    /// The part of the target that is kept: all of it but the scheme and the authority.
    private var target = 0..<0
    /// The authority of a target in absolute form.
    private(set) var authority: Range<Int>?

    /// The target in origin form or `*`.
    ///
    /// An absolute form without a path stands for the root; of OPTIONS, for the server as a whole.
    ///
    /// - Source: RFC 9112 §3.2.1, §3.2.4.
    func target(in bytes: Span<UInt8>) -> RequestTarget {
        guard !target.isEmpty else { return RequestTarget(path: method == .options ? "*" : "/", query: nil) }
        let mark = target.first { bytes[$0] == Mark.question } ?? target.upperBound
        let path = mark > target.lowerBound ? bytes.text(target.lowerBound..<mark) : "/"
        let query = mark < target.upperBound ? bytes.text(mark + 1..<target.upperBound) : nil
        return RequestTarget(path: path, query: query)
    }

    /// Reads on to the end of the line.
    ///
    /// - Parameters:
    ///   - bytes: The message so far.
    ///   - position: The first byte that was not read yet; moved on.
    ///   - end: Where to stop reading.
    ///   - limits: Bounds on the line and on what stands before it.
    /// - Returns: Whether the line was read.
    /// - Throws: `WireError` at the first byte that breaks the grammar or a limit.
    mutating func read(
        _ bytes: Span<UInt8>, from position: inout Int, to end: Int, limits: WireLimits
    ) throws(WireError) -> Bool {
        if phase == .emptyLines {
            guard try passEmptyLines(bytes, &position, end, limits.leadingEmptyLines) else { return false }
        }
        let (limit, overflow) = start.addingReportingOverflow(limits.requestLineBytes)
        let lineEnd = overflow ? end : min(end, limit)
        if phase == .method, try !readMethod(bytes, &position, lineEnd) {
            return try stop(at: limit, of: bytes)
        }
        if phase == .target, try !readTarget(bytes, &position, lineEnd) {
            return try stop(at: limit, of: bytes)
        }
        return try readVersion(bytes, &position, end, limit)
    }

    /// Answers that more bytes are needed, unless the line is too long already.
    private func stop(at limit: Int, of bytes: Span<UInt8>) throws(WireError) -> Bool {
        if bytes.count > limit, limit >= start { throw WireError(.requestLineTooLong, at: limit) }
        return false
    }

    /// Some clients send a CRLF after the content of a POST, which then stands before the next request.
    private mutating func passEmptyLines(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, _ allowed: Int
    ) throws(WireError) -> Bool {
        while position < end {
            switch bytes[position] {
            case Mark.carriageReturn:
                guard emptyLines < allowed else { throw WireError(.leadingEmptyLines, at: position) }
                guard position + 1 < end else { return false }
                guard bytes[position + 1] == Mark.lineFeed else {
                    throw WireError(.bareCarriageReturn, at: position)
                }
                emptyLines += 1
                position += 2
            case Mark.lineFeed:
                throw WireError(.bareLineFeed, at: position)
            default:
                start = position
                phase = .method
                return true
            }
        }
        return false
    }

    private mutating func readMethod(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(WireError) -> Bool {
        var index = position
        var key = methodKey
        while index < end, bytes[index].isTokenByte {
            key = key << 8 | UInt64(bytes[index])
            index += 1
        }
        position = index
        methodKey = key
        guard index < end else { return false }
        guard bytes[index] == Mark.space, index > start else { throw WireError(.methodNotToken, at: index) }
        guard let known = Self.method(key) else { throw WireError(.methodUnknown, at: start) }
        method = known
        position = index + 1
        targetStart = position
        phase = .target
        return true
    }

    /// The method with these bytes; CONNECT is for proxies, and unknown to an origin server.
    private static func method(_ key: UInt64) -> Method? {
        switch key {
        case 0x47_45_54: .get
        case 0x48_45_41_44: .head
        case 0x50_4F_53_54: .post
        case 0x50_55_54: .put
        case 0x44_45_4C_45_54_45: .delete
        case 0x4F_50_54_49_4F_4E_53: .options
        case 0x50_41_54_43_48: .patch
        case 0x54_52_41_43_45: .trace
        default: nil
        }
    }

    private mutating func readTarget(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(WireError) -> Bool {
        var index = position
        var hasEscape = targetHasEscape
        var hasDot = targetHasDot
        while index < end {
            let byte = bytes[index]
            // Visible bytes that a URI should have encoded, such as `"` and `|`, mean nothing to anyone on the way, and
            // people type them into curl: they are let through.
            guard byte &- 0x21 < 0x5E, byte != UInt8(ascii: "#") else { break }
            if byte == Mark.percent { hasEscape = true }
            if byte == Mark.dot { hasDot = true }
            index += 1
        }
        position = index
        targetHasEscape = hasEscape
        targetHasDot = hasDot
        guard index < end else { return false }
        switch bytes[index] {
        case Mark.space: break
        // A line without a version is HTTP/0.9, which nothing speaks any more.
        case Mark.carriageReturn, Mark.lineFeed: throw WireError(.versionMalformed, at: index)
        default: throw WireError(.targetByte, at: index)
        }
        try takeTarget(bytes, targetStart..<index)
        position = index + 1
        phase = .version
        return true
    }

    /// Checks a whole target and says which part of it is kept.
    private mutating func takeTarget(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(WireError) {
        let malformed = WireError(.targetForm, at: range.lowerBound)
        guard let first = range.first else { throw malformed }
        target = range
        if first == range.upperBound - 1, bytes[first] == UInt8(ascii: "*") {
            guard method == .options else { throw malformed }
            return
        }
        if bytes[first] != Mark.slash {
            guard let authorityStart = Self.authorityStart(bytes, range) else { throw malformed }
            var index = authorityStart
            while index < range.upperBound, bytes[index] != Mark.slash, bytes[index] != Mark.question {
                index += 1
            }
            try Authority.check(bytes, authorityStart..<index)
            authority = authorityStart..<index
            target = index..<range.upperBound
        }
        if targetHasEscape { try checkEscapes(bytes) }
        if targetHasDot || targetHasEscape { try checkSegments(bytes) }
    }

    private static func authorityStart(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for scheme in ["http://", "https://"] {
            let end = range.lowerBound + scheme.utf8.count
            if end <= range.upperBound, bytes.matches(range.lowerBound..<end, scheme) { return end }
        }
        return nil
    }

    private func checkEscapes(_ bytes: Span<UInt8>) throws(WireError) {
        for index in target where bytes[index] == Mark.percent {
            guard index + 2 < target.upperBound, bytes[index + 1].hexadecimalValue != nil,
                bytes[index + 2].hexadecimalValue != nil
            else { throw WireError(.targetEncoding, at: index) }
        }
    }

    /// Refuses `.` and `..`, which a client has taken out and only an attacker leaves in.
    ///
    /// - Source: RFC 3986 §5.2.4.
    private func checkSegments(_ bytes: Span<UInt8>) throws(WireError) {
        var segment = target.lowerBound
        var index = segment
        var dots = 0
        var onlyDots = true
        while index <= target.upperBound {
            let isEnd = index == target.upperBound || bytes[index] == Mark.question
            if isEnd || bytes[index] == Mark.slash {
                if onlyDots, dots == 1 || dots == 2 { throw WireError(.targetDotSegment, at: segment) }
                if isEnd { return }
                segment = index + 1
                dots = 0
                onlyDots = true
                index += 1
            } else if bytes[index] == Mark.dot {
                dots += 1
                index += 1
            } else if bytes[index] == Mark.percent, bytes[index + 1] == UInt8(ascii: "2"),
                bytes[index + 2].lowercased == UInt8(ascii: "e")
            {
                dots += 1
                index += 3
            } else {
                onlyDots = false
                index += 1
            }
        }
    }

    /// Reads `HTTP/1.1` and CRLF; the few bytes are looked at again each time, so that nothing need be remembered.
    private mutating func readVersion(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, _ limit: Int
    ) throws(WireError) -> Bool {
        var index = position
        var isSupported = true
        for expected in "HTTP/1.1".utf8 {
            guard index != limit else { return try stop(at: limit, of: bytes) }
            guard index < end else { return false }
            let byte = bytes[index]
            switch index - position {
            case 5 where byte.isDigit:
                isSupported = byte == expected
            case 7 where byte.isDigit: minorVersion = byte == UInt8(ascii: "0") ? 0 : 1
            default:
                guard byte == expected, index != position + 5, index != position + 7 else {
                    throw WireError(.versionMalformed, at: index)
                }
            }
            index += 1
        }
        guard isSupported else { throw WireError(.versionUnsupported, at: position + 5) }
        guard index < end else { return false }
        guard bytes[index] == Mark.carriageReturn else {
            guard index != limit || bytes[index] == Mark.lineFeed else {
                throw WireError(.requestLineTooLong, at: index)
            }
            throw WireError(bytes[index] == Mark.lineFeed ? .bareLineFeed : .versionMalformed, at: index)
        }
        guard index + 1 < end else { return false }
        guard bytes[index + 1] == Mark.lineFeed else { throw WireError(.bareCarriageReturn, at: index) }
        position = index + 2
        return true
    }
}
