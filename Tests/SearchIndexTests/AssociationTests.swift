import SearchIndex
import TestSupport
import Testing

@Suite struct AssociationTests {
    @Test func whatIsAlwaysTogetherIsOneAndChanceIsNothing() {
        let always = Association(together: 5, one: 5, other: 5, all: 50)
        #expect(abs(always.npmi - 1) < 1e-12)
        // 2 (5 ln 10 + 45 ln (50/45))
        #expect(abs(always.logLikelihood - 32.508_297_339_144_82) < 1e-9)
        let chance = Association(together: 5, one: 10, other: 25, all: 50)
        #expect(abs(chance.npmi) < 1e-12 && abs(chance.logLikelihood) < 1e-9)
        let never = Association(together: 0, one: 10, other: 25, all: 50)
        #expect(never.npmi == -1 && never.logLikelihood < -10)
        #expect(Association(together: 9, one: 9, other: 9, all: 9).npmi == 1)
        #expect(Association(together: 0, one: 0, other: 0, all: 0).logLikelihood == 0)
    }

    /// Whatever the counts: bounds, symmetry, and a sign that tells more from less than by chance.
    @Test(arguments: 0..<50 as Range<UInt64>) func boundsHold(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            func number() -> Int { Int.random(in: -2...60, using: &random) }
            let one = Association(together: number(), one: number(), other: number(), all: number())
            let other = Association(together: one.together, one: one.other, other: one.one, all: one.all)
            #expect(one.npmi >= -1 - 1e-12 && one.npmi <= 1 + 1e-12, "\(one)")
            #expect(abs(one.npmi - other.npmi) < 1e-12 && abs(one.logLikelihood - other.logLikelihood) < 1e-9)
            #expect(one.together >= 0 && one.together <= min(one.one, one.other) && one.one <= one.all)
            let surplus = one.together * one.all - one.one * one.other
            if surplus > 0 { #expect(one.logLikelihood >= 0 && one.npmi > 0 || one.together == one.all) }
            if surplus < 0 { #expect(one.logLikelihood <= 0 && one.npmi < 0) }
        }
    }
}
