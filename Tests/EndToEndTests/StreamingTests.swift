import Foundation
import TestSupport
import Testing

@Suite struct StreamingTests {
    private func post(_ client: HTTPClient, _ key: String, _ id: String) throws {
        let body = Array("{\"id\": \"\(id)\", \"title\": \"Talks, part \(id)\"}".utf8)
        let fields = [("Content-Type", "application/json"), ("X-API-Key", key)]
        let answer = try client.send("POST", "/v1/articles", fields: fields, body: body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func eventsComeAsArticlesDoAndGoOnAfterACrash() throws {
        let program = try Program()
        var client = try program.serve()
        let key = try program.key("ingest")
        let first = try StreamClient(port: client.port, "/v1/stream")
        #expect(try first.read(through: "\r\n\r\n").contains("text/event-stream"))
        #expect(try first.read(through: "\n\n").contains("id: 0"))
        try post(client, key, "one")
        #expect(try first.read(through: "\n\n").contains("id: 1\nevent: created\ndata: {\"seq\":1,"))
        try post(client, key, "two")
        #expect(try first.read(through: "\n\n").contains("\"id\":\"two\""))
        program.kill()
        // No last chunk: the client sees that it was cut off.
        #expect(!first.readToEnd().contains("0\r\n\r\n"))

        client = try program.serve()
        try post(client, key, "three")
        let resumed = [("Last-Event-ID", "2")]
        let second = try StreamClient(port: client.port, "/v1/stream", fields: resumed)
        _ = try second.read(through: "\n\n")
        let event = try second.read(through: "\n\n")
        #expect(event.contains("id: 3\n") && event.contains("\"id\":\"three\""))
        #expect(!event.contains("\"id\":\"two\""))
        #expect(program.stop() == 0)
        #expect(second.readToEnd().hasSuffix("0\r\n\r\n"))
    }

    @Test func aPollWaitsForTheNextArticle() throws {
        let program = try Program()
        let client = try program.serve()
        let key = try program.key("ingest")
        let poll = try StreamClient(port: client.port, "/v1/changes?since=0&wait=60")
        _ = try poll.read(through: "\r\n\r\n")
        try post(client, key, "one")
        #expect(try poll.read(through: "0\r\n\r\n").contains("\"change\":\"created\",\"id\":\"one\""))
        #expect(try client.send("GET", "/v1/changes?since=0").text.contains("\"last_seq\":1"))
        program.stop()
    }

    @Test func anExportHasAllThatWasImported() throws {
        let program = try Program()
        let sample = Program.root + "/Config/sample"
        #expect(try program.run(["import", "--data", program.data, sample]).status == 0)
        let client = try program.serve()
        let export = try StreamClient(port: client.port, "/v1/export", fields: [("Connection", "close")])
        let text = export.readToEnd()
        let ready = try client.send("GET", "/readyz").text
        let count = text.components(separatedBy: "\"ingested_at\":").count - 1
        #expect(count > 50 && ready.contains("\"articles\":\(count),"), "\(count): \(ready)")
        #expect(text.hasSuffix("0\r\n\r\n"))
        program.stop()
    }
}
