internal import Bytes

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

    /// Whether both are the same name, letters compared without regard to case.
    public static func == (left: FieldName, right: FieldName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8) { $0.lowercased == $1.lowercased }
    }

    /// Hashes the name in lower case.
    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte.lowercased) }
    }

    /// RFC 9110 §12.5.1.
    public static let accept = FieldName(known: "Accept")
    /// RFC 9110 §12.5.3.
    public static let acceptEncoding = FieldName(known: "Accept-Encoding")
    /// RFC 9110 §10.2.1.
    public static let allow = FieldName(known: "Allow")
    /// RFC 9110 §11.6.2.
    public static let authorization = FieldName(known: "Authorization")
    /// RFC 9111 §5.2.
    public static let cacheControl = FieldName(known: "Cache-Control")
    /// RFC 9110 §7.6.1.
    public static let connection = FieldName(known: "Connection")
    /// RFC 9110 §8.4.
    public static let contentEncoding = FieldName(known: "Content-Encoding")
    /// RFC 9110 §8.6.
    public static let contentLength = FieldName(known: "Content-Length")
    /// RFC 9110 §8.3.
    public static let contentType = FieldName(known: "Content-Type")
    /// RFC 9110 §6.6.1.
    public static let date = FieldName(known: "Date")
    /// RFC 9110 §8.8.3.
    public static let entityTag = FieldName(known: "ETag")
    /// RFC 9110 §10.1.1.
    public static let expect = FieldName(known: "Expect")
    /// RFC 9110 §7.2.
    public static let host = FieldName(known: "Host")
    /// RFC 9110 §13.1.1.
    public static let ifMatch = FieldName(known: "If-Match")
    /// RFC 9110 §13.1.3.
    public static let ifModifiedSince = FieldName(known: "If-Modified-Since")
    /// RFC 9110 §13.1.2.
    public static let ifNoneMatch = FieldName(known: "If-None-Match")
    /// RFC 9110 §13.1.4.
    public static let ifUnmodifiedSince = FieldName(known: "If-Unmodified-Since")
    /// HTML, "Server-sent events", §9.2.4.
    public static let lastEventID = FieldName(known: "Last-Event-ID")
    /// RFC 9110 §8.8.2.
    public static let lastModified = FieldName(known: "Last-Modified")
    /// RFC 8288 §3.
    public static let link = FieldName(known: "Link")
    /// RFC 9110 §10.2.2.
    public static let location = FieldName(known: "Location")
    /// RFC 9110 §10.1.3.
    public static let referer = FieldName(known: "Referer")
    /// RFC 9110 §10.2.3.
    public static let retryAfter = FieldName(known: "Retry-After")
    /// W3C Fetch Metadata Request Headers.
    public static let secFetchSite = FieldName(known: "Sec-Fetch-Site")
    /// RFC 9110 §10.2.4.
    public static let server = FieldName(known: "Server")
    /// RFC 9112 §6.1.
    public static let transferEncoding = FieldName(known: "Transfer-Encoding")
    /// W3C Trace Context §3.2.
    public static let traceParent = FieldName(known: "traceparent")
    /// RFC 9110 §12.5.5.
    public static let vary = FieldName(known: "Vary")
    /// RFC 9110 §11.6.1.
    public static let wwwAuthenticate = FieldName(known: "WWW-Authenticate")
    /// A key, for clients that cannot send `Authorization`.
    public static let apiKey = FieldName(known: "X-API-Key")
    /// W3C Trace Context Level 2, editor's draft.
    public static let traceResponse = FieldName(known: "traceresponse")
    /// What a request is called in the log.
    public static let requestID = FieldName(known: "X-Request-Id")
    /// The addresses that a request came through, by RFC 7239.
    public static let forwarded = FieldName(known: "Forwarded")
    /// The addresses that a request came through, as most proxies write them.
    public static let xForwardedFor = FieldName(known: "X-Forwarded-For")
    /// W3C Server Timing §3.
    public static let serverTiming = FieldName(known: "Server-Timing")
}

extension UInt8 {
    /// Whether a token may hold this byte: a letter, a digit or one of ``!#$%&'*+-.^_`|~``.
    ///
    /// - Source: RFC 9110 §5.6.2, `tchar`.
    @inlinable public var isTokenByte: Bool {
        // One bit for each byte of ASCII: names are read byte by byte on the way of every request.
        let bits: UInt64 = self < 0x40 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 0x80 && bits >> UInt64(self & 0x3F) & 1 == 1
    }
}
