/// How an answer comes about.
public enum Reply: Sendable {
    /// The answer, made from memory on the event loop.
    case ready(Response)
    /// Work that may take longer or wait for the disk; the server runs it off the event loop and sends what it returns.
    case deferred(@Sendable () -> Response)
    /// An answer whose content is made piece by piece while it is sent; the response is its head, and its body is not
    /// looked at.
    case stream(Response, any ContentSource)
}

/// What answers requests: the one place where the server and the API meet.
///
/// All of it is called on an event loop and must not block.
public protocol Responder: Sendable {
    /// Says how a request is answered.
    func reply(to request: Request) -> Reply

    /// Looks at a request whose content has not been read, and refuses it where reading would be in vain (no key, no
    /// such route).
    ///
    /// - Returns: The refusal, or `nil` to go on.
    func refusal(ofHead request: Request) -> Response?

    /// What tells when an answer that was repeatable may have become another; always the same object.
    var epoch: Epoch { get }
}

extension Responder {
    /// Refuses nothing early.
    public func refusal(ofHead request: Request) -> Response? { nil }

    /// Answers that are repeatable stay so for good.
    public var epoch: Epoch { Epoch() }
}
