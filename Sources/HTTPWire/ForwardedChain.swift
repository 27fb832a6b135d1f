public import HTTPMessages

/// In which field proxies say for whom they ask.
public enum ForwardingField: String, Sendable, CaseIterable {
    /// In none; what clients send under these names means nothing.
    case none = "off"
    /// In the one that most proxies write.
    case xForwardedFor = "X-Forwarded-For"
    /// In that of RFC 7239.
    case forwarded = "Forwarded"
}

/// The addresses through which a request came, as proxies wrote them down: the client first, the last proxy's peer last.
///
/// Each proxy adds the address that it was asked from to the end. What stands at the front may have been written by
/// anybody, so only what trusted proxies added means anything.
public enum ForwardedChain {
    /// Finds who asked the first of the trusted proxies.
    ///
    /// - Parameters:
    ///   - fields: The fields of the request.
    ///   - field: Which of them is read; the other one is ignored, as a proxy that writes one may pass the other on.
    ///   - isTrusted: Whether an address is that of a trusted proxy.
    /// - Returns: Going back from the end, the first address that is not trusted; where all are, the first in the list;
    ///   where one is unknown or is not an address, the last one before it that was passed. `nil` where that is the
    ///   connection's own peer.
    public static func client(
        _ fields: Fields, _ field: ForwardingField, isTrusted: (IPAddress) -> Bool
    ) -> IPAddress? {
        var found: IPAddress?
        for address in addresses(fields, field).reversed() {
            guard let address else { return found }
            found = address
            guard isTrusted(address) else { return found }
        }
        return found
    }

    static func addresses(_ fields: Fields, _ field: ForwardingField) -> [IPAddress?] {
        switch field {
        case .none: return []
        case .xForwardedFor:
            return fields.values(.xForwardedFor).flatMap { value in
                value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                    node(trimmed($0))
                }
            }
        case .forwarded: return fields.values(.forwarded).flatMap { elements(Array($0.utf8)) }
        }
    }

    /// Reads one value of `Forwarded`; an element that says nothing of its client, or nothing that can be read, is `nil`.
    ///
    /// - Source: RFC 7239 §4.
    private static func elements(_ bytes: [UInt8]) -> [IPAddress?] {
        var found: [IPAddress?] = []
        for element in split(bytes[...], at: UInt8(ascii: ",")) {
            var addresses: [IPAddress?] = []
            for pair in split(element, at: UInt8(ascii: ";")) {
                let pair = trimmed(pair)
                guard let mark = pair.firstIndex(of: UInt8(ascii: "=")),
                    String(decoding: pair[..<mark], as: UTF8.self).lowercased() == "for"
                else { continue }
                addresses.append(node(unquoted(pair[(mark + 1)...])))
            }
            // Two clients of one proxy are as good as none.
            found.append(addresses.count == 1 ? addresses[0] : nil)
        }
        return found
    }

    /// Cuts at a byte where that is not inside a quoted string.
    private static func split(_ bytes: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var (start, isQuoted, isEscaped) = (bytes.startIndex, false, false)
        for index in bytes.indices {
            let byte = bytes[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                parts.append(bytes[start..<index])
                start = index + 1
            }
        }
        return parts + [bytes[start...]]
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return bytes }
        return bytes.dropFirst().dropLast()
    }

    /// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
    private static func node(_ bytes: some Collection<UInt8>) -> IPAddress? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            let host = text[text.index(after: text.startIndex)..<end]
            guard rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()), host.contains(":") else {
                return nil
            }
            return IPAddress(host)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return IPAddress(text) }
        return isPort(parts[1]) ? IPAddress(parts[0]) : nil
    }

    /// A port, or what stands for one that is not told ("_" and a word).
    private static func isPort(_ text: Substring) -> Bool {
        UInt16(text) != nil || text.hasPrefix("_")
    }

    private static func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let front = bytes.drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return front.prefix(0) }
        return front[...last]
    }
}
