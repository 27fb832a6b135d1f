public import HTTPMessages

/// Every kind of problem that the API itself answers with; Docs/errors.md has a section for each.
public enum ProblemCode: String, Sendable, CaseIterable {
    case ambiguousEntity = "ambiguous-entity"
    case badArticle = "bad-article"
    case badCursor = "bad-cursor"
    case badDocument = "bad-document"
    case badEncoding = "bad-encoding"
    case badParameter = "bad-parameter"
    case contentTooLarge = "content-too-large"
    case cursorExpired = "cursor-expired"
    case draining
    case duplicateParameter = "duplicate-parameter"
    case emptyDocument = "empty-document"
    case forbidden
    case internalError = "internal"
    case loading
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case notFound = "not-found"
    case notSearchable = "not-searchable"
    case preconditionFailed = "precondition-failed"
    case queryLimit = "query-limit"
    case querySyntax = "query-syntax"
    case storeUnavailable = "store-unavailable"
    case tooManyBuckets = "too-many-buckets"
    case unauthorized
    case unknownCountry = "unknown-country"
    case unknownEntity = "unknown-entity"
    case unknownParameter = "unknown-parameter"
    case unsupportedCoding = "unsupported-coding"
    case unsupportedMediaType = "unsupported-media-type"

    /// The status that it is sent with.
    public var status: Status {
        switch self {
        case .ambiguousEntity, .badArticle, .badCursor, .badDocument, .badEncoding, .badParameter,
            .duplicateParameter, .emptyDocument, .queryLimit, .querySyntax, .tooManyBuckets, .unknownCountry,
            .unknownEntity, .unknownParameter:
            .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .cursorExpired: .gone
        case .preconditionFailed: .preconditionFailed
        case .contentTooLarge: .contentTooLarge
        case .unsupportedCoding, .unsupportedMediaType: .unsupportedMediaType
        case .internalError: .internalServerError
        case .draining, .loading, .notSearchable, .storeUnavailable: .serviceUnavailable
        }
    }

    /// What it means, in a few words that are the same each time.
    public var title: String {
        switch self {
        case .ambiguousEntity: "The name could mean several entities"
        case .badArticle: "The item is not an article"
        case .badCursor: "The cursor is not one of this list"
        case .badDocument: "The document cannot be read"
        case .badEncoding: "The path or query is badly encoded"
        case .badParameter: "The value of a parameter cannot be used"
        case .contentTooLarge: "The content is too large"
        case .cursorExpired: "The state that the cursor belongs to is no longer kept"
        case .draining: "The server is shutting down"
        case .duplicateParameter: "A parameter is given twice"
        case .emptyDocument: "There is nothing in the document"
        case .forbidden: "The key does not allow this"
        case .internalError: "The server failed"
        case .loading: "The index is still being loaded"
        case .methodNotAllowed: "The method does not fit the resource"
        case .notAcceptable: "No form of the answer is one that the client takes"
        case .notFound: "There is nothing here"
        case .notSearchable: "What was stored cannot be found yet"
        case .preconditionFailed: "The resource is not in the state that was asked for"
        case .queryLimit: "The query is too large"
        case .querySyntax: "The query cannot be read"
        case .storeUnavailable: "The store cannot be used"
        case .tooManyBuckets: "The interval is too fine for the range"
        case .unauthorized: "A key is needed"
        case .unknownCountry: "No such country"
        case .unknownEntity: "No such entity"
        case .unknownParameter: "No such parameter"
        case .unsupportedCoding: "The content coding is not understood"
        case .unsupportedMediaType: "The media type is not understood"
        }
    }
}

/// The problems that a server answers with before the API sees a request, so that each `type` leads somewhere.
enum ProtocolProblemCode: String, CaseIterable {
    case malformedRequest = "malformed-request"
    case requestTimeout = "request-timeout"
    case tlsRequired = "tls-required"
    case targetTooLong = "target-too-long"
    case expectationUnknown = "expectation-unknown"
    case headTooLarge = "head-too-large"
    case methodUnknown = "method-unknown"
    case transferCodingUnknown = "transfer-coding-unknown"
    case overloaded
    case tooManyConnections = "too-many-connections"
    case tooManyStreams = "too-many-streams"
    case versionNotSupported = "version-not-supported"

    /// The status that it is sent with.
    var status: Status {
        switch self {
        case .malformedRequest, .tlsRequired: .badRequest
        case .requestTimeout: .requestTimeout
        case .targetTooLong: .uriTooLong
        case .expectationUnknown: .expectationFailed
        case .headTooLarge: .headerFieldsTooLarge
        case .methodUnknown, .transferCodingUnknown: .notImplemented
        case .overloaded, .tooManyConnections, .tooManyStreams: .serviceUnavailable
        case .versionNotSupported: .versionNotSupported
        }
    }
}
