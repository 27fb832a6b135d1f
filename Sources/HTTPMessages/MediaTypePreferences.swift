/// Which media types a client takes, and which it likes best.
///
/// - Source: RFC 9110 §12.5.1.
public struct MediaTypePreferences: Sendable, Hashable {
    private struct Range: Sendable, Hashable {
        /// In lower case; `*` stands for any.
        let type: String
        let subtype: String
        /// Whether it is about texts of its type that have a parameter, which no text here has.
        let isNarrower: Bool
        let weight: Int

        /// The range that tells most about a media type decides what it is worth.
        var rank: Int { type == "*" ? 0 : subtype == "*" ? 1 : 2 }
    }

    /// Empty where the client takes anything.
    private let ranges: [Range]

    /// Reads the values of `Accept`; a client that sends none, or none that can be read, takes anything.
    public init(_ values: [String]) {
        ranges = WeightedList(values).members.compactMap { member in
            let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0] != "*" || parts[1] == "*"
            else { return nil }
            var parameters = member.parameters
            // All texts here are UTF-8, whether or not their types have a parameter that says so.
            if parameters["charset"]?.lowercased() == "utf-8" { parameters["charset"] = nil }
            return Range(
                type: String(parts[0]), subtype: String(parts[1]), isNarrower: !parameters.isEmpty,
                weight: member.weight)
        }
    }

    /// What a media type without parameters is worth to the client.
    ///
    /// - Parameter mediaType: In lower case, such as `application/json`.
    /// - Returns: Thousandths, at most 1,000; 0 where the client does not take it.
    public func weight(of mediaType: String) -> Int {
        guard !ranges.isEmpty else { return 1000 }
        let parts = mediaType.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return 0 }
        let matching = ranges.filter { range in
            !range.isNarrower && (range.type == "*" || range.type == parts[0])
                && (range.subtype == "*" || range.subtype == parts[1])
        }
        // Of two that tell as much, the client means the better one.
        return matching.max { ($0.rank, $0.weight) < ($1.rank, $1.weight) }?.weight ?? 0
    }

    /// The one of some media types that the client likes best, of equals the first; `nil` where it takes none.
    public func best<Offer>(of offers: [Offer], _ mediaType: (Offer) -> String) -> Offer? {
        var best: (offer: Offer, weight: Int)?
        for offer in offers {
            let weight = weight(of: mediaType(offer))
            if weight > best?.weight ?? 0 { best = (offer, weight) }
        }
        return best?.offer
    }
}
