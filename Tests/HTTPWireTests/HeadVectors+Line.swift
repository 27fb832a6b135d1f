import HTTPMessages
import HTTPWire

/// Request lines and what stands before them.
let lineVectors: [HeadVector] = [
    .valid("RFC 9112 §3: a request line", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", head()),
    .valid("RFC 9112 §2.2: an empty line before it", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", head()),
    .valid(
        "RFC 9112 §2.2: as many empty lines as are allowed",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits { $0.leadingEmptyLines = 2 }, head()),
    .invalid(
        "RFC 9112 §2.2: too many empty lines", "\r\n\r\n§\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        limits: limits { $0.leadingEmptyLines = 2 }, .leadingEmptyLines),
    .invalid("RFC 9112 §2.2: LF alone before it", "§\nGET / HTTP/1.1\r\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: CR alone before it", "§\rGET / HTTP/1.1\r\n", .bareCarriageReturn),

    .valid("RFC 9110 §9.3.2: HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", head(.head)),
    .valid("RFC 9110 §9.3.3: POST", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", head(.post)),
    .valid("RFC 9110 §9.3.4: PUT", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", head(.put)),
    .valid("RFC 9110 §9.3.5: DELETE", "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", head(.delete)),
    .valid("RFC 9110 §9.3.7: OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", head(.options)),
    .valid("RFC 9110 §9.3.8: TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", head(.trace)),
    .valid("RFC 5789 §2: PATCH", "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", head(.patch)),
    .invalid("RFC 9110 §9.1: methods heed case", "§get / HTTP/1.1\r\n", .methodUnknown),
    .invalid("RFC 9110 §9.1: an unknown method", "§BREW / HTTP/1.1\r\n", .methodUnknown),
    .invalid("RFC 9110 §9.1: a known method's end", "§XXXXXXXXGET / HTTP/1.1\r\n", .methodUnknown),
    .invalid("RFC 9110 §9.3.6: CONNECT is for proxies", "§CONNECT a:80 HTTP/1.1\r\n", .methodUnknown),
    .invalid("RFC 9112 §3.1: no method", "§ / HTTP/1.1\r\n", .methodNotToken),
    .invalid("RFC 9112 §3.1: tab after the method", "GET§\t/ HTTP/1.1\r\n", .methodNotToken),
    .invalid("RFC 9112 §3.1: a method that is no token", "G§(T / HTTP/1.1\r\n", .methodNotToken),
    .invalid("RFC 9112 §3.1: a line of one word", "GET§\r\nHost: a\r\n", .methodNotToken),
    .invalid("RFC 8446 §5.1: a TLS record", "§\u{16}\u{03}\u{01}\u{02}\0\u{01}", .methodNotToken),

    .valid(
        "RFC 9112 §3.2.1: path and query", "GET /v1/articles?q=a%20b&c HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.get, "/v1/articles?q=a%20b&c")),
    .valid(
        "RFC 3986 §3.4: a question mark and slashes in a query",
        "GET /a?b?/../c HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "/a?b?/../c")),
    .valid("RFC 3986 §3.4: an empty query", "GET /? HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "/?")),
    .valid("RFC 3986 §3.3: empty segments", "GET //a/ HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "//a/")),
    .invalid("RFC 9112 §3.2: no target", "GET § HTTP/1.1\r\nHost: a\r\n\r\n", .targetForm),
    .invalid("RFC 9112 §3.2.1: no slash in front", "GET §v1 HTTP/1.1\r\n", .targetForm),
    .invalid("RFC 9112 §3.2.3: authority form", "GET §a.example:80 HTTP/1.1\r\n", .targetForm),
    .invalid("RFC 9110 §4.2: another scheme", "GET §ftp://a/b HTTP/1.1\r\n", .targetForm),
    .invalid("RFC 9112 §3.2.4: asterisk with GET", "GET §* HTTP/1.1\r\n", .targetForm),
    .invalid("RFC 9112 §3.2.4: more than an asterisk", "OPTIONS §*/a HTTP/1.1\r\n", .targetForm),
    .valid(
        "RFC 9112 §3.2.4: asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.options, "*")),
    .valid(
        "RFC 3986 §2: visible bytes that should have been encoded",
        "GET /{a}?q=\"b|c\"^<d>\\`[] HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "/{a}?q=\"b|c\"^<d>\\`[]")),
    .invalid("RFC 3986 §3.5: a fragment", "GET /a§#b HTTP/1.1\r\n", .targetByte),
    .invalid("RFC 3986 §2: a byte outside ASCII", "GET /caf§\u{E9} HTTP/1.1\r\n", .targetByte),
    .invalid("RFC 3986 §2: NUL", "GET /§\0 HTTP/1.1\r\n", .targetByte),
    .invalid("RFC 3986 §2: DEL", "GET /§\u{7F} HTTP/1.1\r\n", .targetByte),
    .invalid("RFC 3986 §2: tab", "GET /§\tHTTP/1.1\r\n", .targetByte),
    .valid(
        "RFC 3986 §2.1: encoded bytes of any value", "GET /%00%fF%2F HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.get, "/%00%fF%2F")),
    .invalid("RFC 3986 §2.1: no hexadecimal digits", "GET /a§%zz HTTP/1.1\r\n", .targetEncoding),
    .invalid("RFC 3986 §2.1: one digit", "GET /a?b=§%2 HTTP/1.1\r\n", .targetEncoding),
    .invalid("RFC 3986 §2.1: one digit before a slash", "GET /§%2/ HTTP/1.1\r\n", .targetEncoding),
    .invalid("RFC 3986 §2.1: no digit", "GET /a§% HTTP/1.1\r\n", .targetEncoding),
    .invalid("RFC 3986 §5.2.4: dot", "GET /a/§./b HTTP/1.1\r\n", .targetDotSegment),
    .invalid("RFC 3986 §5.2.4: dot at the end", "GET /§. HTTP/1.1\r\n", .targetDotSegment),
    .invalid("RFC 3986 §5.2.4: two dots", "GET /a/§../b HTTP/1.1\r\n", .targetDotSegment),
    .invalid("RFC 3986 §5.2.4: two dots before a query", "GET /§..?a HTTP/1.1\r\n", .targetDotSegment),
    .invalid("RFC 3986 §5.2.4: encoded dots", "GET /§%2e%2E/ HTTP/1.1\r\n", .targetDotSegment),
    .invalid("RFC 3986 §5.2.4: half encoded", "GET /a/§.%2e HTTP/1.1\r\n", .targetDotSegment),
    .valid(
        "RFC 3986 §3.3: segments that only start with dots",
        "GET /.well-known/..a/.../a. HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "/.well-known/..a/.../a.")),

    .valid(
        "RFC 9112 §3.2.2: absolute form wins over Host",
        "GET http://b.example:81/c?d HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.get, "/c?d", authority: "b.example:81")),
    .valid(
        "RFC 3986 §3.1: schemes in either case", "GET HTTPS://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.get, "/", authority: "b")),
    .valid(
        "RFC 9112 §3.2.1: absolute form without a path", "GET http://b HTTP/1.1\r\nHost: a\r\n\r\n",
        head(.get, "/", authority: "b")),
    .valid(
        "RFC 9112 §3.2.1: absolute form with a query alone",
        "GET http://b?c HTTP/1.1\r\nHost: a\r\n\r\n", head(.get, "/?c", authority: "b")),
    .valid(
        "RFC 9112 §3.2.4: OPTIONS in absolute form without a path",
        "OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", head(.options, "*", authority: "b")),
    .invalid("RFC 9110 §4.2.1: an empty authority", "GET http://§/a HTTP/1.1\r\n", .hostInvalid),
    .invalid("RFC 9110 §4.2.4: user information", "GET http://u§@b/ HTTP/1.1\r\n", .hostInvalid),
    .invalid("RFC 9110 §4.2.1: a bad port", "GET http://b:8§x/ HTTP/1.1\r\n", .hostInvalid),
    .invalid("RFC 3986 §5.2.4: dots in absolute form", "GET http://b/§.. HTTP/1.1\r\n", .targetDotSegment),
    .invalid(
        "RFC 9112 §3.2: absolute form does without Host no more than others",
        "GET http://b/ HTTP/1.1\r\n§\r\n", .hostMissing),

    .valid(
        "RFC 9112 §2.3: HTTP/1.0", "GET / HTTP/1.0\r\n\r\n",
        head(minor: 0, host: nil, keepsAlive: false)),
    .valid("RFC 9110 §2.5: a later minor version", "GET / HTTP/1.7\r\nHost: a\r\n\r\n", head()),
    .invalid("RFC 9110 §15.6.6: HTTP/2", "GET / HTTP/§2.0\r\n", .versionUnsupported),
    .invalid("RFC 9110 §15.6.6: HTTP/0.9 by name", "GET / HTTP/§0.9\r\n", .versionUnsupported),
    .invalid("RFC 1945 §4.1: HTTP/0.9", "GET /§\r\n", .versionMalformed),
    .invalid("RFC 1945 §4.1: HTTP/0.9 with LF", "GET /§\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: versions heed case", "GET / §http/1.1\r\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: two digits", "GET / HTTP/1.1§1\r\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: two digits in front", "GET / HTTP/0§1.1\r\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: two digits of a later version", "GET / HTTP/2§0.0\r\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: no digit", "GET / HTTP/§x.1\r\n", .versionMalformed),
    .invalid("RFC 9112 §2.3: no minor version", "GET / HTTP/1.§\r\n", .versionMalformed),
    .invalid("RFC 9112 §3: two spaces", "GET / § HTTP/1.1\r\n", .versionMalformed),
    .invalid("RFC 9112 §3: a space at the end", "GET / HTTP/1.1§ \r\n", .versionMalformed),
    .invalid("RFC 9112 §2.2: LF alone", "GET / HTTP/1.1§\nHost: a\n\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: CR alone", "GET / HTTP/1.1§\rHost: a\r\n", .bareCarriageReturn),

    .valid(
        "WireLimits.requestLineBytes: the longest line", "GET /abc HTTP/1.1\r\nHost: a\r\n\r\n",
        limits: limits { $0.requestLineBytes = 17 }, head(.get, "/abc")),
    .invalid(
        "WireLimits.requestLineBytes: a longer one", "GET /abcd HTTP/1.§1\r\nHost: a\r\n\r\n",
        limits: limits { $0.requestLineBytes = 17 }, .requestLineTooLong),
    .invalid(
        "WireLimits.requestLineBytes: longer than it by far", "GET /abcdefghijkl§mnopqrstuvwxyz",
        limits: limits { $0.requestLineBytes = 17 }, .requestLineTooLong),
    .invalid(
        "WireLimits.requestLineBytes: a long method", "GETGETGE§TGET /",
        limits: limits { $0.requestLineBytes = 8 }, .requestLineTooLong),
    .invalid(
        "WireLimits.requestLineBytes: junk after the version", "GET /abc HTTP/1.1§1\r\n",
        limits: limits { $0.requestLineBytes = 17 }, .requestLineTooLong),
    .valid(
        "WireLimits.requestLineBytes: empty lines do not count", "\r\nGET /abc HTTP/1.1\r\nHost: a\r\n\r\n",
        limits: limits { $0.requestLineBytes = 17 }, head(.get, "/abc")),
]
