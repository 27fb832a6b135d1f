public import Files

/// An index that cannot be read or written.
public enum IndexError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system refused.
    case file(FileError)
    /// Another writer holds the folder.
    case locked(folder: String)
    /// A file does not hold what it should; the offset is of the file's bytes.
    case damaged(path: String, offset: Int, reason: String)
    /// A document does not have the shape of the schema.
    case shape(key: String, reason: String)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .locked(let folder): "another process writes to the index in '\(folder)'"
        case .damaged(let path, let offset, let reason):
            "'\(path)' is damaged at byte \(offset): \(reason)"
        case .shape(let key, let reason): "document '\(key)' does not fit the index: \(reason)"
        }
    }
}
