internal import Bytes
internal import HTTPMessages

/// What a request asks, in one form for all the ways to ask it.
struct CanonicalRequest: Sendable {
    /// The path, percent-encoded.
    private(set) var path: String
    private var parameters: [(name: String, value: String)] = []

    /// Creates a request without parameters.
    init(path: String) {
        self.path = path
    }

    /// The same parameters of another path.
    func asked(of path: String) -> CanonicalRequest {
        var other = self
        other.path = path
        return other
    }

    /// Sets a parameter; an empty value and `nil` leave it out.
    mutating func set(_ parameter: Parameter, _ value: String?) {
        parameters.removeAll { $0.name == parameter.name }
        guard let value, !value.isEmpty else { return }
        let place = parameters.firstIndex { $0.name > parameter.name } ?? parameters.count
        parameters.insert((parameter.name, value), at: place)
    }

    /// The path with the query, as a link.
    var link: String {
        guard !parameters.isEmpty else { return path }
        return path + "?" + parameters.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// A hash of all of it but the parameters named.
    func hash(without names: Set<String> = []) -> UInt64 {
        var hash = StableHash()
        hash.combine(path)
        for parameter in parameters where !names.contains(parameter.name) {
            hash.combine(parameter.name)
            hash.combine(parameter.value)
        }
        return hash.value
    }

    /// Encodes what a query may not hold, and what forms read otherwise (`+`, `&`, `=`, `;`).
    ///
    /// - Source: RFC 3986 §3.4.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, UInt8(ascii: scalar).isUnreserved || ":,*()/@".unicodeScalars.contains(scalar)
            {
                encoded.unicodeScalars.append(scalar)
            } else {
                encoded += PercentCoding.encode(String(scalar))
            }
        }
        return encoded
    }
}
