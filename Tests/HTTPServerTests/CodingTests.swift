import Foundation
import HTTPMessages
import Testing

@testable import HTTPServer

@Suite struct CodingTests {
    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, gzip;q=0.5", true), ("*", true),
        ("gzip;q=1.000", true), ("gzip ; q=0.001", true), ("identity;q=0.5, gzip;q=0.5", true),
        ("gzip;q=0", false), ("gzip;q=0.000, *", false), ("*;q=0", false), ("identity", false), ("", false),
        ("br, deflate", false), ("gzip;q=0.4, identity;q=0.5", false), ("gzip;q=2", false), ("gzip;q", false),
        ("gzip;q=1.5", false), ("gzip;q=0.1234", false), ("gzipped", false), (",, ;", false),
    ])
    func negotiates(value: String, accepts: Bool) {
        #expect(ContentCoding.acceptsGzip([value]) == accepts)
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
