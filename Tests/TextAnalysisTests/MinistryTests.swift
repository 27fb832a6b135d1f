import NewsModel
import Testing

@Suite struct MinistryTests {
    @Test(arguments: [
        "The Chinese foreign ministry protested.", "China's Ministry of Foreign Affairs protested.",
        "The Ministry of Foreign Affairs of China protested.", "The Chinese Foreign Ministry protested.",
    ]) func countryFromTheText(_ text: String) throws {
        let sample = try Sample(text)
        let entity = try #require(sample.entity("org:cn-foreign-ministry"))
        #expect(entity.country == "CN")
        #expect(entity.type == .organisation)
    }

    @Test func againWithoutItsCountry() throws {
        let sample = try Sample(
            "The Turkish defence ministry denied it. Later the defence ministry said more.")
        #expect(sample.entity("org:tr-defence-ministry")?.count == 2)
    }

    @Test func theCountryInFocus() throws {
        let sample = try Sample("Norway closed the strait. Norway will reopen it, the foreign ministry said.")
        #expect(sample.entity("org:no-foreign-ministry") != nil)
        #expect(sample.mention("foreign ministry")?.rule == "ministry-of-focus")
    }

    @Test func anAdjectiveIsNoBody() throws {
        let sample = try Sample("They discussed the growing Swedish military presence there.")
        #expect(sample.annotations.entities.map(\.id.description) == ["country:se"])
    }

    @Test func bodyInACapital() throws {
        let sample = try Sample(
            "The presidential office in Seoul said the lines were open. The embassy in Seoul was shut.")
        #expect(sample.mention("presidential office")?.id == "org:kr-presidency")
        #expect(sample.mention("embassy") == nil)
    }
}
