internal import Files
internal import TextAnalysis

/// The data files that come along with the program.
enum Resources {
    /// Loads the gazetteer and the lexicon.
    ///
    /// - Throws: `UsageError` where the files cannot be found, `GazetteerError` where one has a bad line.
    static func analyzer(extraGazetteers: [String], folder: String? = nil) throws -> Analyzer {
        let folder = try folder ?? configFolder()
        let gazetteer = try Gazetteer.load(folders: [folder + "/gazetteer"] + extraGazetteers)
        return Analyzer(gazetteer: gazetteer, lexicon: try Lexicon.load(folder: folder + "/lexicon"))
    }

    /// The folder that holds `gazetteer` and `lexicon`: `share/sitrep` or `Config` beside the program or in a folder
    /// above it, or `Config` in the current folder.
    static func configFolder() throws -> String {
        var folder = FileSystem.executablePath
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            for name in ["share/sitrep", "Config"]
            where FileSystem.kind(of: "\(folder)/\(name)/gazetteer") == .folder {
                return "\(folder)/\(name)"
            }
        }
        if FileSystem.kind(of: "Config/gazetteer") == .folder { return "Config" }
        throw UsageError(
            description:
                "cannot find the gazetteer: neither Config nor share/sitrep lies beside the program or above it"
        )
    }
}
