internal import HTTPMessages

/// What the server itself, rather than the API, tells clients.
extension Problem {
    static let headTooSlow = Problem(
        .requestTimeout, code: "request-timeout", detail: "The head of the request took too long to arrive.")

    static let contentTooSlow = Problem(
        .requestTimeout, code: "request-timeout",
        detail: "The content of the request came more slowly than the server accepts.")

    static let tlsRequired = Problem(
        .badRequest, code: "tls-required",
        detail: "This port speaks HTTP over TLS alone, and the request came without; use https.")

    static let requestTooSlow = Problem(
        .requestTimeout, code: "request-timeout", detail: "The whole request took too long to arrive.")

    static let preconditionFailed = Problem(
        .preconditionFailed, code: "precondition-failed",
        detail: "The resource is not in the state that If-Match or If-Unmodified-Since asks for.")

    static let notAcceptable = Problem(
        .notAcceptable, code: "not-acceptable",
        detail: "Accept-Encoding excludes both gzip and content that is not encoded; allow one of them.",
        parameter: "Accept-Encoding", fields: Fields([(.vary, "Accept-Encoding")]))

    static let tooManyConnections = Problem(
        .serviceUnavailable, code: "too-many-connections",
        detail: "Too many connections are open; use fewer, and keep them open for several requests.",
        fields: Fields([(.retryAfter, "1")]))

    static let overloaded = Problem(
        .serviceUnavailable, code: "overloaded",
        detail: "Too many costly requests are waiting already; try again in a moment.",
        fields: Fields([(.retryAfter, "1")]))

    static let tooManyStreams = Problem(
        .serviceUnavailable, code: "too-many-streams",
        detail: "Too many exports and event streams are open; try again later, or ask for less often.",
        fields: Fields([(.retryAfter, "5")]))
}
