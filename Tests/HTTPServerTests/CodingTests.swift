import Foundation
import HTTPMessages
import Testing

@testable import HTTPServer

@Suite struct CodingTests {
    private static let choices: [(String, ContentCoding.Choice)] = [
        ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("deflate, gzip;q=0.5", .gzip), ("*", .gzip),
        ("gzip;q=1.000", .gzip), ("gzip ; q=0.001", .gzip), ("identity;q=0.5, gzip;q=0.5", .gzip),
        ("gzip;q=0", .identity), ("gzip;q=0.000, *", .identity), ("identity", .identity), ("", .identity),
        ("br, deflate", .identity), ("gzip;q=0.4, identity;q=0.5", .identity), ("gzip;q=2", .identity),
        ("gzip;q", .identity), ("gzip;q=1.5", .identity), ("gzip;q=0.1234", .identity),
        ("gzipped", .identity), (",, ;", .identity), ("identity;q=1, *;q=0", .identity),
        ("gzip, identity;q=0", .gzipOnly), ("gzip;q=0.1, *;q=0", .gzipOnly), ("*, identity;q=0.0", .gzipOnly),
        ("*;q=0", .none), ("identity;q=0", .none), ("br, identity;q=0", .none),
        ("gzip;q=0, identity;q=0", .none), ("gzip;q=0, *;q=0", .none),
    ]

    @Test(arguments: choices)
    func negotiates(value: String, choice: ContentCoding.Choice) {
        #expect(ContentCoding.choice([value]) == choice)
        #expect(choice != .none && choice != .gzipOnly || ContentCoding.mayExcludeIdentity([value]))
    }

    @Test(arguments: [
        ("application/json", true), ("application/json; charset=utf-8", true), ("TEXT/HTML", true),
        ("application/problem+json", true), ("application/x-ndjson", true), ("text/", false),
        ("image/png", false), ("application/jsonx", false),
    ])
    func compressesTextsOnly(type: String, compresses: Bool) {
        #expect(ContentCoding.isCompressible(type) == compresses)
    }

    @Test func gzipHasATagOfItsOwn() throws {
        let test = try TestServer()
        let client = try test.client()
        func get(_ path: String, _ fields: String = "") throws -> Client.Answer {
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
            return try client.receive()
        }
        let plain = try get("/big")
        #expect(plain.body == TestResponder.bigBody)
        #expect(plain["ETag"] == "\"v1\"")
        #expect(plain["Vary"] == "Accept-Encoding")
        for _ in 0..<2 {  // made, then from the cache
            let coded = try get("/big", "Accept-Encoding: gzip\r\n")
            #expect(coded["Content-Encoding"] == "gzip")
            #expect(coded["ETag"] == "\"v1-gzip\"")
            #expect(coded["Vary"] == "Accept-Encoding")
            #expect(coded.body.starts(with: [0x1F, 0x8B]) && coded.body.count < plain.body.count)
            #expect(coded["Content-Length"] == String(coded.body.count))
        }
        #expect(try get("/weak", "Accept-Encoding: gzip\r\n")["ETag"] == "W/\"w-gzip\"")
        #expect(try get("/", "Accept-Encoding: gzip\r\n")["Content-Encoding"] == nil)
        #expect(try get("/big", "Accept-Encoding: gzip;q=0\r\n")["Content-Encoding"] == nil)
    }

    @Test func theResponderIsAskedWithItsOwnTags() throws {
        let test = try TestServer(
            TestResponder { request in
                let seen = [.ifMatch, .ifNoneMatch].map { request.fields[$0] ?? "none" }
                return .ready(TestResponder.text(seen.joined(separator: "; ")))
            })
        let client = try test.client()
        let cases = [
            ("If-Match: \"a-gzip\", \"b\"", "\"a\", \"b\"; none"), ("If-Match: *", "*; none"),
            ("If-Match: x", "x; none"),
            ("If-Match: \"a\"\r\nIf-None-Match: W/\"b-gzip\"", "\"a\"; W/\"b\""),
        ]
        for (sent, seen) in cases {
            try client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\(sent)\r\n\r\n")
            #expect(try client.receive().text == seen)
        }
    }

    @Test func largeContentIsCompressedElsewhereAndKept() throws {
        let body = Array(String(repeating: "All the news that fits. ", count: 20_000).utf8)
        let responder = TestResponder { request in
            var response = Response(status: .ok, contentType: "text/plain", body: body)
            response.fields.append(.entityTag, "\"e\"")
            return request.target.path == "/deferred"
                ? .deferred { [response] in response } : .ready(response)
        }
        let test = try TestServer(responder)
        let client = try test.client()
        for path in ["/", "/", "/deferred"] {
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        }
        for _ in 0..<3 {
            let answer = try client.receive()
            #expect(answer["ETag"] == "\"e-gzip\"")
            #expect(answer.body.count < body.count / 10)
        }
    }

    @Test func theCacheHoldsItsBound() {
        var cache = CompressedCache(limit: 10_000)
        for number in 0..<100 {
            cache.insert(.init(target: "/\(number)", tag: "t"), [UInt8](repeating: 0, count: 1000))
            _ = cache.find(.init(target: "/0", tag: "t"))
        }
        #expect(cache.count == 7)
        cache.insert(.init(target: "/huge", tag: "t"), [UInt8](repeating: 0, count: 5000))
        let found = ["/0", "/99", "/50", "/huge"].map { cache.find(.init(target: $0, tag: "t"))?.count }
        #expect(found == [1000, 1000, nil, nil])
        let other = cache.find(.init(target: "/99", tag: "u"))
        #expect(other == nil)
    }

    private static let referers: [(String, Bool)] = [
        ("", false), ("Referer: https://a/page", false), ("Referer: https://A", false),
        ("Referer: /page", false),
        ("Referer: https://b/", true), ("Referer: https://b/https://a/", true),
        ("Referer: https://a:81/", true),
        ("Referer: https://a.b/", true), ("Sec-Fetch-Site: cross-site", true),
        ("Sec-Fetch-Site: same-origin", false), ("Sec-Fetch-Site: none", false),
    ]

    /// What a page of another site asks for is not compressed (BREACH), unless it is taken in no other form.
    @Test(arguments: referers) func otherSitesLearnNothingFromLengths(line: String, isElsewhere: Bool) throws
    {
        let client = try TestServer().client()
        let end = line.isEmpty ? "\r\n" : line + "\r\n\r\n"
        for _ in 0..<2 {
            try client.send("GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n" + end)
            let answer = try client.receive()
            #expect(answer["Content-Encoding"] == (isElsewhere ? nil : "gzip"))
            #expect(answer["Vary"] == "Accept-Encoding")
        }
        try client.send("GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, identity;q=0\r\n" + end)
        #expect(try client.receive()["Content-Encoding"] == "gzip")
    }
}
