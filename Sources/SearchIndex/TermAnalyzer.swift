/// Cuts text into terms; documents and queries must go through the same cut to meet.
public enum TermAnalyzer {
    /// The terms of a text, in order.
    public static func terms(_ text: String) -> [String] { [] }
}
