private let close = "Connection: close\r\n"
private let closedGet: String = get(close)

/// Which connections go on, and in which order answers come.
let connectionRows: [ConformanceRow] =
    [
        ("close", "close"), ("close in capitals", "CLOSE"), ("close in a list", "x, close"),
        ("close first in a list", "close, x"), ("close between empty elements", ", ,close,"),
        ("close and keep-alive", "keep-alive, close"), ("close in a list with tabs", "x\t,\tclose"),
    ].map { name, value in .closes("RFC 9112 §9.6", name, get("Connection: \(value)\r\n"), 200) }
    + [
        .closes(
            "RFC 9112 §9.6", "close in a second field",
            get("Connection: keep-alive\r\nConnection: close\r\n"), 200),
        .closes(
            "RFC 9112 §9.6", "close with content", post("Content-Length: 2\r\n" + close) + "ok",
            .init(200, body: "ok")),
        .closes(
            "RFC 9112 §9.6", "close with chunks",
            post("Transfer-Encoding: chunked\r\n" + close) + "2\r\nok\r\n0\r\n\r\n", .init(200, body: "ok")),
        .closes(
            "RFC 9112 §9.6", "close with HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\(close)\r\n",
            .init(200, isToHead: true)),
        .closes("RFC 9112 §9.6", "close with 404", get(close, "/none"), 404),
        .closes("RFC 9112 §9.6", "close with 304", get(close + "If-None-Match: *\r\n"), 304),
        .closes(
            "RFC 9112 §9.6", "close with an answer made elsewhere", get(close, "/slow"),
            .init(200, body: "slow")),
        .closes("RFC 9112 §9.3", "HTTP/1.0", get(version: "1.0"), 200),
        .closes("RFC 9112 §9.3", "HTTP/1.0 with close", get(close, version: "1.0"), 200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with both", get("Connection: close, keep-alive\r\n", version: "1.0"),
            200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with another option", get("Connection: x\r\n", version: "1.0"), 200),
        .closes(
            "RFC 9112 §9.3", "HTTP/1.0 with Keep-Alive alone",
            get("Keep-Alive: timeout=5\r\n", version: "1.0"), 200),
    ]
    + ["keep-alive", "Keep-Alive", "x, KEEP-ALIVE", "keep-alive\t"].map { value in
        .keeps(
            "RFC 9112 §9.3", "HTTP/1.0 with '\(value)'", get("Connection: \(value)\r\n", version: "1.0"),
            .init(200, ["connection": "keep-alive"]))
    }
    + ["keep-alive", "", "x", "closed", "close-not", "not-close", "upgrade", "\"close\"", "close;x"].map {
        value in
        .keeps(
            "RFC 9112 §9.3", "HTTP/1.1 with '\(value)'", get("Connection: \(value)\r\n"),
            .init(200, ["connection": nil]))
    }
    + [
        .keeps(
            "RFC 9112 §9.3.2", "two requests", get("", "/?1") + get("", "/?2"), .init(200, body: "GET /?1"),
            .init(200, body: "GET /?2")),
        .keeps(
            "RFC 9112 §9.3.2", "an answer made elsewhere in the middle",
            get("", "/?1") + get("", "/slow") + get("", "/?2"), .init(200, body: "GET /?1"),
            .init(200, body: "slow"), .init(200, body: "GET /?2")),
        .keeps(
            "RFC 9112 §9.3.2", "HEAD, content and chunks in turn",
            "HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n" + post("Content-Length: 2\r\n") + "ok"
                + chunked("2\r\nno\r\n0\r\n\r\n") + get(), .init(200, isToHead: true),
            .init(200, body: "ok"), .init(200, body: "no"), .init(200, body: "GET /")),
        .keeps("RFC 9112 §9.3.2", "404 in the middle", get() + get("", "/none") + get(), 200, 404, 200),
        .keeps(
            "RFC 9112 §9.3.2", "304 and 412 in the middle",
            get("If-None-Match: *\r\n") + get("If-Match: \"x\"\r\n", "/big") + get(), 304, 412, 200),
        .keeps(
            "RFC 9112 §9.3.2", "large answers before a small one", get("", "/big") + get("", "/big") + get(),
            200, 200, 200),
        .closes(
            "RFC 9112 §9.3.2", "close in the middle", get("", "/?1") + get(close, "/?2") + get(),
            .init(200, body: "GET /?1"), .init(200, body: "GET /?2")),
        .closes("RFC 9112 §9.3.2", "HTTP/1.0 in the middle", get() + get(version: "1.0") + get(), 200, 200),
        .closes(
            "RFC 9112 §9.3.2", "close after an answer made elsewhere", get("", "/slow") + closedGet + get(),
            .init(200, body: "slow"), 200),
        .closes(
            "RFC 9112 §9.3.2", "an error after an answer made elsewhere",
            get("", "/slow") + "BAD\r\n\r\n" + get(), .init(200, body: "slow"), 400),
        .closes(
            "RFC 9112 §9.3.2", "an error after large answers",
            get("", "/big") + get("", "/big") + get("X : y\r\n"), 200, 200, 400),
        .closes(
            "RFC 9112 §9.3.2", "501 after an answer", get() + "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" + get(),
            200, 501),
        .closes("RFC 9112 §9.3.2", "505 after an answer", get() + get(version: "2.0") + get(), 200, 505),
        .closes("RFC 9112 §9.3.2", "413 after an answer", get() + post("Content-Length: 2000\r\n"), 200, 413),
        .closes(
            "RFC 9112 §9.3.2", "414 after an answer",
            get() + get("", "/?" + String(repeating: "a", count: 9000)), 200, 414),
        .closes(
            "RFC 9112 §9.3.2", "431 after an answer", get() + get(String(repeating: "X: y\r\n", count: 200)),
            200, 431),
        .closes("RFC 9112 §9.3.2", "417 after an answer", get() + get("Expect: tea\r\n") + get(), 200, 417),
        .closes(
            "RFC 9112 §9.3.2", "a bad chunk after an answer", get() + chunked("2\r\nok\r\nx\r\n") + get(),
            200, 400),
        .closes(
            "RFC 9112 §9.3.2", "a smuggled length after answers",
            get() + get("", "/?2") + post("Content-Length: 5\r\nContent-Length: 0\r\n") + get(), 200, 200, 400
        ),
    ]
    + [
        .keeps(
            "RFC 9110 §10.1.1", "content has come already",
            post("Expect: 100-continue\r\nContent-Length: 2\r\n") + "ok", .init(200, body: "ok")),
        .keeps(
            "RFC 9110 §10.1.1", "in capitals", post("Expect: 100-CONTINUE\r\nContent-Length: 2\r\n") + "ok",
            .init(200, body: "ok")),
        .keeps("RFC 9110 §10.1.1", "no content", get("Expect: 100-continue\r\n")),
        .keeps(
            "RFC 9110 §10.1.1", "a length of 0", post("Expect: 100-continue\r\nContent-Length: 0\r\n"),
            .init(200, body: "")),
        .keeps(
            "RFC 9110 §10.1.1", "twice",
            post("Expect: 100-continue, 100-continue\r\nContent-Length: 2\r\n") + "ok", .init(200, body: "ok")
        ),
        .keeps("RFC 9110 §10.1.1", "an empty list", get("Expect:\r\n")),
        .closes(
            "RFC 9110 §10.1.1", "ignored in HTTP/1.0",
            post("Expect: 100-continue\r\nContent-Length: 2\r\n", version: "1.0") + "ok",
            .init(200, body: "ok")),
    ]
    + [
        "tea", "100-continued", "100", "200-ok", "100-continue, tea", "tea, 100-continue", "100-continue=x",
        "\"100-continue\"", "100 continue",
    ].map { value in
        .closes(
            "RFC 9110 §15.5.18", "expectation '\(value)'",
            post("Expect: \(value)\r\nContent-Length: 2\r\n") + "ok", 417)
    }

/// Bounds, each told by its status to a client that goes on sending.
let limitRows: [ConformanceRow] =
    [
        .keeps(
            "RFC 9110 §15.5.15", "the longest request line",
            get("", "/?" + String(repeating: "a", count: 8192 - 15))),
        .closes(
            "RFC 9110 §15.5.15", "a request line one byte longer",
            get("", "/?" + String(repeating: "a", count: 8192 - 14)), 414),
        .closes(
            "RFC 9110 §15.5.15", "a request line of a megabyte",
            get("", "/" + String(repeating: "a", count: 1_000_000)), 414),
        .closes(
            "RFC 9110 §15.5.15", "a method of a megabyte",
            String(repeating: "A", count: 1_000_000) + " / HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        .keeps(
            "RFC 6585 §5", "the largest head",
            get("X: " + String(repeating: "a", count: 32 * 1024 - 32) + "\r\n")),
        .closes(
            "RFC 6585 §5", "a head one byte larger",
            get("X: " + String(repeating: "a", count: 32 * 1024 - 31) + "\r\n"), 431),
        .closes(
            "RFC 6585 §5", "a value of a megabyte",
            get("X: " + String(repeating: "a", count: 1_000_000) + "\r\n"), 431),
        .closes(
            "RFC 6585 §5", "a name of a megabyte", get(String(repeating: "a", count: 1_000_000) + ": b\r\n"),
            431),
        .keeps("RFC 6585 §5", "the most fields", get(String(repeating: "X: y\r\n", count: 99))),
        .closes("RFC 6585 §5", "one field more", get(String(repeating: "X: y\r\n", count: 100)), 431),
        .closes("RFC 6585 §5", "fields without end", get(String(repeating: "X: y\r\n", count: 100_000)), 431),
        .keeps(
            "RFC 9110 §15.5.14", "the most content",
            post("Content-Length: 1000\r\n") + String(repeating: "x", count: 1000)),
        .closes(
            "RFC 9110 §15.5.14", "one byte more",
            post("Content-Length: 1001\r\n") + String(repeating: "x", count: 1001), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte",
            post("Content-Length: 1000000\r\n") + String(repeating: "x", count: 1_000_000), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte in chunks",
            chunked(
                String(repeating: "64\r\n" + String(repeating: "x", count: 100) + "\r\n", count: 10_000)
                    + "0\r\n\r\n"), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte that waits for leave",
            post("Expect: 100-continue\r\nContent-Length: 1000000\r\n"), 413),
        .closes(
            "RFC 9110 §15.5.14", "a megabyte with GET",
            get("Content-Length: 1000000\r\n") + String(repeating: "x", count: 1_000_000), 413),
    ]
