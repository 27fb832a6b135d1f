public import JSON
public import SearchIndex

extension JSONWriter {
    /// How many terms of a part are listed.
    private static let listedTerms = 32

    /// Writes how a query was read.
    public mutating func explanation(_ explanation: QueryExplanation) {
        beginObject()
        member("normal", explanation.root.tree.text)
        member("scores", explanation.scores)
        name("tree")
        clause(explanation.root)
        name("warnings")
        beginArray()
        for warning in explanation.warnings {
            beginObject()
            member("code", warning.code.rawValue)
            member("clause", warning.clause)
            member("detail", warning.detail)
            member("suggestions", warning.suggestions)
            endObject()
        }
        endArray()
        endObject()
    }

    /// Writes what adds up to the score of a hit.
    public mutating func explanation(_ clauses: [QueryExplanation.ClauseScore], of hit: Hit) {
        beginObject()
        member("score", hit.score)
        name("clauses")
        beginArray()
        for clause in clauses {
            beginObject()
            member("clause", clause.clause)
            member("score", clause.score)
            name("parts")
            beginArray()
            for part in clause.parts { scorePart(part) }
            endArray()
            endObject()
        }
        endArray()
        endObject()
    }

    private mutating func scorePart(_ part: ScorePart) {
        beginObject()
        name("terms")
        terms(part.terms)
        member("idf", part.idf)
        member("weight", part.weight)
        name("fields")
        beginArray()
        for field in part.fields {
            beginObject()
            member("field", field.name)
            member("count", field.count)
            member("length", field.length)
            member("norm", field.norm)
            endObject()
        }
        endArray()
        member("frequency", part.frequency)
        member("score", part.score)
        endObject()
    }

    private mutating func terms(_ terms: [QueryTerm]) {
        beginArray()
        for term in terms.prefix(Self.listedTerms) {
            beginObject()
            member("term", term.text)
            member("language", term.language)
            member("edits", term.edits)
            member("articles", term.documents)
            endObject()
        }
        endArray()
    }

    private mutating func clause(_ clause: QueryExplanation.Clause) {
        beginObject()
        member("kind", clause.tree.kind)
        member("clause", clause.tree.text)
        member("articles", clause.documents)
        switch clause.tree {
        case .all: break
        case .term(let field, let word): textMembers(field, [word])
        case .phrase(let field, let words, let slop):
            textMembers(field, words)
            member("slop", slop)
        case .near(let field, let words, let within):
            textMembers(field, words)
            member("within", within)
        case .repeated(let field, let words, let least):
            textMembers(field, words)
            member("at_least", least)
        case .prefix(let field, let start): textMembers(field, [start])
        case .fuzzy(let field, let word, let edits):
            textMembers(field, [word])
            member("edits", edits)
        case .named(let field, let value, let keywords):
            member("field", field)
            member("value", value)
            member("any_of", keywords.map { "\($0.field)=\($0.value)" })
        case .range(let range): member("field", range.name)
        case .and, .or, .not:
            name("parts")
            beginArray()
            for part in clause.parts { self.clause(part) }
            endArray()
        }
        if clause.parts.isEmpty, clause.tree.scores {
            name("terms")
            terms(clause.probe.terms)
            member("more_terms", max(0, clause.probe.terms.count - Self.listedTerms))
        }
        endObject()
    }

    private mutating func textMembers(_ field: String?, _ words: [String]) {
        member("field", field)
        member("words", words)
    }
}

extension QueryTree {
    /// What kind of part it is.
    fileprivate var kind: String {
        switch self {
        case .all: "all"
        case .term: "word"
        case .phrase: "phrase"
        case .near: "near"
        case .repeated: "repeat"
        case .prefix: "prefix"
        case .fuzzy: "fuzzy"
        case .named: "field"
        case .range: "range"
        case .and: "and"
        case .or: "or"
        case .not: "not"
        }
    }
}
