/// Field lines.
let fieldRows: [ConformanceRow] =
    characters(controls.filter { $0 != 0x09 }).map { name, text in
        .closes("RFC 9110 §5.5", "\(name) in a value", getRequest("X: a\(text)b\r\n"))
    }
    + [0x80, 0x85, 0xA0, 0xE9, 0xFF].map { (byte: UInt8) in
        .keeps(
            "RFC 9110 §5.5", "\(named(byte)) in a value",
            getRequest("X: a\(Character(Unicode.Scalar(byte)))b\r\n"))
    }
    + characters(controls + Array(" \"(),/;<=>?@[\\]{}".utf8) + [0x80, 0xE9, 0xFF]).map { name, text in
        .closes("RFC 9110 §5.6.2", "\(name) in a name", getRequest("X\(text)Y: a\r\n"))
    }
    + [
        .keeps("RFC 9110 §5.6.2", "every kind of token", getRequest("!#$%&'*+-.^_`|~aZ09: b\r\n")),
        .keeps("RFC 9110 §5.5", "a value of colons", getRequest("X:::a:b:\r\n")),
        .keeps("RFC 9110 §5.5", "an empty value", getRequest("X:\r\n")),
        .keeps("RFC 9110 §5.5", "a value of white space", getRequest("X: \t \r\n")),
        .keeps("RFC 9110 §5.5", "white space inside a value", getRequest("X: a \t b\r\n")),
        .keeps("RFC 9110 §5.3", "one name twice", getRequest("X: a\r\nX: b\r\n")),
        .keeps("RFC 9110 §5.1", "unknown fields", getRequest("Upgrade: h2c\r\nTE: trailers\r\nX-Y: z\r\n")),
        .closes("RFC 9112 §5.1", "space before the colon", getRequest("X : a\r\n")),
        .closes("RFC 9112 §5.1", "tab before the colon", getRequest("X\t: a\r\n")),
        .closes("RFC 9112 §5.1", "space before the colon of Host", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
        .closes(
            "RFC 9112 §5.1", "space before the colon of Content-Length",
            postRequest("Content-Length : 2\r\n") + "ok"
        ),
        .closes(
            "RFC 9112 §5.1", "space before the colon of Transfer-Encoding",
            postRequest("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n"),
        .closes("RFC 9110 §5.1", "no name", getRequest(": a\r\n")),
        .closes("RFC 9110 §5.1", "a colon alone", getRequest(":\r\n")),
        .closes("RFC 9110 §5.1", "no colon", getRequest("X\r\n")),
        .closes("RFC 9110 §5.1", "no colon but white space", getRequest("X a\r\n")),
        .closes("RFC 9112 §5.2", "folding with a space", getRequest("X: a\r\n b\r\n")),
        .closes("RFC 9112 §5.2", "folding with a tab", getRequest("X: a\r\n\tb\r\n")),
        .closes("RFC 9112 §5.2", "folding into nothing", getRequest("X: a\r\n \r\n")),
        .closes("RFC 9112 §5.2", "a folded Host", "GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n"),
        .closes(
            "RFC 9112 §5.2", "a folded Transfer-Encoding",
            postRequest("Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n"),
        .closes(
            "RFC 9112 §5.2", "a folded Content-Length",
            postRequest("Content-Length: 1\r\n 0\r\n") + "0123456789"),
        .closes("RFC 9112 §2.2", "LF ends a field", getRequest("X: a\nY: b\r\n")),
        .closes("RFC 9112 §2.2", "CR ends a field", getRequest("X: a\rY: b\r\n")),
        .closes("RFC 9112 §2.2", "CR CR LF ends a field", getRequest("X: a\r\r\n")),
        .closes("RFC 9112 §2.2", "LF for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        .closes("RFC 9112 §2.2", "CR for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rx"),
        .closes("RFC 9112 §2.2", "LF LF ends a head", "GET / HTTP/1.1\r\nHost: a\n\n"),
        .closes("RFC 9112 §2.2", "LF in a name", getRequest("X\nY: a\r\n\r\n")),
    ]
    + ["close", " close", "\tclose", "close ", "close\t", " \t close \t ", "CLOSE", "Close"].map { value in
        .closes("RFC 9112 §5", "white space around '\(value)'", getRequest("Connection:\(value)\r\n"), 200)
    }

/// Who a request is for.
let hostRows: [ConformanceRow] =
    [
        "a", "A.EXAMPLE", "a.example.", "a:80", "a:", "a:0", "a:65535", "a:00080", "127.0.0.1",
        "127.0.0.1:80", "256.1.1.1", "1.2.3.4.5", "[::]", "[::1]",
        "[::1]:80", "[::1]:", "[2001:db8::1:0:0:1]", "[1:2:3:4:5:6:7:8]", "[::ffff:192.0.2.1]", "[v1.a:b]",
        "a%20b", "a%C3%A9", "a_b", "-a-", "xn--caf-dma",
        "a!$&'()*+,;=b", "~", "*", "",
    ].map { host in
        .keeps("RFC 3986 §3.2.2", "host '\(host)'", "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }
    + [
        "a b", "a\tb", "a, b", "a ,b", "a/", "/a", "a/b", "a?", "a?b", "a#", "a#b", "a@", "@a", "a@b",
        "u:p@a", "a:80@b", "a@b@c", ":", ":80", "::", "::1", "a::80", "a:b",
        "a:80b", "a:b80", "a:8o", "a:-1", "a:+1", "a:0x50", "a:8 0", "a: 80", "a :80", "a:80:80", "a:80:",
        "a:65536", "a:99999", "a:18446744073709551696", "a:80,b:80",
        "[", "]", "[]", "[a", "a]", "[::1", "::1]", "[::1]]", "[[::1]]", "[::1]x", "[::1]80", "[::1]:x",
        "[::1]:80:80", "[::1%25eth0]", "[::1%eth0]", "[:]", "[:::]",
        "[1]", "[a.example]", "[127.0.0.1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]",
        "[12345::]", "[g::]", "[:1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:]",
        "[::256.1.1.1]", "[::1.1.1]", "[::1.1.1.1.1]", "[::01.1.1.1]", "[1.1.1.1::]", "[v.a]", "[v1.]",
        "[v1]", "[vg.a]", "a[::1]", "[::1]a", "[ ::1]", "[::1 ]",
        "a%", "a%2", "a%zz", "a%2g", "%", "a\\b", "\\", "<a>", "<script>", "a<b", "a>b", "\"a\"", "a\"b",
        "a^b", "a`b", "{a}", "a{b", "a}b", "a|b", "http://a", "http://a/",
        "//a", "a://b", "\u{E9}", "a\u{80}", "a\u{FF}b", "caf\u{C3}\u{A9}", "a\0", "\u{7F}", "a\u{1F}b",
    ].map { host in
        .closes("RFC 9110 §7.2", "host '\(host)'", "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }
    + [
        .closes("RFC 9112 §3.2", "no Host", "GET / HTTP/1.1\r\n\r\n"),
        .closes("RFC 9112 §3.2", "no Host among others", "GET / HTTP/1.1\r\nX-Host: a\r\nHostx: a\r\n\r\n"),
        .closes("RFC 9112 §3.2", "no Host with HEAD", "HEAD / HTTP/1.1\r\n\r\n", .init(400, isToHead: true)),
        .closes("RFC 9112 §3.2", "no Host with OPTIONS *", "OPTIONS * HTTP/1.1\r\n\r\n"),
        .closes(
            "RFC 9112 §3.2", "no Host with content", "POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\nok"),
        .closes("RFC 9112 §3.2", "no Host in a later minor version", "GET / HTTP/1.2\r\n\r\n"),
        .closes("RFC 9112 §3.2", "no Host beside an absolute form", "GET http://a/ HTTP/1.1\r\n\r\n"),
        .closes("RFC 9112 §3.2", "Host twice, equal", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §3.2", "Host twice, unequal", "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n"),
        .closes("RFC 9112 §3.2", "Host twice, once empty", "GET / HTTP/1.1\r\nHost:\r\nHost: b\r\n\r\n"),
        .closes(
            "RFC 9112 §3.2", "Host twice, far apart",
            "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nZ: z\r\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §3.2", "Host twice in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §3.2", "an invalid Host in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"),
        .closes("RFC 9112 §3.2", "no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200),
        .keeps(
            "RFC 9112 §3.2.2", "an absolute form wins over Host",
            "GET http://b/?q HTTP/1.1\r\nHost: a\r\n\r\n", .init(200, body: "GET /?q")),
        .keeps(
            "RFC 9112 §3.2.2", "an absolute form beside an empty Host",
            "GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n"),
        .closes(
            "RFC 9112 §3.2", "an absolute form beside an invalid Host",
            "GET http://b/ HTTP/1.1\r\nHost: a b\r\n\r\n"),
        .keeps("RFC 9110 §5.1", "Host in other letters", "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n"),
        .keeps(
            "RFC 9110 §5.5", "white space around Host", "GET / HTTP/1.1\r\nHost: \t a.example:80\t \r\n\r\n"),
    ]
