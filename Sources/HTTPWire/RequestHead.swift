public import HTTPMessages

/// A request up to its content.
public struct RequestHead: Sendable, Equatable {
    /// What is to be done.
    public let method: Method
    /// To what, in origin form or `*`: the absolute form has been reduced.
    public let target: RequestTarget
    /// 0 for HTTP/1.0, else 1.
    public let minorVersion: Int
    /// The header fields.
    public let fields: Fields
    /// How the end of the content is told.
    public let framing: BodyFraming
    /// Whether the client will use the connection again.
    ///
    /// - Source: RFC 9112 §9.3.
    public let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends content.
    ///
    /// - Source: RFC 9110 §10.1.1.
    public let expectsContinue: Bool
    /// The authority of a target that came in absolute form; it wins over `Host`.
    let targetAuthority: String?

    /// The authority that the request is for, as sent; `nil` where HTTP/1.0 named none.
    public var host: String? { targetAuthority ?? fields[.host] }
}
