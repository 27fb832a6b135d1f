import HTTPServer
import TestSupport
import Testing

/// What a connection does depends on the bytes that come, and never on how they are cut.
@Suite struct DifferentialTests {
    /// A hundred streams for each seed, each whole, byte by byte and cut at random, at usual limits and at tight ones.
    @Test(arguments: 0..<40 as Range<UInt64>) func cutsDoNotMatter(seed: UInt64) {
        var streams = RequestStreams(seed: seed)
        for _ in 0..<100 {
            let bytes = streams.next()
            if let difference = FuzzProperty.connection(bytes) {
                Issue.record("\(String(decoding: bytes, as: UTF8.self))\n\(difference)")
                return
            }
        }
    }

    /// The streams are of use only if they reach what there is to reach.
    @Test func theStreamsCoverMuch() {
        var streams = RequestStreams(seed: 1)
        var seen = ""
        for _ in 0..<1000 {
            let bytes = streams.next()
            seen += "\(MachineRun.events(bytes, cuts: [bytes.count], .init()))"
        }
        let parts = [
            "answered(HTTPMessages.Method.head", "judged(HTTPMessages.Method.post", "keepsAlive: true",
            "keepsAlive: false", "closing", "idle", "readingHead", "readingContent", "code: 400", "code: 413",
            "code: 417", "code: 501",
        ]
        for part in parts {
            let isSeen = seen.contains(part)
            #expect(isSeen, "\(part)")
        }
    }
}
