/// The stream that a log goes to unless it is told otherwise.
public enum StandardError {
    /// Writes a line in one piece, so that lines of several threads or processes do not mix.
    ///
    /// What cannot be written at once is lost: a reader that has stopped reading must not stop the program, and there is
    /// nowhere left to say so.
    public static func write(_ line: [UInt8]) {
        guard LogFile.standardError.hasRoom else { return }
        _ = LogFile.standardError.write(line)
    }
}
