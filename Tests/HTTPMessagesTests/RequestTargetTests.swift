import HTTPMessages
import Testing

@Suite("Request targets") struct RequestTargetTests {
    private func items(_ text: String) -> [String]? {
        RequestTarget(text).queryItems?.map { "\($0.name)=\($0.value)" }
    }

    @Test func parts() {
        let target = RequestTarget("/a/b?c=d?e")
        #expect(target.path == "/a/b")
        #expect(target.query == "c=d?e")
        #expect(target.text == "/a/b?c=d?e")
        #expect(RequestTarget("/a").query == nil)
        #expect(RequestTarget("/a?").query == "")
        #expect(RequestTarget("/a?").text == "/a?")
        #expect(RequestTarget("*").path == "*")
        #expect(RequestTarget(path: "/a", query: "b") == RequestTarget("/a?b"))
        #expect(RequestTarget("/a?") != RequestTarget("/a"))
    }

    @Test func segments() {
        #expect(RequestTarget("/").segments == [""])
        #expect(RequestTarget("/v1/a%2Fb/").segments == ["v1", "a/b", ""])
        #expect(RequestTarget("//a").segments == ["", "a"])
        #expect(RequestTarget("/%C3%BC/ü").segments == ["ü", "ü"])
        #expect(RequestTarget("/a+b").segments == ["a+b"])
    }

    @Test(arguments: ["", "*", "a", "/%", "/%2", "/%2x", "/%ff", "/a/%00", "/%C3/%BC", "/a\0"])
    func noSegments(_ text: String) {
        #expect(RequestTarget(text).segments == nil)
    }

    @Test func queryItems() {
        #expect(items("/a") == [])
        #expect(items("/a?") == [])
        #expect(items("/a?b=c&b=d") == ["b=c", "b=d"])
        #expect(items("/a?b&&c=&=d&") == ["b=", "c=", "=d"])
        #expect(items("/a?b=c=d") == ["b=c=d"])
        #expect(items("/a?q=%22x+y%22%2B%26") == ["q=\"x y\"+&"])
        #expect(items("/a?%C3%BC=1") == ["ü=1"])
    }

    @Test(arguments: ["/a?%", "/a?b=%zz", "/a?b=%ff", "/a?b=%00", "/a?%00=b"]) func noQueryItems(
        _ text: String
    ) {
        #expect(RequestTarget(text).queryItems == nil)
    }
}
