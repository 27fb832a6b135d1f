private func head(_ fields: String, _ target: String) -> String {
    "HEAD \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
}

private let length = String(TestResponder.bigBody.count)

/// HEAD, and fields that change nothing.
let methodRows: [ConformanceRow] =
    [
        .keeps(
            "RFC 9110 §9.3.2", "HEAD has GET's fields", head("", "/big"),
            .init(
                200,
                [
                    "content-length": length, "etag": "\"v1\"", "cache-control": "max-age=5",
                    "vary": "Accept-Encoding", "content-type": "application/json",
                ], isToHead: true)),
        .keeps(
            "RFC 9110 §9.3.2", "HEAD has GET's coding", head("Accept-Encoding: gzip\r\n", "/big"),
            .init(
                200, ["etag": "\"v1-gzip\"", "content-encoding": "gzip", "vary": "Accept-Encoding"],
                isToHead: true)),
        .keeps("RFC 9110 §9.3.2", "HEAD of what is not there", head("", "/none"), .init(404, isToHead: true)),
        .keeps(
            "RFC 9110 §9.3.2", "HEAD with a condition", head("If-None-Match: \"v1\"\r\n", "/big"),
            .init(304, ["etag": "\"v1\""], isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD that is refused", "HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n",
            .init(400, isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD of an unknown version", "HEAD / HTTP/2.0\r\n\r\n",
            .init(505, isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD with too much content", head("Content-Length: 99999999999\r\n", "/"),
            .init(413, isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD with a target that is too long",
            head("", "/" + String(repeating: "a", count: 9000)), .init(414, isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD with a field too many",
            head(String(repeating: "X: y\r\n", count: 100), "/"), .init(431, isToHead: true)),
        .closes(
            "RFC 9110 §9.3.2", "HEAD with another expectation", head("Expect: tea\r\n", "/"),
            .init(417, isToHead: true)),
    ]
    + ["bytes=0-1", "bytes=-1", "bytes=99999999-", "bytes=0-0,2-3", "lines=1-2", "x"].map { range in
        .keeps(
            "RFC 9110 §14.2", "range \(range) is ignored", getRequest("Range: \(range)\r\n"),
            .init(200, body: "GET /", ["content-range": nil]))
    }
    + [
        .keeps(
            "RFC 9110 §13.1.5", "If-Range is ignored",
            getRequest("Range: bytes=0-1\r\nIf-Range: \"v1\"\r\n", "/big"),
            .init(200, ["content-length": length]))
    ]

private let same = "Sun, 06 Nov 1994 08:49:37 GMT"
private let before = "Sun, 06 Nov 1994 08:49:36 GMT"
private let after = "Sun, 06 Nov 1994 08:49:38 GMT"

/// Conditions and their order; `/big` has the tag "v1", `/weak` a weak one, `/dated` a date, `/own304` answers 304 itself.
let conditionRows: [ConformanceRow] =
    [
        "\"v1\"", "W/\"v1\"", "\"x\", \"v1\"", "\"x\",\"v1\"", "\"v1\", \"x\"", ",,\"v1\",",
        "\"a,b\", \"v1\"", "W/\"x\"\t,\tW/\"v1\"", "*", "\"v1-gzip\"", "\"\", \"v1\"",
        "\"x\"\r\nIf-None-Match: \"v1\"",
    ].flatMap { tags -> [ConformanceRow] in
        let isCoded = tags == "\"v1-gzip\""
        let fields: [String: String?] = [
            "etag": isCoded ? "\"v1-gzip\"" : "\"v1\"", "cache-control": "max-age=5",
            "vary": "Accept-Encoding", "content-type": nil, "content-encoding": nil,
        ]
        return [
            .keeps(
                "RFC 9110 §13.1.2", "None-Match \(tags)", getRequest("If-None-Match: \(tags)\r\n", "/big"),
                .init(304, fields)),
            .keeps(
                "RFC 9110 §13.1.2", "None-Match \(tags) with HEAD",
                head("If-None-Match: \(tags)\r\n", "/big"), .init(304, fields, isToHead: true)),
        ]
    }
    + [
        "\"x\"", "\"V1\"", "\"v\"", "\"v11\"", "W/\"x\"", "\"x\", \"y\"", "", "v1", "\"v1", "v1\"",
        "w/\"v1\"", "\"v1\" x", "'v1'", "*, \"x\"",
    ].map { tags in
        .keeps(
            "RFC 9110 §13.1.2", "None-Match \(tags) is not held",
            getRequest("If-None-Match: \(tags)\r\n", "/big"),
            .init(200, ["etag": "\"v1\""]))
    }
    + [
        .keeps(
            "RFC 9110 §13.1.2", "a weak tag compares weakly", getRequest("If-None-Match: \"w\"\r\n", "/weak"),
            .init(304, ["etag": "W/\"w\""])),
        .keeps("RFC 9110 §13.1.2", "* of what has no tag", getRequest("If-None-Match: *\r\n"), 304),
        .keeps("RFC 9110 §13.1.2", "a tag of what has none", getRequest("If-None-Match: \"x\"\r\n"), 200),
        .keeps(
            "RFC 9110 §13.1.2", "* of what is not there", getRequest("If-None-Match: *\r\n", "/none"), 404),
        .keeps(
            "RFC 9110 §13.1.2", "the responder's own 304", getRequest("If-None-Match: \"v1\"\r\n", "/own304"),
            .init(304, ["etag": "\"v1\"", "vary": "Accept-Encoding"])),
        .keeps(
            "RFC 9110 §13.1.2", "POST is not held",
            "POST /big HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nContent-Length: 0\r\n\r\n", 200),
        .keeps(
            "RFC 9110 §13.2.1", "OPTIONS has no conditions",
            "OPTIONS / HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n", 200),
        .keeps(
            "RFC 9110 §13.2.1", "an error is told whatever the conditions",
            getRequest("If-Match: \"x\"\r\n", "/none"), 404),
    ]
    + ["\"v1\"", "\"v1-gzip\"", "\"x\", \"v1\"", "*", "\"x\"\r\nIf-Match: \"v1\""].map { tags in
        .keeps("RFC 9110 §13.1.1", "Match \(tags)", getRequest("If-Match: \(tags)\r\n", "/big"), 200)
    }
    + ["\"x\"", "W/\"v1\"", "\"V1\"", "v1", "", "\"x\", W/\"v1\""].map { tags in
        .keeps("RFC 9110 §13.1.1", "Match \(tags) fails", getRequest("If-Match: \(tags)\r\n", "/big"), 412)
    }
    + [
        .keeps(
            "RFC 9110 §13.1.1", "a weak tag is no match", getRequest("If-Match: W/\"w\"\r\n", "/weak"), 412),
        .keeps(
            "RFC 9110 §13.1.1", "* matches what has a weak tag", getRequest("If-Match: *\r\n", "/weak"), 200),
        .keeps("RFC 9110 §13.1.1", "* matches what has no tag", getRequest("If-Match: *\r\n"), 200),
        .keeps(
            "RFC 9110 §13.1.1", "a tag does not match what has none", getRequest("If-Match: \"x\"\r\n"), 412),
        .keeps(
            "RFC 9110 §13.1.1", "HEAD fails as GET does", head("If-Match: \"x\"\r\n", "/big"),
            .init(412, isToHead: true)),
    ]
    + [
        same, after, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Thu, 01 Jan 2099 00:00:00 GMT",
    ].map { date in
        .keeps(
            "RFC 9110 §13.1.3", "since \(date)", getRequest("If-Modified-Since: \(date)\r\n", "/dated"),
            .init(304, ["last-modified": same]))
    }
    + [
        before, "Sunday, 06-Nov-94 08:49:36 GMT", "Sun Nov  6 08:49:36 1994", "yesterday", "", "0",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT, \(same)",
        "\(same)\r\nIf-Modified-Since: \(same)", "1994-11-06T08:49:37Z", "784111777", "\"\(same)\"",
    ].map { date in
        .keeps(
            "RFC 9110 §13.1.3", "since '\(date)' is no condition that holds",
            getRequest("If-Modified-Since: \(date)\r\n", "/dated"), 200)
    }
    + [
        .keeps(
            "RFC 9110 §13.1.3", "a date of what has none", getRequest("If-Modified-Since: \(same)\r\n"), 200),
        .keeps(
            "RFC 9110 §13.1.3", "HEAD since", head("If-Modified-Since: \(same)\r\n", "/dated"),
            .init(304, isToHead: true)),
        .keeps(
            "RFC 9110 §13.1.3", "POST since",
            "POST /dated HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: \(same)\r\n\r\n", 200),
        .keeps(
            "RFC 9110 §13.1.3", "a tag rules over a date",
            getRequest("If-None-Match: \"x\"\r\nIf-Modified-Since: \(same)\r\n", "/dated"), 200),
        .keeps(
            "RFC 9110 §13.1.3", "a tag that is held rules over a date",
            getRequest("If-None-Match: \"v1\"\r\nIf-Modified-Since: \(before)\r\n", "/big"), 304),
    ]
    + [before, "Sunday, 06-Nov-94 08:49:36 GMT", "Sun Nov  6 08:49:36 1994"].map { date in
        .keeps(
            "RFC 9110 §13.1.4", "unmodified since \(date) fails",
            getRequest("If-Unmodified-Since: \(date)\r\n", "/dated"), 412)
    }
    + [same, after, "yesterday", "", "\(before)\r\nIf-Unmodified-Since: \(before)"].map { date in
        .keeps(
            "RFC 9110 §13.1.4", "unmodified since '\(date)'",
            getRequest("If-Unmodified-Since: \(date)\r\n", "/dated"), 200)
    }
    + [
        .keeps(
            "RFC 9110 §13.2.2", "If-Match rules over If-Unmodified-Since",
            getRequest("If-Match: \"v1\"\r\nIf-Unmodified-Since: \(before)\r\n", "/big"), 200),
        .keeps(
            "RFC 9110 §13.2.2", "If-Match comes before If-None-Match",
            getRequest("If-Match: \"x\"\r\nIf-None-Match: \"v1\"\r\n", "/own304"), 412),
        .keeps(
            "RFC 9110 §13.2.2", "If-None-Match after an If-Match that holds",
            getRequest("If-Match: \"v1\"\r\nIf-None-Match: \"v1\"\r\n", "/own304"), 304),
        .keeps(
            "RFC 9110 §13.2.2", "both hold",
            getRequest("If-Match: \"v1\"\r\nIf-None-Match: \"v0\"\r\n", "/own304"),
            200),
        .keeps(
            "RFC 9110 §13.2.2", "If-Unmodified-Since comes before If-Modified-Since",
            getRequest("If-Unmodified-Since: \(before)\r\nIf-Modified-Since: \(same)\r\n", "/dated"), 412),
        .keeps(
            "RFC 9110 §13.2.2", "If-Modified-Since after an If-Unmodified-Since that holds",
            getRequest("If-Unmodified-Since: \(same)\r\nIf-Modified-Since: \(same)\r\n", "/dated"), 304),
    ]

/// Content codings: `/big` is worth compressing, `/` is not.
let contentCodingRows: [ConformanceRow] =
    [
        "gzip", "GZIP", "x-gzip", "*", "gzip;q=1", "gzip;q=0.001", "gzip ; q=0.5", "gzip;Q=0.5", "br, gzip",
        "br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip, identity;q=0", "identity;q=0, *",
        "deflate\r\nAccept-Encoding: gzip",
        ",gzip,", "*;q=0.5", "identity;q=0.5, gzip;q=0.5", "gzip;q=1.000",
    ].map { value in
        .keeps(
            "RFC 9110 §12.5.3", "gzip for '\(value)'", getRequest("Accept-Encoding: \(value)\r\n", "/big"),
            .init(200, ["content-encoding": "gzip", "etag": "\"v1-gzip\"", "vary": "Accept-Encoding"]))
    }
    + [
        "", "identity", "br", "deflate, br", "gzip;q=0", "gzip;q=0.000", "gzip;q=0, *",
        "identity, gzip;q=0.5", "gzip;q=0.4, identity;q=0.5", "gzip;q=2", "gzip;q=1.001", "gzip;q=0.1234",
        "gzip;q", "gzip;q=", "gzip;q=-1", "gzip;q=.5",
        "gzipped", "agzip", "gzip/1", "\"gzip\"", "gzip deflate", "identity;q=1, *;q=0",
    ].map { value in
        .keeps(
            "RFC 9110 §12.5.3", "identity for '\(value)'",
            getRequest("Accept-Encoding: \(value)\r\n", "/big"),
            .init(
                200,
                [
                    "content-encoding": nil, "etag": "\"v1\"", "vary": "Accept-Encoding",
                    "content-length": length,
                ]))
    }
    + [
        "*;q=0", "identity;q=0", "br, identity;q=0", "gzip;q=0, identity;q=0", "gzip;q=0, *;q=0",
        "identity;q=0.0, br",
    ].flatMap { value -> [ConformanceRow] in
        [
            .keeps(
                "RFC 9110 §12.5.3", "nothing for '\(value)'",
                getRequest("Accept-Encoding: \(value)\r\n", "/big"),
                .init(406, ["vary": "Accept-Encoding"])),
            .keeps(
                "RFC 9110 §12.5.3", "nothing of little for '\(value)'",
                getRequest("Accept-Encoding: \(value)\r\n"),
                .init(406, ["vary": "Accept-Encoding"])),
        ]
    }
    + [
        .keeps(
            "RFC 9110 §12.5.3", "no field", getRequest("", "/big"),
            .init(200, ["content-encoding": nil, "vary": "Accept-Encoding"])),
        .keeps(
            "RFC 9110 §8.4", "little is not worth it", getRequest("Accept-Encoding: gzip\r\n"),
            .init(200, ["content-encoding": nil])),
        .keeps(
            "RFC 9110 §8.4", "little where nothing else is taken",
            getRequest("Accept-Encoding: gzip, identity;q=0\r\n"), .init(200, ["content-encoding": "gzip"])),
        .keeps(
            "RFC 9110 §12.5.3", "what was done is told in any form",
            "POST / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity;q=0\r\n\r\n", .init(200, body: "POST /")),
        .keeps(
            "RFC 9110 §8.8.3.3", "the responder's own 304 for the form that is held",
            getRequest("Accept-Encoding: gzip\r\nIf-None-Match: W/\"v1-gzip\"\r\n", "/own304"),
            .init(304, ["etag": "\"v1-gzip\"", "vary": "Accept-Encoding"])),
        .keeps(
            "RFC 9110 §12.5.3", "errors are told in any form",
            getRequest("Accept-Encoding: identity;q=0\r\n", "/none"), 404),
        .keeps(
            "RFC 9110 §8.8.3", "a weak tag stays weak", getRequest("Accept-Encoding: gzip\r\n", "/weak"),
            .init(200, ["etag": "W/\"w-gzip\""])),
        .keeps(
            "RFC 9110 §8.8.3.3", "the tag of the form that is held",
            getRequest("Accept-Encoding: gzip\r\nIf-None-Match: \"v1-gzip\"\r\n", "/big"),
            .init(304, ["etag": "\"v1-gzip\"", "vary": "Accept-Encoding", "content-encoding": nil])),
        .keeps(
            "RFC 9110 §8.8.3.3", "the tag of the other form",
            getRequest("Accept-Encoding: gzip\r\nIf-None-Match: \"v1\"\r\n", "/big"),
            .init(304, ["etag": "\"v1\""])),
        .keeps(
            "RFC 9110 §8.8.3.3", "the tag of another version",
            getRequest("Accept-Encoding: gzip\r\nIf-None-Match: \"v0-gzip\"\r\n", "/big"),
            .init(200, ["etag": "\"v1-gzip\""])),
        .keeps(
            "RFC 9110 §8.8.3.3", "a strong match by the tag of a form",
            getRequest("Accept-Encoding: gzip\r\nIf-Match: \"v1-gzip\"\r\n", "/big"),
            .init(200, ["etag": "\"v1-gzip\""])),
    ]
