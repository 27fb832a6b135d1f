import NewsModel
import Testing

@testable import NewsCatalog

@Suite struct DocumentReaderTests {
    private func read(_ text: String, _ form: DocumentForm? = nil) throws -> [ReadItem] {
        try DocumentReader().read(Array(text.utf8), form: form)
    }

    private func fault(_ item: ReadItem) -> ItemFault? {
        if case .failure(let fault) = item { fault } else { nil }
    }

    @Test func readsSitrepsOwnNames() throws {
        let item = try read(
            """
            {"id": "a:1", "title": "T", "body": "B \\u201cq\\u201d", "published": "2021-12-15T08:30:00Z", "authors": ["Ana Ruiz"],
             "source": {"name": "Wire", "domain": "Wire.example.org", "country": "ch"}, "url": "https://wire.example.org/1",
             "language": "en-GB", "gold": {"x": [1]}}
            """)[0].get()
        #expect(item.id == ArticleID("a:1"))
        #expect(item.body == "B “q”")
        #expect(item.published == Timestamp("2021-12-15T08:30:00Z"))
        #expect(item.source == Outlet(name: "Wire", domain: "wire.example.org", country: "CH"))
        #expect(item.language == "en")
        #expect(item.authors == ["Ana Ruiz"])
    }

    @Test func readsOtherServicesNames() throws {
        let item = try read(
            #"{"source":{"id":null,"name":"Wire"},"author":"A B, C D","title":"T","content":"C","publishedAt":"2020-01-02T03:04:05Z"}"#
        )[0].get()
        #expect(item.body == "C")
        #expect(item.authors == ["A B", "C D"])
        #expect(item.published == Timestamp("2020-01-02T03:04:05Z"))
        let ninjs = try read(
            #"{"uri":"u1","headline":"H","body_text":"B","versioncreated":"2020-01-02","byline":"By Jo Ek, Wire"}"#
        )[0].get()
        #expect(ninjs.id == ArticleID("u1"))
        #expect(ninjs.title == "H")
        #expect(ninjs.authors == ["Jo Ek"])
    }

    @Test func tellsFormsApart() {
        #expect(DocumentReader.form(of: Array("[{}]".utf8)) == .json)
        #expect(DocumentReader.form(of: Array("{\"a\":\n1}".utf8)) == .json)
        #expect(DocumentReader.form(of: Array("{\"a\":1}\n{\"a\":2}".utf8)) == .ndjson)
        #expect(DocumentReader.form(of: Array("{\"a\":1}\n".utf8)) == .json)
        #expect(DocumentReader.form(of: Array("Title\n\nBody".utf8)) == .plainText)
    }

    @Test func aBadLineIsOneBadItem() throws {
        let items = try read("{\"title\":\"A\"}\n{\"title\":\n\n{\"title\":7}\n{\"title\":\"D\"}\n", .ndjson)
        #expect(items.count == 4)
        #expect(try items[0].get().title == "A")
        #expect(fault(items[1])?.line == 2)
        #expect(fault(items[2])?.line == 4)
        #expect(fault(items[2])?.member == "title")
        #expect(fault(items[2])?.reason == "expected a string, found a number")
        #expect(try items[3].get().title == "D")
    }

    @Test(arguments: [
        (#"{"title":"T","published":"soon"}"#, "published"),
        (#"{"title":"T","published":true}"#, "published"),
        (#"{"title":"T","id":""}"#, "id"), (#"{"title":"T","id":" a"}"#, "id"),
        (#"{"title":"T","authors":[1]}"#, "authors"),
        (#"{"title":"T","source":[]}"#, "source"), (#"{"title":"T","language":"not one"}"#, "language"),
        (#"{"url":"https://example.org/1"}"#, "title"), (#"{"title":"a\u0000b"}"#, "title"),
        (#"{"body":[]}"#, "body"),
    ])
    func namesTheMemberAtFault(text: String, member: String) throws {
        #expect(fault(try read(text)[0])?.member == member)
    }

    @Test func saysWhereJSONBreaks() {
        do {
            _ = try read("{\"title\":\n  oops}")
            Issue.record("taken")
        } catch {
            let fault = error as? ItemFault
            #expect(fault?.offset == 12)
            #expect(fault?.line == 2)
        }
    }

    @Test func derivesOneIDForOneItem() throws {
        let byURL = try read(#"{"title":"T","url":"https://example.org/1"}"#)[0].get()
        let again = try read(#"{"title":"Another","url":"https://example.org/1","body":"x"}"#)[0].get()
        #expect(byURL.article.id == again.article.id)
        let byTitle = try read(#"{"title":"T","source":"S","published":"2020-01-01"}"#)[0].get()
        let otherDay = try read(#"{"title":"T","source":"S","published":"2020-01-02"}"#)[0].get()
        #expect(byTitle.article.id != otherDay.article.id)
        #expect(byTitle.article.id.description.utf8.count == 16)
        var changed = byTitle.article
        changed.body = "new"
        #expect(changed.fingerprint != byTitle.article.fingerprint)
        #expect(
            byTitle.article.fingerprint
                == (try read(#"{"published":"2020-01-01","title":"T","source":"S"}"#)[0].get().article
                    .fingerprint))
    }

    @Test func faultsInListsSayWhichItem() throws {
        let items = try read("[{\"title\": \"T\"},\n {\"id\": \"b\",\n  \"title\": 3}, 7]")
        #expect(fault(items[1])?.description == "item 2: title: expected a string, found a number")
        #expect(fault(items[1])?.line == 3)
        #expect(fault(items[2])?.item == 3)
    }

    @Test func faultsOfOneKindAreToldAlike() throws {
        let lines = try read(
            "{\"title\":\"T\",\"date\":\"soon\"}\n{\"title\":\"U\",\"date\":\"later\"}\nx\n {", .ndjson)
        let kinds = lines.map { fault($0)?.kind }
        #expect(kinds[0] == kinds[1])
        #expect(kinds[0]?.hasPrefix("date: expected a date such as \"2021-12-15\"") == true)
        #expect(kinds[2] == "not JSON: expected a value")
    }

    @Test func aBadSecondLineMakesNoOtherForm() {
        #expect(DocumentReader.form(of: Array("{\"title\":\"T\"}\nx\n{\"title\":\"U\"}".utf8)) == .ndjson)
        #expect(DocumentReader.form(of: Array("{\"source\":{}\n,\"title\":\"T\"}".utf8)) == .json)
    }
}
