import NewsModel
import Testing

@testable import NewsCatalog

@Suite struct PlainTextReaderTests {
    private func read(_ text: String) throws -> ArticleDraft {
        try PlainTextReader().read(Array(text.utf8)[...])
    }

    @Test func readsTitlePosterBylineAndParagraphs() throws {
        let draft = try read(
            "Envoys meet, talk\n\nby deskhand7\n\nAna de la Cruz, Harbour Dispatch\n\n\nGENEVA — Envoys met.\n\nThey “talked”.\n"
        )
        #expect(draft.title == "Envoys meet, talk")
        #expect(draft.poster == "deskhand7")
        #expect(draft.authors == ["Ana de la Cruz"])
        #expect(draft.source?.name == "Harbour Dispatch")
        #expect(draft.body == "GENEVA — Envoys met.\n\nThey “talked”.")
        #expect(draft.published == nil)
    }

    @Test func keepsAFirstParagraphThatIsNoByline() throws {
        let draft = try read(
            "Ports reopen\n\nThe ports of Odesa, Mykolaiv and Chornomorsk reopened.\n\nShips sailed.")
        #expect(draft.authors.isEmpty)
        #expect(draft.body.hasPrefix("The ports"))
    }

    @Test func readsFencedFrontMatter() throws {
        let draft = try read(
            "---\nid: mw-1\ndate: 2023-03-10T09:00:00+03:00\nurl: https://www.wire.example.org/a\nlanguage: EN\nauthor: Jo Ek and Li Wei\n---\n\nTitle: with a colon\n\nBody."
        )
        #expect(draft.id?.description == "mw-1")
        #expect(draft.published == Timestamp("2023-03-10T06:00:00Z"))
        #expect(draft.source == Outlet(name: "wire.example.org", domain: "wire.example.org"))
        #expect(draft.language == "en")
        #expect(draft.authors == ["Jo Ek", "Li Wei"])
        #expect(draft.title == "Title: with a colon")
        #expect(draft.body == "Body.")
    }

    @Test func readsFrontMatterWithoutFenceAndLeavesHeadlinesAlone() throws {
        let draft = try read("Date: 2014-09-05\nSource: Meridian Wire\n\nA truce: at last\n\nBody.")
        #expect(draft.published == Timestamp(year: 2014, month: 9, day: 5))
        #expect(draft.source?.name == "Meridian Wire")
        #expect(draft.title == "A truce: at last")
        #expect(try read("Truce: guns fall silent\n\nBody.").title == "Truce: guns fall silent")
    }

    @Test func readsCarriageReturnsAndAByteOrderMark() throws {
        let draft = try read("\u{FEFF}Title\r\n\r\nBy Ana Ruiz, The Ledger\r\n\r\nBody one.\r\n")
        #expect(draft.title == "Title")
        #expect(draft.authors == ["Ana Ruiz"])
        #expect(draft.body == "Body one.")
    }

    @Test(arguments: [
        ("", 1, "title line"), ("\n \n", 3, "title line"),
        ("---\ndate: yesterday\n---\nT\n", 2, "expected a date"),
        ("---\ndate: 2023-02-30\n---\nT\n", 2, "expected a date"),
        ("---\nnot a pair\n---\nT\n", 2, "key: value"),
        ("---\ncolour: red\n---\nT\n", 2, "unknown key"), ("---\ndate: 2023-02-01\n", 1, "not closed"),
        ("T\n\nbo\u{0}dy", 3, "NUL"),
    ])
    func saysWhatIsWrongAndWhere(text: String, line: Int, reason: String) {
        do {
            _ = try read(text)
            Issue.record("taken: \(text)")
        } catch let fault as ItemFault {
            #expect(fault.line == line)
            #expect(fault.reason.contains(reason), "\(fault.reason)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func refusesWhatIsNotUTF8() {
        do {
            _ = try PlainTextReader().read(Array("Title\n\nBo".utf8)[...] + [0xFF, 0x41])
            Issue.record("taken")
        } catch {
            #expect(error.line == 3)
            #expect(error.offset == 9)
        }
    }
}

@Suite struct BylineTests {
    @Test(
        arguments: [
            ("Willie Tubbs, Some News", ["Willie Tubbs"], "Some News"), ("By Ana Ruiz", ["Ana Ruiz"], nil),
            ("By Ana Ruiz and Li Wei, Meridian Wire", ["Ana Ruiz", "Li Wei"], "Meridian Wire"),
            ("Jan van der Berg, The Ledger", ["Jan van der Berg"], "The Ledger"),
        ] as [(String, [String], String?)])
    func reads(line: String, authors: [String], outlet: String?) {
        #expect(Byline(line)?.authors == authors)
        #expect(Byline(line)?.outlet == outlet)
    }

    @Test(arguments: [
        "Envoys met in Geneva, officials said.", "Ana Ruiz", "the ports of Odesa, Mykolaiv",
        "By and large, it held",
        "Three dead, two missing",
    ])
    func refuses(line: String) {
        #expect(Byline(line) == nil)
    }
}
