/// How a request ended, in three digits.
///
/// - Source: RFC 9110 §15, RFC 6585.
public struct Status: Hashable, Sendable {
    /// The three digits.
    public let code: Int
    /// The phrase that HTTP/1.1 sends after the digits.
    public let reason: String

    /// Creates a status.
    public init(code: Int, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// RFC 9110 §15.2.1.
    public static let `continue` = Status(code: 100, reason: "Continue")
    /// RFC 9110 §15.3.1.
    public static let ok = Status(code: 200, reason: "OK")
    /// RFC 9110 §15.3.2.
    public static let created = Status(code: 201, reason: "Created")
    /// RFC 9110 §15.3.3.
    public static let accepted = Status(code: 202, reason: "Accepted")
    /// RFC 9110 §15.3.5.
    public static let noContent = Status(code: 204, reason: "No Content")
    /// RFC 9110 §15.4.5.
    public static let notModified = Status(code: 304, reason: "Not Modified")
    /// RFC 9110 §15.5.1.
    public static let badRequest = Status(code: 400, reason: "Bad Request")
    /// RFC 9110 §15.5.2.
    public static let unauthorized = Status(code: 401, reason: "Unauthorized")
    /// RFC 9110 §15.5.4.
    public static let forbidden = Status(code: 403, reason: "Forbidden")
    /// RFC 9110 §15.5.5.
    public static let notFound = Status(code: 404, reason: "Not Found")
    /// RFC 9110 §15.5.6.
    public static let methodNotAllowed = Status(code: 405, reason: "Method Not Allowed")
    /// RFC 9110 §15.5.7.
    public static let notAcceptable = Status(code: 406, reason: "Not Acceptable")
    /// RFC 9110 §15.5.9.
    public static let requestTimeout = Status(code: 408, reason: "Request Timeout")
    /// RFC 9110 §15.5.11.
    public static let gone = Status(code: 410, reason: "Gone")
    /// RFC 9110 §15.5.13.
    public static let preconditionFailed = Status(code: 412, reason: "Precondition Failed")
    /// RFC 9110 §15.5.14.
    public static let contentTooLarge = Status(code: 413, reason: "Content Too Large")
    /// RFC 9110 §15.5.15.
    public static let uriTooLong = Status(code: 414, reason: "URI Too Long")
    /// RFC 9110 §15.5.16.
    public static let unsupportedMediaType = Status(code: 415, reason: "Unsupported Media Type")
    /// RFC 9110 §15.5.18.
    public static let expectationFailed = Status(code: 417, reason: "Expectation Failed")
    /// RFC 9110 §15.5.21.
    public static let unprocessableContent = Status(code: 422, reason: "Unprocessable Content")
    /// RFC 6585 §4.
    public static let tooManyRequests = Status(code: 429, reason: "Too Many Requests")
    /// RFC 6585 §5.
    public static let headerFieldsTooLarge = Status(code: 431, reason: "Request Header Fields Too Large")
    /// RFC 9110 §15.6.1.
    public static let internalServerError = Status(code: 500, reason: "Internal Server Error")
    /// RFC 9110 §15.6.2.
    public static let notImplemented = Status(code: 501, reason: "Not Implemented")
    /// RFC 9110 §15.6.4.
    public static let serviceUnavailable = Status(code: 503, reason: "Service Unavailable")
    /// RFC 9110 §15.6.6.
    public static let versionNotSupported = Status(code: 505, reason: "HTTP Version Not Supported")
}
