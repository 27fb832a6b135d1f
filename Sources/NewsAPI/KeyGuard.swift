internal import Bytes
internal import Cryptography
internal import HTTPMessages
internal import NewsStore
internal import Synchronization

/// Decides by their keys what clients may do.
///
/// The store knows keys by their SHA-256 only.
final class KeyGuard: Sendable {
    private struct Known {
        let scope: String
        let until: ContinuousClock.Instant
    }

    /// Keys found lately, by their hash, so that not each request asks the store; at most 1,000.
    private let known = Mutex<[[UInt8]: Known]>([:])
    /// How long a key still works once the store has it no more.
    private static let keeping = Duration.seconds(5)

    /// Lets a request through whose key has one of some scopes.
    ///
    /// - Returns: The id of the key.
    /// - Throws: `Refusal` that asks for a key, or says that this one does not do.
    func admit(_ fields: Fields, store: any ArticleStore, scopes: [KeyScope]) throws(Refusal) -> String {
        guard let key = Self.key(fields) else {
            throw Self.unauthorized(
                "This needs a key: send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
                isInvalid: false)
        }
        let hash = SHA256.hash(Array(key.utf8))
        guard let scope = try scope(of: hash, store) else {
            throw Self.unauthorized("The key is not one of this server.", isInvalid: true)
        }
        guard let known = KeyScope(rawValue: scope), scopes.contains(known) else {
            throw Refusal(
                .forbidden,
                "The key has the scope '\(scope)'; this needs "
                    + scopes.map { "'\($0.rawValue)'" }.joined(separator: " or ") + ".")
        }
        return StoredKey.id(hash: hash)
    }

    private func scope(of hash: [UInt8], _ store: any ArticleStore) throws(Refusal) -> String? {
        let now = ContinuousClock.now
        if let entry = known.withLock({ $0[hash] }), entry.until > now { return entry.scope }
        let scope: String?
        do {
            scope = try store.keyScope(hash: hash)
        } catch {
            throw Refusal(.storeUnavailable, "The store of keys cannot be read.")
        }
        known.withLock { known in
            if known.count >= 1_000 { known = known.filter { $0.value.until > now } }
            known[hash] =
                known.count < 1_000 ? scope.map { Known(scope: $0, until: now + Self.keeping) } : nil
        }
        return scope
    }

    private static func unauthorized(_ detail: String, isInvalid: Bool) -> Refusal {
        var refusal = Refusal(.unauthorized, detail, parameter: "Authorization")
        refusal.fields.append(
            .wwwAuthenticate, "Bearer realm=\"sitrep\"" + (isInvalid ? ", error=\"invalid_token\"" : ""))
        return refusal
    }

    private static func key(_ fields: Fields) -> String? {
        if let text = fields[.authorization] {
            let parts = text.split(separator: " ", omittingEmptySubsequences: true)
            if parts.count == 2, parts[0].lowercased() == "bearer" { return String(parts[1]) }
        }
        return fields[.apiKey].flatMap { $0.isEmpty ? nil : $0 }
    }
}
