internal import Bytes
internal import HTTPMessages

/// The fields that say where a request goes and ends, and what becomes of its connection.
///
/// Two readers of one message that disagree here are what request smuggling is made of, so nothing is repaired.
///
/// - Source: RFC 9112 §3.2, §6, §9.3; RFC 9110 §7.6.1, §10.1.1.
struct ControlFields: Sendable {
    /// Whether the request is in HTTP/1.0.
    var isOldVersion = false
    private(set) var hasHost = false
    private var contentLength: Int?
    private var isChunked = false
    private var saysClose = false
    private var saysKeepAlive = false
    private var saysContinue = false

    var framing: BodyFraming {
        if isChunked { return .chunked }
        guard let contentLength, contentLength > 0 else { return .none }
        return .length(contentLength)
    }

    var keepsAlive: Bool { !saysClose && (!isOldVersion || saysKeepAlive) }

    var expectsContinue: Bool { saysContinue && !isOldVersion && framing != .none }

    /// Takes in one field, whatever its name.
    mutating func take(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>, bodyLimit: Int
    ) throws(WireError) {
        switch name.count {
        case 4 where bytes.matches(name, "host"):
            try takeHost(bytes, name, value)
        case 6 where bytes.matches(name, "expect"):
            try takeExpectations(bytes, value)
        case 10 where bytes.matches(name, "connection"):
            takeConnection(bytes, value)
        case 14 where bytes.matches(name, "content-length"):
            try takeLength(bytes, name, value, bodyLimit)
        case 17 where bytes.matches(name, "transfer-encoding"):
            try takeCodings(bytes, name, value)
        default: break
        }
    }

    /// An empty `Host` is what a client sends whose URI has no authority.
    private mutating func takeHost(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>
    ) throws(WireError) {
        guard !hasHost else { throw WireError(.hostRepeated, at: name.lowerBound) }
        hasHost = true
        if !value.isEmpty { try Authority.check(bytes, value) }
    }

    private mutating func takeLength(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>, _ bodyLimit: Int
    ) throws(WireError) {
        guard contentLength == nil else { throw WireError(.contentLengthRepeated, at: name.lowerBound) }
        guard !isChunked else { throw WireError(.transferEncodingAndLength, at: name.lowerBound) }
        guard !value.isEmpty else { throw WireError(.contentLengthInvalid, at: value.lowerBound) }
        var length = 0
        for index in value {
            guard bytes[index].isDigit else { throw WireError(.contentLengthInvalid, at: index) }
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(bytes[index] & 0x0F))
            // A number that no integer holds is not malformed, only too large.
            length = overflow || carry ? .max : sum
        }
        guard length <= bodyLimit, length < .max else {
            throw WireError(.contentTooLarge, at: value.lowerBound)
        }
        contentLength = length
    }

    /// Only `chunked` alone will do.
    ///
    /// Empty list elements, which a reader of lists should pass over, are refused too: implementations are known to
    /// differ on them, and no client sends them.
    private mutating func takeCodings(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>
    ) throws(WireError) {
        guard !isOldVersion else { throw WireError(.transferEncodingInOldVersion, at: name.lowerBound) }
        guard contentLength == nil else {
            throw WireError(.transferEncodingAndLength, at: name.lowerBound)
        }
        guard !isChunked else { throw WireError(.transferEncodingInvalid, at: name.lowerBound) }
        let end = value.first { !bytes[$0].isTokenByte } ?? value.upperBound
        let coding = value.lowerBound..<end
        guard !coding.isEmpty else { throw WireError(.transferEncodingInvalid, at: end) }
        guard bytes.matches(coding, "chunked") else {
            // Where chunked is not the last coding, nobody can tell where the content ends: that is worse than not
            // to know a coding.
            let afterComma = (value.last { bytes[$0] == Mark.comma } ?? value.lowerBound - 1) + 1
            let last = (afterComma..<value.upperBound).first { !bytes[$0].isBlank } ?? value.upperBound
            let isChunkedLast = bytes.matches(last..<value.upperBound, "chunked")
            throw WireError(
                isChunkedLast ? .transferCodingUnknown : .transferEncodingInvalid, at: coding.lowerBound)
        }
        guard end == value.upperBound else { throw WireError(.transferEncodingInvalid, at: end) }
        isChunked = true
    }

    private mutating func takeConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var rest = value
        while let option = bytes.nextElement(&rest) {
            if bytes.matches(option, "close") { saysClose = true }
            if bytes.matches(option, "keep-alive") { saysKeepAlive = true }
        }
    }

    private mutating func takeExpectations(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(WireError) {
        var rest = value
        while let expectation = bytes.nextElement(&rest) {
            guard bytes.matches(expectation, "100-continue") else {
                throw WireError(.expectationUnknown, at: expectation.lowerBound)
            }
            saysContinue = true
        }
    }
}

extension Span<UInt8> {
    /// Takes the next element off a list, without white space around it; empty elements are passed over.
    ///
    /// - Source: RFC 9110 §5.6.1.2.
    fileprivate func nextElement(_ rest: inout Range<Int>) -> Range<Int>? {
        var start = rest.lowerBound
        while start < rest.upperBound, self[start].isBlank || self[start] == Mark.comma { start += 1 }
        guard start < rest.upperBound else { return nil }
        var end = start
        while end < rest.upperBound, self[end] != Mark.comma { end += 1 }
        rest = end..<rest.upperBound
        while self[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
