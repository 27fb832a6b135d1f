/// One answer.
///
/// The server adds `Date`, `Content-Length`, `Connection` and any content coding.
public struct Response: Sendable {
    /// How the request ended.
    public var status: Status
    /// The header fields.
    public var fields: Fields
    /// The content.
    ///
    /// To a HEAD request the server sends its length only.
    public var body: [UInt8]
    /// The pattern of the route that led to it, such as `/v1/articles/{id}`, by which it is counted; `nil` where none
    /// did.
    ///
    /// It becomes a label of metrics: there are as many as the responder has routes, whatever clients send.
    public var route: String?
    /// The id of the key that let the request through, for the access log; never the key itself.
    public var keyID: String?
    /// Whether an equal request gets this answer again as long as `Responder.epoch` stays the same.
    ///
    /// Requests are equal where their heads are, byte for byte; those with credentials are never answered so.
    public var isRepeatable = false

    /// Creates an answer.
    public init(status: Status, fields: Fields = Fields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates an answer with content of a media type.
    public init(status: Status, contentType: String, body: [UInt8]) {
        self.init(status: status, fields: Fields([(.contentType, contentType)]), body: body)
    }
}
