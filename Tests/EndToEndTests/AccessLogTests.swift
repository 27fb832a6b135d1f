import Foundation
import JSON
import TestSupport
import Testing

@Suite struct AccessLogTests {
    private func lines(_ path: String) throws -> [[String: JSONValue]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let object = try JSONParser().parse(Array(line.utf8)).object
            let pairs = try #require(object, "\(line)").members.map { ($0.name, $0.value) }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }

    /// A full pipe that nobody reads: requests go on being answered, the lines that are lost are counted, and the server
    /// ends in good time.
    @Test func aReaderThatHasStoppedHoldsNoRequestUp() throws {
        let program = try Program()
        let errors = Pipe()
        let client = try program.serve(["--log-access", "true", "--loops", "1"], errors: errors)
        // Filled to the last byte by this side.
        let writer = errors.fileHandleForWriting.fileDescriptor
        _ = fcntl(writer, F_SETFL, fcntl(writer, F_GETFL) | O_NONBLOCK)
        while (try? errors.fileHandleForWriting.write(contentsOf: [0x0A])) != nil {}
        // More lines than the ring has room for.
        let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n"
        let requests = String(repeating: request + "\r\n", count: 999) + request + "Connection: close\r\n\r\n"
        var dropped = false
        while !dropped {
            let answers = String(decoding: try client.exchange(Array(requests.utf8)), as: UTF8.self)
            #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 1_001)
            dropped = try !client.send("GET", "/metrics").text.contains(
                "\nsitrep_log_dropped_total{reason=\"full\"} 0\n")
        }
        #expect(try client.send("GET", "/v1/articles").status == 200)
        #expect(program.stop() == 0)
    }

    @Test func aFileIsOpenedAnewOnHangUp() throws {
        let program = try Program()
        let path = program.folder + "/access.log"
        // One loop: lines of several are written one loop after the other.
        let client = try program.serve([
            "--log-access", "true", "--log-access-file", path, "--loops", "1",
        ])
        let key = try program.key("ingest")
        #expect(try client.send("GET", "/v1/articles?q=x&key=secret").status == 400)
        let refused = try client.send(
            "DELETE", "/v1/articles/none", fields: [("X-API-Key", key), ("X-Request-Id", "req-1")])
        #expect(refused.status == 404)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        program.hangUp()
        while !FileManager.default.fileExists(atPath: path) { _ = try client.send("GET", "/livez") }
        #expect(try client.send("GET", "/version").status == 200)
        #expect(program.stop() == 0)

        let old = try lines(path + ".1")
        let list = try #require(old.first { $0["route"]?.string == "/v1/articles" })
        #expect(list["status"]?.int == 400 && list["client"]?.string == "127.0.0.1" && list["key"] == nil)
        let removal = try #require(old.first { $0["method"]?.string == "DELETE" })
        #expect(removal["route"]?.string == "/v1/articles/{id}" && removal["id"]?.string == "req-1")
        let listed = try program.run(["key", "list", "--data", program.data]).output
        #expect(listed.hasPrefix(try #require(removal["key"]?.string)))
        let text = try String(contentsOfFile: path + ".1", encoding: .utf8)
        #expect(!text.contains("secret") && !text.contains(key))
        #expect(try lines(path).last?["route"]?.string == "/version")
    }

    @Test func aFileThatCannotBeOpenedIsNamed() throws {
        let program = try Program()
        let outcome = try program.run([
            "serve", "--data", program.data, "--listen", "127.0.0.1:0", "--log-access", "true",
            "--log-access-file", "/none/access.log",
        ])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("/none/access.log: No such file or directory"), "\(outcome.errors)")
    }
}
