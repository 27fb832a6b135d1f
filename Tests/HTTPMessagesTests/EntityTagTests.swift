import HTTPMessages
import Testing

@Suite("Entity tags") struct EntityTagTests {
    private func tag(_ opaque: String, isWeak: Bool = false) throws -> EntityTag {
        try #require(EntityTag(opaque, isWeak: isWeak))
    }

    @Test func sent() throws {
        #expect(try tag("a").description == "\"a\"")
        #expect(try tag("a", isWeak: true).description == "W/\"a\"")
        #expect(EntityTag(0xBEEF).description == "\"beef\"")
        #expect(try tag("").description == "\"\"")
    }

    @Test(arguments: ["a\"b", "a b", "a\n", "\u{7F}"]) func neverSent(_ opaque: String) {
        #expect(EntityTag(opaque) == nil)
    }

    @Test func conditions() throws {
        let (a, b, weak) = (try tag("a"), try tag("b,c"), try tag("w", isWeak: true))
        #expect(EntityTag.Condition("*") == .any)
        #expect(EntityTag.Condition(" * ") == .any)
        #expect(EntityTag.Condition("\"a\"") == .tags([a]))
        #expect(EntityTag.Condition("\"a\", \"b,c\",W/\"w\"") == .tags([a, b, weak]))
        // RFC 9110 §5.6.1.2: empty elements are passed over.
        #expect(EntityTag.Condition(", \"a\" ,\t, \"b,c\" ,") == .tags([a, b]))
        #expect(EntityTag.Condition("\"\"") == .tags([try tag("")]))
    }

    @Test(arguments: [
        "", " ", ",", "a", "\"a", "a\"", "\"a\" \"b\"", "\"a\"\"b\"", "w/\"a\"", "W/a", "W/ \"a\"",
        "*, \"a\"",
        "\"a\", *", "**", "\"a b\"", "\"a\";",
    ])
    func noConditions(_ text: String) {
        #expect(EntityTag.Condition(text) == nil)
    }

    /// RFC 9110 §8.8.3.2, the table of comparisons.
    @Test func comparisons() throws {
        let (strong, weak) = (try tag("1"), try tag("1", isWeak: true))
        let (onlyStrong, onlyWeak) = (EntityTag.Condition.tags([strong]), EntityTag.Condition.tags([weak]))
        #expect(!onlyWeak.matchesStrongly(weak))
        #expect(onlyWeak.matchesWeakly(weak))
        #expect(!onlyWeak.matchesStrongly(strong))
        #expect(onlyWeak.matchesWeakly(strong))
        #expect(!onlyStrong.matchesStrongly(weak))
        #expect(onlyStrong.matchesWeakly(weak))
        #expect(onlyStrong.matchesStrongly(strong))
        #expect(onlyStrong.matchesWeakly(strong))
        #expect(!onlyStrong.matchesWeakly(try tag("2")))
        #expect(EntityTag.Condition.any.matchesStrongly(weak))
        #expect(EntityTag.Condition.any.matchesWeakly(strong))
    }
}
