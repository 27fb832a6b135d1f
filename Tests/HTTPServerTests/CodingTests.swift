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

    /// RFC 9110 §12.5.3.
    @Test func excludedContentIsNotSent() throws {
        let test = try TestServer()
        let client = try test.client()
        func ask(_ method: String, _ path: String, _ accepted: String) throws -> Client.Answer {
            try client.send(
                "\(method) \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nAccept-Encoding: \(accepted)\r\n\r\n"
            )
            return try client.receive(toHead: method == "HEAD")
        }
        for path in ["/", "/big"] {
            for method in ["GET", "HEAD"] {
                #expect(try ask(method, path, "identity;q=0").status == 406)
                let coded = try ask(method, path, "gzip, identity;q=0")
                #expect(coded["Content-Encoding"] == "gzip")
                #expect(coded["Vary"] == "Accept-Encoding")
            }
        }
        let problem = try ask("GET", "/", "br, *;q=0")
        #expect(problem["Content-Type"] == "application/problem+json")
        #expect(problem.text.contains("\"code\":\"not-acceptable\""))
        // What was done, and what went wrong, is told all the same.
        #expect(try ask("POST", "/", "identity;q=0").text == "POST /")
        #expect(try ask("GET", "/none", "identity;q=0").status == 404)
        #expect(try ask("GET", "/", "gzip;q=0.5").text == "GET /")
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

    @Test(arguments: ["/big", "/own304"])
    func whatTheClientHoldsIsNotSentAgain(path: String) throws {
        let test = try TestServer()
        let client = try test.client()
        func get(_ tag: String) throws -> Client.Answer {
            try client.send(
                "GET \(path) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: \(tag)\r\n\r\n")
            return try client.receive()
        }
        for tag in ["\"v1-gzip\"", "W/\"v1-gzip\""] {
            let answer = try get(tag)
            #expect(answer.status == 304)
            #expect(answer["ETag"] == "\"v1-gzip\"")
            #expect(answer["Vary"] == "Accept-Encoding")
            #expect(answer["Content-Type"] == nil)
        }
        let plain = try get("\"v1\"")
        #expect(plain.status == 304)
        #expect(plain["ETag"] == "\"v1\"")
        #expect(try get("\"v2-gzip\", \"v0\"").status == 200)
    }

    @Test func conditionsHoldForGETAndHEADOnly() throws {
        let test = try TestServer()
        let client = try test.client()
        func ask(_ method: String, _ path: String, _ fields: String) throws -> Client.Answer {
            try client.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
            return try client.receive(toHead: method == "HEAD")
        }
        #expect(try ask("HEAD", "/big", "If-None-Match: *\r\n").status == 304)
        #expect(try ask("POST", "/big", "If-None-Match: *\r\nContent-Length: 0\r\n").status == 200)
        let same = "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        let before = "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"
        #expect(try ask("GET", "/dated", same).status == 304)
        #expect(try ask("GET", "/dated", before).status == 200)
        #expect(try ask("GET", "/dated", "If-Modified-Since: yesterday\r\n").status == 200)
        // RFC 9110 §13.1.3: not looked at beside If-None-Match.
        #expect(try ask("GET", "/dated", same + "If-None-Match: \"x\"\r\n").status == 200)
    }

    @Test func theResponderIsAskedWithItsOwnTags() throws {
        let test = try TestServer(TestResponder { .ready(TestResponder.text($0.fields[.ifMatch] ?? "none")) })
        let client = try test.client()
        for (sent, seen) in [("\"a-gzip\", \"b\"", "\"a\", \"b\""), ("*", "*"), ("x", "x")] {
            try client.send("DELETE / HTTP/1.1\r\nHost: a\r\nIf-Match: \(sent)\r\n\r\n")
            #expect(try client.receive().text == seen)
        }
    }

    /// RFC 9110 §13.2.2.
    @Test(arguments: [
        ("/big", "If-Match: \"v1\"", 200), ("/big", "If-Match: \"v1-gzip\"", 200),
        ("/big", "If-Match: \"x\", \"v1\"", 200), ("/big", "If-Match: *", 200),
        ("/big", "If-Match: \"x\"", 412), ("/big", "If-Match: W/\"v1\"", 412), ("/big", "If-Match: v1", 412),
        ("/weak", "If-Match: W/\"w\"", 412), ("/weak", "If-Match: *", 200),
        ("/own304", "If-Match: \"x\"\r\nIf-None-Match: \"v1\"", 412),
        ("/own304", "If-Match: \"v1\"\r\nIf-None-Match: \"v1\"", 304),
        ("/own304", "If-Match: \"v1\"\r\nIf-None-Match: \"v0\"", 200),
        ("/dated", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 412),
        ("/dated", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 200),
        ("/dated", "If-Unmodified-Since: yesterday", 200),
        ("/big", "If-Match: \"v1\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 200),
        ("/", "If-None-Match: *", 304), ("/", "If-None-Match: \"x\"", 200),
    ])
    func conditionsHaveAnOrder(path: String, fields: String, status: Int) throws {
        let test = try TestServer()
        let client = try test.client()
        try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
        let answer = try client.receive()
        #expect(answer.status == status)
        if status == 412 {
            #expect(answer["Content-Type"] == "application/problem+json")
            #expect(answer.text.contains("\"code\":\"precondition-failed\""))
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
}
