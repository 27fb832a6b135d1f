import HTTPMessages
import Routing
import Testing

private let table = Result { () throws(RouteConflict) in
    try RouteTable([
        Route(.get, "/", "root"),
        Route(.get, "/v1/articles", "search"),
        Route(.post, "/v1/articles", "ingest"),
        Route(.get, "/v1/articles/{id}", "article"),
        Route(.put, "/v1/articles/{id}", "store"),
        Route(.delete, "/v1/articles/{id}", "remove"),
        Route(.get, "/v1/articles/{id}/annotations", "annotations"),
        Route(.get, "/v1/entities/suggest", "suggest"),
        Route(.get, "/v1/entities/{id}", "entity"),
        Route(.post, "/v1/entities/{id}", "merge"),
        Route(.get, "/v1/dyads/{a}/{b}", "dyad"),
        Route(.head, "/probe", "probe head"),
        Route(.get, "/probe", "probe"),
        Route(.options, "/own", "own options"),
        Route(.get, "/own", "own"),
        Route(.get, "/übersicht", "overview"),
    ])
}

private func match(_ method: Method, _ target: String) throws -> RouteMatch<String> {
    try table.get().match(method, RequestTarget(target))
}

@Suite("Route table") struct RouteTableTests {
    @Test func literalPaths() throws {
        #expect(try match(.get, "/") == .found("root", parameters: []))
        #expect(try match(.get, "/v1/articles") == .found("search", parameters: []))
        #expect(try match(.post, "/v1/articles") == .found("ingest", parameters: []))
        #expect(try match(.get, "/v1/articles?q=a/b") == .found("search", parameters: []))
    }

    @Test func parametersAreDecodedAndInOrder() throws {
        #expect(try match(.get, "/v1/articles/a%2Fb") == .found("article", parameters: ["a/b"]))
        #expect(try match(.get, "/v1/dyads/USA/%C3%BC?x") == .found("dyad", parameters: ["USA", "ü"]))
        #expect(try match(.get, "/v1/articles/7/annotations") == .found("annotations", parameters: ["7"]))
    }

    /// RFC 3986 §6.2.2.2: an encoded letter is the letter.
    @Test func literalsMatchWhenEncoded() throws {
        #expect(try match(.get, "/v1/%61rticles") == .found("search", parameters: []))
        #expect(try match(.get, "/%C3%BCbersicht") == .found("overview", parameters: []))
    }

    @Test func literalsWin() throws {
        #expect(try match(.get, "/v1/entities/suggest") == .found("suggest", parameters: []))
        #expect(try match(.get, "/v1/entities/suggests") == .found("entity", parameters: ["suggests"]))
        #expect(try match(.post, "/v1/entities/suggest") == .found("merge", parameters: ["suggest"]))
    }

    @Test func headIsAnsweredByGet() throws {
        #expect(try match(.head, "/v1/articles") == .found("search", parameters: []))
        #expect(try match(.head, "/v1/articles/7") == .found("article", parameters: ["7"]))
        #expect(try match(.head, "/probe") == .found("probe head", parameters: []))
    }

    @Test func unknownPaths() throws {
        for target in [
            "/v1", "/v1/articles/", "/v1//articles", "/v1/articles/7/", "/v1/Articles", "/v1/articles/{id}/x",
            "/v1/dyads/USA/",
        ] {
            #expect(try match(.get, target) == .notFound, "\(target)")
        }
    }

    @Test func badPaths() throws {
        for target in ["v1", "", "/%", "/%zz", "/%ff", "/v1/articles/%00"] {
            #expect(try match(.get, target) == .badPath, "\(target)")
        }
    }

    @Test func otherMethods() throws {
        #expect(
            try match(.patch, "/v1/articles/7")
                == .methodNotAllowed(allowed: [.delete, .get, .head, .options, .put]))
        #expect(
            try match(.delete, "/v1/articles") == .methodNotAllowed(allowed: [.get, .head, .options, .post]))
        #expect(
            try match(.delete, "/v1/entities/suggest")
                == .methodNotAllowed(allowed: [.get, .head, .options, .post]))
        #expect(
            try match(.options, "/v1/articles") == .methodNotAllowed(allowed: [.get, .head, .options, .post]))
        #expect(try match(.options, "/own") == .found("own options", parameters: []))
        #expect(
            try match(.options, "*")
                == .methodNotAllowed(allowed: [.delete, .get, .head, .options, .post, .put]))
    }

    @Test func conflicts() {
        let conflicts: [(Route<Int>, Route<Int>)] = [
            (Route(.get, "/a", 1), Route(.get, "/a", 2)),
            (Route(.get, "/a/{x}", 1), Route(.get, "/a/{y}", 2)),
            (Route(.get, "/a/{x}/c", 1), Route(.get, "/a/b/{y}", 2)),
            (Route(.get, "/{x}/b", 1), Route(.get, "/a/{y}", 2)),
        ]
        for (first, second) in conflicts {
            let expected = RouteConflict(first: "GET \(first.path)", second: "GET \(second.path)")
            #expect(throws: expected) { try RouteTable([first, Route(.get, "/z", 0), second]) }
        }
    }

    @Test func noConflicts() {
        let pairs: [(Route<Int>, Route<Int>)] = [
            (Route(.get, "/a/{x}", 1), Route(.post, "/a/{x}", 2)),
            (Route(.get, "/a/{x}", 1), Route(.get, "/a/b", 2)),
            (Route(.get, "/a/{x}/c", 1), Route(.get, "/a/{x}/d", 2)),
            (Route(.get, "/{x}/{y}", 1), Route(.get, "/a/{y}", 2)),
            (Route(.get, "/a/{x}", 1), Route(.get, "/a/{x}/", 2)),
        ]
        for (first, second) in pairs {
            #expect(throws: Never.self) { try RouteTable([first, second]) }
        }
    }

    /// The order in which routes are listed decides nothing.
    @Test func moreParticularRoutesWinInEitherOrder() throws {
        let routes = [
            Route(.get, "/{a}/{b}", "both"), Route(.get, "/x/{b}", "second"), Route(.get, "/x/y", "none"),
        ]
        for order in [routes, routes.reversed()] {
            let table = try RouteTable(order)
            #expect(table.match(.get, RequestTarget("/x/y")) == .found("none", parameters: []))
            #expect(table.match(.get, RequestTarget("/x/z")) == .found("second", parameters: ["z"]))
            #expect(table.match(.get, RequestTarget("/w/y")) == .found("both", parameters: ["w", "y"]))
        }
    }
}
