/// Request lines, and what stands before them.
let lineRows: [ConformanceRow] =
    ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"].map { method in
        .keeps(
            "RFC 9110 §9.1", "method \(method)", "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(200, body: "\(method) /"))
    }
    + [
        .keeps(
            "RFC 9110 §9.1", "method HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(200, ["content-length": "6"], isToHead: true))
    ]
    + [
        "BREW", "get", "Get", "GETT", "GE", "G", "PROPFIND", "M-SEARCH", "!#$%&'*+-.^_`|~09", "XXXXXXXXGET",
        "CONNECT",
    ].map { method in
        .closes("RFC 9110 §9.1", "unknown method \(method)", "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n", 501)
    }
    + ["a.example:443", "a.example", "[::1]:443", "*"].map { target in
        .closes(
            "RFC 9110 §9.3.6", "CONNECT \(target) is for proxies",
            "CONNECT \(target) HTTP/1.1\r\nHost: a.example:443\r\n\r\n", 501)
    }
    + (controls + Array("\"(),/:;<=>?@[\\]{}".utf8) + [0x80, 0xC3, 0xFF]).map { byte in
        .closes(
            "RFC 9110 §5.6.2", "\(named(byte)) in a method",
            "G\(Character(Unicode.Scalar(byte)))T / HTTP/1.1\r\nHost: a\r\n\r\n")
    }
    + [
        ("space before the method", " GET / HTTP/1.1"), ("tab before the method", "\tGET / HTTP/1.1"),
        ("tab after the method", "GET\t/ HTTP/1.1"), ("two spaces after the method", "GET  / HTTP/1.1"),
        ("space and tab after the method", "GET \t/ HTTP/1.1"), ("tab after the target", "GET /\tHTTP/1.1"),
        ("two spaces after the target", "GET /  HTTP/1.1"),
        ("vertical tab after the target", "GET /\u{B}HTTP/1.1"),
        ("space at the end", "GET / HTTP/1.1 "), ("tab at the end", "GET / HTTP/1.1\t"),
        ("a fourth word", "GET / HTTP/1.1 x"), ("no target", "GET HTTP/1.1"),
        ("no target but its spaces", "GET  HTTP/1.1"),
        ("no method", "/ HTTP/1.1"), ("a space for the method", " / HTTP/1.1"),
        ("nothing but a method", "GET"),
        ("a method and a space", "GET "), ("HTTP/0.9", "GET /"), ("HTTP/0.9 with a space", "GET / "),
        ("a field for the line", "Host: a"), ("a status line", "HTTP/1.1 200 OK"),
        ("no space before the version", "GET /HTTP/1.1"),
        ("a byte order mark", "\u{EF}\u{BB}\u{BF}GET / HTTP/1.1"),
    ].map { name, line in .closes("RFC 9112 §3", name, "\(line)\r\nHost: a\r\n\r\n") }
    + [
        .closes("RFC 8446 §5.1", "a TLS record", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}"),
        .closes("RFC 9113 §3.4", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501),
        .closes("RFC 9112 §2.2", "LF ends the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §2.2", "CR ends the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        .closes("RFC 9112 §2.2", "CR CR LF ends the request line", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §2.2", "LF ends every line", "GET / HTTP/1.1\nHost: a\n\n"),
        .closes("RFC 9112 §2.2", "LF before the request line", "\n" + getRequest()),
        .closes("RFC 9112 §2.2", "CR before the request line", "\r" + getRequest()),
        .closes("RFC 9112 §2.2", "a line of a space before the request line", " \r\n" + getRequest()),
        .closes("RFC 9112 §2.2", "too many empty lines", String(repeating: "\r\n", count: 5) + getRequest()),
        .closes("RFC 9112 §2.2", "white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        .closes(
            "RFC 9112 §2.2", "a line of white space before the first field",
            "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n"),
    ]
    + [1, 2, 4].map { count in
        .keeps(
            "RFC 9112 §2.2", "\(count) empty lines before",
            String(repeating: "\r\n", count: count) + getRequest())
    }
    + [
        .keeps(
            "RFC 9112 §2.2", "an empty line after content",
            postRequest("Content-Length: 2\r\n") + "ok\r\n" + getRequest(), .init(200, body: "ok"), 200),
        .closes("RFC 9112 §2.3", "version 1.0", "GET / HTTP/1.0\r\n\r\n", 200),
    ]
    + ["1.2", "1.3", "1.9"].map { version in
        .keeps("RFC 9110 §2.5", "a later minor version \(version)", getRequest(version: version))
    }
    + ["0.9", "0.0", "2.0", "2.1", "3.0", "9.9"].map { version in
        .closes("RFC 9110 §15.6.6", "version \(version)", getRequest(version: version), 505)
    }
    + [
        "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/", "HTTP", "HTTP/11", "HTTP/1.10", "HTTP/1.01", "HTTP/01.1",
        "HTTP/10.1",
        "HTTP/1,1", "HTTP/1:1", "HTTP/1 .1", "HTTP/ 1.1", "HTTP /1.1", "http/1.1", "Http/1.1", "HTTPS/1.1",
        "HTP/1.1",
        "HTTP-1.1", "HTTP\\1.1", "HTTP//1.1", "HTTP/1.x", "HTTP/x.1", "HTTP/+1.1", "HTTP/-1.1", "HTTP/1.-1",
        "HTTP/1.1.1",
        "HTTP/1.1;", "HTTP/1.1,", "HTTP/1.1\0", "HTTP/1.\u{B9}", "XHTTP/1.1", "ICAP/1.0", "RTSP/1.0", "1.1",
        "\"HTTP/1.1\"",
    ].map { version in
        .closes("RFC 9112 §2.3", "version '\(version)'", "GET / \(version)\r\nHost: a\r\n\r\n")
    }

/// Request-targets in their four forms.
let targetRows: [ConformanceRow] =
    [
        ("/?q=a%20b&c", "/?q=a%20b&c"), ("/?", "/?"), ("/??", "/??"), ("/?/../", "/?/../"),
        ("/?a=/b:c@d!$'()*+,;=", "/?a=/b:c@d!$'()*+,;="),
        ("http://b", "/"), ("http://b/", "/"), ("http://b/?q", "/?q"), ("http://b?q", "/?q"),
        ("HTTP://b/", "/"),
        ("https://b/", "/"), ("http://b:80/", "/"), ("http://b:/", "/"), ("http://[::1]:80/?q", "/?q"),
        ("http://127.0.0.1/", "/"),
    ].map { target, seen in
        .keeps("RFC 9112 §3.2", "target \(target)", getRequest("", target), .init(200, body: "GET \(seen)"))
    }
    + Array("\"<>\\^`{|}~'*".utf8).map { byte in
        .keeps(
            "RFC 3986 §2.2", "\(named(byte)) in a query",
            getRequest("", "/?\(Character(Unicode.Scalar(byte)))"),
            .init(200, body: "GET /?\(Character(Unicode.Scalar(byte)))"))
    }
    + [
        "/...", "/.a", "/a.", "/..a", "/a..", "/a./b", "/%2e%2e%2e", "/.%2ea", "//", "//a", "/a//b", "/%2F",
        "/%2e%2e%2f", "/a;b=c",
    ].map { target in
        .keeps("RFC 3986 §3.3", "path \(target)", getRequest("", target), 404)
    }
    + [
        "http://", "http:///", "http://?q", "http:/b/", "http:b", "http//b/", "://b/", "ftp://b/", "ws://b/",
        "urn:a:b", "file:///etc/passwd",
        "http://u@b/", "http://u:p@b/", "http://@b/", "http://b:x/", "http://b:-1/", "http://b:65536/",
        "http://b:80:80/", "http://[::1/",
        "http://[::1]x/", "http://b%/", "http://b<c>/", "http://:80/", "a", "a/b", "a.example:80", ".", "..",
        "?q", "&", "@", "-", "%2F", "*", "**",
        "*/", "/a#b", "/#", "#",
    ].map { target in .closes("RFC 9112 §3.2", "target \(target)", getRequest("", target)) }
    + characters(controls + [0x80, 0xC3, 0xE9, 0xFF]).map { name, text in
        .closes("RFC 3986 §2", "\(name) in a target", getRequest("", "/a\(text)b"))
    }
    + [("space in a path", "/a b"), ("space in a query", "/?a b"), ("UTF-8 as it is", "/caf\u{C3}\u{A9}")].map
{ name, target in
    .closes("RFC 3986 §2", name, getRequest("", target))
}
    + [
        "/%", "/%2", "/%2g", "/%g2", "/%%20", "/% 20", "/%-1", "/%zz", "/%u0041", "/a%", "/?%", "/?a=%",
        "/?a=%2", "/?a=%zz", "http://b/%",
    ].map { target in .closes("RFC 3986 §2.1", "escape in \(target)", getRequest("", target)) }
    + [
        "/.", "/..", "/./", "/../", "/./a", "/../a", "/a/.", "/a/..", "/a/./b", "/a/../b", "/a/../../b",
        "/a/..?q", "/.?q", "/%2e", "/%2E", "/%2e%2e",
        "/.%2e", "/%2E.", "/%2e%2E/", "/a/%2e%2e/b", "//..", "/..//", "http://b/..", "http://b/a/./b",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
    ].map { target in .closes("RFC 3986 §3.3", "dot segment in \(target)", getRequest("", target)) }
    + ["HEAD", "POST", "PUT", "DELETE", "TRACE", "PATCH"].map { method in
        .closes(
            "RFC 9112 §3.2.4", "asterisk with \(method)", "\(method) * HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(400, isToHead: method == "HEAD"))
    }
    + [
        .keeps(
            "RFC 9112 §3.2.4", "asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(200, body: "OPTIONS *")),
        .keeps(
            "RFC 9112 §3.2.4", "OPTIONS of an absolute form without a path",
            "OPTIONS http://b:8001 HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(200, body: "OPTIONS *")),
        .keeps(
            "RFC 9112 §3.2.4", "OPTIONS of an absolute form with a path",
            "OPTIONS http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
            .init(200, body: "OPTIONS /")),
        .closes("RFC 9112 §3.2.4", "asterisk and a query", "OPTIONS *?q HTTP/1.1\r\nHost: a\r\n\r\n"),
        .closes("RFC 9112 §3.2.3", "authority form with GET", getRequest("", "a:80")),
    ]
