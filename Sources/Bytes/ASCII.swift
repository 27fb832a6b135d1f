/// Classes of bytes that formats in ASCII are made of; every answer is false for bytes over 0x7F.
extension UInt8 {
    /// Whether this is `0`…`9`.
    @inlinable public var isDigit: Bool { self &- 0x30 < 10 }

    /// Whether this is `A`…`Z`.
    @inlinable public var isUppercaseLetter: Bool { self &- 0x41 < 26 }

    /// Whether this is `a`…`z`.
    @inlinable public var isLowercaseLetter: Bool { self &- 0x61 < 26 }

    /// Whether this is an ASCII letter.
    @inlinable public var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// Whether this is a space, tab, line feed or carriage return.
    @inlinable public var isWhitespace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

    /// The lower-case form of an ASCII letter, and any other byte as it is.
    @inlinable public var lowercased: UInt8 { isUppercaseLetter ? self | 0x20 : self }

    /// The value of a hexadecimal digit, or `nil`.
    @inlinable public var hexadecimalValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Whether a URI may hold this byte without encoding it.
    ///
    /// - Source: RFC 3986 §2.3, `unreserved`.
    @inlinable public var isUnreserved: Bool {
        isLetter || isDigit || self == 0x2D || self == 0x2E || self == 0x5F || self == 0x7E
    }
}
