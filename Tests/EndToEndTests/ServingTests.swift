import Foundation
import JSON
import TestSupport
import Testing

@Suite struct ServingTests {
    private func json(_ response: ClientResponse) throws -> JSONValue {
        try JSONParser().parse(response.body)
    }

    private func post(_ client: HTTPClient, _ key: String?, _ body: String, type: String = "application/json")
        throws
        -> ClientResponse
    {
        var fields = [("Content-Type", type)]
        if let key { fields.append(("Authorization", "Bearer \(key)")) }
        return try client.send("POST", "/v1/articles?refresh=wait", fields: fields, body: Array(body.utf8))
    }

    private static let talks = """
        {"id": "t/1", "title": "Talks open in Geneva", "published": "2024-05-01T10:00:00Z", "source": "Meridian Wire",
         "body": "GENEVA (Meridian Wire) - Russian President Vladimir Putin met envoys from China on Wednesday.\\n\\n“We have agreed on all the points of the treaty,” Putin said."}
        """

    @Test func everyRouteAnswersOverASocket() throws {
        let program = try Program()
        let sample = Program.root + "/Config/sample"
        #expect(try program.run(["import", "--data", program.data, sample]).status == 0)
        let client = try program.serve()
        let key = try program.key("ingest")

        for path in ["/livez", "/readyz", "/healthz", "/version", "/metrics", "/"] {
            #expect(try client.send("GET", path).status == 200, "\(path)")
        }
        #expect(try client.send("GET", "/metrics").text.contains("# TYPE "))

        let made = try post(client, key, Self.talks)
        #expect(made.status == 200, "\(made.text)")
        #expect(try json(made).object?["data"]?.array?.first?.object?["status"]?.string == "created")

        let found = try json(
            try client.send(
                "GET", "/v1/articles?q=%22talks+open%22+geneva&country=RU&from=2024-05-01&to=2024-05-01"))
        #expect(found.object?["data"]?.array?.first?.object?["id"]?.string == "t/1")
        #expect(found.object?["meta"]?.object?["total"]?.int == 1)
        #expect(found.object?["meta"]?.object?["next_cursor"] == .null)

        let one = try json(try client.send("GET", "/v1/articles/t%2F1")).object
        #expect((one?["data"]?.object ?? one)?["title"]?.string == "Talks open in Geneva")
        let notes = try client.send("GET", "/v1/articles/t%2F1/annotations")
        #expect(notes.text.contains("person:vladimir-putin"))

        let entities = try json(try client.send("GET", "/v1/entities?q=putin&type=person"))
        #expect(entities.object?["data"]?.array?.first?.object?["id"]?.string == "person:vladimir-putin")
        let profile = try client.send("GET", "/v1/entities/person:vladimir-putin")
        #expect(profile.status == 200 && profile.text.contains("Vladimir Putin"))

        let quotes = try client.send("GET", "/v1/quotes?speaker=person:vladimir-putin&q=treaty")
        #expect(quotes.text.contains("We have agreed on all the points of the treaty"))

        let timeline = try json(try client.send("GET", "/v1/timeline?interval=year"))
        #expect((timeline.object?["data"]?.array?.count ?? 0) > 20)

        // Paging through all comes to the same as one big page.
        let all = try json(try client.send("GET", "/v1/articles?limit=1000&sort=newest"))
        let expected = all.object?["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
        var paged: [String] = []
        var cursor: String?
        repeat {
            let target = "/v1/articles?limit=17&sort=newest" + (cursor.map { "&cursor=\($0)" } ?? "")
            let page = try json(try client.send("GET", target))
            paged += page.object?["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
            cursor = page.object?["meta"]?.object?["next_cursor"]?.string
        } while cursor != nil && paged.count < 2_000
        #expect(paged == expected)
        #expect(Set(paged).count == paged.count && paged.count > 80)

        // A poll for what has not changed costs nothing.
        let first = try client.send("GET", "/v1/articles?q=treaty")
        let tag = try #require(first.fields["etag"])
        #expect(
            try client.send("GET", "/v1/articles?q=treaty", fields: [("If-None-Match", tag)]).status == 304)
        let head = try client.send("HEAD", "/v1/articles?q=treaty")
        #expect(head.status == 200 && head.body.isEmpty && head.fields["etag"] == tag)
        let packed = try client.send("GET", "/v1/articles?q=treaty", fields: [("Accept-Encoding", "gzip")])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.body.count < first.body.count)
        #expect(program.stop() == 0)
    }

    @Test(arguments: [
        ("GET", "/v1/articles?qq=1", 400, "\"qq\""), ("GET", "/v1/articles?limit=many", 400, "limit"),
        ("GET", "/v1/articles?q=%22open", 400, "offset"), ("GET", "/v1/articles?from=someday", 400, "from"),
        ("GET", "/v1/articles?cursor=zzz", 400, "cursor"),
        ("GET", "/v1/articles?country=Atlantis", 400, "country"),
        ("GET", "/v1/articles?sort=upwards", 400, "sort"),
        ("GET", "/v1/articles?entity=Nobody+Atall", 400, "entity"),
        ("GET", "/v1/articles?q=%ZZ", 400, "problem"), ("GET", "/v1/articles/none", 404, "none"),
        ("GET", "/v1/entities/person:none", 404, "person:none"),
        ("GET", "/v1/timeline?interval=fortnight", 400, "interval"),
        ("GET", "/nowhere", 404, "nowhere"), ("DELETE", "/v1/entities", 405, "problem"),
        ("BREW", "/healthz", 501, "problem"),
        ("POST", "/v1/articles", 401, "problem"),
        ("GET", "/" + String(repeating: "a", count: 9_000), 414, "problem"),
    ])
    func aWrongInputIsNamed(method: String, target: String, status: Int, word: String) throws {
        let client = try Shared.client.get()
        let answer = try client.send(method, target)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.fields["content-type"]?.hasPrefix("application/problem+json") == true)
        #expect(answer.text.contains(word), "\(answer.text)")
        #expect(try client.send("GET", "/healthz").status == 200)
    }

    /// One server for the tests that only ask.
    private enum Shared {
        nonisolated(unsafe) static let program = Result { try Program() }
        static let client = Result {
            // Nobody lets go of what is static.
            atexit { _ = try? unsafe Shared.program.get().stop() }
            return try unsafe program.get().serve()
        }
    }

    @Test func aDocumentIsJudgedItemByItem() throws {
        let program = try Program()
        let client = try program.serve()
        let key = try program.key("ingest")
        let lines = "{\"id\": \"a\", \"title\": \"A\"}\n{\"title\": 7}\n{\"id\": \"b\", \"body\": \"B\"}\n"
        let answer = try json(try post(client, key, lines, type: "application/x-ndjson"))
        let statuses = answer.object?["data"]?.array?.compactMap { $0.object?["status"]?.string }
        #expect(statuses == ["created", "rejected", "created"])
        let broken = try post(client, key, "{\"title\": ")
        #expect(broken.status == 400)
        #expect(try json(broken).object?["offset"]?.int == 10)
        #expect(try post(client, nil, "{}").status == 401)
        #expect(try post(client, "sitrep_wrong", "{}").status == 401)
        #expect(try post(client, try program.key("read"), "{}").status == 403)
        let text = try post(
            client, key, "Ports reopen\n\nBy Ana Ruiz, The Ledger\n\nShips sailed.", type: "text/plain")
        let id = try #require(try json(text).object?["data"]?.array?.first?.object?["id"]?.string)
        #expect(try client.send("GET", "/v1/articles/\(id)").text.contains("Ana Ruiz"))
        #expect(try client.send("GET", "/v1/articles/a").status == 200)
    }

    @Test func nothingAcknowledgedIsLostByKill() throws {
        let program = try Program()
        let client = try program.serve()
        let key = try program.key("ingest")
        var acknowledged: [String] = []
        for round in 0..<20 {
            let lines = (0..<50).map { "{\"id\": \"r\(round)-\($0)\", \"title\": \"Envoys meet \(round)\"}" }
            let answer = try client.send(
                "POST", "/v1/articles",
                fields: [("Content-Type", "application/x-ndjson"), ("X-API-Key", key)],
                body: Array(lines.joined(separator: "\n").utf8))
            guard answer.status == 200 else { continue }
            acknowledged +=
                try json(answer).object?["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
        }
        program.kill()
        #expect(acknowledged.count == 1_000)
        let again = try program.serve()
        let total = try json(try again.send("GET", "/v1/articles?q=envoys&limit=1")).object?["meta"]?.object?[
            "total"]?.int
        #expect(total == 1_000)
        for id in acknowledged where id.hasSuffix("-49") {
            #expect(try again.send("GET", "/v1/articles/\(id)").status == 200)
        }
        #expect(program.stop() == 0)
        #expect(try program.run(["verify", "--data", program.data]).status == 0)
    }

    @Test func aTakenPortAndABadConfigurationAreNamed() throws {
        let program = try Program()
        let bad = try program.write("{\n  \"listen\": \"127.0.0.1:0\",\n  \"lop\": 2\n}\n", to: "bad.json")
        let outcome = try program.run(["serve", "--data", program.data, "--config", bad])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("bad.json:3") && outcome.errors.contains("lop"), "\(outcome.errors)")
        let unknown = try program.run(["serve", "--prot", "1"])
        #expect(unknown.status == 2 && unknown.errors.contains("--prot"))
    }
}
