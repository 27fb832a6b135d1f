public import Bytes

/// The name of a header field: a token, compared without regard to case.
///
/// - Source: RFC 9110 §5.1, §5.6.2.
public struct FieldName: Hashable, Sendable, CustomStringConvertible {
    /// The name in the spelling that is sent.
    public let description: String

    /// Creates a name, or returns `nil` where `text` is empty or holds a byte that a token may not.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isTokenByte) else { return nil }
        description = text
    }

    private init(known text: String) {
        description = text
    }

    public static func == (left: FieldName, right: FieldName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8) { $0.lowercased == $1.lowercased }
    }

    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte.lowercased) }
    }

    public static let accept = FieldName(known: "Accept")
    public static let acceptEncoding = FieldName(known: "Accept-Encoding")
    public static let allow = FieldName(known: "Allow")
    public static let authorization = FieldName(known: "Authorization")
    public static let cacheControl = FieldName(known: "Cache-Control")
    public static let connection = FieldName(known: "Connection")
    public static let contentEncoding = FieldName(known: "Content-Encoding")
    public static let contentLength = FieldName(known: "Content-Length")
    public static let contentType = FieldName(known: "Content-Type")
    public static let date = FieldName(known: "Date")
    public static let entityTag = FieldName(known: "ETag")
    public static let expect = FieldName(known: "Expect")
    public static let host = FieldName(known: "Host")
    public static let ifMatch = FieldName(known: "If-Match")
    public static let ifModifiedSince = FieldName(known: "If-Modified-Since")
    public static let ifNoneMatch = FieldName(known: "If-None-Match")
    public static let ifUnmodifiedSince = FieldName(known: "If-Unmodified-Since")
    public static let lastModified = FieldName(known: "Last-Modified")
    public static let link = FieldName(known: "Link")
    public static let location = FieldName(known: "Location")
    public static let retryAfter = FieldName(known: "Retry-After")
    public static let server = FieldName(known: "Server")
    public static let transferEncoding = FieldName(known: "Transfer-Encoding")
    public static let userAgent = FieldName(known: "User-Agent")
    public static let vary = FieldName(known: "Vary")
    public static let wwwAuthenticate = FieldName(known: "WWW-Authenticate")
    public static let apiKey = FieldName(known: "X-API-Key")
}

extension UInt8 {
    /// Whether a token may hold this byte.
    ///
    /// - Source: RFC 9110 §5.6.2, `tchar`.
    @inlinable public var isTokenByte: Bool {
        if isLetter || isDigit { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }
}
