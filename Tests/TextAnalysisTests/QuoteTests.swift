import NewsModel
import Testing

@Suite struct QuoteTests {
    static let vectors: [(String, String, String, String)] = [
        (
            "“The bridge is open to all,” Vladimir Putin said.", "The bridge", "person:vladimir-putin",
            "quote-speaker-cue"
        ),
        (
            "\"The bridge is open to all,\" said Vladimir Putin.", "The bridge", "person:vladimir-putin",
            "quote-cue-speaker"
        ),
        (
            "``The bridge is open to all,'' Vladimir Putin said.", "The bridge", "person:vladimir-putin",
            "quote-speaker-cue"
        ),
        (
            "«The bridge is open to all», Vladimir Putin said.", "The bridge", "person:vladimir-putin",
            "quote-speaker-cue"
        ),
        (
            "Vladimir Putin said: “The bridge is open to all.”", "The bridge", "person:vladimir-putin",
            "quote-after-colon"
        ),
        (
            "Vladimir Putin said in a statement: “The bridge is open.”", "The bridge",
            "person:vladimir-putin", "quote-after-colon"
        ),
        (
            "“The bridge is open to all,” according to Vladimir Putin.", "The bridge",
            "person:vladimir-putin", "quote-according"
        ),
        (
            "“It is open,” Vladimir Putin said. “It will stay open.”", "It will stay",
            "person:vladimir-putin", "quote-continued"
        ),
        (
            "“It is open,” Vladimir Putin said, “and it will stay so.”", "and it will",
            "person:vladimir-putin", "quote-after-cue"
        ),
        (
            "“The bridge is open to all,” said Maria Zakharova, a spokeswoman for the ministry.",
            "The bridge",
            "person:maria-zakharova", "quote-cue-speaker"
        ),
        (
            "“The bridge is open,” a statement from China’s Ministry of Foreign Affairs reads.", "The bridge",
            "org:cn-foreign-ministry", "quote-speaker-cue"
        ),
        (
            "Vladimir Putin called it “a concrete step towards peace in the region” on Monday.", "a concrete",
            "person:vladimir-putin", "quote-after-cue"
        ),
    ]

    @Test(arguments: vectors) func speakers(
        _ text: String, _ start: String, _ speaker: String, _ rule: String
    ) throws {
        let sample = try Sample(text, language: "en")
        #expect(sample.speaker(start) == speaker)
        #expect(sample.quote(start)?.rule == rule)
    }

    @Test func spansHaveNoMarks() throws {
        let sample = try Sample("“The bridge is open to all,” Vladimir Putin said.")
        let quote = try #require(sample.annotations.quotes.first)
        #expect(sample.text(quote.span) == "The bridge is open to all,")
        #expect(quote.kind == .direct)
        #expect(quote.cue == "say")
        #expect(quote.cueSpan.map(sample.text) == "said")
        #expect(quote.speakerSpan.map(sample.text) == "Vladimir Putin")
    }

    @Test func pronounSpeaks() throws {
        let sample = try Sample("Angela Merkel arrived at noon. “We are ready to talk,” she said.")
        #expect(sample.speaker("We are") == "person:angela-merkel")
    }

    @Test func officeSpeaks() throws {
        let sample = try Sample("“We are ready to talk,” the Russian president said.", on: "2016-01-01")
        #expect(sample.speaker("We are") == "person:vladimir-putin")
    }

    @Test func nestedMarks() throws {
        let sample = try Sample(
            "“They speak of “peace” and “order” but they do nothing,” Angela Merkel said.")
        #expect(sample.annotations.quotes.count == 1)
        #expect(sample.speaker("They speak") == "person:angela-merkel")
    }

    @Test func nextParagraphOfALongQuotation() throws {
        let sample = try Sample(
            "“We are ready to talk,” Angela Merkel said. “We waited long.\n\n“Now we will begin with the work.”"
        )
        #expect(sample.speaker("Now we") == "person:angela-merkel")
        #expect(sample.quote("Now we")?.rule == "quote-next-paragraph")
    }

    @Test func scareQuotesAndTitlesAreNone() throws {
        let sample = try Sample(
            "They spoke of “democracy” for hours. The film “Long Way Down the River” opened. He read the “Treaty on Open Skies”."
        )
        #expect(sample.annotations.quotes.isEmpty)
    }

    @Test func inTheWritersWords() throws {
        let sample = try Sample("Angela Merkel said that the talks would go on for a week.")
        #expect(sample.quote("the talks")?.kind == .indirect)
        #expect(sample.speaker("the talks") == "person:angela-merkel")
    }

    @Test func secondVerbOfASentence() throws {
        let sample = try Sample(
            "The Chinese foreign ministry called it “a step towards a lasting peace” and said Beijing “looks forward to the visit of the guests”."
        )
        #expect(sample.speaker("looks forward") == "org:cn-foreign-ministry")
    }

    /// Each paragraph of a long quotation opens with a mark; only the last has a closing one.
    @Test func newQuotationOverSeveralParagraphs() throws {
        let sample = try Sample(
            """
            “The road is open,” Angela Merkel said.

            “Next come the parts that take time. The houses have to be built again.

            “We ask all to wait for them with patience.”

            The road had been closed for years.
            """)
        #expect(sample.speaker("Next come") == "person:angela-merkel")
        #expect(sample.quote("Next come")?.rule == "quote-paragraph")
        #expect(sample.speaker("We ask all") == "person:angela-merkel")
        #expect(sample.quote("We ask all")?.rule == "quote-next-paragraph")
    }

    @Test func nameAfterTheNounThatSpeaks() throws {
        let sample = try Sample("“We wait for an answer,” said the Chadian foreign minister, Ali Tarmo Viik.")
        #expect(sample.speaker("We wait") == "person:ali-tarmo-viik")
    }

    @Test func personOfAPlaceSpeaks() throws {
        let sample = try Sample(
            "Chairman Tarmo Viik of Thailand said the day was “a good one for all of us”.")
        #expect(sample.speaker("a good one") == "person:tarmo-viik")
    }

    @Test func townsDoNotSpeak() throws {
        let sample = try Sample("“The lines are open again,” an official in Brussels said.")
        let quote = try #require(sample.quote("The lines"))
        #expect(quote.speaker == nil)
        #expect(quote.speakerSpan.map(sample.text) == "an official in Brussels")
    }

    @Test func heIsWhoSpokeInTheSentenceBefore() throws {
        let sample = try Sample(
            """
            House Speaker Paul Ryan (R-WI) said he had trust in Devin Nunes.

            “Nobody has worked harder for this house than the chairman,” he said.
            """, on: "2017-04-06")
        #expect(sample.speaker("Nobody has") == "person:paul-ryan")
    }

    @Test func hostSpeaksAndNotTheStation() throws {
        let sample = try Sample(
            "CNN moderator Abby Lindqvist opened with a question: “Why did you say that?”")
        #expect(sample.speaker("Why did") == "person:abby-lindqvist")
    }
}
