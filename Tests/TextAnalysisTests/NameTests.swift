import NewsModel
import Testing

@Suite struct NameTests {
    @Test func gazetteerNames() throws {
        let sample = try Sample(
            "Russian and Ukrainian envoys met in Geneva on Monday, NATO said in Brussels.")
        #expect(sample.mention("Russian")?.id == "country:ru")
        #expect(sample.mention("Russian")?.kind == .demonym)
        #expect(sample.mention("Geneva")?.id == "place:geneva-ch")
        #expect(sample.mention("NATO")?.id == "org:nato")
    }

    /// A text may end anywhere, also in the middle of a sentence.
    @Test func theLastWordIsTheLast() throws {
        let words = """
            Losses came from the hurricanes Charley, Frances and Ivan, said Rodney King of HCA Inc. in Washington on \
            Monday. Roman Catholic bishops met Ana Lindqvist, foreign minister of Norway (ANP-Oslo): "We agreed," said Xi.
            """.split(separator: " ")
        for count in 1...words.count { _ = try Sample(words.prefix(count).joined(separator: " ")) }
        #expect(try Sample("They named the hurricanes Charley and Frances").mention("Frances") != nil)
    }

    @Test func acronymsInEitherSpelling() throws {
        let sample = try Sample("The U.N. and the EU agreed. The UN voted, and Nato approved.")
        #expect(sample.mention("U.N.")?.id == "org:united-nations")
        #expect(sample.mention("UN")?.id == "org:united-nations")
        #expect(sample.mention("Nato")?.id == "org:nato")
    }

    @Test func pronounsAndVerbsInCapitalsAreNoAcronyms() throws {
        let sample = try Sample("Officials asked us who would pay. It may be late.")
        #expect(sample.annotations.mentions.isEmpty)
    }

    @Test func possessiveIsNotPartOfAName() throws {
        let sample = try Sample("The talks covered China’s exports and Russia's imports.")
        #expect(sample.mentions == ["China = country:cn name", "Russia = country:ru name"])
    }

    @Test func familyNameAfterTheFullName() throws {
        let sample = try Sample("Ana Lindqvist opened the meeting. Lindqvist then left.")
        #expect(sample.mention("Ana Lindqvist")?.id == "person:ana-lindqvist")
        #expect(sample.mention("Lindqvist")?.rule == "family-name-alone")
        #expect(sample.entity("person:ana-lindqvist")?.isProvisional == true)
        #expect(sample.entity("person:ana-lindqvist")?.count == 2)
    }

    @Test func familyNameThatIsATitle() throws {
        let sample = try Sample("They saw Rodney King there. Later King left. King Harald stayed.")
        #expect(sample.mention("Rodney King")?.id == "person:rodney-king")
        #expect(sample.mention("King")?.id == "person:rodney-king")
    }

    @Test func theUnitedStatesAtTheStartIsNoPronoun() throws {
        #expect(try Sample("US President Donald Trump spoke.").mention("US")?.id == "country:us")
    }

    @Test func hyphenatedFamilyName() throws {
        let sample = try Sample("Ana Velde-Kortes resigned. Later Velde-Kortes left the town.")
        #expect(sample.mention("Velde-Kortes")?.id == "person:ana-velde-kortes")
    }

    @Test func wordsThatManyBodiesShareNameNone() throws {
        let sample = try Sample(
            "The National Harbour Council met. It was a National day, and the House voted.", language: "en")
        #expect(sample.mention("National") == nil)
    }

    @Test func personBeatsThePlaceAfterTheFullName() throws {
        let sample = try Sample("Harold Washington arrived late. The crowd cheered as Washington waved.")
        #expect(sample.mention("Washington")?.id == "person:harold-washington")
    }

    @Test func firstNameThatIsACountry() throws {
        let sample = try Sample("The goal came from Jordan Henrikson after an hour.")
        #expect(sample.mention("Jordan Henrikson")?.id == "person:jordan-henrikson")
    }

    @Test(arguments: [
        ("Aid reached Jordan and Syria on Monday.", "Jordan", "country:jo"),
        ("Troops from Chad and Niger joined the patrols.", "Chad", "country:td"),
        ("Turkey and Greece will meet in Athens.", "Turkey", "country:tr"),
        ("Georgia and Armenia opened the border near Tbilisi.", "Georgia", "country:ge"),
        ("The storm reached Atlanta, Georgia, before dawn.", "Georgia", "place:georgia-us"),
    ]) func namesakes(_ text: String, _ words: String, _ id: String) throws {
        #expect(try Sample(text).mention(words)?.id == id)
    }

    @Test func monthIsNoPrimeMinister() throws {
        let month = try Sample("The vote will be held in May, and talks follow on May 5.", on: "2018-03-01")
        #expect(month.mention("May") == nil)
        let person = try Sample("Prime Minister May spoke in London on Monday.", on: "2018-03-01")
        #expect(person.mention("May")?.id == "person:theresa-may")
    }

    @Test(arguments: [
        ("1991-03-01", "person:george-h-w-bush"), ("2003-03-01", "person:george-w-bush"),
    ]) func officeAtTheDateTellsNamesakes(_ date: String, _ id: String) throws {
        let sample = try Sample("President Bush spoke to Congress on Friday.", on: date)
        #expect(sample.mention("Bush")?.id == id)
    }

    @Test func titleAndUnknownName() throws {
        let sample = try Sample("They met National Water Advisor Jolan Verhaegen and Gen. Obi Nwankwo there.")
        #expect(sample.mention("Jolan Verhaegen")?.rule == "title")
        #expect(sample.entity("person:jolan-verhaegen")?.role == "National Water Advisor")
        #expect(sample.mention("Obi Nwankwo")?.kind == .name)
    }

    @Test func roleInSmallLetters() throws {
        let sample = try Sample(
            "The plan of opposition leader Tarmo Viik failed, spokeswoman Liis Kask said.")
        #expect(sample.entity("person:tarmo-viik")?.role == "opposition leader")
        #expect(sample.mention("Liis Kask") != nil)
    }

    @Test func appositionIsTheRole() throws {
        let sample = try Sample("On Monday Mirko Dvorak, a spokesman for the water board, resigned.")
        #expect(sample.entity("person:mirko-dvorak")?.role == "spokesman for the water board")
    }

    @Test func organisationsByTheirWords() throws {
        let sample = try Sample(
            "The Northern Harbour Authority sued Veldkamp Shipping Corp. and the University of Lower Saxony.")
        #expect(sample.mention("Northern Harbour Authority")?.rule == "organisation-word")
        #expect(sample.mention("Veldkamp Shipping Corp.")?.rule == "company-suffix")
        #expect(sample.mention("University of Lower Saxony")?.rule == "organisation-word")
    }

    @Test func acronymInBrackets() throws {
        let sample = try Sample("The Lakeside Fishing Council (LFC) met. Members of the LFC voted.")
        let mentions = sample.mentions.filter { $0.hasPrefix("LFC") }
        #expect(mentions.allSatisfy { $0.contains("org:lakeside-fishing-council") })
        #expect(mentions.count == 2)
    }

    @Test func placesByPattern() throws {
        let sample = try Sample(
            "Two people died in the village of Ostrava Dolna. Others fled from Qaradere, Iraq, to Zumra Province."
        )
        #expect(sample.mention("Qaradere")?.rule == "place-context")
        #expect(sample.entity("place:qaradere")?.country == "IQ")
        #expect(sample.mention("Zumra Province")?.rule == "place-word")
    }

    @Test func sentenceStartIsDistrusted() throws {
        let sample = try Sample("Shell fire hit the town. Target practice went on. Rescue teams came.")
        #expect(sample.annotations.mentions.isEmpty)
    }

    @Test func headlineInTitleCase() throws {
        let sample = try Sample(
            "Marta Oyelaran won the vote on Sunday in the capital.",
            title: "Oyelaran Wins Tight Vote as Rivals Cry Foul")
        #expect(sample.mentions.first == "Oyelaran = person:marta-oyelaran part")
        #expect(sample.annotations.mentions.filter { $0.span.field == .title }.count == 1)
    }

    @Test func headlineInCapitals() throws {
        let sample = try Sample("The two sides met.", title: "RUSSIA AND JAPAN SIGN PACT ON FISH")
        #expect(sample.mentions.contains("RUSSIA = country:ru name"))
        #expect(sample.mentions.contains("JAPAN = country:jp name"))
        #expect(sample.annotations.mentions.count == 2)
    }

    @Test func diacriticsDoNotMatter() throws {
        let sample = try Sample("Recep Tayyip Erdogan and Recep Tayyip Erdoğan are one man.")
        #expect(Set(sample.annotations.mentions.map(\.entity)).count == 1)
    }

    @Test func outsidersAreNoActors() throws {
        let sample = try Sample(
            "Pelle Strandvik reports for Kustposten that China agreed.",
            outsiders: ["Pelle Strandvik, Kustposten"])
        #expect(sample.mentions == ["China = country:cn name"])
    }

    @Test func otherLanguagesGetGazetteerNamesOnly() throws {
        let sample = try Sample(
            "Le président de la République est arrivé à Paris avec les ministres, selon Jean Dupontel, qui est dans la ville."
        )
        #expect(sample.annotations.language == "fr")
        #expect(sample.mention("Paris")?.id == "place:paris-fr")
        #expect(sample.mention("Jean Dupontel") == nil)
    }

    /// "Park" alone is the family name, which stands first.
    @Test func familyNamesThatComeFirst() throws {
        let sample = try Sample(
            "The lines work, said Park Soo-min, a spokesperson. Later Park left for the port.")
        #expect(sample.mention("Park Soo-min")?.id == "person:park-soo-min")
        #expect(sample.mention("Park Soo-min")?.rule == "family-first")
        #expect(sample.mention("Park")?.id == "person:park-soo-min")
        let titled = try Sample("Central bank governor Chang Chi-cheng refused. Nobody asked Chang again.")
        #expect(titled.mention("Chang Chi-cheng")?.id == "person:chang-chi-cheng")
        #expect(titled.mention("Chang")?.id == "person:chang-chi-cheng")
        let other = try Sample("A search in Lee County-wide schools went on.")
        #expect(other.mentions.allSatisfy { !$0.contains("person:") })
    }

    /// The first name of the article's only bearer beats a country that nothing else in it speaks of.
    @Test func placesThatAreFirstNames() throws {
        let person = try Sample(
            "Jordan Hale, the mediator, left the lake. Colleagues say Jordan once sang there.")
        #expect(person.mentions.allSatisfy { !$0.contains("country:jo") })
        let country = try Sample(
            "Jordan Hale, the mediator, left Amman. The Jordanian king was there. He thanked Jordan for its help."
        )
        #expect(country.mention("Jordan")?.id == "country:jo")
        let state = try Sample("Georgia Kask skates in Alberta. Coaches say that Georgia works hard.")
        #expect(state.mention("Georgia")?.id == "person:georgia-kask")
    }

    @Test func partyAndStateAreNoOrganisation() throws {
        let sample = try Sample("Rep. Tarmo Viik (R-TX) and Rep. Liis Kask (D-FL) voted against it.")
        #expect(sample.annotations.entities.allSatisfy { $0.type != .organisation })
    }

    @Test func daysOfTheCalendarAreNoEvents() throws {
        for text in ["It opened on Monday, October 7, 2019.", "The fair closed on September 11 in the rain."]
        {
            #expect(try Sample(text).annotations.entities.allSatisfy { $0.type != .event }, "\(text)")
        }
        let attack = try Sample("Security was changed after September 11 in all airports.")
        #expect(attack.annotations.entities.contains { $0.id.description == "event:september-11-attacks" })
    }

    @Test func partyBeforeABodyWithAName() throws {
        let sample = try Sample("The Democratic Senate candidate Liis Kask spoke in Ohio.")
        #expect(sample.mention("Senate")?.id == "org:united-states-senate")
        #expect(sample.mention("Roman") == nil)
        #expect(try Sample("A Roman Catholic priest came.").annotations.entities.isEmpty)
    }

    /// The links and captions of a web page are no part of the report.
    @Test func asidesAndPictureCreditsAreLeftOut() throws {
        let sample = try Sample(
            """
            The minister left for the port on Monday. (Photo: Tarmo Viik, Reuters)

            READ MORE: Angela Merkel in Paris

            Sign up for our letter by Liis Kask

            The ship sailed for Oslo.
            """)
        #expect(sample.annotations.entities.map(\.id.description) == ["place:oslo-no"])
    }
}
