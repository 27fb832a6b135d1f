private let close = "Connection: close\r\n"
private let closedGet: String = getRequest(close)

/// Which connections go on, and in which order answers come.
let connectionRows: [ConformanceRow] =
    [
        ("close", "close"), ("close in capitals", "CLOSE"), ("close in a list", "x, close"),
        ("close first in a list", "close, x"), ("close between empty elements", ", ,close,"),
        ("close and keep-alive", "keep-alive, close"), ("close in a list with tabs", "x\t,\tclose"),
    ].map { name, value in .closes("RFC 9112 §9.6", name, getRequest("Connection: \(value)\r\n"), 200) }
    + [
        .closes(
            "RFC 9112 §9.6", "close in a second field",
            getRequest("Connection: keep-alive\r\nConnection: close\r\n"), 200),
        .closes(
            "RFC 9112 §9.6", "close with content", postRequest("Content-Length: 2\r\n" + close) + "ok",
            .init(200, body: "ok")),
        .closes(
            "RFC 9112 §9.6", "close with chunks",
            postRequest("Transfer-Encoding: chunked\r\n" + close) + "2\r\nok\r\n0\r\n\r\n",
            .init(200, body: "ok")),
        .closes(
            "RFC 9112 §9.6", "close with HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\(close)\r\n",
            .init(200, isToHead: true)),
        .closes("RFC 9112 §9.6", "close with 404", getRequest(close, "/none"), 404),
        .closes("RFC 9112 §9.6", "close with 304", getRequest(close + "If-None-Match: *\r\n"), 304),
        .closes(
            "RFC 9112 §9.6", "close with an answer made elsewhere", getRequest(close, "/slow"),
            .init(200, body: "slow")),
        .closes("RFC 9112 §9.3", "HTTP/1.0", getRequest(version: "1.0"), 200),
        .closes("RFC 9112 §9.3", "HTTP/1.0 with close", getRequest(close, version: "1.0"), 200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with both",
            getRequest("Connection: close, keep-alive\r\n", version: "1.0"),
            200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with another option", getRequest("Connection: x\r\n", version: "1.0"),
            200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with Keep-Alive alone",
            getRequest("Keep-Alive: timeout=5\r\n", version: "1.0"), 200),
    ]
    + ["keep-alive", "Keep-Alive", "x, KEEP-ALIVE", "keep-alive\t"].map { value in
        .keeps(
            "RFC 9112 §9.3", "HTTP/1.0 with '\(value)'",
            getRequest("Connection: \(value)\r\n", version: "1.0"),
            .init(200, ["connection": "keep-alive"]))
    }
    + ["keep-alive", "", "x", "closed", "close-not", "not-close", "upgrade", "\"close\"", "close;x"].map {
        value in
        .keeps(
            "RFC 9112 §9.3", "HTTP/1.1 with '\(value)'", getRequest("Connection: \(value)\r\n"),
            .init(200, ["connection": nil]))
    }
    + [
        .keeps(
            "RFC 9112 §9.3.2", "two requests", getRequest("", "/?1") + getRequest("", "/?2"),
            .init(200, body: "GET /?1"),
            .init(200, body: "GET /?2")),
        .keeps(
            "RFC 9112 §9.3.2", "an answer made elsewhere in the middle",
            getRequest("", "/?1") + getRequest("", "/slow") + getRequest("", "/?2"),
            .init(200, body: "GET /?1"),
            .init(200, body: "slow"), .init(200, body: "GET /?2")),
        .keeps(
            "RFC 9112 §9.3.2", "HEAD, content and chunks in turn",
            "HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n" + postRequest("Content-Length: 2\r\n") + "ok"
                + chunkedRequest("2\r\nno\r\n0\r\n\r\n") + getRequest(), .init(200, isToHead: true),
            .init(200, body: "ok"), .init(200, body: "no"), .init(200, body: "GET /")),
        .keeps(
            "RFC 9112 §9.3.2", "404 in the middle", getRequest() + getRequest("", "/none") + getRequest(),
            200, 404, 200),
        .keeps(
            "RFC 9112 §9.3.2", "304 and 412 in the middle",
            getRequest("If-None-Match: *\r\n") + getRequest("If-Match: \"x\"\r\n", "/big") + getRequest(),
            304, 412, 200),
        .keeps(
            "RFC 9112 §9.3.2", "large answers before a small one",
            getRequest("", "/big") + getRequest("", "/big") + getRequest(),
            200, 200, 200),
        .closes(
            "RFC 9112 §9.3.2", "close in the middle",
            getRequest("", "/?1") + getRequest(close, "/?2") + getRequest(),
            .init(200, body: "GET /?1"), .init(200, body: "GET /?2")),
        .closes(
            "RFC 9112 §9.3.2", "HTTP/1.0 in the middle",
            getRequest() + getRequest(version: "1.0") + getRequest(), 200, 200),
        .closes(
            "RFC 9112 §9.3.2", "close after an answer made elsewhere",
            getRequest("", "/slow") + closedGet + getRequest(),
            .init(200, body: "slow"), 200),
        .closes(
            "RFC 9112 §9.3.2", "an error after an answer made elsewhere",
            getRequest("", "/slow") + "BAD\r\n\r\n" + getRequest(), .init(200, body: "slow"), 400),
        .closes(
            "RFC 9112 §9.3.2", "an error after large answers",
            getRequest("", "/big") + getRequest("", "/big") + getRequest("X : y\r\n"), 200, 200, 400),
        .closes(
            "RFC 9112 §9.3.2", "501 after an answer",
            getRequest() + "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" + getRequest(),
            200, 501),
        .closes(
            "RFC 9112 §9.3.2", "505 after an answer",
            getRequest() + getRequest(version: "2.0") + getRequest(), 200, 505),
        .closes(
            "RFC 9112 §9.3.2", "413 after an answer", getRequest() + postRequest("Content-Length: 2000\r\n"),
            200, 413),
        .closes(
            "RFC 9112 §9.3.2", "414 after an answer",
            getRequest() + getRequest("", "/?" + String(repeating: "a", count: 9000)), 200, 414),
        .closes(
            "RFC 9112 §9.3.2", "431 after an answer",
            getRequest() + getRequest(String(repeating: "X: y\r\n", count: 200)),
            200, 431),
        .closes(
            "RFC 9112 §9.3.2", "417 after an answer",
            getRequest() + getRequest("Expect: tea\r\n") + getRequest(), 200, 417),
        .closes(
            "RFC 9112 §9.3.2", "a bad chunk after an answer",
            getRequest() + chunkedRequest("2\r\nok\r\nx\r\n") + getRequest(),
            200, 400),
        .closes(
            "RFC 9112 §9.3.2", "a smuggled length after answers",
            getRequest() + getRequest("", "/?2") + postRequest("Content-Length: 5\r\nContent-Length: 0\r\n")
                + getRequest(), 200, 200, 400
        ),
    ]
    + [
        .keeps(
            "RFC 9110 §10.1.1", "content has come already",
            postRequest("Expect: 100-continue\r\nContent-Length: 2\r\n") + "ok", .init(200, body: "ok")),
        .keeps(
            "RFC 9110 §10.1.1", "in capitals",
            postRequest("Expect: 100-CONTINUE\r\nContent-Length: 2\r\n") + "ok",
            .init(200, body: "ok")),
        .keeps("RFC 9110 §10.1.1", "no content", getRequest("Expect: 100-continue\r\n")),
        .keeps(
            "RFC 9110 §10.1.1", "a length of 0", postRequest("Expect: 100-continue\r\nContent-Length: 0\r\n"),
            .init(200, body: "")),
        .keeps(
            "RFC 9110 §10.1.1", "twice",
            postRequest("Expect: 100-continue, 100-continue\r\nContent-Length: 2\r\n") + "ok",
            .init(200, body: "ok")
        ),
        .keeps("RFC 9110 §10.1.1", "an empty list", getRequest("Expect:\r\n")),
        .closes(
            "RFC 9110 §10.1.1", "ignored in HTTP/1.0",
            postRequest("Expect: 100-continue\r\nContent-Length: 2\r\n", version: "1.0") + "ok",
            .init(200, body: "ok")),
    ]
    + [
        "tea", "100-continued", "100", "200-ok", "100-continue, tea", "tea, 100-continue", "100-continue=x",
        "\"100-continue\"", "100 continue",
    ].map { value in
        .closes(
            "RFC 9110 §15.5.18", "expectation '\(value)'",
            postRequest("Expect: \(value)\r\nContent-Length: 2\r\n") + "ok", 417)
    }

/// Bounds, each told by its status to a client that goes on sending.
let limitRows: [ConformanceRow] =
    [
        .keeps(
            "RFC 9110 §15.5.15", "the longest request line",
            getRequest("", "/?" + String(repeating: "a", count: 8192 - 15))),
        .closes(
            "RFC 9110 §15.5.15", "a request line one byte longer",
            getRequest("", "/?" + String(repeating: "a", count: 8192 - 14)), 414),
        .closes(
            "RFC 9110 §15.5.15", "a request line of a megabyte",
            getRequest("", "/" + String(repeating: "a", count: 1_000_000)), 414),
        .closes(
            "RFC 9110 §15.5.15", "a method of a megabyte",
            String(repeating: "A", count: 1_000_000) + " / HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        .keeps(
            "RFC 6585 §5", "the largest head",
            getRequest("X: " + String(repeating: "a", count: 32 * 1024 - 32) + "\r\n")),
        .closes(
            "RFC 6585 §5", "a head one byte larger",
            getRequest("X: " + String(repeating: "a", count: 32 * 1024 - 31) + "\r\n"), 431),
        .closes(
            "RFC 6585 §5", "a value of a megabyte",
            getRequest("X: " + String(repeating: "a", count: 1_000_000) + "\r\n"), 431),
        .closes(
            "RFC 6585 §5", "a name of a megabyte",
            getRequest(String(repeating: "a", count: 1_000_000) + ": b\r\n"),
            431),
        .keeps("RFC 6585 §5", "the most fields", getRequest(String(repeating: "X: y\r\n", count: 99))),
        .closes("RFC 6585 §5", "one field more", getRequest(String(repeating: "X: y\r\n", count: 100)), 431),
        .closes(
            "RFC 6585 §5", "fields without end", getRequest(String(repeating: "X: y\r\n", count: 100_000)),
            431),
        .keeps(
            "RFC 9110 §15.5.14", "the most content",
            postRequest("Content-Length: 1000\r\n") + String(repeating: "x", count: 1000)),
        .closes(
            "RFC 9110 §15.5.14", "one byte more",
            postRequest("Content-Length: 1001\r\n") + String(repeating: "x", count: 1001), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte",
            postRequest("Content-Length: 1000000\r\n") + String(repeating: "x", count: 1_000_000), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte in chunks",
            chunkedRequest(
                String(repeating: "64\r\n" + String(repeating: "x", count: 100) + "\r\n", count: 10_000)
                    + "0\r\n\r\n"), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte that waits for leave",
            postRequest("Expect: 100-continue\r\nContent-Length: 1000000\r\n"), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte with GET",
            getRequest("Content-Length: 1000000\r\n") + String(repeating: "x", count: 1_000_000), 413),
    ]
