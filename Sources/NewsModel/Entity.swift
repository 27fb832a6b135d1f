/// The stable name of an entity: a kind and a slug, as `person:vladimir-putin`, `country:ru`, `org:nato`.
public struct EntityID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Creates an id.
    public init(_ text: String) {
        description = text
    }
    /// Whether one comes before the other.
    public static func < (left: EntityID, right: EntityID) -> Bool { left.description < right.description }
}

/// What kind of thing an entity is.
public enum EntityType: UInt8, Hashable, Sendable, CaseIterable {
    case person
    case country
    case organisation
    case place
    case treaty
    case event
    case region

    /// The name in JSON.
    public var name: String {
        switch self {
        case .person: "person"
        case .country: "country"
        case .organisation: "organisation"
        case .place: "place"
        case .treaty: "treaty"
        case .event: "event"
        case .region: "region"
        }
    }

    /// Finds the type of a name in JSON, or returns `nil`.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// What an id of this type begins with, before the colon.
    public var prefix: String { self == .organisation ? "org" : name }
}

/// A point on the earth, in degrees (WGS 84).
public struct Coordinates: Hashable, Sendable {
    /// North is positive.
    public var latitude: Double
    /// East is positive.
    public var longitude: Double

    /// Creates a point.
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }
}
