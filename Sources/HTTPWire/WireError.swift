public import HTTPMessages

/// The peer broke the protocol or a limit: what was wrong, and where.
public struct WireError: Error, Hashable, Sendable {
    /// The rule that was broken.
    public enum Kind: String, Sendable, CaseIterable {
        /// More empty lines before the request line than are passed over.
        case leadingEmptyLines
        /// The request line does not start with a token and a space.
        case methodNotToken
        /// A method that nothing here answers.
        case methodUnknown
        /// A control character, a byte outside ASCII or `#` in the target.
        case targetByte
        /// A `%` that two hexadecimal digits do not follow.
        case targetEncoding
        /// A `.` or `..` segment, encoded or not.
        case targetDotSegment
        /// A target in a form that the method does not take.
        case targetForm
        /// The line does not end in `HTTP/` digit `.` digit.
        case versionMalformed
        /// A major version other than 1.
        case versionUnsupported
        /// The request line is too long.
        case requestLineTooLong
        /// The head is too long.
        case headTooLarge
        /// There are too many fields.
        case fieldCount
        /// CR without LF.
        case bareCarriageReturn
        /// LF without CR.
        case bareLineFeed
        /// A field's name is empty, is not a token, or no colon follows it.
        case fieldName
        /// White space between a field's name and the colon.
        case spaceBeforeColon
        /// A line that starts with white space.
        case obsoleteFolding
        /// A control character in a field's value.
        case fieldValue
        /// HTTP/1.1 without `Host`.
        case hostMissing
        /// `Host` twice.
        case hostRepeated
        /// An authority that is not one.
        case hostInvalid
        /// `Content-Length` is not one number in decimal digits.
        case contentLengthInvalid
        /// `Content-Length` twice.
        case contentLengthRepeated
        /// `Transfer-Encoding` is not a list of codings that ends in one `chunked`.
        case transferEncodingInvalid
        /// A transfer coding other than `chunked`.
        case transferCodingUnknown
        /// `Transfer-Encoding` beside `Content-Length`.
        case transferEncodingAndLength
        /// `Transfer-Encoding` in HTTP/1.0.
        case transferEncodingInOldVersion
        /// An expectation other than `100-continue`.
        case expectationUnknown
        /// More content than is read.
        case contentTooLarge
        /// A chunk's size is not hexadecimal digits.
        case chunkSize
        /// A chunk's extension is not `;name` or `;name=value`.
        case chunkExtension
        /// A chunk's first line, or the extensions of all chunks together, are too long.
        case chunkExtensionTooLong
        /// CRLF does not follow a chunk's data.
        case chunkEnd
        /// The trailer section is too long.
        case trailersTooLarge
    }

    /// What was wrong.
    public let kind: Kind
    /// The first offending byte, counted from the start of the head, or of the content for an error in chunks.
    public let offset: Int

    /// Creates an error.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// The status a server answers with, when it can still answer.
    public var status: Status {
        switch kind {
        case .methodUnknown, .transferCodingUnknown: .notImplemented
        case .versionUnsupported: .versionNotSupported
        case .requestLineTooLong: .uriTooLong
        case .headTooLarge, .fieldCount, .trailersTooLarge: .headerFieldsTooLarge
        case .contentTooLarge: .contentTooLarge
        case .expectationUnknown: .expectationFailed
        default: .badRequest
        }
    }

    /// The error as a client is told of it.
    public var problem: Problem {
        Problem(status, code: code, detail: detail, parameter: parameter, offset: offset)
    }

    /// One code for each status: what a program can do about an error here does not depend on more.
    private var code: String {
        switch kind {
        case .methodUnknown: "method-unknown"
        case .transferCodingUnknown: "transfer-coding-unknown"
        case .versionUnsupported: "version-not-supported"
        case .requestLineTooLong: "target-too-long"
        case .headTooLarge, .fieldCount, .trailersTooLarge: "head-too-large"
        case .contentTooLarge: "content-too-large"
        case .expectationUnknown: "expectation-unknown"
        default: "malformed-request"
        }
    }

    private var parameter: String? {
        switch kind {
        case .hostMissing, .hostRepeated: "Host"
        case .contentLengthInvalid, .contentLengthRepeated: "Content-Length"
        case .transferEncodingInvalid, .transferCodingUnknown, .transferEncodingAndLength,
            .transferEncodingInOldVersion:
            "Transfer-Encoding"
        case .expectationUnknown: "Expect"
        default: nil
        }
    }

    private var detail: String {
        switch kind {
        case .leadingEmptyLines: "There are too many empty lines before the request line."
        case .methodNotToken: "A request line starts with a method, which is a token, and one space."
        case .methodUnknown: "No resource here answers this method."
        case .targetByte:
            "The request-target holds a control character, a byte outside ASCII or '#'; percent-encode it."
        case .targetEncoding: "In a request-target two hexadecimal digits follow each '%'."
        case .targetDotSegment: "A path may not hold a segment '.' or '..', encoded or not."
        case .targetForm: "The request-target is not in a form that the method takes, such as /path?query."
        case .versionMalformed: "A request line ends in one space and a version such as HTTP/1.1."
        case .versionUnsupported: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .requestLineTooLong: "The request line is too long; send a long query with POST /v1/search."
        case .headTooLarge: "The head of the request is too large."
        case .fieldCount: "The request has too many header fields."
        case .bareCarriageReturn: "A carriage return is not followed by a line feed."
        case .bareLineFeed: "A line ends in a line feed without a carriage return before it."
        case .fieldName: "A field line starts with a name, which is a token, and a colon."
        case .spaceBeforeColon: "No white space may stand between a field's name and the colon."
        case .obsoleteFolding: "A field line may not start with white space."
        case .fieldValue: "A field's value holds a control character."
        case .hostMissing: "A request in HTTP/1.1 must have a Host field."
        case .hostRepeated: "A request may have one Host field."
        case .hostInvalid: "The host must be a name or an IP address, with at most a port after it."
        case .contentLengthInvalid: "Content-Length must be one number in decimal digits."
        case .contentLengthRepeated: "A request may have one Content-Length field."
        case .transferEncodingInvalid: "Transfer-Encoding must be 'chunked', once."
        case .transferCodingUnknown: "The only transfer coding understood here is 'chunked'."
        case .transferEncodingAndLength:
            "A request may have Transfer-Encoding or Content-Length, but not both."
        case .transferEncodingInOldVersion: "HTTP/1.0 has no Transfer-Encoding."
        case .expectationUnknown: "The only expectation understood here is '100-continue'."
        case .contentTooLarge: "The content of the request is too large."
        case .chunkSize: "A chunk starts with its size in hexadecimal digits."
        case .chunkExtension: "A chunk extension is ';name' or ';name=value'."
        case .chunkExtensionTooLong: "The chunk extensions are too long."
        case .chunkEnd: "CRLF must follow a chunk's data."
        case .trailersTooLarge: "The trailer section is too large."
        }
    }
}
