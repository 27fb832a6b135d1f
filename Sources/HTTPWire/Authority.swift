internal import Bytes

/// The grammar of `Host` and of the authority in a target: a host, and a port where it is not the usual one.
///
/// Information about a user is refused, as no origin has any use for it and it serves to deceive.
///
/// - Source: RFC 9110 §7.2, §4.2.4; RFC 3986 §3.2.2, §3.2.3.
struct Authority: ~Escapable {
    private let bytes: Span<UInt8>
    private let range: Range<Int>
    private var index: Int

    @_lifetime(copy bytes)
    private init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        index = range.lowerBound
    }

    /// Checks an authority that is not empty.
    static func check(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(WireError) {
        var authority = Authority(bytes, range)
        try authority.check()
    }

    private var current: UInt8? { index < range.upperBound ? bytes[index] : nil }

    private var fault: WireError { WireError(.hostInvalid, at: index) }

    private mutating func check() throws(WireError) {
        if current == UInt8(ascii: "[") {
            index += 1
            try checkLiteral()
        } else {
            try checkName()
        }
        guard let mark = current else { return }
        guard mark == Mark.colon else { throw fault }
        index += 1
        var port = 0
        while let byte = current {
            guard byte.isDigit else { throw fault }
            port = port * 10 + Int(byte & 0x0F)
            guard port <= 0xFFFF else { throw fault }
            index += 1
        }
    }

    private mutating func checkName() throws(WireError) {
        let start = index
        while let byte = current, byte != Mark.colon {
            if byte == Mark.percent {
                try checkEncodedByte()
            } else if byte.isNameByte {
                index += 1
            } else {
                throw fault
            }
        }
        guard index > start else { throw fault }
    }

    private mutating func checkEncodedByte() throws(WireError) {
        guard index + 2 < range.upperBound, bytes[index + 1].hexadecimalValue != nil,
            bytes[index + 2].hexadecimalValue != nil
        else { throw fault }
        index += 3
    }

    private mutating func checkLiteral() throws(WireError) {
        if let first = current, first.lowercased == UInt8(ascii: "v") {
            index += 1
            try checkFutureAddress()
        } else {
            try checkAddress()
        }
        guard current == UInt8(ascii: "]") else { throw fault }
        index += 1
    }

    /// `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`.
    private mutating func checkFutureAddress() throws(WireError) {
        let version = index
        while let byte = current, byte.hexadecimalValue != nil { index += 1 }
        guard index > version, current == Mark.dot else { throw fault }
        index += 1
        let text = index
        while let byte = current, byte.isNameByte || byte == Mark.colon { index += 1 }
        guard index > text else { throw fault }
    }

    /// Up to eight groups of 16 bits, one run of zeros left out as `::`, the last two perhaps as an IPv4 address.
    private mutating func checkAddress() throws(WireError) {
        let start = index
        var groups = 0
        var hasGap = false
        if current == Mark.colon {
            index += 1
            guard current == Mark.colon else { throw fault }
            hasGap = true
            index += 1
            if current == UInt8(ascii: "]") { return }
        }
        while true {
            let group = index
            while let byte = current, index < group + 4, byte.hexadecimalValue != nil { index += 1 }
            guard index > group, groups < 8 else { throw fault }
            groups += 1
            if current == Mark.dot {
                index = group
                try checkDottedAddress()
                groups += 1
                break
            }
            guard current == Mark.colon else { break }
            index += 1
            if current == Mark.colon {
                guard !hasGap else { throw fault }
                hasGap = true
                index += 1
                if current == UInt8(ascii: "]") { break }
            }
        }
        guard hasGap ? groups <= 7 : groups == 8 else { throw WireError(.hostInvalid, at: start) }
    }

    private mutating func checkDottedAddress() throws(WireError) {
        for part in 0..<4 {
            if part > 0 {
                guard current == Mark.dot else { throw fault }
                index += 1
            }
            let start = index
            var value = 0
            while let byte = current, byte.isDigit {
                value = value * 10 + Int(byte & 0x0F)
                guard value <= 255, index == start || value >= 10 else { throw fault }
                index += 1
            }
            guard index > start else { throw fault }
        }
    }
}
