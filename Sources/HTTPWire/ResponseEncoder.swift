public import HTTPMessages

/// Writes answers as they go over the wire.
///
/// The version is HTTP/1.1 whatever the client's is: it tells what the server can do.
///
/// - Source: RFC 9112 §4, §6; RFC 9110 §2.5.
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
        let code = response.status.code
        let hasContent = code >= 200 && code != 204 && code != 304
        let fields = fields(of: response)
        let body = hasContent && request.method != .head ? response.body : []
        reserve(200 + fields.count + body.count, in: &output)

        if code == 200, response.status.reason == "OK" {
            output.append(contentsOf: okStart)
        } else {
            output.append(contentsOf: version)
            append(code, to: &output)
            output.append(Mark.space)
            output.append(contentsOf: response.status.reason.utf8)
            output.append(contentsOf: dateName)
        }
        output.append(contentsOf: date)
        output.append(contentsOf: lineEnd)
        output.append(contentsOf: fields)
        if hasContent {
            output.append(contentsOf: lengthName)
            append(response.body.count, to: &output)
            output.append(contentsOf: lineEnd)
        }
        if !keepsAlive {
            output.append(contentsOf: close)
        } else if request.minorVersion == 0 {
            output.append(contentsOf: keepAlive)
        }
        output.append(contentsOf: lineEnd)
        if !body.isEmpty { output.append(contentsOf: body) }
    }

    private static let version = Array("HTTP/1.1 ".utf8)
    /// What nearly all answers begin with, in one copy.
    private static let okStart = Array("HTTP/1.1 200 OK\r\nDate: ".utf8)
    private static let dateName = Array("\r\nDate: ".utf8)
    private static let lengthName = Array("Content-Length: ".utf8)
    private static let close = Array("Connection: close\r\n".utf8)
    private static let keepAlive = Array("Connection: keep-alive\r\n".utf8)
    private static let lineEnd = Array("\r\n".utf8)
    private static let ownNames: [FieldName] = [.date, .connection, .contentLength, .transferEncoding]

    private static func fields(of response: Response) -> [UInt8] {
        var fields = response.fields
        for name in ownNames where fields.contains(name) { fields.remove(name) }
        return fields.wireForm
    }

    /// Makes room for one more answer; at least doubles, so that many answers in one write stay linear.
    private static func reserve(_ count: Int, in output: inout [UInt8]) {
        let needed = output.count + count
        if output.capacity < needed { output.reserveCapacity(max(needed, 2 * output.capacity)) }
    }

    private static func append(_ number: Int, to output: inout [UInt8]) {
        var power = 1
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            output.append(UInt8(truncatingIfNeeded: 0x30 + number / power % 10))
            power /= 10
        }
    }
}
