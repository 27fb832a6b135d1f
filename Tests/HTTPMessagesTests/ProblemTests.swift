import HTTPMessages
import Testing

@Suite("Problems") struct ProblemTests {
    @Test func asJSON() {
        let problem = Problem(
            .badRequest, code: "unknown-parameter", detail: "No \"limt\"; did you mean limit?",
            parameter: "limt",
            offset: 3)
        #expect(
            String(decoding: problem.json, as: UTF8.self)
                == "{\"type\":\"/problems/unknown-parameter\",\"title\":\"Bad Request\",\"status\":400,"
                + "\"code\":\"unknown-parameter\",\"detail\":\"No \\\"limt\\\"; did you mean limit?\","
                + "\"parameter\":\"limt\",\"offset\":3}")
    }

    @Test func membersThatAreAbsentAreLeftOut() {
        let problem = Problem(.notFound, code: "not-found", detail: "Nothing is here.")
        let text = String(decoding: problem.json, as: UTF8.self)
        #expect(!text.contains("parameter"))
        #expect(!text.contains("offset"))
    }

    @Test func asAnswer() {
        let problem = Problem(
            .tooManyRequests, code: "too-many-requests", detail: "Wait.", fields: Fields([(.retryAfter, "7")])
        )
        let response = problem.response
        #expect(response.status == .tooManyRequests)
        #expect(response.fields[.contentType] == "application/problem+json")
        #expect(response.fields[.retryAfter] == "7")
        #expect(response.body == problem.json)
    }

    @Test func equality() {
        let problem = Problem(.notFound, code: "a", detail: "b")
        var other = problem
        #expect(problem == other)
        other.offset = 1
        #expect(problem != other)
        #expect(Set([problem, other, problem]).count == 2)
    }
}
