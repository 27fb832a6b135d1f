/// Where content ends: what two readers must not take differently.
let lengthRows: [ConformanceRow] =
    [("5", "hello"), ("005", "hello"), (" \t5\t ", "hello"), ("5\t", "hello"), ("0", ""), ("000", "")].map {
        length, body in
        .keeps(
            "RFC 9110 §8.6", "length '\(length)'", postRequest("Content-Length:\(length)\r\n") + body,
            .init(200, body: body))
    }
    + [
        "", " ", "\t", "+5", "-5", "+0", "-0", "--5", "0x5", "5x", "x5", "5.0", ".5", "5.", "5e0", "1e1",
        "5 5", "5\t5", "5,5", "5, 5", "5,6", ",5", "5,", "5;", "5;a=b",
        "5:", "\"5\"", "'5'", "5L", "0b1", "0o5", "1_0", "5%", "%35", "five", "null", "NaN", "chunked", "*",
        "\u{B2}", "5\u{A0}", "\u{D9}\u{A5}", "\u{EF}\u{BC}\u{95}",
        "5\0", "5\u{B}", "9223372036854775808x", "1 000",
    ].map { length in
        .closes("RFC 9110 §8.6", "length '\(length)'", postRequest("Content-Length: \(length)\r\n") + "hello")
    }
    + [
        "1001", "2147483648", "4294967301", "9223372036854775807", "9223372036854775808",
        "9223372036854775813", "18446744073709551615", "18446744073709551621",
        "100000000000000000000000000000000", "0000000000000000000000000000001001",
    ].map { length in
        .closes(
            "RFC 9110 §15.5.14", "length \(length)", postRequest("Content-Length: \(length)\r\n") + "hello",
            413)
    }
    + [
        ("equal", "5", "5"), ("unequal", "5", "6"), ("the first 0", "0", "5"), ("the second 0", "5", "0"),
        ("one empty", "5", ""), ("zeros in front", "5", "05"),
        ("both 0", "0", "0"),
    ].map { name, first, second in
        .closes(
            "RFC 9112 §6.3", "length twice: \(name)",
            postRequest("Content-Length: \(first)\r\nX: y\r\ncontent-length: \(second)\r\n") + "hello")
    }
    + ["GET", "DELETE", "OPTIONS", "TRACE"].map { method in
        .keeps(
            "RFC 9112 §6.3", "content of \(method) is read past",
            "\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 25\r\n\r\nGET /canary? HTTP/1.1\r\n\r\n",
            .init(200, body: "\(method) /"))
    }
    + [
        .keeps(
            "RFC 9112 §6.3", "content of HEAD is read past",
            "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            .init(200, isToHead: true)),
        .keeps("RFC 9112 §6.3", "no length is no content", postRequest(""), .init(200, body: "")),
        .keeps(
            "RFC 9110 §5.1", "Content_Length is another field", postRequest("Content_Length: 5\r\n"),
            .init(200, body: "")),
        .keeps(
            "RFC 9110 §5.1", "Content-Length in other letters",
            postRequest("cOnTeNt-LeNgTh: 5\r\n") + "hello",
            .init(200, body: "hello")),
        .keeps(
            "RFC 9112 §6", "content that looks like a request",
            postRequest("Content-Length: 28\r\n") + "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        .closes(
            "RFC 9112 §6.3", "content of HTTP/1.0",
            postRequest("Content-Length: 5\r\n", version: "1.0") + "hello",
            .init(200, body: "hello")),
    ]
    + [("GET", ""), ("DELETE", ""), ("POST", "abc"), ("PUT", "abc"), ("PATCH", "abc")].flatMap {
        method, kept in
        ["Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"].map {
            content in
            .keeps(
                "RFC 9110 §9.3", "what \(method) makes of content, \(content.prefix(8))",
                "\(method) /echo HTTP/1.1\r\nHost: a\r\n\(content)", .init(200, body: kept))
        }
    }

/// Transfer codings.
let codingRows: [ConformanceRow] =
    ["chunked", "Chunked", "CHUNKED", "\tchunked", "chunked\t", " \t chunked \t ", "chunked "].map { coding in
        .keeps(
            "RFC 9112 §7", "coding '\(coding)'",
            postRequest("Transfer-Encoding:\(coding)\r\n") + "5\r\nhello\r\n0\r\n\r\n",
            .init(200, body: "hello"))
    }
    + [
        "", " ", ",", "chunked,", ",chunked", ", chunked", "chunked, ", "chunked,chunked", "chunked, chunked",
        "chunked;", "chunked;q=1", "chunked; a=b", "chunked chunked",
        "chunked x", "\"chunked\"", "'chunked'", "chunke", "chunkedd", "xchunked", "x-chunked",
        "chunked\u{B}", "chunked\0", "chunked\u{A0}", "\u{A0}chunked", "chunked/1", "ch\u{F9}nked",
        "chunked, gzip", "chunked, identity", "chunked,gzip,chunked", "gzip", "deflate", "compress", "br",
        "identity", "cow", "gzip, deflate", "gzip,", "gzip, identity",
        "gzip, xchunked", "gzip; chunked", "gzip chunked", "*", "chunked:", "chunk\ted",
    ].map { coding in
        .closes(
            "RFC 9112 §6.3", "coding '\(coding)'",
            postRequest("Transfer-Encoding: \(coding)\r\n") + "5\r\nhello\r\n0\r\n\r\n")
    }
    + [
        "gzip, chunked", "identity, chunked", "gzip,chunked", "gzip\t,\tChunked\t", "x;a=b, chunked",
        "a, b, chunked", "br , chunked",
    ].map { coding in
        .closes(
            "RFC 9112 §6.1", "coding '\(coding)'",
            postRequest("Transfer-Encoding: \(coding)\r\n") + "5\r\nhello\r\n0\r\n\r\n", 501)
    }
    + [
        ("chunked", "chunked"), ("gzip", "chunked"), ("chunked", "gzip"), ("chunked", "identity"),
        ("identity", "chunked"), ("", "chunked"), ("chunked", ""),
    ].map { first, second in
        .closes(
            "RFC 9112 §6.3", "codings in two fields: '\(first)', '\(second)'",
            postRequest("Transfer-Encoding: \(first)\r\nTransfer-Encoding: \(second)\r\n")
                + "5\r\nhello\r\n0\r\n\r\n")
    }
    + ["0", "5", "15", "6", "", "x"].flatMap { length -> [ConformanceRow] in
        let (coding, size) = ("Transfer-Encoding: chunked\r\n", "Content-Length: \(length)\r\n")
        let content = "5\r\nhello\r\n0\r\n\r\n"
        return [
            .closes(
                "RFC 9112 §6.3", "chunked before length '\(length)'", postRequest(coding + size) + content),
            .closes(
                "RFC 9112 §6.3", "length '\(length)' before chunked", postRequest(size + coding) + content),
        ]
    }
    + ["chunked", "gzip, chunked", "identity", "gzip"].map { coding in
        .closes(
            "RFC 9112 §6.1", "coding '\(coding)' in HTTP/1.0",
            postRequest("Connection: keep-alive\r\nTransfer-Encoding: \(coding)\r\n", version: "1.0")
                + "5\r\nhello\r\n0\r\n\r\n")
    }
    + ["GET", "DELETE", "OPTIONS", "TRACE"].map { method in
        .keeps(
            "RFC 9112 §6.3", "chunks of \(method) are read past",
            "\(method) / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            .init(200, body: "\(method) /"))
    }
    + [
        .closes(
            "RFC 9112 §6.3", "chunked and length of GET",
            getRequest("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"),
        .keeps(
            "RFC 9110 §5.1", "Transfer_Encoding is another field",
            postRequest("Transfer_Encoding: chunked\r\n"),
            .init(200, body: "")),
        .keeps(
            "RFC 9110 §5.1", "Transfer-Encoding in other letters",
            postRequest("tRaNsFeR-eNcOdInG: chunked\r\n") + "0\r\n\r\n", .init(200, body: "")),
        .closes(
            "RFC 9112 §5.1", "a name with a control before it",
            postRequest("\u{B}Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"),
        .closes(
            "RFC 9112 §6.1", "a coding that nobody knows, with GET",
            getRequest("Transfer-Encoding: cow, chunked\r\n"), 501),
        .keeps(
            "RFC 9110 §10.1.4", "TE is no coding", getRequest("TE: chunked, gzip;q=0.5\r\nConnection: TE\r\n")
        ),
    ]

/// The chunked coding.
let chunkRows: [ConformanceRow] =
    [
        ("two chunks", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"), ("no chunk", "0\r\n\r\n", ""),
        ("zeros for none", "0000\r\n\r\n", ""),
        ("small letters", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("capitals", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("zeros in front", "0005\r\nhello\r\n0\r\n\r\n", "hello"),
        ("line ends as data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
        ("a last chunk as data", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
    ].map { name, content, body in
        .keeps("RFC 9112 §7.1", name, chunkedRequest(content), .init(200, body: body))
    }
    + [
        ("a name", ";a"), ("a name and a value", ";a=b"), ("several", ";a;b=c;d"),
        ("a quoted value", ";a=\"b\""), ("quoted marks", ";a=\"b;c\\\"\\\\ \t=\""),
        ("an empty quoted value", ";a=\"\""), ("white space around", " ;\ta = b ; c"),
        ("obs-text in quotes", ";a=\"\u{E9}\""),
    ].map { name, text in
        .keeps(
            "RFC 9112 §7.1.1", "extension: \(name)", chunkedRequest("5\(text)\r\nhello\r\n0\(text)\r\n\r\n"),
            .init(200, body: "hello"))
    }
    + [
        "", " ", "-5", "+5", "0x5", "x5", "5x", "5h", "g", " 5", "\t5", "5 ", "5\t", "5 5", "5,5", "5.0",
        "\"5\"", "00000000000000005", "five", ":", "#5", "5\0", "5\u{B}", "\u{B2}", "=5", "5=",
    ].map { size in
        .closes("RFC 9112 §7.1", "size '\(size)'", chunkedRequest("\(size)\r\nhello\r\n0\r\n\r\n"))
    }
    + [
        ";", "; ", ";;", ";;a", ";=b", ";a=", ";a==b", ";a=b=c", ";a b", ";a=b c", ";a(", ";a=(", ";a=\"",
        ";a=\"b", ";a=\"b\"c", ";a=\"\0\"", ";a\0", ";a=\"b\\", " a", " =", ";\u{E9}", ";a=\u{E9}",
    ].map { text in
        .closes("RFC 9112 §7.1.1", "extension '\(text)'", chunkedRequest("5\(text)\r\nhello\r\n0\r\n\r\n"))
    }
    + [
        ("LF after a size", "5\nhello\r\n0\r\n\r\n"), ("CR after a size", "5\rhello\r\n0\r\n\r\n"),
        ("CR CR LF after a size", "5\r\r\nhello\r\n0\r\n\r\n"),
        ("LF after data", "5\r\nhello\n0\r\n\r\n"), ("CR after data", "5\r\nhello\r0\r\n\r\n"),
        ("CR CR LF after data", "5\r\nhello\r\r\n0\r\n\r\n"),
        ("nothing after data", "5\r\nhello0\r\n\r\n"), ("a space after data", "5\r\nhello \r\n0\r\n\r\n"),
        ("more data than was said", "4\r\nhello\r\n0\r\n\r\n"),
        ("less data than was said", "6\r\nhello\r\n0\r\n\r\n"),
        ("LF after the last chunk", "5\r\nhello\r\n0\n\r\n"), ("LF at the end", "5\r\nhello\r\n0\r\n\n"),
        ("CR at the end", "5\r\nhello\r\n0\r\n\rX"), ("LF everywhere", "5\nhello\n0\n\n"),
        ("LF in an extension", "5;a\nhello\r\n0\r\n\r\n"),
        ("CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        ("a line end in quotes", "5;a=\"b\r\nhello\r\n0\r\n\r\n\"\r\n"),
        ("an empty line first", "\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("an empty line between", "5\r\nhello\r\n\r\n0\r\n\r\n"),
    ].map { name, content in .closes("RFC 9112 §7.1", name, chunkedRequest(content)) }
    + [
        "3e9", "7fffffff", "80000000", "100000000", "7fffffffffffffff", "8000000000000000",
        "ffffffffffffffff", "fffffffffffffffb", "10000000000000000", "10000000000000005",
        "FFFFFFFFFFFFFFFFF",
    ].map { size in
        .closes(
            "RFC 9112 §7.1", "size \(size) is too much", chunkedRequest("\(size)\r\nhello\r\n0\r\n\r\n"), 413)
    }
    + [
        .closes(
            "RFC 9110 §15.5.14", "chunks are too much together",
            chunkedRequest(
                "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n1f5\r\n"
                    + String(repeating: "x", count: 501) + "\r\n0\r\n\r\n"), 413),
        .keeps(
            "RFC 9110 §15.5.14", "the most content in chunks",
            chunkedRequest(
                "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n1f4\r\n"
                    + String(repeating: "x", count: 500) + "\r\n0\r\n\r\n"), 200),
        .closes(
            "RFC 9112 §7.1.1", "an extension without end",
            chunkedRequest("5;" + String(repeating: "a", count: 5000) + "\r\nhello\r\n0\r\n\r\n")),
        .closes(
            "RFC 9112 §7.1.1", "extensions without end",
            chunkedRequest(
                String(repeating: "1;" + String(repeating: "a", count: 1000) + "\r\nx\r\n", count: 20))),
    ]
    + [
        ("one", "A: b\r\n"), ("several", "A: b\r\nC:\r\nD: \t e \t\r\n"),
        ("what is no trailer is dropped", "Content-Length: 99\r\nTransfer-Encoding: gzip\r\nHost: b c\r\n"),
    ].map { name, trailers in
        .keeps(
            "RFC 9112 §7.1.2", "trailers: \(name)", chunkedRequest("5\r\nhello\r\n0\r\n\(trailers)\r\n"),
            .init(200, body: "hello"))
    }
    + [
        ("space before the colon", "A : b\r\n"), ("folding", "A: b\r\n c\r\n"), ("no colon", "A\r\n"),
        ("no name", ": b\r\n"), ("NUL", "A: \0\r\n"), ("LF", "A: b\n"), ("CR", "A: b\rC: d\r\n"),
        ("a space first", " A: b\r\n"),
    ].map { name, trailers in
        .closes("RFC 9112 §7.1.2", "trailers: \(name)", chunkedRequest("5\r\nhello\r\n0\r\n\(trailers)\r\n"))
    }
    + [
        .closes(
            "RFC 6585 §5", "trailers without end",
            chunkedRequest("0\r\nA: " + String(repeating: "b", count: 9000) + "\r\n\r\n"), 431)
    ]
