internal import Bytes
internal import NewsModel
public import SearchIndex

/// A query as it was understood.
public indirect enum QueryTree: Hashable, Sendable {
    /// One value in one keyword field of the index.
    public struct Keyword: Hashable, Sendable {
        /// The field of the index.
        public let field: String
        /// The value.
        public let value: String

        /// Creates a keyword.
        public init(field: String, value: String) {
            self.field = field
            self.value = value
        }
    }

    /// What a column's value must be: both ends inclusive, one of them at least.
    public struct Range: Hashable, Sendable {
        /// The field, as queries name it.
        public let name: String
        /// The column of the index.
        public let column: String
        /// Whether it is of milliseconds since 1970.
        public let isDate: Bool
        /// The least value.
        public let from: Int64?
        /// The greatest value.
        public let through: Int64?

        /// As in a query: `words:500..`.
        var text: String {
            func text(_ value: Int64?) -> String {
                value.map { isDate ? Timestamp(milliseconds: $0).description : String($0) } ?? ""
            }
            return "\(name):\(text(from))..\(text(through))"
        }
    }

    /// Everything.
    case all
    /// A word in any of its forms, in one text field, or in any for `nil`.
    case term(field: String?, String)
    /// Terms as they are written, next to each other, or with up to `slop` places between them.
    case phrase(field: String?, [String], slop: Int)
    /// Terms as they are written, in any order, the first and the last at most so many places apart.
    case near(field: String?, [String], within: Int)
    /// Terms as they are written, next to each other, at least so many times.
    case repeated(field: String?, [String], atLeast: Int)
    /// Any term that begins so.
    case prefix(field: String?, String)
    /// Any term at most so many edits away, 1 or 2.
    case fuzzy(field: String?, String, distance: Int)
    /// `name:value` with what it stands for: any of the keywords.
    case named(name: String, value: String, [Keyword])
    /// What has such a value.
    case range(Range)
    /// What matches each of these.
    case and([QueryTree])
    /// What matches at least one of these.
    case or([QueryTree])
    /// What does not match.
    case not(QueryTree)

    /// The same query with its parts in one fixed order: nested lists made one, what stands twice taken once.
    ///
    /// Queries that differ only in the order of their words, in brackets or in spelling have the same normal form, and
    /// so the same answer down to the last bit of a score.
    public var normalized: QueryTree {
        switch self {
        case .all, .term, .phrase, .repeated, .prefix, .fuzzy, .named, .range: return self
        case .near(let field, let terms, let within):
            return .near(
                field: field, terms.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, within: within)
        case .not(let tree):
            let inner = tree.normalized
            if case .not(let twice) = inner { return twice }
            return .not(inner)
        case .and(let trees):
            var parts: [QueryTree] = []
            for tree in trees {
                switch tree.normalized {
                case .and(let inner): parts += inner
                case .all: continue
                case let other: parts.append(other)
                }
            }
            return Self.list(parts, empty: .all, QueryTree.and)
        case .or(let trees):
            var parts: [QueryTree] = []
            for tree in trees {
                switch tree.normalized {
                case .or(let inner): parts += inner
                case .all: return .all
                case let other: parts.append(other)
                }
            }
            return Self.list(parts, empty: .all, QueryTree.or)
        }
    }

    /// The same query where one of the words and phrases that must all be met is enough; what does not score must still
    /// be met.
    ///
    /// It has to be in normal form, and the answer is.
    public var matchingAny: QueryTree {
        guard case .and(let trees) = self else { return self }
        let words = trees.filter(\.scores)
        guard words.count > 1 else { return self }
        return QueryTree.and(trees.filter { !$0.scores } + [.or(words)]).normalized
    }

    private static func list(
        _ parts: [QueryTree], empty: QueryTree, _ join: ([QueryTree]) -> QueryTree
    ) -> QueryTree {
        var seen: Set<QueryTree> = []
        let unique = parts.filter { seen.insert($0).inserted }
        guard unique.count > 1 else { return unique.first ?? empty }
        return join(unique.map { ($0, $0.text) }.sorted { $0.1 < $1.1 }.map(\.0))
    }

    /// The query in the query language; reading it again gives the same tree.
    public var text: String {
        switch self {
        case .all: "*"
        case .term(let field, let term): Self.prefixed(field, term)
        case .phrase(let field, let terms, let slop):
            Self.prefixed(field, "\"\(QueryTerms.text(of: terms))\"") + (slop > 0 ? "~\(slop)" : "")
        case .near(let field, let terms, let within):
            Self.prefixed(field, "near\(within):\"\(QueryTerms.text(of: terms))\"")
        case .repeated(let field, let terms, let least):
            Self.prefixed(field, "repeat\(least):\"\(QueryTerms.text(of: terms))\"")
        case .prefix(let field, let start): Self.prefixed(field, start + "*")
        case .fuzzy(let field, let term, let distance): Self.prefixed(field, "\(term)~\(distance)")
        case .named(let name, let value, _):
            value.utf8.first != UInt8(ascii: "-") && value.utf8.allSatisfy(\.isUnreserved)
                ? "\(name):\(value)" : "\(name):\"\(value)\""
        case .range(let range): range.text
        case .and(let trees):
            trees.map { tree in if case .or = tree { "(\(tree.text))" } else { tree.text } }.joined(
                separator: " ")
        case .or(let trees): trees.map(\.text).joined(separator: " OR ")
        case .not(let tree):
            switch tree {
            case .and, .or: "-(\(tree.text))"
            default: "-" + tree.text
            }
        }
    }

    /// The query as the index reads it.
    public var indexQuery: IndexQuery {
        switch self {
        case .all: return .all
        case .term(let field, let term): return .stem(field: field, term)
        case .phrase(let field, let terms, let slop): return .phrase(field: field, terms, slop: slop)
        case .near(let field, let terms, let within): return .near(field: field, terms, within: within)
        case .repeated(let field, let terms, let least):
            return .repeated(field: field, terms, atLeast: least)
        case .prefix(let field, let start): return .prefix(field: field, start)
        case .fuzzy(let field, let term, let distance):
            return .fuzzy(field: field, term, distance: distance)
        case .named(_, _, let keywords):
            let parts = keywords.map { IndexQuery.keyword(field: $0.field, value: $0.value) }
            return parts.count == 1 ? parts[0] : .or(parts)
        case .range(let range):
            return .range(column: range.column, from: range.from, to: range.through.map { $0 + 1 })
        case .and(let trees): return .and(trees.map(\.indexQuery))
        case .or(let trees): return .or(trees.map(\.indexQuery))
        case .not(let tree): return .not(tree.indexQuery)
        }
    }

    /// Whether some matches can score higher than others: whether there are words, and not only under NOT.
    public var scores: Bool {
        switch self {
        case .all, .named, .range, .not: false
        case .term, .phrase, .near, .repeated, .prefix, .fuzzy: true
        case .and(let trees), .or(let trees): trees.contains(where: \.scores)
        }
    }

    private static func prefixed(_ field: String?, _ text: String) -> String {
        field.map { "\($0):\(text)" } ?? text
    }
}
