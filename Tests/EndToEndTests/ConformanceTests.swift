import Foundation
import TestSupport
import Testing

/// What HTTP asks of the resources themselves, of the whole program over a socket; what it asks of the server is in
/// the table of `Tests/HTTPServerTests`.
@Suite struct ConformanceTests {
    private static let allowed: [(target: String, methods: String)] = [
        ("/", "GET, HEAD, OPTIONS"), ("/livez", "GET, HEAD, OPTIONS"), ("/metrics", "GET, HEAD, OPTIONS"),
        ("/v1/articles", "GET, HEAD, OPTIONS, POST"), ("/v1/articles/x", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/v1/articles/a%2Fb", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/v1/articles/x/annotations", "GET, HEAD, OPTIONS"),
        ("/v1/entities", "GET, HEAD, OPTIONS"), ("/v1/quotes?q=x", "GET, HEAD, OPTIONS"),
        ("/problems/not-found", "GET, HEAD, OPTIONS"),
    ]

    /// Targets that reach no resource, however they are read, with the status that they get.
    private static let odd: [(target: String, status: Int)] = [
        ("/v1/articles/%00", 400), ("/v1/articles/a%00b", 400), ("/v1/articles?q=%00", 400),
        ("/v1/articles?%00=a", 400),
        ("/v1/articles/%ff", 400), ("/v1/articles/%C3%28", 400), ("/v1/articles?q=%ff", 400),
        ("/%C0%AE%C0%AE/", 400),
        ("/v1/articles?q=%ED%A0%80", 400), ("/v1/articles/%F5%80%80%80", 400),
        ("/%2e%2e%2fetc%2fpasswd", 404),
        ("/v1%2Farticles", 404), ("/v1/articles%2Fx", 404), ("/..%2f..%2fetc/passwd", 404),
        ("/v1/articles/..%2f..%2fx", 404),
        ("/..%5c..%5cwindows", 404), ("/v1/articles/..;/x", 404), ("//v1/articles", 404),
        ("/v1//articles", 404),
        ("/v1/articles/", 404), ("/V1/articles", 404), ("/v1/articles/..", 400), ("/v1/../v1/articles", 400),
        ("/v1/%2e%2e/etc", 400),
        ("/v1/articles%3Fq=x", 404), ("/v1/articles/%25", 404), ("/v1/articles/%2500", 404),
        ("/.git/config", 404), ("/etc/passwd", 404),
    ]

    @Test func resourcesKeepTheRules() throws {
        let program = try Program()
        #expect(
            try program.run(["import", "--data", program.data, Program.root + "/Config/sample"]).status == 0)
        let client = try program.serve()

        // RFC 9110 §9.3.7, §10.2.1, §15.5.6
        let all = try client.send("OPTIONS", "*")
        #expect(all.status == 204 && all.fields["allow"]?.contains("POST") == true)
        #expect(all.fields["content-length"] == nil)
        for (target, methods) in Self.allowed {
            let options = try client.send("OPTIONS", target)
            #expect(options.status == 204 && options.fields["allow"] == methods, "\(target)")
            for method in ["TRACE", "PATCH", "PUT", "DELETE", "POST"] where !methods.contains(method) {
                let refused = try client.send(method, target)
                #expect(refused.status == 405, "\(method) \(target)")
                #expect(refused.fields["allow"] == methods, "\(method) \(target)")
                #expect(refused.fields["content-type"] == "application/problem+json")
            }
            #expect(try client.send("BREW", target).status == 501)
        }
        #expect(try client.send("OPTIONS", "/nosuch").status == 404)
        for (target, status) in Self.odd {
            for method in ["GET", "HEAD"] {
                let answer = try client.send(method, target)
                #expect(answer.status == status, "\(method) \(target)")
                #expect(answer.fields["content-type"] == "application/problem+json")
                #expect(answer.body.isEmpty == (method == "HEAD"))
            }
        }
        try lists(client)
    }

    /// RFC 9110 §8.8.3.3, §9.3.2, §12.5, §13.1, §15.4.5.
    private func lists(_ client: HTTPClient) throws {
        // Not those: they tell the time, the request, or how long it took.
        let own = ["date", "x-request-id", "server-timing", "content-length"]
        for target in [
            "/v1/articles?limit=50", "/v1/articles?limit=50&format=ndjson", "/v1/entities", "/v1/timeline",
            "/v1/quotes",
        ] {
            var tags: Set<String> = []
            for coding in ["identity", "gzip"] {
                let accept = [("Accept-Encoding", coding)]
                let answer = try client.send("GET", target, fields: accept)
                #expect(answer.status == 200 && answer.fields["content-length"] == String(answer.body.count))
                let tag = answer.fields["etag"] ?? ""
                tags.insert(tag)
                let head = try client.send("HEAD", target, fields: accept)
                #expect(head.body.isEmpty)
                #expect(
                    head.fields.filter { !own.contains($0.key) }
                        == answer.fields.filter { !own.contains($0.key) }, "\(target)")
                #expect(head.fields["content-length"] == answer.fields["content-length"], "\(target)")
                let held = try client.send(
                    "GET", target, fields: accept + [("If-None-Match", "\"x\", W/" + tag)])
                #expect(held.status == 304 && held.body.isEmpty)
                for name in ["etag", "cache-control"] {
                    #expect(held.fields[name] == answer.fields[name], "\(target) \(name)")
                }
                #expect(held.fields["vary"]?.contains("Accept-Encoding") == true)
                #expect(held.fields["content-type"] == nil && held.fields["content-length"] == nil)
                #expect(
                    try client.send("GET", target, fields: accept + [("If-None-Match", "\"x\"")]).status
                        == 200)
                #expect(try client.send("GET", target, fields: accept + [("If-Match", tag)]).status == 200)
                #expect(
                    try client.send("GET", target, fields: accept + [("If-Match", "\"x\"")]).status == 412)
                let part = try client.send("GET", target, fields: accept + [("Range", "bytes=0-3")])
                #expect(part.status == 200 && part.body == answer.body)
            }
            #expect(tags.count == 2, "\(target)")
            #expect(try client.send("GET", target, fields: [("Accept-Encoding", "*;q=0")]).status == 406)
        }
    }
}
