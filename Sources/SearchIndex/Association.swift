internal import Glibc

/// How much more often two things stand together than they would by chance.
public struct Association: Sendable, Hashable {
    /// Documents with both.
    public let together: Int
    /// Documents with the one, those with the other included.
    public let one: Int
    /// Documents with the other, those with the one included.
    public let other: Int
    /// All documents.
    public let all: Int

    /// Creates the association of counts; what no documents can have is held to what they can.
    public init(together: Int, one: Int, other: Int, all: Int) {
        self.all = max(0, all)
        self.one = min(max(0, one), self.all)
        self.other = min(max(0, other), self.all)
        self.together = min(max(together, self.one + self.other - self.all, 0), min(self.one, self.other))
    }

    /// Normalised pointwise mutual information: 1 where each of the two is only where the other is, 0 as by chance, -1
    /// never together.
    ///
    /// Rare things reach high values easily; `logLikelihood` weighs how much is known.
    ///
    /// - Source: Bouma, Normalized (pointwise) mutual information in collocation extraction, 2009.
    public var npmi: Double {
        guard together > 0 else { return one > 0 && other > 0 ? -1 : 0 }
        guard together < all else { return 1 }
        let (all, together) = (Double(all), Double(together))
        return log(together * all / (Double(one) * Double(other))) / -log(together / all)
    }

    /// The log-likelihood ratio (G²) of the four counts of documents with both, either and neither.
    ///
    /// It is below 0 where they are together more seldom than by chance. Beyond ±10.83 chance explains it in less than
    /// one case of 1,000.
    ///
    /// - Source: Dunning, Accurate methods for the statistics of surprise and coincidence, 1993.
    public var logLikelihood: Double {
        guard all > 0 else { return 0 }
        let total = Double(all)
        func part(_ observed: Int, _ row: Int, _ column: Int) -> Double {
            observed > 0
                ? Double(observed) * log(Double(observed) * total / (Double(row) * Double(column))) : 0
        }
        let sum =
            part(together, one, other) + part(one - together, one, all - other)
            + part(other - together, all - one, other)
            + part(all - one - other + together, all - one, all - other)
        let isSeldom = Double(together) * total < Double(one) * Double(other)
        return (isSeldom ? -2 : 2) * max(0, sum)
    }
}
