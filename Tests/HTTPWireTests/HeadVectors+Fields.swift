import HTTPMessages
import HTTPWire

private let get = "GET / HTTP/1.1\r\n"
private let old = "GET / HTTP/1.0\r\n"
private let post = "POST / HTTP/1.1\r\nHost: a\r\n"

/// Field lines, and the fields that say where a message goes and ends.
let fieldVectors: [HeadVector] = [
    .valid(
        "RFC 9110 §5.1: names in any case", get + "hOST: a\r\nx-Y: z\r\n\r\n", head(fields: [("X-y", "z")])),
    .valid(
        "RFC 9112 §5: white space around a value", get + "Host: a\r\nX: \t b \t c\t \r\n\r\n",
        head(fields: [("X", "b \t c")])),
    .valid("RFC 9112 §5: no white space", get + "Host:a\r\nX:b\r\n\r\n", head(fields: [("X", "b")])),
    .valid(
        "RFC 9110 §5.5: empty values", get + "Host: a\r\nX:\r\nY: \t \r\n\r\n",
        head(fields: [("X", ""), ("Y", "")])),
    .valid(
        "RFC 9110 §5.5: bytes outside ASCII", get + "Host: a\r\nX: caf\u{C3}\u{A9}\r\n\r\n",
        head(fields: [("X", "café")])),
    .valid(
        "RFC 9110 §5.6.2: every kind of token", get + "Host: a\r\n!#$%&'*+-.^_`|~aZ09: b\r\n\r\n",
        head(fields: [("!#$%&'*+-.^_`|~aZ09", "b")])),
    .valid(
        "RFC 9110 §5.3: one name twice", get + "Host: a\r\nX: 1\r\nX: 2\r\n\r\n",
        head(fields: [("X", "1"), ("X", "2")])),
    .invalid("RFC 9112 §5.1: space before the colon", get + "Host§ : a\r\n", .spaceBeforeColon),
    .invalid("RFC 9112 §5.1: tab before the colon", get + "Host§\t: a\r\n", .spaceBeforeColon),
    .invalid("RFC 9110 §5.1: no name", get + "§: a\r\n", .fieldName),
    .invalid("RFC 9110 §5.1: no colon", get + "Host§\r\n", .fieldName),
    .invalid("RFC 9110 §5.6.2: a name that is no token", get + "Ho§(st: a\r\n", .fieldName),
    .invalid("RFC 9110 §5.6.2: NUL in a name", get + "Ho§\0st: a\r\n", .fieldName),
    .invalid("RFC 9110 §5.6.2: a name outside ASCII", get + "§\u{C3}\u{A9}: a\r\n", .fieldName),
    .invalid("RFC 9112 §5.2: folding", get + "Host: a\r\nX: b\r\n§ c\r\n\r\n", .obsoleteFolding),
    .invalid("RFC 9112 §5.2: folding by tab", get + "Host: a\r\n§\tc\r\n\r\n", .obsoleteFolding),
    .invalid("RFC 9112 §2.2: white space after the line", get + "§ Host: a\r\n\r\n", .obsoleteFolding),
    .invalid("RFC 9110 §5.5: NUL", get + "Host: a\r\nX: b§\0c\r\n\r\n", .fieldValue),
    .invalid("RFC 9110 §5.5: a control character", get + "Host: a\r\nX: §\u{01}\r\n\r\n", .fieldValue),
    .invalid("RFC 9110 §5.5: DEL", get + "Host: a\r\nX: b§\u{7F}\r\n\r\n", .fieldValue),
    .invalid("RFC 9112 §2.2: CR in a value", get + "Host: a\r\nX: b§\rc\r\n\r\n", .bareCarriageReturn),
    .invalid("RFC 9112 §2.2: two CR", get + "Host: a§\r\r\n\r\n", .bareCarriageReturn),
    .invalid("RFC 9112 §2.2: LF after a value", get + "Host: a§\n\r\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: LF for a value", get + "Host:§\n\r\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: LF in a name", get + "Host§\n\r\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: LF for the empty line", get + "Host: a\r\n§\n", .bareLineFeed),
    .invalid("RFC 9112 §2.2: CR for the empty line", get + "Host: a\r\n§\rX", .bareCarriageReturn),
    .valid(
        "WireLimits.fieldCount: as many as are allowed", get + "Host: a\r\nX: b\r\n\r\n",
        limits: limits { $0.fieldCount = 2 }, head(fields: [("X", "b")])),
    .invalid(
        "WireLimits.fieldCount: one more", get + "Host: a\r\nX: b\r\n§Y: c\r\n\r\n",
        limits: limits { $0.fieldCount = 2 }, .fieldCount),
    .valid(
        "WireLimits.headBytes: the longest head", get + "Host: a\r\n\r\n",
        limits: limits { $0.headBytes = 27 }, head()),
    .invalid(
        "WireLimits.headBytes: one byte more", get + "Host: ab\r\n\r§\n",
        limits: limits { $0.headBytes = 27 }, .headTooLarge),
    .invalid(
        "WireLimits.headBytes: in the midst of a value", get + "Host: a\r\nX§: bcdefg\r\n\r\n",
        limits: limits { $0.headBytes = 26 }, .headTooLarge),

    .valid("RFC 9112 §3.2: an empty Host", get + "Host:\r\n\r\n", head(host: "")),
    .valid("RFC 9110 §7.2: a port", get + "Host: a-b.example:65535\r\n\r\n", head(host: "a-b.example:65535")),
    .valid("RFC 3986 §3.2.3: an empty port", get + "Host: a:\r\n\r\n", head(host: "a:")),
    .valid("RFC 3986 §3.2.2: IPv4", get + "Host: 127.0.0.1:80\r\n\r\n", head(host: "127.0.0.1:80")),
    .valid("RFC 3986 §3.2.2: IPv6", get + "Host: [2001:db8::7]:80\r\n\r\n", head(host: "[2001:db8::7]:80")),
    .valid("RFC 3986 §3.2.2: an encoded name", get + "Host: a%2Cb~!\r\n\r\n", head(host: "a%2Cb~!")),
    .invalid("RFC 9112 §3.2: no Host", get + "X: b\r\n§\r\n", .hostMissing),
    .invalid("RFC 9112 §3.2: no field at all", get + "§\r\n", .hostMissing),
    .invalid("RFC 9112 §3.2: Host twice", get + "Host: a\r\n§Host: a\r\n\r\n", .hostRepeated),
    .invalid("RFC 9112 §3.2: Host twice in HTTP/1.0", old + "Host: a\r\n§host: b\r\n\r\n", .hostRepeated),
    .invalid("RFC 9110 §4.2.4: user information", get + "Host: u§@a\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: a path", get + "Host: a§/b\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: a list", get + "Host: a,§ b\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: a port alone", get + "Host: §:80\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: a port of letters", get + "Host: a:8§o\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: a port too high", get + "Host: a:6553§6\r\n\r\n", .hostInvalid),
    .invalid("RFC 9110 §7.2: two ports", get + "Host: a:80§:80\r\n\r\n", .hostInvalid),
    .invalid("RFC 3986 §3.2.2: a name outside ASCII", get + "Host: a§\u{C3}\u{A9}\r\n\r\n", .hostInvalid),
    .invalid("RFC 3986 §3.2.2: a bad escape", get + "Host: a§%2\r\n\r\n", .hostInvalid),

    .valid(
        "RFC 9112 §6.2: Content-Length", post + "Content-Length: 10\r\n\r\n",
        head(.post, fields: [("Content-Length", "10")], framing: .length(10))),
    .valid(
        "RFC 9112 §6.3: Content-Length with GET", get + "Host: a\r\ncontent-length: 3\r\n\r\n",
        head(fields: [("Content-Length", "3")], framing: .length(3))),
    .valid(
        "RFC 9110 §8.6: zeros in front", post + "Content-Length: 007\r\n\r\n",
        head(.post, fields: [("Content-Length", "007")], framing: .length(7))),
    .valid(
        "RFC 9112 §6.3: no content", post + "Content-Length: 0\r\n\r\n",
        head(.post, fields: [("Content-Length", "0")])),
    .valid(
        "WireLimits.bodyBytes: the most content", post + "Content-Length: 10\r\n\r\n",
        limits: limits { $0.bodyBytes = 10 },
        head(.post, fields: [("Content-Length", "10")], framing: .length(10))),
    .invalid(
        "WireLimits.bodyBytes: more", post + "Content-Length: §11\r\n\r\n",
        limits: limits { $0.bodyBytes = 10 }, .contentTooLarge),
    .invalid("RFC 9110 §8.6: no digits", post + "Content-Length: §\r\n\r\n", .contentLengthInvalid),
    .invalid("RFC 9110 §8.6: plus", post + "Content-Length: §+1\r\n\r\n", .contentLengthInvalid),
    .invalid("RFC 9110 §8.6: minus", post + "Content-Length: §-1\r\n\r\n", .contentLengthInvalid),
    .invalid("RFC 9110 §8.6: hexadecimal", post + "Content-Length: 0§x10\r\n\r\n", .contentLengthInvalid),
    .invalid("RFC 9110 §8.6: a space inside", post + "Content-Length: 1§ 0\r\n\r\n", .contentLengthInvalid),
    .invalid(
        "RFC 9112 §6.3: a list of equals", post + "Content-Length: 5§, 5\r\n\r\n", .contentLengthInvalid),
    .invalid(
        "RFC 9110 §8.6: more than 63 bits", post + "Content-Length: §9223372036854775808\r\n\r\n",
        limits: limits { $0.bodyBytes = .max }, .contentTooLarge),
    .invalid(
        "RFC 9110 §8.6: more than 64 bits", post + "Content-Length: §184467440737095516160\r\n\r\n",
        .contentTooLarge),
    .invalid(
        "RFC 9110 §8.6: more than 64 bits, and then no digit",
        post + "Content-Length: 184467440737095516160§x\r\n\r\n", .contentLengthInvalid),
    .invalid(
        "RFC 9112 §6.3: twice, equal", post + "Content-Length: 5\r\n§Content-Length: 5\r\n\r\n",
        .contentLengthRepeated),
    .invalid(
        "RFC 9112 §6.3: twice, unequal", post + "Content-Length: 5\r\n§content-length: 6\r\n\r\n",
        .contentLengthRepeated),

    .valid(
        "RFC 9112 §7.1: chunked", post + "Transfer-Encoding: chunked\r\n\r\n",
        head(.post, fields: [("Transfer-Encoding", "chunked")], framing: .chunked)),
    .valid(
        "RFC 9112 §7: codings in any case", post + "Transfer-Encoding: \tChunKed \r\n\r\n",
        head(.post, fields: [("Transfer-Encoding", "ChunKed")], framing: .chunked)),
    .invalid(
        "RFC 9112 §6.3: another coding, and no chunked", post + "Transfer-Encoding: §gzip\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.3: chunked in a longer name at the end",
        post + "Transfer-Encoding: §gzip, xchunked\r\n\r\n", .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.1: another coding with a parameter first",
        post + "Transfer-Encoding: §gzip;level=1 ,\tChunked\r\n\r\n", .transferCodingUnknown),
    .invalid(
        "RFC 9112 §6.1: another coding first", post + "Transfer-Encoding: §gzip, chunked\r\n\r\n",
        .transferCodingUnknown),
    .invalid(
        "RFC 9112 §7: identity is gone", post + "Transfer-Encoding: §identity\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §7: a longer name", post + "Transfer-Encoding: §xchunked\r\n\r\n", .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.1: chunked not last", post + "Transfer-Encoding: chunked§, gzip\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.1: chunked twice", post + "Transfer-Encoding: chunked§, chunked\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.1: chunked in two fields",
        post + "Transfer-Encoding: chunked\r\n§Transfer-Encoding: chunked\r\n\r\n", .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §7.1: a parameter of chunked", post + "Transfer-Encoding: chunked§;q=1\r\n\r\n",
        .transferEncodingInvalid),
    .invalid("RFC 9112 §6.1: no coding", post + "Transfer-Encoding: §\r\n\r\n", .transferEncodingInvalid),
    .invalid(
        "RFC 9110 §5.6.1: an empty element", post + "Transfer-Encoding: §, chunked\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §7: a quoted coding", post + "Transfer-Encoding: §\"chunked\"\r\n\r\n",
        .transferEncodingInvalid),
    .invalid(
        "RFC 9112 §6.3: after Content-Length",
        post + "Content-Length: 5\r\n§Transfer-Encoding: chunked\r\n\r\n", .transferEncodingAndLength),
    .invalid(
        "RFC 9112 §6.3: before Content-Length",
        post + "Transfer-Encoding: chunked\r\n§Content-Length: 5\r\n\r\n", .transferEncodingAndLength),
    .invalid(
        "RFC 9112 §6.1: in HTTP/1.0", old + "§Transfer-Encoding: chunked\r\n\r\n",
        .transferEncodingInOldVersion),

    .valid(
        "RFC 9112 §9.3: close", get + "Host: a\r\nConnection: close\r\n\r\n",
        head(fields: [("Connection", "close")], keepsAlive: false)),
    .valid(
        "RFC 9110 §7.6.1: close in a list", get + "Host: a\r\nConnection: ,x ,\tCLOSE , y\r\n\r\n",
        head(fields: [("Connection", ",x ,\tCLOSE , y")], keepsAlive: false)),
    .valid(
        "RFC 9110 §7.6.1: close in a second field",
        get + "Host: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
        head(fields: [("Connection", "keep-alive"), ("Connection", "close")], keepsAlive: false)),
    .valid(
        "RFC 9110 §7.6.1: a name that holds close", get + "Host: a\r\nConnection: close-not\r\n\r\n",
        head(fields: [("Connection", "close-not")])),
    .valid(
        "RFC 9112 §9.3: HTTP/1.0 that stays", old + "Connection: Keep-Alive\r\n\r\n",
        head(minor: 0, fields: [("Connection", "Keep-Alive")], host: nil)),
    .valid(
        "RFC 9112 §9.3: close wins in HTTP/1.0", old + "Connection: keep-alive, close\r\n\r\n",
        head(minor: 0, fields: [("Connection", "keep-alive, close")], host: nil, keepsAlive: false)),

    .valid(
        "RFC 9110 §10.1.1: 100-continue", post + "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n",
        head(
            .post, fields: [("Content-Length", "5"), ("Expect", "100-Continue")], framing: .length(5),
            expectsContinue: true)),
    .valid(
        "RFC 9110 §10.1.1: before the content is told of",
        post + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
        head(
            .post, fields: [("Expect", "100-continue"), ("Transfer-Encoding", "chunked")], framing: .chunked,
            expectsContinue: true)),
    .valid(
        "RFC 9110 §10.1.1: no content to wait for", post + "Expect: 100-continue\r\n\r\n",
        head(.post, fields: [("Expect", "100-continue")])),
    .valid(
        "RFC 9110 §10.1.1: HTTP/1.0 does not wait",
        "POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        head(
            .post, minor: 0, fields: [("Content-Length", "5"), ("Expect", "100-continue")], host: nil,
            framing: .length(5), keepsAlive: false)),
    .invalid("RFC 9110 §10.1.1: another expectation", post + "Expect: §tea\r\n\r\n", .expectationUnknown),
    .invalid(
        "RFC 9110 §10.1.1: another one in a list", post + "Expect: 100-continue, §tea\r\n\r\n",
        .expectationUnknown),
]

/// Hosts in brackets; whether they are addresses.
let addressVectors: [(text: String, isValid: Bool)] = [
    ("[::]", true), ("[::1]", true), ("[1::]", true), ("[1:2:3:4:5:6:7:8]", true),
    ("[1:2:3:4:5:6:7::]", true), ("[::2:3:4:5:6:7:8]", true), ("[abcd:EF01::1]", true),
    ("[::ffff:192.0.2.1]", true), ("[1:2:3:4:5:6:1.2.3.4]", true), ("[v1.a:b]", true), ("[VF.a~]", true),
    ("[]", false), ("[:]", false), ("[:::]", false), ("[1]", false), ("[1:2:3:4:5:6:7]", false),
    ("[1:2:3:4:5:6:7:8:9]", false), ("[1:2:3:4:5:6:7:8::]", false), ("[1::2::3]", false),
    ("[1:2:3:4:5:6:7:]", false), ("[12345::]", false), ("[g::]", false), ("[::1", false), ("[::1]x", false),
    ("[::1%25eth0]", false), ("[::256.1.1.1]", false), ("[::01.1.1.1]", false), ("[::1.1.1]", false),
    ("[::1.1.1.1.1]", false), ("[1:2:3:4:5:6:7:1.2.3.4]", false), ("[v.a]", false), ("[v1.]", false),
    ("[v1a]", false), ("[1:2:3:4:5:6:7:8", false), ("[::1]:x", false), ("[::1]:80", true), ("::1", false),
]
