import HTTPMessages
import Testing

@testable import HTTPWire

/// One head, and what a parser must make of it.
struct HeadVector: Sendable, CustomTestStringConvertible {
    /// The rule, with the section that has it.
    let rule: String
    let bytes: [UInt8]
    let limits: WireLimits
    let outcome: Result<RequestHead, WireError>

    var testDescription: String { rule }

    var error: WireError? {
        if case .failure(let error) = outcome { return error }
        return nil
    }

    /// A head that must be read.
    static func valid(
        _ rule: String, _ text: String, limits: WireLimits = WireLimits(), _ head: RequestHead
    ) -> HeadVector {
        HeadVector(rule: rule, bytes: latin(text), limits: limits, outcome: .success(head))
    }

    /// A head that must be refused; in `text`, `§` stands before the first offending byte.
    static func invalid(
        _ rule: String, _ text: String, limits: WireLimits = WireLimits(), _ kind: WireError.Kind
    ) -> HeadVector {
        let (bytes, offset) = marked(text)
        return HeadVector(
            rule: rule, bytes: bytes, limits: limits, outcome: .failure(WireError(kind, at: offset)))
    }
}

/// The bytes of a text whose characters are all below U+0100.
func latin(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// The bytes of a text without its `§`, and where that stood.
func marked(_ text: String) -> ([UInt8], Int) {
    let parts = text.split(separator: "§", omittingEmptySubsequences: false).map { latin(String($0)) }
    precondition(parts.count == 2, "one § stands before the first offending byte")
    return (parts[0] + parts[1], parts[0].count)
}

/// The head of a request in HTTP/1.1 with `Host: a`, but for what is said otherwise.
func head(
    _ method: Method = .get, _ target: String = "/", minor: Int = 1, fields: [(String, String)] = [],
    host: String? = "a", framing: BodyFraming = .none, keepsAlive: Bool = true, expectsContinue: Bool = false,
    authority: String? = nil
) -> RequestHead {
    let all = (host.map { [("Host", $0)] } ?? []) + fields
    return RequestHead(
        method: method, target: RequestTarget(target), minorVersion: minor,
        fields: Fields(all.compactMap { name, value in FieldName(name).map { ($0, value) } }),
        framing: framing, keepsAlive: keepsAlive, expectsContinue: expectsContinue, targetAuthority: authority
    )
}

func limits(_ change: (inout WireLimits) -> Void) -> WireLimits {
    var limits = WireLimits()
    change(&limits)
    return limits
}
