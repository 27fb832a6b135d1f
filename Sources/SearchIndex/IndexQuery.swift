/// Which documents are wanted, and what their scores are made of.
///
/// Only text scores: terms, stems, phrases, prefixes and near terms; what stands under `not` does not. A field or column that the schema does
/// not have matches nothing. Terms are looked up as they are: make them with `TermAnalyzer`.
public indirect enum IndexQuery: Sendable, Hashable {
    /// Every document.
    case all
    /// No document.
    case none
    /// Documents with a term in one text field, or in any for `nil`.
    case term(field: String?, String)
    /// Documents with a term that has the same stem as this one, in the document's language; a plain term where the
    /// schema has no stems. Terms of one stem weigh alike, by the number of documents that have any of them.
    case stem(field: String?, String)
    /// Documents where the terms stand together in one field.
    ///
    /// With `slop` 0 they stand side by side in this order. Otherwise let each term be shifted back by its place in
    /// the phrase; then the places may lie up to `slop` apart, so that 1 lets one word come between and 2 lets two
    /// neighbours be swapped.
    case phrase(field: String?, [String], slop: Int)
    /// Documents where the terms stand near each other in one field, in any order.
    ///
    /// The first and the last of them are at most `within` places apart, so that 1 lets two neighbours be. A term that is
    /// asked for twice stands there twice.
    case near(field: String?, [String], within: Int)
    /// Documents where the terms stand side by side in this order, as often as `atLeast` times in all fields that are
    /// searched.
    case repeated(field: String?, [String], atLeast: Int)
    /// Documents with a term that begins so; of more than `IndexOptions.prefixTerms` the most frequent are taken.
    case prefix(field: String?, String)
    /// Documents with a term at most `distance` edits away from this one, itself included; 0 to 2 edits.
    ///
    /// An edit puts a letter in, takes one out, replaces one or swaps two neighbours. Of more than
    /// `IndexOptions.fuzzyTerms` the nearest are taken, and of equally near ones the most frequent. What a term scores is
    /// divided by 1 + its edits.
    case fuzzy(field: String?, String, distance: Int)
    /// Documents with this value in a keyword field.
    case keyword(field: String, value: String)
    /// Documents whose column is at least `from` and less than `to`; an absent value is in no range.
    case range(column: String, from: Int64?, to: Int64?)
    /// Documents that have no value in a column.
    case absent(column: String)
    /// Documents that match each of these; all for an empty list.
    case and([IndexQuery])
    /// Documents that match at least one of these; none for an empty list.
    case or([IndexQuery])
    /// Documents that do not match.
    case not(IndexQuery)
}
