/// How the end of a request's content is told.
///
/// - Source: RFC 9112 §6.
public enum BodyFraming: Sendable, Hashable {
    /// There is no content.
    case none
    /// So many bytes of content follow the head; never 0.
    case length(Int)
    /// The content follows in chunks; see `ChunkedDecoder`.
    case chunked
}
