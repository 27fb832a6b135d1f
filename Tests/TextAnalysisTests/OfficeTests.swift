import NewsModel
import Testing

@testable import TextAnalysis

@Suite struct OfficeTests {
    @Test func readsTerms() throws {
        let office = try #require(Office("prime minister@RU 2008-05..2012"))
        #expect(office.title == "prime minister")
        #expect(office.country == "RU")
        #expect(office.from?.description == "2008-05-01")
        #expect(office.to?.description == "2012-12-31")
        let leap = try #require(Office("secretary-general@org:nato 2000-02..2004-02"))
        #expect(leap.organisation == EntityID("org:nato"))
        #expect(leap.to?.description == "2004-02-29")
        #expect(try #require(Office("king@SE 1973-09-15..")).to == nil)
    }

    @Test(arguments: [
        "president", "President@RU 2000..", "president@ru 2000..", "president@RU 2000",
        "president@RU 2000-13..",
        "president@RU 2001..2000", "@RU 2000..", "president@RU 2000..2001 2", "president@org: 2000..",
        "president@RU x..",
    ]) func refusesOtherSyntax(_ text: String) {
        #expect(Office(text) == nil)
    }

    @Test func theOfficeNamesItsHolder() throws {
        let sample = try Sample(
            "The Russian president and the French president spoke by telephone.", on: "2010-06-01")
        let titles = sample.annotations.mentions.filter { $0.kind == .title }
        #expect(titles.count == 2)
        #expect(
            titles.first.map { sample.annotations.entities[$0.entity].id.description }
                == "person:dmitry-medvedev")
        #expect(titles.first?.rule == "office-at-date")
    }

    @Test func withoutADateOnlyTheNamedHoldOffices() throws {
        let named = try Sample("Vladimir Putin landed in Hanoi. The Russian president then met his hosts.")
        #expect(named.mention("president")?.id == "person:vladimir-putin")
        #expect(named.mention("president")?.rule == "office-of-the-named")
        let unnamed = try Sample("The Russian president landed in Hanoi.")
        #expect(unnamed.mention("president") == nil)
    }

    @Test func aLeaderIsWhoeverLeads() throws {
        let sample = try Sample("The German leader met the Chinese leader.", on: "2015-03-01")
        let ids = sample.annotations.mentions.filter { $0.kind == .title }.map {
            sample.annotations.entities[$0.entity].id.description
        }
        #expect(ids == ["person:angela-merkel", "person:xi-jinping"])
    }

    @Test func aTitleBesideANameIsItsBearers() throws {
        let sample = try Sample(
            "In Oslo Ragnar Holmvik, the Swedish foreign minister, spoke first.", on: "2015-01-01")
        #expect(sample.mention("foreign minister")?.rule == "title-apposition")
        #expect(sample.mention("foreign minister")?.id == "person:ragnar-holmvik")
        #expect(sample.entity("person:ragnar-holmvik")?.role == "Swedish foreign minister")
    }

    @Test func theTitleAgain() throws {
        let sample = try Sample(
            "Russian President Vladimir Putin opened the bridge. Crowds waited as the president drove across."
        )
        #expect(sample.mention("president")?.rule == "title-again")
    }

    @Test func rolesFollowTheDate() throws {
        let text = "Vladimir Putin spoke on Monday."
        #expect(
            try Sample(text, on: "2010-01-01").entity("person:vladimir-putin")?.role
                == "prime minister of Russia")
        #expect(
            try Sample(text, on: "2016-01-01").entity("person:vladimir-putin")?.role == "president of Russia")
        #expect(try Sample(text).entity("person:vladimir-putin")?.role == nil)
    }

    @Test func familyNameOfAHolder() throws {
        let sample = try Sample("Foreign Minister Lavrov flew to Ankara.", on: "2015-01-01")
        #expect(sample.mention("Lavrov")?.id == "person:sergei-lavrov")
    }

    @Test func officeThatSomebodyIsToHave() throws {
        let sample = try Sample(
            "She was proud to back him as president of the United States.", on: "2020-04-16")
        #expect(sample.mentions.allSatisfy { !$0.contains("person:") })
        let holder = try Sample("They met the president of the United States.", on: "2020-04-16")
        #expect(holder.mention("president")?.id == "person:donald-trump")
    }
}
