/// One request, received whole.
public struct Request: Sendable {
    /// What is to be done.
    public var method: Method
    /// To what.
    public var target: RequestTarget
    /// The header fields.
    public var fields: Fields
    /// The content, with any transfer coding taken off; empty where there is none, and for methods that give it no
    /// meaning, such as GET.
    public var body: [UInt8]
    /// The client's address without the port ("127.0.0.1", "::1"); empty where it is not known.
    public var clientAddress: String
    /// What the request is called in its answer and in the log.
    public var id = RequestID(0)

    /// Creates a request.
    public init(
        method: Method, target: RequestTarget, fields: Fields = Fields(), body: [UInt8] = [],
        clientAddress: String = ""
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.clientAddress = clientAddress
    }

    /// Where the request stands in a distributed trace; `nil` where the client does not say, or not as it should.
    public var trace: TraceContext? {
        guard fields.contains(.traceParent) else { return nil }
        let values = fields.values(.traceParent)
        return values.count == 1 ? TraceContext(traceparent: values[0]) : nil
    }
}
