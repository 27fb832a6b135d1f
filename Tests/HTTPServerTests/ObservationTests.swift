import Foundation
import HTTPMessages
import Testing

@testable import HTTPServer

/// Answers `/a/…` by the route `/a/{name}`, to which the key `k` is the key to admit, and anything else by none.
private let responder = TestResponder(
    answer: { request in
        guard request.target.path.hasPrefix("/a/") else {
            return .ready(Problem(.notFound, code: "not-found", detail: "None.").response)
        }
        var response = TestResponder.text(request.id.description)
        response.route = "/a/{name}"
        response.isRepeatable = true
        if request.fields[.apiKey] == "k" { response.keyID = "0badcafe" }
        return .ready(response)
    },
    refuse: { request in
        request.target.path == "/a/refused" ? nil : Problem(.forbidden, code: "no", detail: "No.").response
    })

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
private let parent = "00f067aa0ba902b7"

/// A server that logs to a file, and what it says.
private final class Logged {
    let path = NSTemporaryDirectory() + "sitrep-access-" + UUID().uuidString
    let test: TestServer

    init(_ change: @escaping (inout ServerOptions) -> Void = { _ in }) throws {
        let path = path
        test = try TestServer(responder) {
            $0.accessLog = true
            $0.accessLogFile = path
            change(&$0)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func ask(_ requests: String...) throws -> [Client.Answer] {
        let client = try test.client()
        return try requests.map {
            try client.send($0)
            return try client.receive()
        }
    }

    /// The log, after the server has ended.
    func lines() async throws -> [String] {
        await test.server.drain()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }
}

private func get(_ target: String, _ fields: String...) -> String {
    "GET \(target) HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
}

@Suite struct ObservationTests {
    @Test func eachAnswerIsALine() async throws {
        let logged = try Logged()
        let answers = try logged.ask(
            get("/a/1?key=secret"), get("/a/1?key=secret"), get("/none", "X-API-Key: k"),
            get("/a/2", "X-API-Key: k", "Authorization: Bearer other"),
            "POST /a/refused HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxx", "GET / HTTP/9\r\n\r\n")
        let lines = try await logged.lines()
        #expect(lines.count == answers.count)
        let expected = [
            (#""GET","route":"/a/{name}","status":200"#, ""),
            (#""GET","route":"/a/{name}","status":200"#, ""),
            (#""GET","route":null,"status":404"#, ""),
            (#""GET","route":"/a/{name}","status":200"#, #","key":"0badcafe""#),
            (#""POST","route":"/a/{name}","status":200"#, ""), (#"null,"route":null,"status":400"#, ""),
        ]
        for ((line, answer), (middle, end)) in zip(zip(lines, answers), expected) {
            let id = try #require(answer["X-Request-Id"])
            #expect(line.contains("\"id\":\"\(id)\",\"method\":\(middle),\"bytes\":"), "\(line)")
            #expect(line.hasSuffix(",\"client\":\"127.0.0.1\"\(end)}"), "\(line)")
            for secret in ["secret", "other", "\"k\"", "?"] { #expect(!line.contains(secret), "\(line)") }
        }
        #expect(Set(answers.map { $0["X-Request-Id"] }).count == answers.count)
        // The second was answered from the cache, and is told of alike.
        func bytes(_ line: String) -> Substring? {
            line.components(separatedBy: "\"bytes\":").last?.prefix { $0 != "," }
        }
        #expect(bytes(lines[0]) == bytes(lines[1]))
    }

    @Test func targetsAreLoggedWhereAskedFor() async throws {
        let logged = try Logged { $0.accessLogTargets = true }
        _ = try logged.ask(get("/a/1?q=%22x%22&b"), get("/a/1?q=%22x%22&b"), get("/a/'\"\\"))
        let lines = try await logged.lines()
        #expect(lines.count == 3)
        #expect(lines[0].hasSuffix(",\"target\":\"/a/1?q=%22x%22&b\"}"))
        #expect(lines[1].hasSuffix(",\"target\":\"/a/1?q=%22x%22&b\"}"))
        #expect(lines[2].hasSuffix(#","target":"/a/'\"\\"}"#))
    }

    @Test(arguments: [
        "a", "A-z0.9_~", "req/1:2=", "Root=1-67891233-abcdef", String(repeating: "x", count: 128),
    ])
    func aClientsNameForItsRequestIsKept(_ name: String) async throws {
        let logged = try Logged()
        let answer = try logged.ask(get("/a/1", "X-Request-Id: \(name)"))[0]
        #expect(answer["X-Request-Id"] == name && answer.text == name)
        #expect(try await logged.lines()[0].contains("\"id\":\"\(name)\","))
    }

    @Test(arguments: [
        "", "a b", "a\"b", "a\\b", "a\tb", "<a>", "é", "a,b", String(repeating: "x", count: 129),
    ])
    func aNameThatCannotBeUsedIsReplaced(_ name: String) throws {
        let test = try TestServer(responder)
        let client = try test.client()
        try client.send(get("/a/1", "X-Request-Id: \(name)"))
        let answer = try client.receive()
        let id = try #require(answer["X-Request-Id"])
        #expect(id != name && id.count == 16 && id == answer.text)
        #expect(id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
    }

    @Test func twoNamesAreNone() throws {
        let test = try TestServer(responder)
        let client = try test.client()
        try client.send(get("/a/1", "X-Request-Id: a", "X-Request-Id: b"))
        #expect(try client.receive()["X-Request-Id"]?.count == 16)
    }

    @Test func aTraceIsPassedOn() async throws {
        let logged = try Logged()
        let answers = try logged.ask(
            get("/a/1", "traceparent: 00-\(trace)-\(parent)-01"),
            get("/a/1", "traceparent: 00-\(trace)-\(parent)-00", "X-Request-Id: mine"))
        let lines = try await logged.lines()
        for (index, flags) in ["01", "00"].enumerated() {
            let value = try #require(answers[index]["traceresponse"])
            #expect(value.hasPrefix("00-\(trace)-") && value.hasSuffix("-\(flags)") && value.count == 55)
            let span = value.dropFirst(36).prefix(16)
            #expect(span != parent)
            #expect(
                lines[index].contains(
                    ",\"trace\":\"\(trace)\",\"parent\":\"\(parent)\",\"span\":\"\(span)\"}"))
        }
        // Without a name of the client's the id is the span.
        #expect(answers[0]["X-Request-Id"].map { answers[0]["traceresponse"]?.contains($0) } == true)
        #expect(answers[1]["X-Request-Id"] == "mine")
    }

    @Test(arguments: [
        ["traceparent: 00-00000000000000000000000000000000-\(parent)-01"], ["traceparent: x"],
        ["traceparent: 00-\(trace)-\(parent)-01", "traceparent: 00-\(trace)-\(parent)-01"], [],
    ])
    func aTraceThatIsNoneIsNotPassedOn(_ fields: [String]) throws {
        let test = try TestServer(responder)
        let client = try test.client()
        try client.send("GET /a/1 HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
        #expect(try client.receive()["traceresponse"] == nil)
    }

    @Test func answersAreCountedByRouteMethodAndStatus() async throws {
        let test = try TestServer(responder)
        let client = try test.client()
        for request in [
            get("/a/1"), get("/a/1"), get("/a/2"), "HEAD /a/1 HTTP/1.1\r\nHost: a\r\n\r\n", get("/none"),
            get("/none2"),
            "DELETE /none HTTP/1.1\r\nHost: a\r\n\r\n",
        ] {
            try client.send(request)
            _ = try client.receive(toHead: request.hasPrefix("HEAD"))
        }
        let broken = try test.client()
        try broken.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n")
        #expect(try broken.receive().status == 400)
        let requests = "sitrep_http_requests_total"
        for (labels, count) in [
            (#"method="GET",route="/a/{name}",status="200""#, "3"),
            (#"method="HEAD",route="/a/{name}",status="200""#, "1"),
            (#"method="GET",route="none",status="404""#, "2"),
            (#"method="DELETE",route="none",status="404""#, "1"),
            (#"method="none",route="none",status="400""#, "1"),
        ] {
            #expect(test.metric("\(requests){\(labels)}") == count, "\(labels)")
        }
        #expect(test.metric(#"sitrep_http_request_seconds_count{route="/a/{name}"}"#) == "4")
        #expect(test.metric(#"sitrep_http_request_seconds_count{route="none"}"#) == "4")
        #expect(test.metric("sitrep_http_connections_accepted_total") == "2")
        #expect(test.metric("sitrep_http_answers_repeated_total") == "1")
        #expect(test.metric("sitrep_http_answers_kept_bytes").flatMap { Int($0) } ?? 0 > 300)
        #expect(test.metric(#"sitrep_http_refusals_total{reason="malformed-request"}"#) == "1")
        await test.server.drain()
        #expect(test.metric("sitrep_http_connections") == "0")
        let turns = try #require(
            test.metric(#"sitrep_http_loop_lag_seconds_count{loop="0"}"#).flatMap { Int($0) })
        #expect(turns > 0)
    }
}
