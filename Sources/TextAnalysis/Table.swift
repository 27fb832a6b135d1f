import Files

/// A file of tab-separated values: comments (`#`), a row of column names, then rows.
struct Table {
    /// One row.
    struct Row {
        /// The row's line in the file; the first is 1.
        let line: Int
        fileprivate let cells: [Substring]
        fileprivate let columns: [String: Int]

        /// The cell of a column; empty where the file has no such column.
        subscript(column: String) -> String {
            guard let index = columns[column] else { return "" }
            return String(cells[index])
        }

        /// The parts of a cell between `|`.
        func list(_ column: String) -> [String] {
            self[column].split(separator: "|").map(String.init)
        }
    }

    /// The file's path.
    let path: String
    /// The rows in order.
    private(set) var rows: [Row] = []

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - required: Columns that must be there.
    ///   - optional: Columns that may be there; any other is refused.
    /// - Throws: `GazetteerError` at the first line that does not fit.
    init(path: String, required: [String], optional: [String] = []) throws(GazetteerError) {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path)
        } catch {
            throw GazetteerError(file: path, line: 0, reason: "cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw GazetteerError(file: path, line: 0, reason: "is not valid UTF-8")
        }
        try self.init(path: path, text: text, required: required, optional: optional)
    }

    /// Reads the text of a file.
    init(path: String, text: String, required: [String], optional: [String] = []) throws(GazetteerError) {
        self.path = path
        // To Swift CR LF is one character, which splitting at LF would not find.
        if let fault = text.utf8.firstIndex(of: 0x0D) {
            throw GazetteerError(
                file: path, line: text.utf8[..<fault].count { $0 == 0x0A } + 1,
                reason: "holds a carriage return; lines end in LF alone")
        }
        var columns: [String: Int] = [:]
        var width = 0
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasSuffix("\r") {
                throw GazetteerError(
                    file: path, line: number, reason: "ends in a carriage return; use LF alone")
            }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            if columns.isEmpty {
                for (index, name) in cells.enumerated() {
                    let name = String(name)
                    guard required.contains(name) || optional.contains(name) else {
                        throw GazetteerError(file: path, line: number, reason: "unknown column \"\(name)\"")
                    }
                    guard columns[name] == nil else {
                        throw GazetteerError(
                            file: path, line: number, reason: "column \"\(name)\" stands twice")
                    }
                    columns[name] = index
                }
                for name in required where columns[name] == nil {
                    throw GazetteerError(file: path, line: number, reason: "column \"\(name)\" is missing")
                }
                width = cells.count
                continue
            }
            guard cells.count == width else {
                throw GazetteerError(
                    file: path, line: number, reason: "has \(cells.count) cells, the header row has \(width)")
            }
            for cell in cells where cell.first == " " || cell.last == " " {
                throw GazetteerError(
                    file: path, line: number, reason: "cell \"\(cell)\" begins or ends with a blank")
            }
            rows.append(Row(line: number, cells: cells, columns: columns))
        }
        guard !columns.isEmpty else {
            throw GazetteerError(file: path, line: number, reason: "has no row of column names")
        }
    }
}
