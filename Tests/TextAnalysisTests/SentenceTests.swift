import NewsModel
import Testing

@Suite struct SentenceTests {
    static let vectors: [(String, [String])] = [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        (
            "Mr. Vale met Gen. Ode in St. Gallen. They talked.",
            ["Mr. Vale met Gen. Ode in St. Gallen.", "They talked."]
        ),
        ("J. K. Holm wrote it. Nobody read it.", ["J. K. Holm wrote it.", "Nobody read it."]),
        ("He left the U.S. on Monday.", ["He left the U.S. on Monday."]),
        ("He left the U.S. The border closed.", ["He left the U.S.", "The border closed."]),
        ("The U.S. Navy came.", ["The U.S. Navy came."]),
        ("Growth was 3.5 percent. Prices fell.", ["Growth was 3.5 percent.", "Prices fell."]),
        ("See No. 10 on the list. Then stop.", ["See No. 10 on the list.", "Then stop."]),
        ("“We will go.” They went.", ["“We will go.”", "They went."]),
        ("\"Will we go?\" he asked.", ["\"Will we go?\" he asked."]),
        ("``We go.'' They went.", ["``We go.''", "They went."]),
        ("A heading\n\nA sentence.", ["A heading", "A sentence."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
        ("He works for Holm Corp. in Oslo.", ["He works for Holm Corp. in Oslo."]),
        ("They met at 5 p.m. and left.", ["They met at 5 p.m. and left."]),
        ("Visit example.com today. Or not.", ["Visit example.com today.", "Or not."]),
    ]

    @Test(arguments: vectors) func splits(_ text: String, _ sentences: [String]) throws {
        #expect(try Sample(text, language: "en").sentences == sentences)
    }

    @Test func hardLineBreaksAreBlanks() throws {
        let sample = try Sample(
            """
                 The harbour of the northern town was closed on Monday after
            a storm, officials said.
                 Nobody was hurt in the storm, which had been forecast for a
            week by the weather service.
            """)
        #expect(sample.sentences.count == 2)
        #expect(sample.sentences[0].hasSuffix("officials said."))
    }

    @Test func linesOfAnUnwrappedTextAreParagraphs() throws {
        let sample = try Sample("A heading without a full stop\nThe text goes on here.\nAnd here.")
        #expect(sample.sentences.count == 3)
    }

    @Test func titleComesFirst() throws {
        let sample = try Sample("It rained.", title: "Rain")
        #expect(sample.sentences == ["Rain", "It rained."])
        #expect(sample.annotations.sentences[0].field == .title)
    }

    @Test func nothingInNothingOut() throws {
        #expect(try Sample("").annotations.sentences.isEmpty)
        #expect(try Sample(" \n\n ").annotations.sentences.isEmpty)
    }
}
