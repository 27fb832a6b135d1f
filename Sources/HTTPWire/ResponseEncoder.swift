public import HTTPMessages

/// Writes answers as they go over the wire.
///
/// The version is HTTP/1.1 whatever the client's is: it tells what the server can do.
///
/// - Source: RFC 9112 §4, §6; RFC 9110 §2.5.
public enum ResponseEncoder {
    /// What is sent to a client that waits for leave to send its content.
    public static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Where in an answer's bytes stands what is another in each.
    public struct Stamp: Sendable, Hashable {
        /// Bytes from the answer's start to its date.
        let date: Int
        /// Bytes from its start to its id.
        let id: Int

        /// Gives the answer that starts at `start` another date and id.
        public func renew(_ output: inout [UInt8], from start: Int, date: [UInt8], id: RequestID) {
            for index in date.indices { output[start + self.date + index] = date[index] }
            id.write(over: &output, at: start + self.id)
        }
    }

    /// How the end of an answer's content is told.
    public enum Framing: Sendable, Hashable {
        /// By its length, which is known: the content is the answer's body.
        case length
        /// By a chunk without content: chunks follow the head, see `appendChunk`.
        case chunked
        /// By the end of the connection, for clients of HTTP/1.0: the content follows the head as it is.
        case close
    }

    /// Appends an answer to `output`.
    ///
    /// - Parameters:
    ///   - response: The answer. `Date`, `X-Request-Id`, `Connection`, `Content-Length` and `Transfer-Encoding` among its fields
    ///     are left out, as they are written here. For HEAD its body is the one that GET would get, and only its length is sent.
    ///   - request: What is answered.
    ///   - keepsAlive: Whether the connection stays open after this answer.
    ///   - date: The time in `HTTPDate`'s form.
    ///   - id: What the request is called.
    ///   - framing: How the end of the content is told; where not by its length, the head alone is appended.
    ///   - output: Takes the bytes.
    /// - Returns: Where date and id stand.
    @discardableResult
    public static func encode(
        _ response: Response, to request: (method: Method, minorVersion: Int), keepsAlive: Bool,
        date: [UInt8], id: RequestID, framing: Framing = .length, into output: inout [UInt8]
    ) -> Stamp {
        let code = response.status.code
        let hasContent = code >= 200 && code != 204 && code != 304
        let fields = fields(of: response)
        let body = hasContent && request.method != .head && framing == .length ? response.body : []
        reserve(360 + fields.count + body.count, in: &output)

        let start = output.count
        if code == 200, response.status.reason == "OK" {
            output.append(contentsOf: okStart)
        } else {
            output.append(contentsOf: version)
            append(code, to: &output)
            output.append(Mark.space)
            output.append(contentsOf: response.status.reason.utf8)
            output.append(contentsOf: dateName)
        }
        let dateStart = output.count - start
        output.append(contentsOf: date)
        let idStart = output.count - start + idName.count
        if let name = id.name {
            output.append(contentsOf: idName)
            output.append(contentsOf: name.utf8)
            output.append(contentsOf: lineEnd)
        } else {
            output.append(contentsOf: idLine)
            id.write(over: &output, at: start + idStart)
        }
        output.append(contentsOf: fields)
        if hasContent {
            switch framing {
            case .length:
                output.append(contentsOf: lengthName)
                append(response.body.count, to: &output)
                output.append(contentsOf: lineEnd)
            case .chunked: output.append(contentsOf: chunked)
            case .close: break
            }
        }
        if !keepsAlive {
            output.append(contentsOf: close)
        } else if request.minorVersion == 0 {
            output.append(contentsOf: keepAlive)
        }
        output.append(contentsOf: lineEnd)
        if !body.isEmpty { output.append(contentsOf: body) }
        return Stamp(date: dateStart, id: idStart)
    }

    /// Appends a part of chunked content; an empty one is left out, as it would be the last.
    ///
    /// - Source: RFC 9112 §7.1.
    public static func appendChunk(_ piece: [UInt8], to output: inout [UInt8]) {
        guard !piece.isEmpty else { return }
        reserve(piece.count + 20, in: &output)
        output.append(contentsOf: String(piece.count, radix: 16).utf8)
        output.append(contentsOf: lineEnd)
        output.append(contentsOf: piece)
        output.append(contentsOf: lineEnd)
    }

    /// What ends chunked content: the last chunk, and no trailers.
    public static let lastChunk = Array("0\r\n\r\n".utf8)

    private static let version = Array("HTTP/1.1 ".utf8)
    /// What nearly all answers begin with, in one copy.
    private static let okStart = Array("HTTP/1.1 200 OK\r\nDate: ".utf8)
    private static let dateName = Array("\r\nDate: ".utf8)
    private static let idName = Array("\r\nX-Request-Id: ".utf8)
    /// With room for the id.
    private static let idLine = idName + Array("0000000000000000\r\n".utf8)
    private static let lengthName = Array("Content-Length: ".utf8)
    private static let chunked = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let close = Array("Connection: close\r\n".utf8)
    private static let keepAlive = Array("Connection: keep-alive\r\n".utf8)
    private static let lineEnd = Array("\r\n".utf8)
    private static let ownNames: [FieldName] = [
        .date, .connection, .contentLength, .transferEncoding, .requestID,
    ]

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
