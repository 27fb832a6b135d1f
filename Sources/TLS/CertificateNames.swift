/// Which of several certificates is for a name.
///
/// - Source: RFC 6125 §6.4 (names and wildcards), RFC 6066 §3 (the names that clients ask for).
struct CertificateNames: Sendable {
    /// Numbers of certificates by name in lower case, that of a wildcard without its asterisk: ".example.org".
    private var numbers: [String: Int] = [:]

    /// Enters the names of a certificate; a name that another has already stays with that.
    mutating func insert(_ names: [String], _ number: Int) {
        for name in names where !name.hasPrefix(".") {
            let key = Self.key(name.hasPrefix("*.") ? String(name.dropFirst()) : name)
            if numbers[key] == nil { numbers[key] = number }
        }
    }

    /// The number of the certificate for a name that a client asks for; an asterisk stands for one label.
    func find(_ name: String) -> Int? {
        let key = Self.key(name)
        guard !key.hasPrefix(".") else { return nil }
        if let exact = numbers[key] { return exact }
        return key.firstIndex(of: ".").flatMap { numbers[String(key[$0...])] }
    }

    private static func key(_ name: String) -> String {
        let lowered = name.lowercased()
        return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
    }
}
