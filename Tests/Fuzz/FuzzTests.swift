import Foundation
import TestSupport
import Testing

/// Tries the properties that `make fuzz` tries, on its seeds and on all that it has found.
@Suite struct FuzzTests {
    private static let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("seeds")

    @Test(arguments: FuzzProperty.allCases) func seedsHold(_ property: FuzzProperty) throws {
        let folder = Self.seeds.appendingPathComponent(property.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 2)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let reason = property.check(bytes)
            #expect(reason == nil, "\(file.lastPathComponent)")
            // What stands at a seed's ends is what most often goes wrong.
            for length in [bytes.count / 2, max(0, bytes.count - 1)] {
                #expect(property.check(Array(bytes[..<length])) == nil, "\(file.lastPathComponent), cut")
            }
        }
    }
}
