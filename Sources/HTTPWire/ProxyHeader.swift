/// What a proxy says of a connection before the first byte of it.
///
/// - Source: "The PROXY protocol, versions 1 & 2", https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
public enum ProxyHeader: Sendable, Hashable {
    /// The proxy speaks for itself, as when it looks whether the server is there, or does not know for whom.
    case own
    /// It speaks for a client at this address.
    case client(IPAddress)
}

/// What is wrong with a PROXY header.
public struct ProxyHeaderError: Error, Hashable, Sendable {
    /// The rule that was broken.
    public enum Kind: String, Sendable, CaseIterable {
        case signature, lineTooLong, lineEnd, fields, protocolName, address, port, version, command, family,
            length
    }

    /// The rule.
    public let kind: Kind
    /// The byte by which that is known, counted from the start of the connection.
    public let offset: Int
}

/// Reads a PROXY header at the front of a connection; however the input is split, the answer is the same.
public enum ProxyHeaderParser {
    /// The bytes of the longest header that is taken.
    ///
    /// A header of version 2 may bring further facts with it, such as the
    /// names in a certificate; they are skipped.
    public static let limit = 4096

    /// The bytes of the longest line of version 1, its CRLF included.
    private static let lineLimit = 107
    private static let lineStart = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    /// Reads the header.
    ///
    /// - Parameter bytes: The input from the start of the connection on; may hold what comes behind the header.
    /// - Returns: The header and its length, or `.incomplete`.
    /// - Throws: `ProxyHeaderError` at the first byte by which it is known to be wrong.
    public static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> DecodeStep<ProxyHeader> {
        guard !bytes.isEmpty else { return .incomplete }
        let start = bytes[0] == lineStart[0] ? lineStart : signature
        for index in 0..<min(start.count, bytes.count) where bytes[index] != start[index] {
            throw ProxyHeaderError(kind: .signature, offset: index)
        }
        guard bytes.count > start.count else { return .incomplete }
        return start.count == signature.count ? try parseBinary(bytes) : try parseLine(bytes)
    }

    private static func parseLine(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> DecodeStep<ProxyHeader> {
        var line: [UInt8] = []
        for index in 0..<min(bytes.count, lineLimit) {
            if bytes[index] == 0x0A {
                guard line.last == 0x0D else { throw ProxyHeaderError(kind: .lineEnd, offset: index) }
                return .complete(try read(line.dropLast(), end: index), consumed: index + 1)
            }
            line.append(bytes[index])
        }
        guard bytes.count < lineLimit else {
            throw ProxyHeaderError(kind: .lineTooLong, offset: lineLimit - 1)
        }
        return .incomplete
    }

    private static func read(_ line: ArraySlice<UInt8>, end: Int) throws(ProxyHeaderError) -> ProxyHeader {
        let fields = String(decoding: line, as: UTF8.self).split(
            separator: " ", omittingEmptySubsequences: false)
        func fail(_ kind: ProxyHeaderError.Kind) -> ProxyHeaderError {
            ProxyHeaderError(kind: kind, offset: end)
        }
        // What follows UNKNOWN is to be ignored.
        if fields[1] == "UNKNOWN" { return .own }
        guard fields[1] == "TCP4" || fields[1] == "TCP6" else { throw fail(.protocolName) }
        guard fields.count == 6 else { throw fail(.fields) }
        for port in fields[4...] {
            guard let number = UInt16(port), String(number) == port else { throw fail(.port) }
        }
        let isSix = fields[1] == "TCP6"
        guard fields[2...3].allSatisfy({ $0.contains(":") == isSix }), let source = IPAddress(fields[2]),
            IPAddress(fields[3]) != nil
        else { throw fail(.address) }
        return .client(source)
    }

    private static func parseBinary(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> DecodeStep<ProxyHeader>
    {
        let start = signature.count
        guard bytes[start] >> 4 == 2 else { throw ProxyHeaderError(kind: .version, offset: start) }
        guard bytes[start] & 0xF <= 1 else { throw ProxyHeaderError(kind: .command, offset: start) }
        let isOwn = bytes[start] & 0xF == 0
        guard bytes.count > start + 1 else { return .incomplete }
        // How many bytes the addresses take; what kind they are matters only where they say who the client is.
        let addresses: Int
        switch bytes[start + 1] {
        case 0x11: addresses = 12
        case 0x21: addresses = 36
        case 0x31: addresses = 216
        case 0x00: addresses = 0
        default:
            guard isOwn else { throw ProxyHeaderError(kind: .family, offset: start + 1) }
            addresses = 0
        }
        guard bytes.count > start + 3 else { return .incomplete }
        let length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        let end = start + 4 + length
        guard end <= limit, isOwn || length >= addresses else {
            throw ProxyHeaderError(kind: .length, offset: start + 3)
        }
        guard bytes.count >= end else { return .incomplete }
        // A proxy that speaks for itself may name a kind of address and bring none.
        guard !isOwn else { return .complete(.own, consumed: end) }
        let width = addresses == 12 ? 4 : addresses == 36 ? 16 : 0
        guard let source = IPAddress((0..<width).map({ bytes[start + 4 + $0] })) else {
            return .complete(.own, consumed: end)
        }
        return .complete(.client(source), consumed: end)
    }
}
