public import HTTPMessages

/// Writes answers as they go over the wire.
public enum ResponseEncoder {
    /// What is sent to a client that waits for leave to send its content.
    public static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends an answer to `output`.
    ///
    /// - Parameters:
    ///   - response: The answer. `Date`, `Connection`, `Content-Length` and `Transfer-Encoding` among its fields are left
    ///     out, as they are written here. For HEAD its body is the one that GET would get, and only its length is sent.
    ///   - request: What is answered.
    ///   - keepsAlive: Whether the connection stays open after this answer.
    ///   - date: The time in `HTTPDate`'s form.
    ///   - output: Takes the bytes.
    public static func encode(
        _ response: Response, to request: (method: Method, minorVersion: Int), keepsAlive: Bool,
        date: [UInt8],
        into output: inout [UInt8]
    ) {
        output.append(contentsOf: date)
    }
}
