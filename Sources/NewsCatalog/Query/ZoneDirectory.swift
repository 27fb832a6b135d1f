public import Files
public import NewsModel
internal import Synchronization

/// Why there is no zone of a name.
public enum ZoneError: Error, Sendable {
    /// No zone is called so; `nearest` is one that is spelt much like it.
    case unknown(nearest: String?)
    /// This system has no time zone database.
    case noDatabase(FileError)
    /// The file of the zone cannot be read.
    case unreadable(reason: String)
}

/// The zones of the system's copy of the IANA time zone database, read when they are first asked for.
public final class ZoneDirectory: Sendable {
    /// Where Debian and most other systems keep the database.
    public static let standardFolder = "/usr/share/zoneinfo"

    private let folder: String
    private let zones = Mutex<[String: Zone]>([:])

    /// Creates a directory of a folder of TZif files.
    public init(folder: String = ZoneDirectory.standardFolder) {
        self.folder = folder
    }

    /// The zone of a name such as `Europe/Kyiv`, or of an offset such as `+03:00`.
    ///
    /// - Throws: `ZoneError`, where there is none.
    public func zone(_ name: String) throws(ZoneError) -> Zone {
        if let zone = Zone(offset: name) { return zone }
        if let zone = zones.withLock({ $0[name] }) { return zone }
        guard Self.isName(name), let file = try? FileSystem.read("\(folder)/\(name)") else {
            throw .unknown(nearest: Spelling.nearest(to: name, in: try names()))
        }
        do {
            let zone = try Zone(name: name, file: file)
            // There are some 600 of them, so that this stays small.
            zones.withLock { $0[name] = zone }
            return zone
        } catch {
            throw .unreadable(reason: error.reason)
        }
    }

    /// Names of the database: parts that begin with a capital letter, so that no path leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 64
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                part.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
                    && part.utf8.allSatisfy { $0 != 0x2E && $0 > 0x20 && $0 < 0x7F }
            }
    }

    /// Every name, ascending.
    private func names() throws(ZoneError) -> [String] {
        var names: [String] = []
        do {
            try list("", into: &names)
        } catch {
            throw .noDatabase(error)
        }
        return names.sorted()
    }

    private func list(_ prefix: String, into names: inout [String]) throws(FileError) {
        for entry in try FileSystem.entries(of: folder + "/" + prefix) where Self.isName(entry) {
            let name = prefix + entry
            if FileSystem.kind(of: "\(folder)/\(name)") == .folder {
                try list(name + "/", into: &names)
            } else {
                names.append(name)
            }
        }
    }
}
